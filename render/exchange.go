package render

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"slices"
	"strings"

	"drawbridge/graph"
)

// exchanged is a model on its way into another tool's format: what a diagram would
// draw of it, with identifiers that those tools accept.
type exchanged struct {
	*model
	pages  []Page
	sheets []*sheet // where things stand on each page; nil where no layout was made
	// elsewhere are the findings about what is not drawn: an identity that nothing drawn
	// acts as.
	elsewhere []*graph.Finding
}

// wholeExchanged is a model with every finding at its place, those of little weight and
// the settled ones too: the other tool has a word for them.
func wholeExchanged(g *graph.Graph, opt Options) *exchanged {
	x := &exchanged{model: wholeModel(g, opt)}
	x.placeFindings(func(*graph.Finding) bool { return true })
	holders := map[string][]string{}
	for _, r := range g.Grants {
		if x.drawn[r.From] && !slices.Contains(holders[r.To], r.From) {
			holders[r.To] = append(holders[r.To], r.From)
		}
	}
	for _, id := range sortedKeys(x.aboutComponent) {
		if x.drawn[id] {
			continue
		}
		for _, by := range holders[id] {
			x.aboutComponent[by] = append(x.aboutComponent[by], x.aboutComponent[id]...)
		}
		if len(holders[id]) == 0 {
			x.elsewhere = append(x.elsewhere, x.aboutComponent[id]...)
		}
	}
	return x
}

// described is what the document says of itself, with the findings that stand nowhere
// on it.
func (x *exchanged) described() string {
	return "Derived from infrastructure code by drawbridge." + threatList(x.elsewhere)
}

// threatList names findings where the other tool has no place for them: " Threats: ".
func threatList(findings []*graph.Finding) string {
	var out []string
	for _, f := range bySeverity(findings) {
		out = append(out, printable(f.Title))
	}
	if len(out) == 0 {
		return ""
	}
	return " Threats: " + strings.Join(out, "; ") + "."
}

// newExchanged lays the pages of a model out. The error is the layout's; what was
// not laid out is still usable, without places.
func newExchanged(ctx context.Context, g *graph.Graph, opt Options, l Layouter) (*exchanged, error) {
	opt.Icons = nil
	opt.each = true // every component has its place in the other tool
	pages, err := Pages(g, opt)
	if err != nil {
		return nil, err
	}
	x := wholeExchanged(g, opt)
	x.pages, x.sheets = pages, make([]*sheet, len(pages))
	var failures []error
	for i, p := range pages {
		if x.sheets[i], err = layOut(ctx, p, l); err != nil {
			failures = append(failures, err)
			if errors.Is(err, fs.ErrNotExist) || ctx.Err() != nil {
				break // it would fail for every page
			}
		}
	}
	return x, errors.Join(failures...)
}

// title is what a document is called.
func (x *exchanged) title() string { return cmp.Or(printable(x.opt.Title), "Infrastructure") }

// slug makes an identifier of small letters, digits and hyphens out of any other:
// stable, and by a hash where something was replaced, unique.
func slug(id string) string {
	const longest = 60
	var b strings.Builder
	for _, r := range strings.ToLower(id) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	short := strings.Trim(b.String(), "-")
	if short == id && len(id) <= longest {
		return short
	}
	h := fnv.New32a()
	h.Write([]byte(id))
	short = strings.Trim(short[:min(len(short), longest)], "-")
	return strings.TrimPrefix(fmt.Sprintf("%s-%08x", short, h.Sum32()), "-")
}

// titles gives each element a title that no other has: its name, and its identifier
// where several share one.
type titles map[string]string

func uniqueTitles(names map[string]string) titles {
	count := map[string]int{}
	for _, n := range names {
		count[n]++
	}
	out := titles{}
	for id, n := range names {
		out[id] = n
		if count[n] > 1 || n == "" {
			out[id] = strings.TrimSpace(n + " (" + printable(id) + ")")
		}
	}
	return out
}

// about describes a component in a sentence or two: its kind, its place, what is
// known of it.
func (x *exchanged) about(c *graph.Component) string {
	parts := []string{kindWord(c)}
	if c.Address != "" && c.Address != c.Name {
		parts[0] += " " + printable(c.Address)
	}
	if !c.Source.IsZero() {
		parts[0] += ", " + printable(c.Source.String())
	}
	if w := tellingWords(c); len(w) > 0 {
		parts = append(parts, strings.Join(w, ", "))
	}
	if c.Exposure == graph.ExposureDirect || c.Exposure == graph.ExposureIndirect {
		parts = append(parts, "reachable from the internet: "+string(c.Exposure))
	}
	return capital(strings.Join(parts, ". ")) + "."
}

