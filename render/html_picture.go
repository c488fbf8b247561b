package render

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// paletteRoles calls visit for each colour of a palette that a picture of a model uses,
// with the name of what it is for. What visit leaves in the colour is kept.
func paletteRoles(p *palette, visit func(name string, color *string)) {
	for _, r := range []struct {
		name  string
		color *string
	}{
		{"background", &p.background},
		{"labelback", &p.labelback},
		{"ink", &p.ink},
		{"muted", &p.muted},
		{"line", &p.line},
		{"process", &p.process},
		{"store", &p.store},
		{"external", &p.external},
		{"identity", &p.identity},
		{"boundary", &p.boundary},
		{"boundary-text", &p.boundaryText},
		{"encrypted", &p.encrypted},
		{"plaintext", &p.plaintext},
		{"unknown", &p.unknown},
		{"inside", &p.inside},
	} {
		visit(r.name, r.color)
	}
	for i := range p.trust {
		visit(fmt.Sprintf("trust-%d", i), &p.trust[i])
	}
	for _, s := range graph.Severities {
		b, ok := p.badge[s]
		if !ok {
			continue
		}
		visit("badge-"+string(s), &b.back)
		visit("badge-"+string(s)+"-ink", &b.ink)
		p.badge[s] = b
	}
}

// namedPalette is a palette in which each colour only stands for its role, and the
// roles by colour: the page that holds the picture says how they look.
func namedPalette() (*palette, map[string]string) {
	p, roles := Light.palette(), map[string]string{}
	paletteRoles(p, func(name string, color *string) {
		alpha := ""
		if len(*color) == len("#rrggbbaa") {
			alpha = (*color)[7:]
		}
		stand := fmt.Sprintf("#0a%04x", len(roles)+1)
		roles[stand] = "var(--" + name + ")"
		*color = stand + alpha
	})
	return p, roles
}

// variables writes a palette's colours as CSS.
func variables(t Theme) string {
	var b strings.Builder
	p := t.palette()
	paletteRoles(p, func(name string, color *string) {
		fmt.Fprintf(&b, "--%s:%s;", name, (*color)[:len("#rrggbb")])
	})
	return b.String()
}

// looks are the classes that stand for attributes which many parts of pictures share.
type looks struct {
	class map[string]string // by rules
	order []string          // the rules
	// symbols are drawings that pictures use many times.
	symbols []string
}

