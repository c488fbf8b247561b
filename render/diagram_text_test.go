package render

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
)

func TestTextDiagramGoldens(t *testing.T) {
	var m, d, c bytes.Buffer
	if err := Mermaid(&m, shop(), Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "shop.mmd", m.Bytes())
	if err := D2(&d, shop(), Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "shop.d2", d.Bytes())
	if err := CSV(&c, shop()); err != nil {
		t.Fatal(err)
	}
	golden(t, "shop.csv", c.Bytes())
}

// Names are text in every language: none ends a label, starts a formula or adds a line.
func TestTextDiagramsOfHostileNames(t *testing.T) {
	s := &sample{}
	const evil = "x\"] --> y\n${z} |\"] end; =1+1 `"
	s.boundary("net|network|VPC|n||2")
	s.component("a|store||s|net|x.tf:1|").Name = evil
	s.component("b|process||s|net|x.tf:1|").Name = "=cmd()"
	s.g.Boundaries[0].Name = evil
	s.flow("a|b|https|443|yes").Protocol = evil
	var m, d, c bytes.Buffer
	for _, err := range []error{Mermaid(&m, &s.g, Options{}), D2(&d, &s.g, Options{}), CSV(&c, &s.g)} {
		if err != nil {
			t.Error(err)
		}
	}
	if n := strings.Count(m.String(), "\n"); n != 6 || strings.Count(m.String(), "-->") != 1 {
		t.Errorf("the Mermaid picture has %d lines:\n%s", n, m.String())
	}
	if n := strings.Count(d.String(), "\n"); n != 7 || strings.Contains(strings.ReplaceAll(d.String(), `\$`, ""), "${") {
		t.Errorf("the D2 picture has %d lines:\n%s", n, d.String())
	}
	rows, err := csv.NewReader(&c).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
}
