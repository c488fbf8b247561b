package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"drawbridge/extract"
	"drawbridge/graph"
	"drawbridge/render"

	"github.com/spf13/cobra"
)

func serveCommand(p Process) *cobra.Command {
	f := scanFlags{format: "html", theme: "light"}
	var port int
	cmd := &cobra.Command{
		Use:   "serve [flags] [PATH]...",
		Short: "Show the report in a browser, and keep it up to date while files change",
		Long: `Serve reads what scan reads and shows the HTML report on a port of this machine only. It
watches the files, reads again what changed, and the page in the browser follows, where
it was left: the same section, selection, filters and part of the picture. While a file
cannot be read, the page says so and keeps the model from before.

Nothing can be changed through it, and it answers to no name but this machine's own.
Ctrl-C ends it.`,
		Example: `  drawbridge serve
  drawbridge serve --port 8080 terraform/ k8s/
  drawbridge serve --baseline drawbridge-baseline.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := f.parse(p, args)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return newServer(p, s).run(ctx, port)
		},
	}
	f.input.register(cmd)
	f.registerEarlier(cmd)
	flags := cmd.Flags()
	flags.IntVar(&port, "port", 7340, "listen on this `PORT`; 0 takes any that is free")
	flags.StringArrayVar(&f.exclude, "exclude", nil, "leave out what this `GLOB` matches, from the scanned directory (\"**/test/**\"); repeatable")
	flags.StringArrayVar(&f.helmValues, "helm-values", nil, "`FILE` of values for the Helm charts in PATH; repeatable, later ones win")
	flags.StringArrayVar(&f.helmSet, "set", nil, "value for the Helm charts, as `KEY=VALUE` of helm's --set; repeatable")
	flags.StringSliceVar(&f.show, "show", nil, "draw `MORE`: permitted (flows that policy allows and nothing uses), identities (users, roles)")
	completeWith(cmd, "show", "permitted", "identities")
	return cmd
}

// server shows the report of a scan as it is now.
type server struct {
	p        Process
	scan     *scan
	layouter render.Layouter
	// interval is how long files must stay as they are, once they changed, before they
	// are read: an editor may be half-way through.
	interval time.Duration

	model *graph.Graph // the last one without a new problem

	mu      sync.Mutex
	page    []byte
	version string
	problem string        // "" for none
	changed chan struct{} // closed at the next change of any of these
}

func newServer(p Process, s *scan) *server {
	s.extract.Memory = &extract.Memory{}
	l := p.layouter()
	l.Memory = &render.LayoutMemory{}
	return &server{p: p, scan: s, layouter: l, interval: 300 * time.Millisecond, changed: make(chan struct{})}
}

// run serves until the context ends.
func (s *server) run(ctx context.Context, port int) error {
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("port %d: %w; --port 0 takes one that is free", port, err)
	}
	before := s.state()
	if err := s.read(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	here := &http.Server{Handler: s.handler(ctx, listener.Addr().(*net.TCPAddr).Port), ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintf(s.p.Stdout, "http://%s/ shows %s. Ctrl-C ends it.\n", listener.Addr(), s.scan.render.Title)
	done := make(chan error, 1)
	go func() { done <- here.Serve(listener) }()
	s.watch(ctx, before)
	if err := here.Close(); err != nil {
		return err
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// watch reads again whenever files changed and then stayed as they are for a while.
func (s *server) watch(ctx context.Context, known string) {
	seen := known
	for {
		start := time.Now()
		now := s.state()
		// Of a very large tree, looking takes its time: it gets a tenth of one processor.
		pause := max(s.interval, 10*time.Since(start))
		if now != known && now == seen {
			known = now
			old := s.model
			err := s.read(ctx)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				s.publish(nil, err.Error())
			case s.model != old:
				fmt.Fprintf(s.p.Stdout, "%s\n", oneLine(graph.Diff(old, s.model).Verdict()))
			}
		}
		seen = now
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// read makes the page anew. Where the files have a trouble that they did not have before,
// the page stays and tells it.
func (s *server) read(ctx context.Context) error {
	quiet := s.p
	if s.model != nil {
		quiet.Stderr = io.Discard
	}
	now := *s.scan // reading names the report anew
	g, err := now.read(quiet)
	if err != nil {
		return err
	}
	if s.model != nil {
		if broken := newlyBroken(s.model, g); len(broken) > 0 {
			s.publish(nil, strings.Join(broken, "\n"))
			return nil
		}
	}
	opt := now.render
	closeInput, err := now.openInput(&opt)
	if err != nil {
		return err
	}
	defer closeInput()
	opt.Since, opt.Live = now.sinceSaved(g), eventsPath
	var b bytes.Buffer
	if err := render.HTML(ctx, &b, g, opt, s.layouter); err != nil {
		return err
	}
	s.layouter.Memory.Forget()
	s.model = g
	s.publish(b.Bytes(), "")
	return nil
}

// newlyBroken lists what of the input can't be read, and could before.
func newlyBroken(before, now *graph.Graph) []string {
	const most = 5
	known := map[string]bool{}
	for _, n := range before.Notes {
		known[n.Code+n.File] = true
	}
	var out []string
	for _, n := range now.Notes {
		if slices.Contains([]string{"parse-error", "read-error", "unreadable", "not-rendered"}, n.Code) && !known[n.Code+n.File] {
			if len(out) == most {
				return append(out, "and more")
			}
			out = append(out, n.String())
		}
	}
	return out
}

// publish makes a page the one to show, nil for the same as before, with what is wrong now.
func (s *server) publish(page []byte, problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if page != nil {
		sum := sha256.Sum256(page)
		s.page, s.version = page, hex.EncodeToString(sum[:8])
	}
	s.problem = problem
	close(s.changed)
	s.changed = make(chan struct{})
}

// eventsPath is where the page hears of changes.
const eventsPath = "/events"

// handler answers this machine's own browsers. A page of another site that leads its name
// to this machine does not get in: the Host header must name the machine itself.
func (s *server) handler(ctx context.Context, port int) http.Handler {
	var hosts []string
	for _, name := range []string{"127.0.0.1", "localhost"} {
		hosts = append(hosts, net.JoinHostPort(name, strconv.Itoa(port)))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		origin := r.Header.Get("Origin")
		switch {
		case !slices.Contains(hosts, r.Host) || origin != "" && !slices.Contains(hosts, strings.TrimPrefix(origin, "http://")):
			http.Error(w, "this machine only", http.StatusForbidden)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "nothing can be changed here", http.StatusMethodNotAllowed)
		case r.URL.Path == "/":
			s.mu.Lock()
			page := s.page
			s.mu.Unlock()
			h.Set("Content-Type", "text/html; charset=utf-8")
			h.Set("Content-Length", strconv.Itoa(len(page)))
			if r.Method == http.MethodGet {
				w.Write(page) // whoever left needs no page
			}
		case r.URL.Path == eventsPath:
			s.events(ctx, w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// events tells a page which version is shown and what is wrong, now and whenever that changes.
func (s *server) events(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(w)
	for {
		s.mu.Lock()
		version, problem, changed := s.version, s.problem, s.changed
		s.mu.Unlock()
		text, err := json.Marshal(problem)
		if err != nil {
			return
		}
		_, err = fmt.Fprintf(w, "event: problem\ndata: %s\n\nevent: model\ndata: %s\n\n", text, version)
		if err != nil || stream.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-ctx.Done():
			return
		}
	}
}