// styled are the attributes that a class can stand for.
var styled = []string{"fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "text-anchor", "stroke-linejoin", "paint-order"}

// symbol makes a lock a use of one that is drawn once.
func (x *looks) symbol(e *element) {
	var drawn bytes.Buffer
	for _, c := range e.children {
		x.gather(c)
		c.write(&drawn)
	}
	i := slices.Index(x.symbols, drawn.String())
	if i < 0 {
		i = len(x.symbols)
		x.symbols = append(x.symbols, drawn.String())
	}
	e.name, e.children = "use", nil
	e.set("href", "#i"+strconv.Itoa(i))
}

// definitions hold what is drawn once.
func (x *looks) definitions() string {
	if len(x.symbols) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<svg class="defs" width="0" height="0" aria-hidden="true">`)
	for i, drawn := range x.symbols {
		fmt.Fprintf(&b, `<g id="i%d">%s</g>`, i, drawn)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// gather moves the attributes of an element, and of all within it, to classes.
func (x *looks) gather(e *element) {
	if e.attr("class") == "lock" {
		x.symbol(e)
		return
	}
	switch e.name {
	case "path", "polygon", "polyline", "ellipse", "rect", "text":
		var rules strings.Builder
		for _, name := range styled {
			if v := e.attr(name); v != "" {
				if name == "font-size" {
					v = strings.TrimSuffix(v, ".00") + "px"
				}
				rules.WriteString(name + ":" + v + ";")
				e.remove(name)
			}
		}
		if rules.Len() == 0 {
			break
		}
		class := x.class[rules.String()]
		if class == "" {
			class = "p" + strconv.Itoa(len(x.order))
			if x.class == nil {
				x.class = map[string]string{}
			}
			x.class[rules.String()] = class
			x.order = append(x.order, rules.String())
		}
		e.set("class", class)
	}
	for _, c := range e.children {
		x.gather(c)
	}
}

// style writes the classes as CSS.
func (x *looks) style() string {
	var b strings.Builder
	for i, rules := range x.order {
		fmt.Fprintf(&b, ".p%d{%s}\n", i, rules) // no ancestor: what is used elsewhere has another
	}
	return b.String()
}

// htmlPicture draws a page for an HTML document: without title and legend, which the
// document has, in its colours, and with attributes that lead to its entries.
func htmlPicture(ctx context.Context, v *view, l Layouter, x *looks) (string, error) {
	p, roles := namedPalette()
	dot, err := drawDOT(v, p)
	if err != nil {
		return "", err
	}
	svg, err := SVG(ctx, dot, l)
	if err != nil {
		return "", err
	}
	root, err := parseSVG(svg)
	if err != nil {
		return "", err
	}
	picture := root.find(func(e *element) bool { return e.attr("class") == "graph" })
	if picture == nil {
		return "", fmt.Errorf("the picture of %s is empty", v.title)
	}
	picture.children = slices.DeleteFunc(picture.children, isCaption)
	// Within a picture a number is enough to tell its parts apart.
	boxes, arrows, numbers := map[string]*box{}, map[string]*arrow{}, map[string]string{}
	for _, b := range v.boxes {
		boxes[b.id], numbers[b.id] = b, strconv.Itoa(len(numbers)+1)
	}
	for _, a := range v.arrows {
		arrows[a.id], numbers[a.id] = a, strconv.Itoa(len(numbers)+1)
	}
	frames := map[string]bool{}
	for _, f := range v.frames {
		frames[f.id] = true
	}
	for i, c := range picture.children {
		picture.children[i] = slim(c, roles)
	}
	for _, c := range picture.children {
		id := c.attr("id")
		c.remove("id")
		if frames[id] {
			c.set("data-of", id)
		}
		if b := boxes[id]; b != nil {
			c.set("data-box", numbers[b.id])
			if page, ok := strings.CutPrefix(b.href, "#"); ok {
				c.set("data-page", page)
			} else {
				c.set("data-of", strings.Join(entries(b), " "))
			}
		}
		if a := arrows[id]; a != nil {
			c.set("data-box", numbers[a.id])
			var from, to []string
			for _, p := range a.links() {
				from, to = append(from, numbers[p.from.id]), append(to, numbers[p.to.id])
			}
			slices.Sort(from)
			slices.Sort(to)
			c.set("data-from", strings.Join(slices.Compact(from), " "))
			c.set("data-to", strings.Join(slices.Compact(to), " "))
			var flows []string
			for _, f := range a.flows {
				flows = append(flows, flowEntry(f))
			}
			c.set("data-flows", strings.Join(flows, " "))
		}
	}
	r, ok := bounds(picture)
	if !ok {
		return "", fmt.Errorf("the picture of %s is empty", v.title)
	}
	r = r.grow(12)
	picture.attrs = nil
	out := newElement("svg", "role", "img", "aria-label", v.title,
		"viewBox", format(r.x0)+" "+format(r.y0)+" "+format(r.x1-r.x0)+" "+format(r.y1-r.y0))
	out.children = picture.children
	x.gather(out)
	var b bytes.Buffer
	out.write(&b)
	return b.String(), nil
}

// entries are the IDs of the entries that a box leads to: of the component that it shows,
// or of all that it stands for.
func entries(b *box) []string {
	var out []string
	for _, id := range b.members {
		out = append(out, elementID("c-", id))
	}
	if out == nil {
		out = []string{b.id}
	}
	return out
}

// isCaption tells the parts of a picture that are neither box, boundary nor flow, nor
// the text of one of them.
func isCaption(e *element) bool {
	switch e.attr("class") {
	case "node", "cluster", "edge", "boundary-title", "flow-label":
		return false
	}
	return true
}

// shorter finds the decimals of a coordinate after the first.
var shorter = regexp.MustCompile(`(\.\d)\d+`)

// whole finds a number whose only decimal is none.
var whole = regexp.MustCompile(`(\d)\.0\b`)

// slim drops what only a picture on its own needs, and gives each colour its role.
func slim(e *element, roles map[string]string) *element {
	e.attrs = slices.DeleteFunc(e.attrs, func(a attribute) bool {
		switch qualified(a.Name) {
		case "font-family", "text-anchor":
			return a.Value != "middle" && a.Value != "end"
		case "stroke":
			return a.Value == "transparent"
		}
		return false
	})
	for i, a := range e.attrs {
		switch qualified(a.Name) {
		case "d", "points", "x", "y", "width", "height", "rx", "transform":
			e.attrs[i].Value = whole.ReplaceAllString(shorter.ReplaceAllString(a.Value, "$1"), "$1")
		}
	}
	paint(e, roles)
	var children []*element
	for _, c := range e.children {
		switch {
		case c.name == "title" && e.attr("class") != "lock":
			continue
		case c.name == "a", c.name == "g" && strings.HasPrefix(c.attr("id"), "a_") && c.attr("class") == "" && c.attr("transform") == "":
			children = append(children, slim(c, roles).children...)
		default:
			children = append(children, slim(c, roles))
		}
	}
	e.children = children
	return e
}

// paint gives an element the roles of its colours.
func paint(e *element, roles map[string]string) {
	for _, name := range []string{"fill", "stroke"} {
		if role, ok := roles[e.attr(name)]; ok {
			e.set(name, role)
		}
	}
}

// inRoles paints an element and all within it.
func inRoles(e *element, roles map[string]string) *element {
	paint(e, roles)
	for _, c := range e.children {
		inRoles(c, roles)
	}
	return e
}
