package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"drawbridge/extract/kubernetes"
	"drawbridge/extract/kubernetes/netpol"
	"drawbridge/graph"

	"github.com/spf13/cobra"
)

// errRefused makes Main return statusRefused. It has no message: the reasons have
// been written, a line each.
var errRefused = errors.New("the input is not valid")

var connectivityFormats = []string{"json", "text"}

func connectivityCommand(p Process) *cobra.Command {
	var c connectivity
	cmd := &cobra.Command{
		Use:   "connectivity [flags] [DIR]",
		Short: "List what Kubernetes network policy permits",
		Long: `Connectivity evaluates the network policies among the manifests in DIR (the working
directory if there is none) and lists which workload may reach which, on which
protocols and ports. A workload that no policy selects is open to all. Charts and kustomizations in
DIR are rendered, with their own values.

With --exposure it tells, too, what the policies would permit with pods that are not
there yet. With --explain SRC DST it tells for one connection which policy and which
rule allows or blocks it.

Exit status: 0; 1 if an input is not valid, with the reasons on standard error and
nothing on standard output; 2 if the command could not run.`,
		Example: `  drawbridge connectivity k8s/
  drawbridge connectivity --exposure --workload shop/cart k8s/
  drawbridge connectivity --conn tcp-5432 --direction ingress --workload db k8s/
  drawbridge connectivity --explain shop/web shop/db k8s/
  drawbridge connectivity diff main/k8s/ branch/k8s/`,
		RunE: func(_ *cobra.Command, args []string) error { return c.run(p, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&c.format, "format", "text", "output format: "+strings.Join(connectivityFormats, ", "))
	flags.BoolVar(&c.exposure, "exposure", false, "tell what is permitted with pods that the input does not hold")
	flags.StringArrayVar(&c.workloads, "workload", nil, "only connections of the workload with this `NAME` (name, namespace/name); repeatable")
	flags.StringArrayVar(&c.peers, "peer", nil, "only connections with the workload with this `NAME`; repeatable")
	flags.StringVar(&c.direction, "direction", "", "only connections in this direction, as the workload sees it: ingress, egress")
	flags.StringVar(&c.conn, "conn", "", "only connections on this protocol and port (\"tcp-80\")")
	flags.StringVar(&c.explain, "explain", "", "tell why the workload `SRC` may reach DST, or may not")
	completeWith(cmd, "format", connectivityFormats...)
	completeWith(cmd, "direction", netpol.Ingress.String(), netpol.Egress.String())
	cmd.AddCommand(connectivityDiffCommand(p))
	return cmd
}

// connectivity are the flags as they were typed.
type connectivity struct {
	format           string
	exposure         bool
	workloads, peers []string
	direction, conn  string
	explain          string
}

func (c *connectivity) query() (netpol.Query, error) {
	q := netpol.Query{Workloads: c.workloads, Peers: c.peers}
	if !slices.Contains(connectivityFormats, c.format) {
		return q, fmt.Errorf("--format %q is none of %s", c.format, strings.Join(connectivityFormats, ", "))
	}
	if c.direction != "" {
		d, ok := netpol.ParseDirection(c.direction)
		if !ok {
			return q, fmt.Errorf("--direction %q is neither ingress nor egress", c.direction)
		}
		q.Directions = []netpol.Direction{d}
	}
	if c.conn != "" {
		var err error
		if q.Conns, err = netpol.ParseConn(c.conn); err != nil {
			return q, fmt.Errorf("--conn: %w", err)
		}
	}
	return q, nil
}

func (c *connectivity) run(p Process, args []string) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	var dst string
	if c.explain != "" {
		if len(args) == 0 {
			return errors.New("--explain SRC needs a DST after it")
		}
		dst, args = args[0], args[1:]
	}
	if len(args) > 1 {
		return fmt.Errorf("%q is one directory too many", args[1])
	}
	dir := "."
	if len(args) == 1 {
		dir = args[0]
	}
	e, err := loadPolicies(p, dir)
	if err != nil {
		return err
	}
	for _, name := range e.Unmatched(q) {
		fmt.Fprintf(p.Stderr, "warning: no workload is called %s\n", name)
	}
	out := bufio.NewWriterSize(p.Stdout, 64<<10)
	switch {
	case c.explain != "":
		err = explainConnection(out, e, c.explain, dst, q, c.format)
	case c.format == "json":
		err = writeConnectivityJSON(out, e, q, c.exposure)
	default:
		err = writeConnectivity(out, e, q, c.exposure)
	}
	return errors.Join(err, out.Flush())
}

// loadPolicies reads a directory. What it could not follow goes to standard
// error, and so do the reasons where the input is refused.
func loadPolicies(p Process, dir string) (*netpol.Evaluator, error) {
	path := p.path(dir)
	if info, err := os.Stat(path); err != nil {
		return nil, cannotRead("directory", dir, err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is a file; name the directory that it lies in", dir)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, cannotRead("directory", dir, err)
	}
	defer root.Close()
	objects, notes, err := kubernetes.Objects(root.FS(), filepath.ToSlash(dir), kubernetes.Options{})
	if err != nil {
		return nil, cannotRead("directory", dir, err)
	}
	warn(p, notes)
	e, err := netpol.New(objects)
	if err != nil {
		fmt.Fprintln(p.Stderr, err)
		return nil, errRefused
	}
	warn(p, e.Notes())
	return e, nil
}

func warn(p Process, notes []graph.Note) {
	for _, n := range notes {
		fmt.Fprintf(p.Stderr, "warning: %s\n", n)
	}
}

type unprotectedRow struct {
	Workload  string `json:"workload"`
	Direction string `json:"direction"`
}

// writeConnectivityJSON writes rows as they are made: there can be millions.
func writeConnectivityJSON(w *bufio.Writer, e *netpol.Evaluator, q netpol.Query, exposure bool) error {
	decided := func(c netpol.Connection) bool { return !c.Unknown }
	unknown := func(c netpol.Connection) bool { return c.Unknown }
	rows := newRowWriter(w)
	w.WriteString("{\n\"connections\": ")
	if err := rows.write(e.Connections(q), decided); err != nil {
		return err
	}
	if e.HasUnknown() {
		w.WriteString(",\n\"unknown\": ")
		if err := rows.write(e.Connections(q), unknown); err != nil {
			return err
		}
	}
	if exposure {
		x := e.Exposure(q)
		all := func(netpol.Connection) bool { return true }
		w.WriteString(",\n\"exposure\": {\n\"egress\": ")
		if err := rows.write(slices.Values(x.Egress), all); err != nil {
			return err
		}
		w.WriteString(",\n\"ingress\": ")
		if err := rows.write(slices.Values(x.Ingress), all); err != nil {
			return err
		}
		unprotected := []unprotectedRow{}
		for _, u := range x.Unprotected {
			unprotected = append(unprotected, unprotectedRow{u.Workload.String(), u.Direction.String()})
		}
		text, err := json.Marshal(unprotected)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, ",\n\"unprotected\": %s\n}", text)
	}
	_, err := w.WriteString("\n}\n")
	return err
}

func writeConnectivity(w io.Writer, e *netpol.Evaluator, q netpol.Query, exposure bool) error {
	if err := writeTable(w, e.Connections(q)); err != nil {
		return err
	}
	if !exposure {
		return nil
	}
	x := e.Exposure(q)
	if err := writeExposed(w, "Egress to pods and addresses that are not in the input", "to", x.Egress); err != nil {
		return err
	}
	if err := writeExposed(w, "Ingress from pods and addresses that are not in the input", "from", x.Ingress); err != nil {
		return err
	}
	if len(x.Unprotected) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nGoverned by no policy:")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, u := range x.Unprotected {
		fmt.Fprintf(t, "%s\t%s\n", u.Workload, u.Direction)
	}
	return t.Flush()
}

