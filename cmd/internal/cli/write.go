package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"drawbridge/graph"
	"drawbridge/render"

	"golang.org/x/term"
)

// write makes the formats and puts them where they belong. Once files are
// written, the summary goes to standard output, with their names.
func (s *scan) write(ctx context.Context, p Process, m *model) error {
	m.text = s.textOptions(p)
	if s.dir == "" && s.file == "" {
		return s.formats[0].first(ctx, p.Stdout, m)
	}
	var written []string
	var err error
	if s.file != "" {
		written, err = s.writeFile(ctx, m)
	} else {
		written, err = s.writeDirectory(ctx, m)
	}
	for _, name := range written {
		m.text.Files = append(m.text.Files, p.shown(name))
	}
	return errors.Join(err, textDocument(p.Stdout, m))
}

// fileWidth is the width of a summary that no terminal shows: enough to cut nothing.
const fileWidth = 1000

// textOptions suits the summary to who reads standard output.
func (p Process) textOptions() render.TextOptions {
	opt := render.TextOptions{Color: p.colour(p.Stdout), Width: fileWidth}
	if f, ok := p.Stdout.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			opt.Width = width
		}
	}
	return opt
}

// textOptions are those of the process, with links to the scanned files.
func (s *scan) textOptions(p Process) render.TextOptions {
	opt := p.textOptions()
	top, err := scannedTop(s.paths)
	if err != nil || !p.hyperlinks(p.Stdout) {
		return opt
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	opt.Link = func(at graph.Source) string {
		to := url.URL{Scheme: "file", Host: host, Path: filepath.ToSlash(filepath.Join(top, filepath.FromSlash(at.File)))}
		if at.Line > 0 {
			to.Fragment = strconv.Itoa(at.Line)
		}
		return to.String()
	}
	return opt
}

// hyperlinks reports whether the stream takes links (OSC 8): FORCE_HYPERLINK decides, else
// it must take colours, and be none of the terminals known to write the sequence out.
func (p Process) hyperlinks(w io.Writer) bool {
	env := p.environ()
	switch env["FORCE_HYPERLINK"] {
	case "":
		return p.colour(w) && env["TERM"] != "linux" && env["TERM_PROGRAM"] != "Apple_Terminal" && env["CI"] == ""
	case "0":
		return false
	}
	return true
}

// shown is how a path is told to the user: from the working directory, where it
// lies below.
func (p Process) shown(name string) string {
	if rel, err := filepath.Rel(p.Dir, name); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return name
}

func (s *scan) writeFile(ctx context.Context, m *model) ([]string, error) {
	err := toFile(s.file, func(w io.Writer) error { return s.formats[0].first(ctx, w, m) })
	if err != nil {
		return nil, fmt.Errorf("the output cannot be written: %w", err)
	}
	return []string{s.file}, nil
}

// writeDirectory writes every file that it can: a diagram that could not be laid
// out keeps nobody from reading the report.
func (s *scan) writeDirectory(ctx context.Context, m *model) (written []string, err error) {
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return nil, fmt.Errorf("the output cannot be written: %w", err)
	}
	var pages []render.Page
	var failures []error
	put := func(name string, content func(io.Writer) error) {
		name = filepath.Join(s.dir, name)
		if err := toFile(name, content); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", filepath.Base(name), err))
			return
		}
		written = append(written, name)
	}
	for _, f := range s.formats {
		if f.drawing == nil {
			put(f.fileName(), func(w io.Writer) error { return f.whole(ctx, w, m) })
			continue
		}
		if pages == nil {
			if pages, err = render.Pages(m.graph, m.options); err != nil {
				return written, err
			}
		}
		for i, page := range pages {
			put(pageFile(i, page, f), func(w io.Writer) error {
				content, err := f.draw(ctx, m, page)
				if err == nil {
					_, err = w.Write(linkFiles(content, pages))
				}
				return err
			})
		}
	}
	return written, errors.Join(failures...)
}

// pageFile is the name of a page's file. The first page shows the whole and is
// called as the format says.
func pageFile(i int, page render.Page, f format) string {
	if i == 0 {
		return f.fileName()
	}
	return page.Name + f.extensions[0]
}

// linkFiles turns links to pages of one document into links to their files: to the
// SVG ones, for a DOT file with links is on its way to becoming one.
func linkFiles(content []byte, pages []render.Page) []byte {
	svg, _ := formatNamed("svg")
	for i, page := range pages {
		content = bytes.ReplaceAll(content, []byte(`"#page-`+page.Name+`"`), []byte(`"`+pageFile(i, page, svg)+`"`))
	}
	return content
}

// first writes the format as one file: of a drawing the first page, which shows the whole.
func (f format) first(ctx context.Context, w io.Writer, m *model) error {
	if f.drawing == nil {
		return f.whole(ctx, w, m)
	}
	pages, err := render.Pages(m.graph, m.options)
	if err != nil {
		return err
	}
	content, err := f.draw(ctx, m, pages[0])
	if err == nil {
		_, err = w.Write(content)
	}
	return err
}

// toFile writes a file, and removes it again where that fails half-way.
func toFile(name string, content func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<16)
	err = errors.Join(content(b), b.Flush(), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// layouter finds layout programs as the command's own environment says.
func (p Process) layouter() render.Layouter {
	return render.Layouter{LookPath: p.lookPath, Executable: os.Executable}
}

// lookPath is exec.LookPath for the PATH of the process's environment.
func (p Process) lookPath(name string) (string, error) {
	for _, dir := range filepath.SplitList(p.environ()["PATH"]) {
		if !filepath.IsAbs(dir) {
			continue // a program in the scanned repository must not run
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is in no directory of PATH", name)
}
