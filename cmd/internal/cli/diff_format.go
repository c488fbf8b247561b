package cli

import (
	"context"
	"io"

	"drawbridge/graph"
	"drawbridge/render"
)

// diffFormat is one way to write a change.
type diffFormat struct {
	name string
	// extensions tell the format of a file; the first is the one for our own names.
	extensions []string
	// usual is set for what is written into a directory unless one format is asked for.
	usual bool
	write func(ctx context.Context, w io.Writer, x *difference) error
}

// diffFormats lists all formats; the first is the default. To add one is to add a row.
var diffFormats = []diffFormat{
	{name: "text", extensions: []string{".txt"}, write: func(_ context.Context, w io.Writer, x *difference) error {
		return render.ChangeText(w, x.change, x.options)
	}},
	{name: "json", extensions: []string{".json"}, usual: true, write: func(_ context.Context, w io.Writer, x *difference) error {
		return graph.WriteChangeJSON(w, x.change)
	}},
	{name: "markdown", extensions: []string{".md", ".markdown"}, usual: true, write: func(_ context.Context, w io.Writer, x *difference) error {
		return render.ChangeMarkdown(w, x.change, x.options)
	}},
	{name: "sarif", extensions: []string{".sarif"}, usual: true, write: func(_ context.Context, w io.Writer, x *difference) error {
		return render.ChangeSARIF(w, x.change)
	}},
	{name: "gitlab", extensions: []string{".gitlab.json"}, usual: true, write: func(_ context.Context, w io.Writer, x *difference) error {
		return render.ChangeGitLab(w, x.change, x.below)
	}},
	{name: "junit", extensions: []string{".xml"}, usual: true, write: func(_ context.Context, w io.Writer, x *difference) error {
		return render.ChangeJUnit(w, x.change, x.below)
	}},
	{name: "github", extensions: []string{".annotations"}, usual: true, write: func(_ context.Context, w io.Writer, x *difference) error {
		return render.ChangeGitHub(w, x.change, x.below)
	}},
	{name: "svg", extensions: []string{".svg"}, usual: true, write: func(ctx context.Context, w io.Writer, x *difference) error {
		dot, err := render.ChangeDOT(x.change, x.options)
		if err != nil {
			return err
		}
		svg, err := render.SVG(ctx, dot, x.layouter)
		if err == nil {
			_, err = w.Write(svg)
		}
		return err
	}},
	{name: "dot", extensions: []string{".dot", ".gv"}, write: func(_ context.Context, w io.Writer, x *difference) error {
		dot, err := render.ChangeDOT(x.change, x.options)
		if err == nil {
			_, err = w.Write(dot)
		}
		return err
	}},
}

// difference is what the formats are made from.
type difference struct {
	change   *graph.Change
	options  render.ChangeOptions
	layouter render.Layouter
	below    string // where the compared directory lies in its repository
}

func diffFormatNames() []string {
	names := make([]string, len(diffFormats))
	for i, f := range diffFormats {
		names[i] = f.name
	}
	return names
}

// fileName is the name of the format's file in a directory.
func (f diffFormat) fileName() string { return "change" + f.extensions[0] }
