package render

import (
	"fmt"
	"strings"
	"testing"

	"drawbridge/graph"
)

// fleet is three equal databases that one service uses, and what is not like them.
func fleet() *graph.Graph {
	s := &sample{}
	s.boundary("acct|account|Account|this||2")
	s.component("api|process|Service|api|acct|a.tf:1")
	for i := range 3 {
		s.component(fmt.Sprintf("db%d|store|RDS|orders-%d|acct|db.tf:%d", i, i+8, i))
		s.flow(fmt.Sprintf("api|db%d|postgres|5432|no", i))
		s.finding(fmt.Sprintf("unencrypted|high|db%d|x", i))
	}
	s.component("db7|store|RDS|orders-7|acct|db.tf:9") // nobody uses it
	for i := range 2 {
		s.component(fmt.Sprintf("fn%d|process|Lambda|fn-%d|acct|fn.tf:%d", i, i, i))
	}
	return s.done()
}

func TestSiblingsAreDrawnAsOne(t *testing.T) {
	names := func(opt Options) string {
		pages, err := Pages(fleet(), opt)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, b := range pages[0].view.boxes {
			out = append(out, b.name+" "+b.kicker+" "+badgeWords(b.badges))
		}
		for _, a := range pages[0].view.arrows {
			out = append(out, a.words)
		}
		return strings.Join(out, ", ")
	}
	if got, want := names(Options{}), "api Service , orders-8…10 RDS ×3 3H, orders-7 RDS , fn-0 Lambda , fn-1 Lambda , postgres:5432 ×3"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := names(Options{Focus: []string{"db1"}}); !strings.Contains(got, "orders-9 RDS H") {
		t.Errorf("what the picture is around is not drawn by itself: %s", got)
	}
	if got := names(Options{each: true}); strings.Contains(got, "×3") {
		t.Errorf("each asked for: %s", got)
	}
}

func TestCommonName(t *testing.T) {
	for names, want := range map[string]string{
		"a a a":                  "a",
		"db1 db2 db3":            "db1…3",
		"db9 db10 db11":          "db9…11",
		"app1-rds app2-rds":      "app1…2-rds",
		"orders-a orders-b":      "orders-*",
		"x-red-y x-green-y":      "x-*-y",
		"one two":                "*",
		"db1 db1-copy":           "db*",
		"10 11 12":               "10…12",
		"naïve-é naïve-è":        "naïve-*",
		"svc-1-prod svc-22-prod": "svc-1…22-prod",
	} {
		if got := commonName(strings.Fields(names)); got != want {
			t.Errorf("%s: %q, want %q", names, got, want)
		}
	}
}