// writeExposed puts the peer last: it can be long.
func writeExposed(w io.Writer, title, preposition string, rows []netpol.Connection) error {
	if len(rows) == 0 {
		return nil
	}
	fmt.Fprintf(w, "\n%s:\n", title)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range rows {
		workload, peer := c.Src, c.Dst
		if preposition == "from" {
			workload, peer = peer, workload
		}
		fmt.Fprintf(t, "%s\t%s\t%s %s%s\n", workload, c.Conns, preposition, peer, unknownMark(c.Unknown))
	}
	return t.Flush()
}

// unknownMark says what keeps a connection from being certain.
func unknownMark(unknown bool) string {
	if !unknown {
		return ""
	}
	return "  (unknown: a policy that is not evaluated may govern it)"
}

// tableRows is how many rows are aligned with each other: all of a table that a
// person reads, and no more than a program can hold of one that nobody does.
const tableRows = 10_000

func writeTable(w io.Writer, rows iter.Seq[netpol.Connection]) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	n := 0
	for c := range rows {
		if _, err := fmt.Fprintf(t, "%s\t=> %s\t%s%s\n", c.Src, c.Dst, c.Conns, unknownMark(c.Unknown)); err != nil {
			return err
		}
		if n++; n%tableRows == 0 {
			if err := t.Flush(); err != nil {
				return err
			}
		}
	}
	return t.Flush()
}

// explanationRow is an explanation as JSON tells it.
type explanationRow struct {
	Src     string    `json:"src"`
	Dst     string    `json:"dst"`
	Conns   []string  `json:"conns"`
	Unknown bool      `json:"unknown,omitempty"`
	Sides   []sideRow `json:"sides"`
}

type sideRow struct {
	Direction string           `json:"direction"`
	Workload  string           `json:"workload"`
	Conns     []string         `json:"conns"`
	Evidence  []graph.Evidence `json:"evidence"`
}

func explainConnection(w io.Writer, e *netpol.Evaluator, from, to string, q netpol.Query, format string) error {
	src, err := e.Named(from)
	if err != nil {
		return err
	}
	dst, err := e.Named(to)
	if err != nil {
		return err
	}
	x := e.Explain(src, dst, q.Conns)
	if format == "json" {
		row := explanationRow{Src: x.Src, Dst: x.Dst, Conns: x.Conns.Strings(), Unknown: x.Unknown, Sides: []sideRow{}}
		for _, s := range x.Sides {
			row.Sides = append(row.Sides, sideRow{s.Direction.String(), s.Workload.String(), s.Conns.Strings(), s.Evidence})
		}
		return writeJSON(w, row)
	}
	fmt.Fprintf(w, "%s => %s: %s%s\n", x.Src, x.Dst, x.Conns, unknownMark(x.Unknown))
	for _, s := range x.Sides {
		fmt.Fprintf(w, "\n%s of %s: %s\n", s.Direction, s.Workload, s.Conns)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, v := range s.Evidence {
			fmt.Fprintf(t, "  %s\t%s\t%s\n", v.Source(), v.Address, v.Why)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
}
