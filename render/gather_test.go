package render

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"drawbridge/graph"
)

// services is a network of five services that all write to a log store outside of it, three
// of them to one table, and a load balancer before them.
func services() *sample {
	s := &sample{}
	s.boundary("acct|account|Account|a||2")
	s.boundary("net|network|VPC|net|acct|3")
	s.component("internet|external||internet||")
	s.component("logs|store|Log group|logs|acct|").Technology = graph.TechLog
	s.component("table|store|Table|table|acct|").Technology = graph.TechNoSQL
	s.component("lb|process|Load balancer|lb|acct|")
	s.flow("internet|lb|https|443|yes")
	for i := range 5 {
		s.component(fmt.Sprintf("s%c|process|Service|s%c|net|", 'a'+i, 'a'+i))
		s.flow(fmt.Sprintf("s%c|logs|https|443|yes", 'a'+i))
		s.flow(fmt.Sprintf("lb|s%c|http|%d|no", 'a'+i, 8000+i))
		if i < 3 {
			s.flow(fmt.Sprintf("s%c|table|https|443|yes", 'a'+i))
		}
	}
	return s
}

// arrowWords tell each arrow of the only picture of a graph.
func arrowWords(t *testing.T, g *graph.Graph, opt Options) []string {
	t.Helper()
	pages, err := Pages(g, opt)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, a := range pages[0].view.arrows {
		from, to := pages[0].view.ends(a)
		out = append(out, from+" → "+to+": "+a.words)
	}
	slices.Sort(out)
	return out
}

// Many like flows between a box and a boundary are one arrow: few into what only supports a
// system, others where they reach most of the boundary. No flow is lost.
func TestGatheredFlows(t *testing.T) {
	want := []string{
		"VPC net (5 in it) → logs: https:443 ×5",
		"internet → lb: https:443",
		"lb → VPC net (5 in it): http ×5",
		"sa → table: https:443", "sb → table: https:443", "sc → table: https:443",
	}
	g := services().done()
	if got := arrowWords(t, g, Options{}); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	pages, err := Pages(g, Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, a := range pages[0].view.arrows {
		n += len(a.flows)
	}
	if n != len(g.Flows) {
		t.Errorf("the picture shows %d flows of %d", n, len(g.Flows))
	}
	for _, part := range []string{`ltail="cluster-net"`, `lhead="cluster-net"`, "edge of a boundary"} {
		if !bytes.Contains(pages[0].DOT, []byte(part)) {
			t.Errorf("the drawing lacks %s", part)
		}
	}
}

// A flow with a finding is drawn by itself, and so is each in a picture about one component.
func TestFlowsThatAreNotGathered(t *testing.T) {
	s := services()
	s.finding("weak|high|" + s.g.Flows[1].ID + "|weak") // sa → logs
	got := strings.Join(arrowWords(t, s.done(), Options{}), "\n")
	for _, want := range []string{"sa → logs: https:443", "VPC net (4 in it) → logs: https:443 ×4"} {
		if !strings.Contains(got, want) {
			t.Errorf("no arrow %q in\n%s", want, got)
		}
	}
	if got := arrowWords(t, services().done(), Options{Focus: []string{"logs"}}); len(got) != 5 {
		t.Errorf("around logs: %q", got)
	}
}

// The languages of text name the boundary as the end of a gathered flow.
func TestGatheredFlowsInText(t *testing.T) {
	var m, d bytes.Buffer
	g := services().done()
	if err := Mermaid(&m, g, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := D2(&d, g, Options{}); err != nil {
		t.Fatal(err)
	}
	if want := `b1 ==>|"https:443 ×5 TLS"| n`; !strings.Contains(m.String(), want) {
		t.Errorf("no %s in\n%s", want, m.String())
	}
	if want := `b0.b1 -> b0.n`; !strings.Contains(d.String(), want) {
		t.Errorf("no %s in\n%s", want, d.String())
	}
}
