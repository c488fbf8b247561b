package terraform

import (
	"slices"
	"strings"
	"testing"

	"drawbridge/graph"
)

func TestRowsAreSortedAndUnique(t *testing.T) {
	for _, rows := range append(rows(), moduleRows) {
		for i := 1; i < len(rows); i++ {
			if c := strings.Compare(rows[i-1].typ, rows[i].typ); c >= 0 {
				t.Errorf("row %s stands after %s", rows[i].typ, rows[i-1].typ)
			}
		}
	}
}

func TestRowsAreWhole(t *testing.T) {
	for _, rows := range append(rows(), moduleRows) {
		for i := range rows {
			r := &rows[i]
			if r.role == 0 {
				t.Errorf("%s has no role", r.typ)
			}
			if r.role == ignored && r.why == "" {
				t.Errorf("%s is ignored without a reason", r.typ)
			}
			if kind := r.role.kind(); kind != "" && (r.label == "" || !slices.Contains(graph.Technologies, r.tech)) {
				t.Errorf("%s is a %s without label or technology", r.typ, kind)
			}
			for _, p := range r.props {
				if !slices.Contains(graph.Properties, p.property) {
					t.Errorf("%s: %q is no property", r.typ, p.property)
				}
				if p.attr == "" && p.test != always {
					t.Errorf("%s: property %s has no attribute", r.typ, p.property)
				}
				if p.test == always && p.why == "" {
					t.Errorf("%s: property %s has no reason", r.typ, p.property)
				}
			}
			for _, l := range r.links {
				if l.from == "" && l.to == "" {
					t.Errorf("%s: a link has no end", r.typ)
				}
				if r.role.connects() && (l.from == "" || l.to == "") && len(r.owner) == 0 {
					t.Errorf("%s: a connector's link needs both ends", r.typ)
				}
			}
		}
	}
}
