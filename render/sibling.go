package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// leastSiblings are drawn as one box: two of a kind are drawn as two.
const leastSiblings = 3

// mergeSiblings collapses components that a picture would draw alike: the same kind of
// thing with the same facts and findings, in one boundary, with the same flows, and
// called alike but for a number or an index. A count or a copied block makes such.
func (m *model) mergeSiblings(c *cut) {
	if m.opt.each {
		return
	}
	drawn := map[string]bool{}
	for _, x := range m.components {
		drawn[x.ID] = c.box[x.ID] == x.ID && !m.center[x.ID]
	}
	flows := map[string][]string{}
	note := func(id, how, other string, f *graph.Flow) {
		if drawn[id] {
			flows[id] = append(flows[id], fmt.Sprintf("%s %s %s%s %v %v %v %v %v %s", how, c.box[other], endpoint(f), peerWords(f),
				f.Encrypted, f.Basis, f.Passage, len(f.Crosses), f.Carries, m.findingKinds(m.aboutFlow[f.ID])))
		}
	}
	for _, f := range m.flows {
		note(f.From, "to", f.To, f)
		note(f.To, "from", f.From, f)
	}
	alike := map[string][]*graph.Component{}
	for _, x := range m.components {
		if !drawn[x.ID] {
			continue
		}
		slices.Sort(flows[x.ID])
		key := fmt.Sprintf("%s|%v|%v|%v|%v|%v|%v|%v|%v", graph.Stem(cmp.Or(x.Address, x.Name)), x.Kind, x.Technology, kindWord(x), x.Boundary, x.Replicas,
			tellingWords(x), m.findingKinds(m.aboutComponent[x.ID]), flows[x.ID])
		alike[key] = append(alike[key], x)
	}
	for _, key := range sortedKeys(alike) {
		members := alike[key]
		if len(members) < leastSiblings {
			continue
		}
		if c.groups == nil {
			c.groups = map[string]*group{}
		}
		names := make([]string, len(members))
		for i, x := range members {
			names[i] = printable(x.Name)
		}
		c.add("siblings "+members[0].ID, &group{name: commonName(names), frame: members[0].Boundary, members: members, siblings: true})
	}
}

// findingKinds tells what some findings are, without what they are about.
func (m *model) findingKinds(findings []*graph.Finding) string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Rule+" "+string(f.Severity))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// commonName is "app1…9-cluster" for app1-cluster to app9-cluster, the name itself where
// all have the same, and "orders-*" where what differs is no number.
func commonName(names []string) string {
	first, last := names[0], names[0]
	for _, n := range names {
		if byNumber(n, first) < 0 {
			first = n
		}
		if byNumber(n, last) > 0 {
			last = n
		}
	}
	if first == last {
		return first
	}
	head, tail := len(first), len(first)
	for _, n := range names {
		head = min(head, commonPrefix(first, n))
		tail = min(tail, commonSuffix(first, n))
	}
	digit := func(c byte) bool { return '0' <= c && c <= '9' }
	for head > 0 && digit(first[head-1]) {
		head--
	}
	for tail > 0 && digit(first[len(first)-tail]) {
		tail--
	}
	if head+tail >= len(first) || head+tail >= len(last) {
		tail = 0
	}
	from, to := first[head:max(head, len(first)-tail)], last[head:max(head, len(last)-tail)]
	if isNumber(from) && isNumber(to) {
		return first[:head] + from + ellipsis + to + first[len(first)-tail:]
	}
	return strings.ToValidUTF8(first[:head]+"*"+first[len(first)-tail:], "")
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// byNumber compares shorter texts as smaller, so that 9 comes before 10.
func byNumber(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func commonSuffix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// siblingBox draws siblings as one of them, with how many they are.
func (m *model) siblingBox(g *group) *box {
	b := m.componentBox(g.members[0])
	b.name = g.name
	var findings []*graph.Finding
	replicas := 0
	for _, c := range g.members {
		b.members = append(b.members, c.ID)
		findings = append(findings, m.aboutComponent[c.ID]...)
		replicas += max(1, c.Replicas)
	}
	b.kicker = kindWord(g.members[0]) + " ×" + strconv.Itoa(len(g.members))
	if replicas > len(g.members) {
		b.kicker = kindWord(g.members[0]) + fmt.Sprintf(" ×%d, %d replicas", len(g.members), replicas)
	}
	b.badges, b.worst = counted(findings), worst(findings)
	b.more = []string{fmt.Sprintf("%d alike: %s", len(g.members), b.kicker)}
	const most = 12
	for i, c := range g.members {
		if i == most {
			b.more = append(b.more, fmt.Sprintf("and %d more", len(g.members)-most))
			break
		}
		b.more = append(b.more, printable(c.Name)+" "+printable(c.Source.String()))
	}
	return b
}
