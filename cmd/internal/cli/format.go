package cli

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"drawbridge/graph"
	"drawbridge/render"
)

// format is one way to write a model. It is a document of the whole model, for people,
// platforms or another tool, or a drawing of each page.
type format struct {
	name string
	// extensions tell the format of a file; the first is the one for our own names.
	extensions []string
	// file is its name in a directory without the extension, "" for formats that
	// are not written there unless asked for.
	file     string
	document func(w io.Writer, m *model) error
	// placed is a document that holds a diagram, or where things stand on one.
	placed  func(ctx context.Context, w io.Writer, g *graph.Graph, opt render.Options, l render.Layouter) error
	drawing func(ctx context.Context, m *model, dot []byte) ([]byte, error)
}

// formats lists all formats. To add one is to add a row.
var formats = []format{
	{name: "text", extensions: []string{".txt"}, document: textDocument},
	{name: "markdown", extensions: []string{".md", ".markdown"}, file: "report", document: markdownDocument},
	{name: "html", extensions: []string{".html", ".htm"}, file: "report", placed: render.HTML},
	{name: "json", extensions: []string{".json"}, file: "model", document: jsonDocument},
	{name: "csv", extensions: []string{".csv"}, document: csvDocument},
	{name: "sarif", extensions: []string{".sarif"}, document: sarifDocument},
	{name: "gitlab", extensions: []string{".gitlab.json"}, document: gitlabDocument},
	{name: "junit", extensions: []string{".xml"}, document: junitDocument},
	{name: "github", extensions: []string{".annotations"}, document: githubDocument},
	{name: "otm", extensions: []string{".otm", ".otm.json"}, placed: render.OTM},
	{name: "threat-dragon", extensions: []string{".threat-dragon.json"}, placed: render.ThreatDragon},
	{name: "threagile", extensions: []string{".threagile.yaml"}, placed: render.Threagile},
	{name: "owasp-tm", extensions: []string{".owasp-tm.json"}, placed: render.OWASPThreatModel},
	{name: "dot", extensions: []string{".dot", ".gv"}, file: "diagram", drawing: dotDrawing},
	{name: "svg", extensions: []string{".svg"}, file: "diagram", drawing: svgDrawing},
	{name: "mermaid", extensions: []string{".mmd", ".mermaid"}, document: mermaidDocument},
	{name: "d2", extensions: []string{".d2"}, document: d2Document},
	// Only dot makes PNG and PDF, and they are large: they are made where asked for.
	{name: "png", extensions: []string{".png"}, drawing: pngDrawing},
	{name: "pdf", extensions: []string{".pdf"}, drawing: pdfDrawing},
}

// model is what the formats are made from.
type model struct {
	graph    *graph.Graph
	options  render.Options
	layouter render.Layouter
	text     render.TextOptions
	below    string // where the scanned directory lies in its repository
}

func formatNames() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

func formatNamed(name string) (format, bool) {
	i := slices.IndexFunc(formats, func(f format) bool { return f.name == name })
	if i < 0 {
		return format{}, false
	}
	return formats[i], true
}

// formatOf returns the format that a file's extension says.
func formatOf(file string) (format, bool) {
	i := byExtension(file, formats, func(f format) []string { return f.extensions })
	if i < 0 {
		return format{}, false
	}
	return formats[i], true
}

// byExtension returns the index of the format whose extension ends the name of a file,
// the longest of several: "x.gitlab.json" is no plain JSON. It is -1 where none does.
func byExtension[F any](file string, list []F, extensions func(F) []string) int {
	best, length := -1, 0
	for i, f := range list {
		for _, ext := range extensions(f) {
			if len(ext) > length && strings.HasSuffix(strings.ToLower(filepath.Base(file)), ext) {
				best, length = i, len(ext)
			}
		}
	}
	return best
}

// directoryFormats are the formats that -o DIR writes.
func directoryFormats() []format {
	return slices.DeleteFunc(slices.Clone(formats), func(f format) bool { return f.file == "" })
}

// fileName is the name of the format's file in a directory.
func (f format) fileName() string {
	switch {
	case f.file != "":
		return f.file + f.extensions[0]
	case f.drawing == nil:
		return "report" + f.extensions[0]
	}
	return "diagram" + f.extensions[0]
}

// whole writes a format that is one document of the model.
func (f format) whole(ctx context.Context, w io.Writer, m *model) error {
	if f.placed != nil {
		return f.placed(ctx, w, m.graph, m.options, m.layouter)
	}
	return f.document(w, m)
}

// listFiles names the files of formats, for people.
func listFiles(formats []format) string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.fileName()
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func textDocument(w io.Writer, m *model) error { return render.Text(w, m.graph, m.text) }

func markdownDocument(w io.Writer, m *model) error {
	return render.Markdown(w, m.graph, m.options)
}

func jsonDocument(w io.Writer, m *model) error { return graph.WriteJSON(w, m.graph) }

func sarifDocument(w io.Writer, m *model) error { return render.SARIF(w, m.graph) }

func gitlabDocument(w io.Writer, m *model) error { return render.GitLab(w, m.graph, m.below) }

func junitDocument(w io.Writer, m *model) error { return render.JUnit(w, m.graph, m.below) }

func githubDocument(w io.Writer, m *model) error { return render.GitHub(w, m.graph, m.below) }

func csvDocument(w io.Writer, m *model) error { return render.CSV(w, m.graph) }

func mermaidDocument(w io.Writer, m *model) error { return render.Mermaid(w, m.graph, m.options) }

func d2Document(w io.Writer, m *model) error { return render.D2(w, m.graph, m.options) }

// draw makes the drawing of a page, coarser where its layout takes too long.
func (f format) draw(ctx context.Context, m *model, page render.Page) ([]byte, error) {
	return page.Draw(ctx, m.layouter, func(dot []byte, l render.Layouter) ([]byte, error) {
		timed := *m
		timed.layouter = l
		return f.drawing(ctx, &timed, dot)
	})
}

func dotDrawing(_ context.Context, _ *model, dot []byte) ([]byte, error) { return dot, nil }

func svgDrawing(ctx context.Context, m *model, dot []byte) ([]byte, error) {
	svg, err := render.SVG(ctx, dot, m.layouter)
	if err == nil && len(m.options.Icons) > 0 {
		return render.EmbedIcons(svg, m.options.Icons)
	}
	return svg, err
}

func pngDrawing(ctx context.Context, m *model, dot []byte) ([]byte, error) {
	return render.PNG(ctx, dot, m.layouter)
}

func pdfDrawing(ctx context.Context, m *model, dot []byte) ([]byte, error) {
	return render.PDF(ctx, dot, m.layouter)
}
