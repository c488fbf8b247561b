package rules

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"drawbridge/graph"
)

// nouns are what technologies are called in a sentence; the others go by their own names.
var nouns = map[graph.Technology]string{
	graph.TechFunction:   "function",
	graph.TechJob:        "job",
	graph.TechWebApp:     "web application",
	graph.TechGateway:    "API gateway",
	graph.TechCDN:        "CDN",
	graph.TechDNS:        "DNS zone",
	graph.TechNAT:        "NAT gateway",
	graph.TechVPN:        "VPN gateway",
	graph.TechML:         "machine-learning service",
	graph.TechETL:        "data pipeline",
	graph.TechSQL:        "SQL database",
	graph.TechNoSQL:      "NoSQL database",
	graph.TechSearch:     "search engine",
	graph.TechWarehouse:  "data warehouse",
	graph.TechObject:     "object store",
	graph.TechFile:       "file share",
	graph.TechBlock:      "disk",
	graph.TechStream:     "stream",
	graph.TechEventBus:   "event bus",
	graph.TechBroker:     "message broker",
	graph.TechConfig:     "configuration",
	graph.TechSaaS:       "service",
	graph.TechAccount:    "account",
	graph.TechNetwork:    "network",
	graph.TechMonitoring: "monitoring",
}

// describe names a component in a sentence: what it is, then its name.
func (m *Model) describe(c *graph.Component) string {
	if c.ID == graph.InternetID {
		return "the internet"
	}
	noun := cmp.Or(nouns[c.Technology], strings.ReplaceAll(string(c.Technology), "-", " "), string(c.Kind))
	if c.Technology == graph.TechRole && accountLike.MatchString(c.Label) {
		noun = spaced(c.Label)
	}
	return noun + " " + cmp.Or(readable(c.Name), c.ID)
}

// accountLike matches what platforms call an identity that programs act as where that is no role.
var accountLike = regexp.MustCompile(`(?i)(?:account|identity)$`)

// spaced writes a platform's own word for a kind of thing ("ServiceAccount", "Managed
// identity") as words of a sentence.
func spaced(label string) string {
	return strings.ToLower(capital.ReplaceAllString(label, "$1 $2"))
}

var capital = regexp.MustCompile(`([a-z])([A-Z])`)

// readable leaves out of a name the part that a variable without a value stands for, with
// the separators around it, where something is left that tells what it is.
func readable(name string) string {
	if !strings.Contains(name, "${") {
		return name
	}
	short := strings.Trim(hole.ReplaceAllString(name, "-"), "-_. /")
	if len(short) < 2 || strings.Contains(short, "${") {
		return name
	}
	return short
}

// accountWord matches the names of accounts that say themselves what they are.
var accountWord = regexp.MustCompile(`(?i)\b(?:account|project|subscription)\b`)

// hole matches such a part.
var hole = regexp.MustCompile(`[-_. /]*\$\{[^{}]*\}[-_. /]*`)

// bounded names a boundary in a sentence: its kind, then its name.
func bounded(b *graph.Boundary) string {
	if b.Kind == graph.BoundaryAccount && accountWord.MatchString(b.Name) {
		return "the " + b.Name
	}
	return string(b.Kind) + " " + cmp.Or(readable(b.Name), b.ID)
}

// where returns " in KIND NAME" for the boundary that a component stands in, "" for none.
func (m *Model) where(c *graph.Component) string {
	if b := m.Boundary[c.Boundary]; b != nil {
		return " in " + bounded(b)
	}
	return ""
}

// way names what an indirectly exposed component is reached through.
func (m *Model) way(c *graph.Component) string {
	if len(c.ExposedBy) < 3 {
		return "others"
	}
	var names []string
	for _, id := range c.ExposedBy[1 : len(c.ExposedBy)-1] {
		if between := m.Component[id]; between != nil {
			names = append(names, cmp.Or(readable(between.Name), id))
		}
	}
	const shown = 3
	if len(names) > shown {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
	}
	return strings.Join(names, ", ")
}

