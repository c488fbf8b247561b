package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// The views that [Options.View] names, beside "path:N".
const (
	ViewInternet = "internet" // what a request from outside reaches, and what that calls
	ViewData     = "data"     // the stores, and who reads and writes them
	ViewIdentity = "identity" // who may do what to whom
	viewPath     = "path:"    // one attack path, by its number in the report
)

// Views lists the names of the views that a model has something for.
func Views(g *graph.Graph) []string {
	var out []string
	for _, name := range []string{ViewInternet, ViewData, ViewIdentity} {
		if s, err := selected(g, Options{View: name}); err == nil && len(s.graph.Components) > 0 {
			out = append(out, name)
		}
	}
	for i := range g.Paths {
		out = append(out, viewPath+strconv.Itoa(i+1))
	}
	return out
}

// selection is the part of a model that a picture is about.
type selection struct {
	graph *graph.Graph
	// what names the picture, "data-flow diagram".
	what string
	// identities and permitted flows are what some views are about.
	identities, permitted bool
	// grants are the IDs of the flows that only stand for grants.
	grants map[string]bool
	// steps numbers flows by the step of an attack path that is taken on them. Nil for
	// pictures of something else.
	steps map[string]int
	// center are the IDs of the components that the picture is around.
	center map[string]bool
}

// selected applies what options select. The graph that it returns shares its elements
// with g.
func selected(g *graph.Graph, opt Options) (*selection, error) {
	switch number, isPath := strings.CutPrefix(opt.View, viewPath); {
	case len(opt.Paths) > 0:
		return onPaths(g, opt.Paths), nil
	case len(opt.Focus) > 0:
		return nextTo(g, opt.Focus), nil
	case opt.View == "":
		return &selection{graph: g, what: "data-flow diagram"}, nil
	case isPath:
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > len(g.Paths) {
			if len(g.Paths) == 0 {
				return nil, fmt.Errorf("--view %s: the model has no attack paths", opt.View)
			}
			return nil, fmt.Errorf("--view %s: the model has the attack paths 1 to %d", opt.View, len(g.Paths))
		}
		return onPaths(g, g.Paths[n-1:n]), nil
	case opt.View == ViewInternet:
		return fromInternet(g), nil
	case opt.View == ViewData:
		return ofData(g), nil
	case opt.View == ViewIdentity:
		return ofIdentity(g), nil
	}
	return nil, fmt.Errorf("--view %q: there is no such view; it is one of %s, %s, %s or %sN", opt.View, ViewInternet, ViewData, ViewIdentity, viewPath)
}

// CheckView tells whether a model has what options ask to draw: an error for a view that
// there is none of, or that would be empty.
func CheckView(g *graph.Graph, opt Options) error {
	s, err := selected(g, opt)
	if err == nil && len(s.graph.Components) == 0 && len(g.Components) > 0 {
		return fmt.Errorf("--view %s: the model has nothing for it", opt.View)
	}
	return err
}

// used tells whether something is known to use a flow.
func used(f *graph.Flow) bool { return f.Basis != graph.Permitted }

// fromInternet is the internet, what it reaches, and what that calls.
func fromInternet(g *graph.Graph) *selection {
	reached := map[string]bool{}
	outside := map[string]bool{}
	for _, c := range g.Components {
		outside[c.ID] = c.ID == graph.InternetID || c.Technology == graph.TechInternet
	}
	for _, f := range g.Flows {
		if used(f) && outside[f.From] {
			reached[f.To] = true
		}
	}
	s := part(g, func(f *graph.Flow) bool { return used(f) && (outside[f.From] || reached[f.From]) }, nil)
	s.what = "what the internet reaches"
	return s
}

// ofData is all stores with the flows from and to them.
func ofData(g *graph.Graph) *selection {
	stores := map[string]bool{}
	for _, c := range g.Components {
		if c.Kind == graph.Store {
			stores[c.ID] = true
		}
	}
	s := part(g, func(f *graph.Flow) bool { return used(f) && (stores[f.From] || stores[f.To]) }, stores)
	s.what = "data stores and who uses them"
	return s
}