// reason says what a flow rests on: its first evidence with its place.
func (x *exchanged) reason(f *graph.Flow) string {
	if len(f.Evidence) == 0 {
		return ""
	}
	e := f.Evidence[0]
	s := capital(printable(e.Why))
	if e.File != "" {
		s += " (" + printable(e.Source().String()) + ")"
	}
	return s
}

// flowTitle names a flow by its ends.
func (x *exchanged) flowTitle(f *graph.Flow) string {
	s := x.componentName(f.From) + " to " + x.componentName(f.To)
	if e := endpoint(f); e != "" {
		s += ", " + e
	}
	return s
}

func (x *exchanged) componentName(id string) string {
	if c := x.index.Component[id]; c != nil {
		return printable(cmp.Or(c.Name, c.ID))
	}
	return printable(id)
}

// mitigation is a finding's advice as one text.
func mitigation(f *graph.Finding) string { return printable(strings.Join(f.Mitigations, " ")) }

// worth is how much an attacker gains at a component, 1 to 5, and why; 0 where no
// attack path leads to it.
func (x *exchanged) worth(id string) (int, string) {
	worth, why := 0, ""
	for _, p := range x.g.Paths {
		if p.To == id && p.Worth > worth {
			worth, why = p.Worth, p.Why
		}
	}
	return worth, why
}

// within returns the boundary that a component stands in, nil for outside of all.
func (x *exchanged) within(c *graph.Component) *graph.Boundary { return x.index.Boundary[c.Boundary] }

// outside reports whether a component belongs to nobody here: what no boundary holds.
func (x *exchanged) outside(c *graph.Component) bool { return x.within(c) == nil }

// sheet is where the elements of one page stand, in points from its upper left corner.
type sheet struct {
	width, height float64
	at            map[string]rect // by element ID
}

// layOut places the elements of a page.
func layOut(ctx context.Context, p Page, l Layouter) (*sheet, error) {
	raw, err := l.run(ctx, p.DOT, "svg")
	if err != nil {
		return nil, err
	}
	root, err := parseSVG(raw)
	if err != nil {
		return nil, fmt.Errorf("reading the SVG that the layout program wrote: %w", err)
	}
	picture := root.find(func(e *element) bool { return e.attr("class") == "graph" })
	if picture == nil {
		return nil, errors.New("the layout program drew nothing")
	}
	s := &sheet{at: map[string]rect{}}
	var all []rect
	for _, c := range picture.children {
		shape := c
		switch c.attr("class") {
		case "cluster":
			if shape = c.find(isShape); shape == nil {
				continue
			}
		case "node":
		default:
			continue
		}
		if r, ok := bounds(shape); ok && c.attr("id") != "" {
			s.at[c.attr("id")] = r
			all = append(all, r)
		}
	}
	if len(all) == 0 {
		return s, nil
	}
	const margin = 20
	corner := all[0]
	for _, r := range all {
		corner.x0, corner.y0 = min(corner.x0, r.x0), min(corner.y0, r.y0)
		corner.x1, corner.y1 = max(corner.x1, r.x1), max(corner.y1, r.y1)
	}
	for id, r := range s.at {
		s.at[id] = rect{r.x0 - corner.x0 + margin, r.y0 - corner.y0 + margin, r.x1 - corner.x0 + margin, r.y1 - corner.y0 + margin}
	}
	s.width, s.height = corner.x1-corner.x0+2*margin, corner.y1-corner.y0+2*margin
	return s, nil
}

// rounded is a coordinate without a tail of digits that differs between processors.
func rounded(v float64) float64 { return float64(int(v*10+0.5)) / 10 }

// stacked returns where an element stands on all pages laid below each other, on the
// first page that shows it by itself.
func (x *exchanged) stacked(element string) (rect, bool) {
	y := 0.0
	for _, s := range x.sheets {
		if s == nil {
			continue
		}
		if r, ok := s.at[element]; ok {
			return rect{r.x0, r.y0 + y, r.x1, r.y1 + y}, true
		}
		y += s.height
	}
	return rect{}, false
}

// canvas is the size of all pages below each other, false where none was laid out.
func (x *exchanged) canvas() (width, height float64, ok bool) {
	for _, s := range x.sheets {
		if s != nil {
			width, height, ok = max(width, s.width), height+s.height, true
		}
	}
	return width, height, ok
}

// boundariesDown returns the boundaries that hold something drawn, parents first.
func (x *exchanged) boundariesDown() []*graph.Boundary {
	holds := map[string]bool{}
	for _, c := range x.components {
		for _, b := range x.index.Ancestors(c.Boundary) {
			holds[b.ID] = true
		}
	}
	var out []*graph.Boundary
	for _, b := range x.g.Boundaries {
		if holds[b.ID] {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b *graph.Boundary) int {
		return cmp.Compare(len(x.index.Ancestors(a.ID)), len(x.index.Ancestors(b.ID)))
	})
	return out
}
