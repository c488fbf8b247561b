package render

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"drawbridge/graph"
)

// trusted is the shop with an attack path over a flow and a grant.
func trusted() *graph.Graph {
	g := shop()
	grant := &graph.Grant{ID: "grant:bastion>role", From: "bastion", To: "role", How: "sts:AssumeRole", Does: "assume"}
	g.Grants = []*graph.Grant{grant}
	for _, f := range g.Flows {
		if f.To == "bastion" {
			g.Paths = []*graph.Path{{
				ID: "p", From: "ops", To: "role", Worth: 3,
				Steps: []graph.Step{{From: "ops", To: "bastion", By: f.ID}, {From: "bastion", To: "role", By: grant.ID}},
			}}
		}
	}
	return g
}

func TestViews(t *testing.T) {
	tests := []struct {
		opt    Options
		boxes  string
		arrows string
	}{
		{Options{View: ViewInternet}, "Internet shop-alb shop-assets shop-cdn", "Internet>shop-cdn shop-cdn>shop-alb shop-cdn>shop-assets"},
		{Options{View: ViewData}, "bastion checkout-api order-worker orders-db shop-assets shop-cdn", "bastion>orders-db checkout-api>orders-db order-worker>orders-db shop-cdn>shop-assets"},
		{Options{View: ViewIdentity}, "bastion checkout", "bastion>checkout"},
		{Options{View: "path:1"}, "Ops engineer bastion checkout", "Ops engineer>bastion bastion>checkout"},
		{Options{Focus: []string{"api"}}, "checkout-api order-worker orders-db shop-alb", "checkout-api>order-worker checkout-api>orders-db shop-alb>checkout-api"},
		{Options{}, "Internet Ops engineer api.stripe.com bastion checkout-api order-worker orders-db shop-alb shop-assets shop-cdn", ""},
	}
	for _, tt := range tests {
		pages, err := Pages(trusted(), tt.opt)
		if err != nil {
			t.Fatal(err)
		}
		var boxes, arrows []string
		for _, b := range pages[0].view.boxes {
			boxes = append(boxes, b.name)
		}
		for _, a := range pages[0].view.arrows {
			arrows = append(arrows, a.from.name+">"+a.to.name)
		}
		slices.Sort(boxes)
		slices.Sort(arrows)
		if got := strings.Join(boxes, " "); got != tt.boxes {
			t.Errorf("%+v: boxes %s, want %s", tt.opt, got, tt.boxes)
		}
		if got := strings.Join(arrows, " "); tt.arrows != "" && got != tt.arrows {
			t.Errorf("%+v: arrows %s, want %s", tt.opt, got, tt.arrows)
		}
	}
	if diff := cmp.Diff([]string{"internet", "data", "identity", "path:1"}, Views(trusted())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"internet", "data"}, Views(shop())); diff != "" {
		t.Error(diff)
	}
}

// A part of the model keeps the numbers of the whole: they are those of the reports.
func TestViewKeepsNumbers(t *testing.T) {
	whole, err := Pages(trusted(), Options{Numbers: true})
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]string{}
	for _, a := range whole[0].view.arrows {
		numbers[a.id] = a.number
	}
	for _, b := range whole[0].view.boxes {
		numbers[b.id] = badgeWords(b.badges)
	}
	part, err := Pages(trusted(), Options{View: ViewData})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range part[0].view.arrows {
		if a.number == "" || a.number != numbers[a.id] {
			t.Errorf("%s>%s has number %q, in the whole %q", a.from.name, a.to.name, a.number, numbers[a.id])
		}
	}
	for _, b := range part[0].view.boxes {
		if got := badgeWords(b.badges); got != numbers[b.id] {
			t.Errorf("%s has badges %q, in the whole %q", b.name, got, numbers[b.id])
		}
	}
	path, err := Pages(trusted(), Options{View: "path:1"})
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range path[0].view.arrows {
		if want := map[string]string{"Ops engineer": "1", "bastion": "2"}[a.from.name]; a.number != want {
			t.Errorf("arrow %d of the path from %s has number %s, want %s", i, a.from.name, a.number, want)
		}
	}
}

func TestCheckView(t *testing.T) {
	for view, want := range map[string]string{
		"": "", "internet": "", "data": "", "identity": "has nothing for it", "path:1": "no attack paths", "path:x": "no attack paths", "all": "no such view",
	} {
		err := CheckView(shop(), Options{View: view})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: error %v, want %q", view, err, want)
		}
	}
	if err := CheckView(trusted(), Options{View: "path:2"}); err == nil || !strings.Contains(err.Error(), "1 to 1") {
		t.Errorf("path:2: error %v", err)
	}
}

func TestNumberWords(t *testing.T) {
	m := &model{flowNumbers: map[string]int{}}
	var flows []*graph.Flow
	want := map[int]string{1: "2", 2: "2, 3", 3: "2–4", 4: "2–4, 9", 6: "2–4, 9, 10", 7: "2–4, 9–11", 8: "2–4, 9–11, 20"}
	for i, n := range []int{2, 3, 4, 9, 9, 10, 11, 20, 30} {
		id := string(rune('a' + i))
		m.flowNumbers[id] = n
		flows = append(flows, &graph.Flow{ID: id})
		if w, ok := want[i+1]; ok {
			if got := m.numberWords(flows); got != w {
				t.Errorf("%d flows: %s, want %s", i+1, got, w)
			}
		}
	}
	if got := m.numberWords(flows); got != "2 +7" {
		t.Errorf("all: %s", got)
	}
}

// Nothing flows where somebody may do something: no lock, no dots, no word on encryption.
func TestGrantsAreNoFlows(t *testing.T) {
	g := shop()
	g.Grants = []*graph.Grant{{ID: "g", From: "api", To: "db", Does: graph.AbilityAdminister}}
	dot, err := DOT(g, Options{View: ViewIdentity})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"may administer", "arrowhead=vee", "1 permission", "may do what its words say"} {
		if !strings.Contains(string(dot), want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
	for _, unwanted := range []string{"encryption unknown", "dotted", "boundary-crossing"} {
		if strings.Contains(string(dot), unwanted) {
			t.Errorf("the picture has %q", unwanted)
		}
	}
}
