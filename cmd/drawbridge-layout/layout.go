package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/goccy/go-graphviz"
)

const usage = "usage: drawbridge-layout < diagram.dot > diagram.svg"

const (
	exitOK = iota
	exitLayout
	exitUsage
)

func run(args []string, in io.Reader, out, complaints io.Writer) int {
	if len(args) > 0 {
		fmt.Fprintln(complaints, usage)
		return exitUsage
	}
	dot, err := io.ReadAll(in)
	if err != nil {
		fmt.Fprintf(complaints, "drawbridge-layout: reading standard input: %v\n", err)
		return exitUsage
	}
	svg, err := layout(context.Background(), dot)
	if err != nil {
		fmt.Fprintf(complaints, "drawbridge-layout: %v\n", err)
		return exitLayout
	}
	if _, err := out.Write(svg); err != nil {
		fmt.Fprintf(complaints, "drawbridge-layout: writing standard output: %v\n", err)
		return exitUsage
	}
	return exitOK
}

// layout returns the SVG of a diagram. The library panics on some faults inside of
// the WebAssembly; that is an error like any other here.
func layout(ctx context.Context, dot []byte) (svg []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			svg, err = nil, fmt.Errorf("laying out: %v", r)
		}
	}()
	if len(bytes.TrimSpace(dot)) == 0 {
		return nil, errors.New("standard input is empty; " + usage)
	}
	graph, err := graphviz.ParseBytes(dot)
	if err != nil {
		return nil, fmt.Errorf("reading DOT: %w", err)
	}
	defer graph.Close()
	g, err := graphviz.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("starting Graphviz: %w", err)
	}
	defer g.Close()
	var out bytes.Buffer
	if err := g.Render(ctx, graph, graphviz.SVG, &out); err != nil {
		return nil, fmt.Errorf("laying out: %w", err)
	}
	if !bytes.Contains(out.Bytes(), []byte("</svg>")) {
		return nil, errors.New("laying out: Graphviz wrote no complete SVG")
	}
	return out.Bytes(), nil
}