// ofIdentity is every grant as an arrow.
func ofIdentity(g *graph.Graph) *selection {
	all := *g
	all.Flows = grantFlows(g.Grants)
	s := part(&all, func(*graph.Flow) bool { return true }, nil)
	s.what, s.identities, s.grants = "who may do what", true, grantIDs(g)
	return s
}

func grantIDs(g *graph.Graph) map[string]bool {
	out := map[string]bool{}
	for _, a := range g.Grants {
		out[a.ID] = true
	}
	return out
}

// grantFlows turns grants into flows: what a picture shows of them is an arrow.
func grantFlows(grants []*graph.Grant) []*graph.Flow {
	var out []*graph.Flow
	for _, a := range grants {
		if a.From != a.To {
			out = append(out, &graph.Flow{
				ID: a.ID, From: a.From, To: a.To, Protocol: strings.ReplaceAll(string(a.Does), "-", " "),
				Basis: graph.Referenced, Encrypted: graph.Unknown, Evidence: a.Evidence,
			})
		}
	}
	return out
}

// nextTo is some components with their direct neighbours.
func nextTo(g *graph.Graph, ids []string) *selection {
	center := map[string]bool{}
	var names []string
	for _, c := range g.Components {
		if slices.Contains(ids, c.ID) {
			center[c.ID] = true
			names = append(names, c.Name)
		}
	}
	s := part(g, func(f *graph.Flow) bool { return center[f.From] || center[f.To] }, center)
	s.what = "around " + strings.Join(names, ", ")
	s.center, s.identities = center, true
	return s
}

// mostDrawnPaths bounds a picture: more of them make no picture.
const mostDrawnPaths = 12

// onPaths is what lies on some attack paths.
func onPaths(g *graph.Graph, paths []*graph.Path) *selection {
	drawn := paths[:min(len(paths), mostDrawnPaths)]
	taken := map[string]int{}
	onPath := map[string]bool{}
	for _, p := range drawn {
		for i, step := range p.Steps {
			if taken[step.By] == 0 {
				taken[step.By] = i + 1
			}
			onPath[step.From], onPath[step.To] = true, true
		}
	}
	all := *g
	all.Flows = append(slices.Clone(g.Flows), grantFlows(g.Grants)...)
	s := part(&all, func(f *graph.Flow) bool { return taken[f.ID] > 0 }, onPath)
	s.graph.Paths = drawn
	s.what, s.identities, s.permitted, s.grants = "attack paths", true, true, grantIDs(g)
	if len(drawn) == 1 {
		s.what, s.steps = "attack path", taken
	}
	if len(drawn) < len(paths) {
		s.what = fmt.Sprintf("the first %d of %d attack paths", len(drawn), len(paths))
	}
	return s
}

// part is the graph of some flows with their ends, and some components more.
func part(g *graph.Graph, flow func(*graph.Flow) bool, more map[string]bool) *selection {
	index := graph.NewIndex(g)
	out := &graph.Graph{Paths: g.Paths, Grants: g.Grants}
	keep := map[string]bool{}
	for _, f := range g.Flows {
		if flow(f) && index.Component[f.From] != nil && index.Component[f.To] != nil {
			out.Flows = append(out.Flows, f)
			keep[f.From], keep[f.To], keep[f.ID] = true, true, true
		}
	}
	for _, c := range g.Components {
		if !keep[c.ID] && !more[c.ID] {
			continue
		}
		keep[c.ID] = true
		out.Components = append(out.Components, c)
		for _, b := range index.Ancestors(c.Boundary) {
			keep[b.ID] = true
		}
	}
	for _, b := range g.Boundaries {
		if keep[b.ID] {
			out.Boundaries = append(out.Boundaries, b)
		}
	}
	for _, f := range g.Findings {
		if keep[f.Subject] {
			out.Findings = append(out.Findings, f)
		}
	}
	return &selection{graph: out}
}
