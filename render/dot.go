package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/awalterschulze/gographviz"
	"github.com/awalterschulze/gographviz/ast"

	"drawbridge/graph"
)

// DOT draws the whole graph as one picture, whatever its size. For large graphs
// see [Pages]. It looks as meant with any Graphviz from 2.43 on: no images, no
// signs that a common font lacks.
func DOT(g *graph.Graph, opt Options) ([]byte, error) {
	m, err := newModel(g, opt)
	if err != nil {
		return nil, err
	}
	return drawDOT(m.view(m.title(m.what), m.whole()), opt.Theme.palette())
}

// drawDOT writes a view. Every attribute stands on every node and edge: the
// library drops defaults.
func drawDOT(v *view, p *palette) ([]byte, error) {
	d := &drawing{g: gographviz.NewGraph(), p: p}
	d.root(v)
	for _, f := range v.frames {
		d.frame(f)
	}
	known := map[string]bool{}
	for _, f := range v.frames {
		known[f.boundary.ID] = true
	}
	for _, b := range v.boxes {
		parent := rootName
		if known[b.frame] {
			parent = clusterName(b.frame)
		}
		d.box(parent, b)
	}
	weights, columns := chainWeights(v), rankBoxes(v)
	for _, a := range v.arrows {
		d.arrow(v, a, weights[a], columns.length(a))
	}
	for _, t := range columns.ties {
		d.edge(t.from, t.to, map[string]string{"style": "invis", "weight": "1", "minlen": strconv.Itoa(t.length)})
	}
	if d.err != nil {
		return nil, fmt.Errorf("writing DOT: %w", d.err)
	}
	tree, err := d.g.WriteAst()
	if err != nil {
		return nil, fmt.Errorf("writing DOT: %w", err)
	}
	tree.ID = ast.ID(quote(strings.ReplaceAll(v.title, `\`, "/")))
	low := map[string]bool{}
	for _, b := range v.boxes {
		if !columns.joined[b] {
			low[quote(b.id)] = true
		}
	}
	return printDOT(tree, low)
}

// rootName is that of the graph. No cluster or box has it: theirs have a prefix.
const rootName = "root"

func clusterName(boundary string) string { return quote("cluster-" + elementID("", boundary)) }

// drawing builds one gographviz graph and remembers the first error.
type drawing struct {
	g   *gographviz.Graph
	p   *palette
	err error
}

func (d *drawing) check(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *drawing) root(v *view) {
	d.check(d.g.SetName(rootName))
	d.check(d.g.SetDir(true))
	attrs := map[string]string{
		"rankdir": "LR", "newrank": "true", "compound": "true", "splines": "true", "outputorder": "edgesfirst",
		"nodesep": "0.28", "ranksep": "0.7", "pad": "0.3", "forcelabels": "true",
		"fontname": quote(fontFamily), "bgcolor": quote(d.p.background), "labelloc": "t", "labeljust": "l",
		"label": "<" + pictureLabel(v, d.p) + ">",
	}
	for _, k := range sortedKeys(attrs) {
		d.check(d.g.AddAttr(rootName, k, attrs[k]))
	}
}

func (d *drawing) frame(f *frame) {
	p := d.p.marked(f.mark)
	parent := rootName
	if f.boundary.Parent != "" && d.g.IsSubGraph(clusterName(f.boundary.Parent)) {
		parent = clusterName(f.boundary.Parent)
	}
	tip := []string{boundaryWord(f.boundary) + ": " + printable(f.boundary.Name)}
	if f.boundary.TrustWhy != "" {
		tip = append(tip, "trust: "+printable(f.boundary.TrustWhy))
	}
	if !f.boundary.Source.IsZero() {
		tip = append(tip, printable(f.boundary.Source.String()))
	}
	width := "1.4"
	if f.mark > markContext {
		width = "2.2"
	}
	d.check(d.g.AddSubGraph(parent, clusterName(f.boundary.ID), map[string]string{
		"id": quote(f.id), "label": "<" + frameLabel(f, p) + ">", "labeljust": "l", "margin": "14",
		"style": quote("dashed,rounded,filled"), "color": quote(p.boundary), "fillcolor": quote(p.tint(f.boundary.Trust)),
		"penwidth": width, "fontname": quote(fontFamily), "tooltip": quote(strings.Join(tip, "\n")),
	}))
}

func (d *drawing) box(parent string, b *box) {
	p := d.p.marked(b.mark)
	attrs := map[string]string{
		"id": quote(b.id), "shape": "box", "style": quote("filled,rounded"), "fillcolor": quote(p.process),
		"color": quote(p.line), "penwidth": "1.1", "margin": quote("0.10,0.06"),
		"fontname": quote(fontFamily), "fontcolor": quote(p.ink),
		"label": "<" + boxLabel(b, p) + ">", "tooltip": quote(strings.Join(b.more, "\n")),
	}
	switch b.shape {
	case storeShape:
		attrs["shape"], attrs["style"], attrs["fillcolor"] = "cylinder", "filled", quote(p.store)
	case externalShape:
		attrs["style"], attrs["fillcolor"], attrs["peripheries"] = "filled", quote(p.external), "2"
	case identityShape:
		attrs["shape"], attrs["style"], attrs["fillcolor"] = "octagon", "filled", quote(p.identity)
	case groupShape:
		attrs["style"], attrs["fillcolor"] = quote("filled,rounded,dashed"), quote(p.tint(b.trust))
		attrs["color"], attrs["penwidth"] = quote(p.boundary), "1.8"
	}
	switch {
	case b.mark == markRemoved:
		attrs["penwidth"] = "2.2"
		attrs["style"] = quote(strings.Trim(attrs["style"], `"`) + ",dashed")
	case b.mark > markContext:
		attrs["penwidth"] = "2.2"
	case b.mark == unmarked && b.worst.Rank() >= graph.High.Rank() && b.shape != groupShape:
		attrs["color"], attrs["penwidth"] = quote(p.badge[b.worst].back), "2.2"
	}
	if b.href != "" {
		attrs["URL"] = quote(b.href)
	}
	d.check(d.g.AddNode(parent, quote(b.id), attrs))
}

func (d *drawing) arrow(v *view, a *arrow, weight, length int) {
	p := d.p.marked(a.mark)
	attrs := map[string]string{
		"id": quote(a.id), "fontname": quote(fontFamily), "fontsize": "9", "arrowsize": "0.75",
		"color": quote(p.inside), "penwidth": "1.2", "style": "solid", "weight": strconv.Itoa(weight),
	}
	switch {
	case length < 1:
		attrs["constraint"] = "false" // it runs back
	case length > 1:
		attrs["minlen"] = strconv.Itoa(length)
	}
	if a.crosses {
		attrs["color"], attrs["penwidth"] = quote(p.flow(a.encrypted)), "2.4"
	}
	switch a.encrypted {
	case graph.No:
		attrs["style"] = "dashed"
	case graph.Unknown:
		attrs["style"] = "dotted"
	}
	if a.grant {
		attrs["style"], attrs["arrowhead"] = "solid", "vee"
	}
	if a.permitted {
		attrs["arrowhead"], attrs["penwidth"] = "empty", "1"
	}
	if a.mark > markContext {
		attrs["penwidth"] = "2.4"
	}
	if a.mark == markRemoved {
		attrs["style"] = "dashed"
	}
	if label := arrowLabel(a, v.numbered, p); label != "" {
		attrs["label"] = "<" + label + ">"
	}
	tip := quote(strings.Join(v.arrowTip(a), "\n"))
	attrs["tooltip"], attrs["labeltooltip"] = tip, tip
	if a.fromFrame != "" {
		attrs["ltail"], attrs["dir"], attrs["arrowtail"] = clusterName(a.fromFrame), "both", "dot"
	}
	if a.toFrame != "" {
		attrs["lhead"] = clusterName(a.toFrame)
	}
	d.edge(a.from, a.to, attrs)
}

func (d *drawing) edge(from, to *box, attrs map[string]string) {
	d.check(d.g.AddEdge(quote(from.id), quote(to.id), true, attrs))
}

// arrowTip says in words what an arrow shows by colour and line.
func (v *view) arrowTip(a *arrow) []string {
	from, to := v.ends(a)
	out := []string{from + " → " + to}
	const most = 8
	for i, p := range a.parts {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(a.parts)-most))
			break
		}
		out = append(out, p.from.name+" → "+p.to.name+": "+p.words)
	}
	if a.parts != nil {
		return out
	}
	for i, f := range a.flows {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(a.flows)-most))
			break
		}
		line := endpoint(f)
		switch f.Encrypted {
		case graph.Unknown:
			if a.grant {
				line = "may " + line
				break
			}
			line += ", encryption unknown"
		case graph.Yes:
			line += ", encrypted"
		case graph.No:
			line += ", plaintext"
		}
		if n := len(f.Crosses); n > 0 {
			line += ", crosses " + plural(n, "boundary", "boundaries")
		}
		out = append(out, strings.TrimPrefix(line, ", "))
	}
	return out
}
