package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"drawbridge/extract"
	"drawbridge/extract/revision"
	"drawbridge/graph"
	"drawbridge/render"

	"github.com/spf13/cobra"
)

// historyFlags are the flags of history as they were typed.
type historyFlags struct {
	diff  diffFlags // what is read, and how
	since string
	last  int
}

func historyCommand(p Process) *cobra.Command {
	var f historyFlags
	cmd := &cobra.Command{
		Use:   "history [flags] [PATH]...",
		Short: "Show how the threat model changed over the last commits",
		Long: `History reads the last commits of the current branch that change something below the
working directory (or the PATHs), along the branch's own line, and says of each what the
model held and what the commit did to it; then since when each finding and each way in
from the internet is there, and which are gone.

Commits are read from the repository's objects, without a checkout. Each distinct tree is
read once, and of each only what differs from the one before.

With -o DIR/ it writes history.md, history.json and history.svg, a chart.`,
		Example: `  drawbridge history
  drawbridge history --since v1.4 -- terraform/
  drawbridge history --last 100 -o history.svg`,
		RunE: func(cmd *cobra.Command, args []string) error {
			h, err := f.parse(p, args)
			if err != nil {
				return err
			}
			return h.run(cmd.Context(), p)
		},
	}
	f.diff.input.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.since, "since", "", "begin with this `REVISION`")
	flags.IntVar(&f.last, "last", 30, "read so many `COMMITS` at most")
	flags.StringVar(&f.diff.format, "format", "", "output `FORMAT`: "+strings.Join(historyFormatNames(), ", ")+" (default text, or what -o says)")
	flags.StringVarP(&f.diff.output, "output", "o", "", "write to this `FILE`, or all formats to this directory")
	flags.StringVar(&f.diff.theme, "theme", "light", "`COLOURS` of the chart: light, dark, print")
	flags.StringArrayVar(&f.diff.exclude, "exclude", nil, "leave out what this `GLOB` matches (\"**/test/**\"); repeatable")
	flags.StringArrayVar(&f.diff.helmValues, "helm-values", nil, "`FILE` of values for Helm charts; repeatable, later ones win")
	flags.StringArrayVar(&f.diff.helmSet, "set", nil, "value for Helm charts, as `KEY=VALUE` of helm's --set; repeatable")
	completeWith(cmd, "format", historyFormatNames()...)
	completeWith(cmd, "theme", "light", "dark", "print")
	return cmd
}

// historyFormat is one way to write a history.
type historyFormat struct {
	name       string
	extensions []string
	write      func(w io.Writer, x *historyDocument) error
}

// historyFormats lists all formats; the first is the default. To add one is to add a row.
var historyFormats = []historyFormat{
	{"text", []string{".txt"}, func(w io.Writer, x *historyDocument) error { return render.HistoryText(w, x.history, x.text) }},
	{"json", []string{".json"}, func(w io.Writer, x *historyDocument) error { return graph.WriteHistoryJSON(w, x.history) }},
	{"markdown", []string{".md", ".markdown"}, func(w io.Writer, x *historyDocument) error {
		return render.HistoryMarkdown(w, x.history, x.title)
	}},
	{"svg", []string{".svg"}, func(w io.Writer, x *historyDocument) error {
		return render.HistorySVG(w, x.history, x.title, x.theme)
	}},
}

// historyDocument is what the formats are made from.
type historyDocument struct {
	history *graph.History
	title   string
	theme   render.Theme
	text    render.TextOptions
}

func historyFormatNames() []string {
	var names []string
	for _, f := range historyFormats {
		names = append(names, f.name)
	}
	return names
}

// history is a history that can be read: its flags made sense.
type history struct {
	extract   extract.Options
	input     inputFlags
	theme     render.Theme
	paths     []string
	since     string
	last      int
	formats   []historyFormat
	dir, file string
}

func (f *historyFlags) parse(p Process, args []string) (*history, error) {
	if f.last < 1 {
		return nil, fmt.Errorf("--last %d is no number of commits", f.last)
	}
	h := &history{since: f.since, last: f.last}
	d := &diff{}
	if err := f.diff.reading(p, d); err != nil {
		return nil, err
	}
	h.extract, h.input, h.theme = d.extract, f.diff.input, d.options.Theme
	var err error
	if h.paths, err = localNames("PATH", args); err != nil {
		return nil, err
	}
	return h, f.target(p, h)
}