// reached says in a clause how a component, called by some name, is reached from
// the internet.
func (m *Model) reached(c *graph.Component, name string) string {
	switch c.Exposure {
	case graph.ExposureDirect:
		return "the internet reaches " + name + " directly"
	case graph.ExposureIndirect:
		return "the internet reaches " + name + " through " + m.way(c)
	case graph.ExposureNone:
		return "nothing leads to " + name + " from the internet"
	}
	return "how " + name + " is reached is not known"
}

// yields says in a sentence with a leading space what lies behind a component,
// "" where nothing of weight does.
func (m *Model) yields(c *graph.Component) string {
	if a, ok := m.behind[c.ID]; ok {
		return fmt.Sprintf(" Behind it lies %s.", m.describe(a.Store))
	}
	return ""
}

// service names protocol and port of a flow: "http on port 80", "port 22", "".
func service(f *graph.Flow) string {
	protocol, port := f.Protocol, ""
	switch {
	case f.Port <= 1 && f.PortEnd == lastPort:
		port = "all ports"
	case f.PortEnd > f.Port:
		port = fmt.Sprintf("ports %d to %d", f.Port, f.PortEnd)
	case f.Port != 0:
		port = fmt.Sprintf("port %d", f.Port)
	}
	if protocol == "all" || protocol == "any" {
		protocol = "any protocol"
	}
	if protocol == "" || port == "" {
		return protocol + port
	}
	return protocol + " on " + port
}

// services lists the different ones of some flows, in their order.
func services(flows []*graph.Flow) string {
	var names []string
	for _, f := range flows {
		names = append(names, service(f))
	}
	return list(names)
}

// sources lists the different components that flows come from, the internet
// first, the others in the order of the flows.
func (m *Model) sources(flows []*graph.Flow) string {
	var names []string
	for _, f := range flows {
		name := m.describe(m.Component[f.From])
		if f.From == graph.InternetID {
			names = slices.Insert(names, 0, name)
		} else {
			names = append(names, name)
		}
	}
	return list(names)
}

// list joins the different names that are not empty, and counts those beyond the fourth.
func list(names []string) string {
	var out []string
	seen := map[string]bool{"": true}
	for _, n := range names {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	const shown = 4
	switch n := len(out); {
	case n == 0:
		return ""
	case n == 1:
		return out[0]
	case n > shown:
		return fmt.Sprintf("%s and %d more", strings.Join(out[:shown-1], ", "), n-shown+1)
	default:
		return strings.Join(out[:n-1], ", ") + " and " + out[n-1]
	}
}

// established returns the evidence for a property, with the address and place of
// its component where the property's own evidence lacks them, as a provider's default does.
func established(c *graph.Component, p graph.Property) graph.Evidence {
	return complete(c.Properties[p], p, c.Address, c.Source)
}

// allOf returns all the reasons for a property, completed as [established] does.
func allOf(c *graph.Component, p graph.Property) []graph.Evidence {
	return append([]graph.Evidence{established(c, p)}, c.Properties[p].Also...)
}

func allOfBoundary(b *graph.Boundary, p graph.Property) []graph.Evidence {
	return append([]graph.Evidence{establishedOf(b, p)}, b.Properties[p].Also...)
}

func establishedOf(b *graph.Boundary, p graph.Property) graph.Evidence {
	return complete(b.Properties[p], p, b.Address, b.Source)
}

func complete(f graph.Fact, p graph.Property, address string, at graph.Source) graph.Evidence {
	e := f.Evidence
	if e.Address == "" {
		e.Address = address
	}
	if e.File == "" && e.Address == address {
		e.File, e.Line = at.File, at.Line
	}
	if e.Why == "" {
		e.Why = fmt.Sprintf("%s is %s", p, f.Value)
	}
	return e
}

// itself is evidence that names the subject of a finding whose cause lies elsewhere.
func itself(c *graph.Component, why string) graph.Evidence {
	return graph.EvidenceAt(c.Source, c.Address, why)
}

// over returns " over SERVICES" for some flows, "" where neither protocol nor port is known.
func over(flows []*graph.Flow) string {
	if s := services(flows); s != "" {
		return " over " + s
	}
	return ""
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

func lowerFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToLower(r)) + s[size:]
}
