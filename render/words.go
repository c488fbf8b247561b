package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// kindWord says what kind of thing a component is: its platform's own word where
// there is one, else what its technology or kind is called.
func kindWord(c *graph.Component) string {
	if s := strings.TrimSpace(printable(c.Label)); s != "" && !strings.EqualFold(s, c.Name) {
		return s
	}
	switch {
	case c.Kind == graph.External && c.Technology == graph.TechSaaS:
		return "External service"
	case c.Kind == graph.External:
		return "External entity"
	case c.Technology != graph.TechUnknown:
		return strings.ReplaceAll(string(c.Technology), "-", " ")
	case c.Kind == graph.Store:
		return "Data store"
	case c.Kind == graph.Identity:
		return "Identity"
	}
	return "Process"
}

// boundaryWord says what kind of boundary it is.
func boundaryWord(b *graph.Boundary) string {
	return cmp.Or(strings.TrimSpace(printable(b.Label)), string(b.Kind), "boundary")
}

// boundaryTitle says what kind of boundary it is and its name: "VPC main". A name that says
// the kind itself, "AWS account", stands alone.
func boundaryTitle(b *graph.Boundary) string {
	name, word := cmp.Or(b.Name, b.ID), boundaryWord(b)
	if strings.HasSuffix(" "+strings.ToLower(word), " "+strings.ToLower(name)) { // "Kubernetes cluster" of the name cluster
		return word
	}
	if slices.Contains(strings.Fields(strings.ToLower(name)), strings.ToLower(word)) {
		return name
	}
	return word + " " + name
}

// tellingWords are the few facts about a component that a reader of the picture
// should not miss, at most two, the gravest first.
func tellingWords(c *graph.Component) []string {
	facts := []struct {
		property graph.Property
		is       graph.Truth
		word     string
	}{
		{graph.PropPublic, graph.Yes, "public"},
		{graph.PropPublicAddress, graph.Yes, "public address"},
		{graph.PropPrivileged, graph.Yes, "privileged"},
		{graph.PropAdmin, graph.Yes, "administrator"},
		{graph.PropSecretInConfig, graph.Yes, "secret in config"},
		{graph.PropAuthenticated, graph.No, "no authentication"},
		{graph.PropHostPath, graph.Yes, "host path"},
		{graph.PropHostNetwork, graph.Yes, "host network"},
		{graph.PropWildcardPolicy, graph.Yes, "wildcard policy"},
		{graph.PropEncryptedAtRest, graph.No, "unencrypted"},
		{graph.PropRootUser, graph.Yes, "runs as root"},
	}
	const most = 2
	var out []string
	for _, f := range facts {
		if len(out) < most && c.Is(f.property) == f.is {
			if f.property == graph.PropPublicAddress && slices.Contains(out, "public") {
				continue
			}
			out = append(out, f.word)
		}
	}
	return out
}

// endpoint says "https:443", "8000-9000", or what the flow carries.
func endpoint(f *graph.Flow) string {
	s := printable(f.Protocol)
	if f.Port != 0 || f.PortEnd != 0 {
		port := strconv.Itoa(f.Port)
		if f.PortEnd > f.Port {
			port += "-" + strconv.Itoa(f.PortEnd)
		}
		s = strings.TrimPrefix(s+":"+port, ":")
	}
	return cmp.Or(s, printable(f.Carries))
}

// flowWords is the text on an arrow: the endpoint of one flow; of several, up to
// two of their endpoints or protocols and how many they are.
func flowWords(flows []*graph.Flow) string {
	if len(flows) == 1 {
		return strings.TrimSpace(endpoint(flows[0]) + peerWords(flows[0]))
	}
	full, short := map[string]int{}, map[string]int{}
	for _, f := range flows {
		if e := endpoint(f); e != "" {
			full[e]++
			short[cmp.Or(printable(f.Protocol), e)]++
		}
	}
	items := full
	if len(full) > 2 {
		items = short
	}
	words := sortedKeys(items)
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(items[b], items[a]) })
	times := ""
	if len(flows) > len(words) {
		times = " ×" + strconv.Itoa(len(flows))
	}
	if len(words) > 2 {
		return fmt.Sprintf("%s, %s +%d", words[0], words[1], len(words)-2) + times
	}
	return strings.TrimSpace(strings.Join(words, ", ") + times)
}

// numberWords lists the numbers of some flows, "3", "3, 7" or "3–9", and those of more
// than four runs by the first: "3 +11".
func (m *model) numberWords(flows []*graph.Flow) string {
	numbers := m.flowNumbers
	if m.steps != nil {
		numbers = m.steps
	}
	var list []int
	for _, f := range flows {
		if n := numbers[f.ID]; n > 0 {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	var runs []string
	for i := 0; i < len(list); {
		k := i
		for k+1 < len(list) && list[k+1] == list[k]+1 {
			k++
		}
		switch {
		case k == i:
			runs = append(runs, strconv.Itoa(list[i]))
		case k == i+1:
			runs = append(runs, strconv.Itoa(list[i]), strconv.Itoa(list[k]))
		default:
			runs = append(runs, fmt.Sprintf("%d–%d", list[i], list[k]))
		}
		i = k + 1
	}
	if len(runs) > 3 {
		return fmt.Sprintf("%d +%d", list[0], len(list)-1)
	}
	return strings.Join(runs, ", ")
}

// peerWords tells to whom an address rule opens a flow.
func peerWords(f *graph.Flow) string {
	ranges := slices.DeleteFunc(slices.Clone(f.Peers), func(p string) bool { return strings.Contains(p, "var.") })
	switch len(ranges) {
	case 0:
		return ""
	case 1:
		if ranges[0] == graph.PeersUnknown {
			return "  range unknown"
		}
		return "  " + printable(ranges[0])
	}
	for _, p := range f.Peers {
		if p == "0.0.0.0/0" || p == "::/0" {
			return "  " + p
		}
	}
	return fmt.Sprintf("  %d ranges", len(ranges))
}

// encryption is the worst of what is known about some flows.
func encryption(flows []*graph.Flow) graph.Truth {
	out := graph.Yes
	for _, f := range flows {
		switch f.Encrypted {
		case graph.No:
			return graph.No
		case graph.Unknown:
			out = graph.Unknown
		}
	}
	return out
}

// encryptionWord is the portable sign for it, "" where it is not known.
func encryptionWord(t graph.Truth) string {
	switch t {
	case graph.Yes:
		return "TLS"
	case graph.No:
		return "clear"
	}
	return ""
}