// target settles which formats go where, as it does for scan.
func (f *historyFlags) target(p Process, h *history) error {
	i := slices.IndexFunc(historyFormats, func(x historyFormat) bool { return x.name == f.diff.format })
	if f.diff.format != "" && i < 0 {
		return fmt.Errorf("--format %q is none of %s", f.diff.format, strings.Join(historyFormatNames(), ", "))
	}
	h.formats = historyFormats[max(i, 0) : max(i, 0)+1]
	switch output := f.diff.output; {
	case output == "":
	case isDirectory(p, output):
		h.dir = p.path(output)
		if i < 0 {
			h.formats = historyFormats[1:]
		}
	default:
		h.file = p.path(output)
		if i < 0 {
			if i = byExtension(output, historyFormats, func(x historyFormat) []string { return x.extensions }); i < 0 {
				return fmt.Errorf("-o %s: its extension names no format; add --format, or a slash at the end for a directory", output)
			}
			h.formats = historyFormats[i : i+1]
		}
	}
	return nil
}

func (h *history) run(ctx context.Context, p Process) (err error) {
	repo, err := openRepository(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, repo.Close()) }()
	since := ""
	if h.since != "" {
		if since, err = repo.Resolve(ctx, h.since); err != nil {
			return err
		}
	}
	below, err := inRepository(repo, p.Dir)
	if err != nil {
		return err
	}
	within := []string{below}
	if len(h.paths) > 0 {
		within = nil
		for _, name := range h.paths {
			within = append(within, path.Join(below, name))
		}
	}
	commits, whole, err := repo.Commits(ctx, since, h.last, within)
	switch {
	case err != nil:
		return err
	case len(commits) == 0:
		return errors.New("no commit of the current branch changes anything here")
	case !whole && len(commits) < h.last:
		fmt.Fprintln(p.Stderr, "drawbridge history: the clone is shallow, older commits are not here; fetch them with git fetch --unshallow")
	}
	x := &historyDocument{theme: h.theme, text: p.textOptions(), title: filepath.Base(p.Dir)}
	if x.history, err = h.read(ctx, p, repo, commits, below); err != nil {
		return err
	}
	return h.write(p, x)
}

// read reads the commits, oldest first. Each distinct tree is read once, and a part of one
// that the one before had is not read again.
func (h *history) read(ctx context.Context, p Process, repo *revision.Repository, commits []revision.Commit, below string) (*graph.History, error) {
	defer progress(p.Stderr, fmt.Sprintf("reading %d commits", len(commits)))()
	opt := h.extract
	opt.Exclude = append(slices.Clone(opt.Exclude), "**/.terraform")
	opt.Memory = &extract.Memory{}
	known := map[string]*graph.Graph{}
	lacking := map[string]string{} // the object of each file that the clone has not got
	uses := map[string]int{}       // of trees, so that no model is kept longer than it is needed
	for _, c := range commits {
		uses[c.Tree]++
	}
	out := graph.NewHistory()
	for _, c := range commits {
		g := known[c.Tree]
		if g == nil {
			var err error
			if g, err = h.readCommit(ctx, p, repo, c, below, opt, lacking); err != nil {
				return nil, fmt.Errorf("%s: %w", c.ID[:7], err)
			}
		}
		delete(known, c.Tree)
		if uses[c.Tree]--; uses[c.Tree] > 0 {
			known[c.Tree] = g
		}
		out.Add(c.ID, c.Date, c.Subject, g)
	}
	leftOut(p, "history", slices.Sorted(maps.Keys(lacking)))
	return out, nil
}

func (h *history) readCommit(ctx context.Context, p Process, repo *revision.Repository, c revision.Commit, below string, opt extract.Options, lacking map[string]string) (g *graph.Graph, err error) {
	tree, err := repo.Tree(ctx, c.ID, nil)
	if err != nil {
		return nil, err
	}
	side := &diffSide{name: c.ID[:7], tree: extract.Within(tree, below), revision: tree}
	if g, err = side.read(p, h.paths, opt, h.input); err == nil && side.settings != nil {
		side.settings.analyze(g)
	}
	if err == nil {
		_, err = side.lacking(func(name, object string) bool {
			if _, ok := lacking[name]; !ok {
				lacking[name] = object
			}
			return lacking[name] == object
		})
	}
	return g, err
}

// write makes the formats and puts them where they belong; once files are written, the
// table goes to standard output, with their names.
func (h *history) write(p Process, x *historyDocument) error {
	if h.file == "" && h.dir == "" {
		return h.formats[0].write(p.Stdout, x)
	}
	if h.dir != "" {
		if err := os.MkdirAll(h.dir, 0o777); err != nil {
			return fmt.Errorf("the output cannot be written: %w", err)
		}
	}
	for _, f := range h.formats {
		name := h.file
		if h.dir != "" {
			name = filepath.Join(h.dir, "history"+f.extensions[0])
		}
		if err := toFile(name, func(w io.Writer) error { return f.write(w, x) }); err != nil {
			return fmt.Errorf("the output cannot be written: %w", err)
		}
		x.text.Files = append(x.text.Files, p.shown(name))
	}
	return render.HistoryText(p.Stdout, x.history, x.text)
}
