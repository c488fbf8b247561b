package extract

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"drawbridge/extract/carried"
	"drawbridge/graph"
)

// thingNames are the attributes that hold the name which a cloud knows a thing by.
var thingNames = []string{"name", "id", "secret_id", "repository_id", "bucket", "dns_name", "domain"}

// thing is what tells things of one name apart.
type thing struct {
	technology graph.Technology
	name       string
}

// named draws what manifests call by the name that its cloud knows it by to what makes it,
// where that is one thing.
func (l *linker) named(things []carried.Named, spare []*graph.Component) (found bool) {
	if len(things) == 0 {
		return false
	}
	made := map[thing][]*graph.Component{}
	for _, c := range slices.Concat(l.g.Components, spare) {
		if vendorOf(c.Address) == "" {
			continue
		}
		names := []string{c.Name}
		for _, attr := range thingNames {
			names = append(names, c.Attributes[attr])
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			k := thing{c.Technology, strings.ToLower(strings.Trim(name, "/."))}
			if k.name != "" && !slices.ContainsFunc(made[k], func(m *graph.Component) bool { return m.ID == c.ID }) {
				made[k] = append(made[k], c)
			}
		}
	}
	flows := map[string]*graph.Flow{}
	for _, f := range l.g.Flows {
		flows[f.ID] = f
	}
	type stand struct{ from, instead string }
	left := map[stand]bool{} // whether something that it stands for is not found
	for _, n := range things {
		if l.components[n.Flow.From] == nil {
			continue // taken out with what repeats it
		}
		s := stand{n.Flow.From, n.Instead}
		to := l.madeAs(n, made)
		left[s] = left[s] || to == nil
		if to == nil {
			continue
		}
		found = true
		l.adopt(to)
		f := n.Flow
		f.To = to.ID
		f.Evidence = append(slices.Clone(f.Evidence), graph.EvidenceAt(to.Source, to.Address, fmt.Sprintf("the %s of that name, matched by name", strings.ToLower(label(to)))))
		f.ID = graph.FlowID(f.From, f.To, f.Protocol, f.Port, f.Basis)
		if have := flows[f.ID]; have != nil {
			have.Evidence = append(have.Evidence, f.Evidence...)
			continue
		}
		flows[f.ID] = &f
		l.g.Flows = append(l.g.Flows, &f)
	}
	l.g.Flows = slices.DeleteFunc(l.g.Flows, func(f *graph.Flow) bool {
		some, stood := left[stand{f.From, f.To}]
		return stood && !some
	})
	used := map[string]bool{}
	for _, f := range l.g.Flows {
		used[f.From], used[f.To] = true, true
	}
	stood := map[string]bool{}
	for s, some := range left {
		stood[s.instead] = stood[s.instead] || s.instead != "" && !some
	}
	l.g.Components = slices.DeleteFunc(l.g.Components, func(c *graph.Component) bool {
		gone := stood[c.ID] && !used[c.ID]
		if gone {
			delete(l.components, c.ID)
		}
		return gone
	})
	return found
}

func label(c *graph.Component) string {
	if c.Label != "" {
		return c.Label
	}
	return string(c.Technology)
}

// madeAs returns the one component that is what is named, nil for none and for several.
func (l *linker) madeAs(n carried.Named, made map[thing][]*graph.Component) *graph.Component {
	name := strings.ToLower(strings.Trim(n.Name, "/."))
	for name != "" {
		var same []*graph.Component
		for _, c := range made[thing{n.Technology, name}] {
			if (n.Vendor == "" || vendorOf(c.Address) == n.Vendor) && !l.isElsewhere(c, n.Account) {
				same = append(same, c)
			}
		}
		if len(same) == 1 {
			return same[0]
		}
		if len(same) > 1 || n.Technology != graph.TechDNS {
			return nil
		}
		_, name, _ = strings.Cut(name, ".") // the zone around it
	}
	return nil
}

// adopt takes a component that was left out into the model.
func (l *linker) adopt(c *graph.Component) {
	if l.components[c.ID] != nil {
		return
	}
	own := (&graph.Graph{Components: []*graph.Component{c}}).Clone().Components[0]
	if l.boundaries[own.Boundary] == nil {
		own.Boundary = ""
	}
	l.components[own.ID] = own
	l.g.Components = append(l.g.Components, own)
}

// isElsewhere reports whether a component is known to be in another account or project.
func (l *linker) isElsewhere(c *graph.Component, account string) bool {
	own := l.accountOf(c)
	return account != "" && own != "" && own != account
}

// accountOf returns the account or project that a component is in, "" where that is not known.
func (l *linker) accountOf(c *graph.Component) string {
	if project := c.Attributes["project"]; project != "" {
		return project
	}
	for id := c.Boundary; id != ""; {
		if account := l.accounts[id]; account != "" {
			return account
		}
		b := l.boundaries[id]
		if b == nil {
			return ""
		}
		id = b.Parent
	}
	return ""
}

// instanceKey is a key of count or for_each in an address.
var instanceKey = regexp.MustCompile(`\[[^\]]*\]`)

// vendorOf returns what leads the type of a resource, by its address; "" for what is none.
func vendorOf(address string) string {
	address = instanceKey.ReplaceAllString(address, "")
	address = address[strings.LastIndexByte(address, ':')+1:]
	for {
		rest, ok := strings.CutPrefix(address, "module.")
		if !ok {
			break
		}
		_, address, ok = strings.Cut(rest, ".")
		if !ok {
			return ""
		}
	}
	typ, _, ok := strings.Cut(address, ".")
	vendor, _, under := strings.Cut(typ, "_")
	if !ok || !under || strings.Contains(vendor, "/") {
		return ""
	}
	return vendor
}
