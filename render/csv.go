package render

import (
	"cmp"
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// CSV writes components, flows, boundaries and findings as one table, for spreadsheets:
// the first column tells which of them a row is. A text that a spreadsheet would take
// for a formula is led by an apostrophe.
func CSV(w io.Writer, g *graph.Graph) error {
	r := &report{g: g, index: graph.NewIndex(g), numbers: Badges(g)}
	out := csv.NewWriter(w)
	write := func(cells ...string) {
		for i, c := range cells {
			cells[i] = plainCell(printable(c))
		}
		_ = out.Write(cells) // the writer keeps the error for the end
	}
	write("row", "id", "name", "kind", "from", "to", "boundary", "protocol", "encrypted", "exposure", "severity", "status", "address", "place", "why")
	for _, c := range g.Components {
		write("component", c.ID, c.Name, kindWord(c), "", "", c.Boundary, "", "", cmp.Or(string(c.Exposure), "unknown"), "", "", c.Address, c.Source.String(), "")
	}
	for _, b := range g.Boundaries {
		write("boundary", b.ID, b.Name, boundaryWord(b), "", "", b.Parent, "", "", "", "", "", b.Address, b.Source.String(), b.TrustWhy)
	}
	for _, f := range g.Flows {
		why, place := "", ""
		if len(f.Evidence) > 0 {
			why, place = f.Evidence[0].Why, f.Evidence[0].Source().String()
		}
		write("flow", f.ID, "", string(f.Basis), f.From, f.To, strings.Join(r.crossings(f), ", "), endpoint(f), f.Encrypted.String(), "", "", string(f.Passage), "", place, why)
	}
	for _, f := range bySeverity(g.Findings) {
		score := ""
		if f.Likelihood > 0 && f.Impact > 0 {
			score = " (" + strconv.Itoa(f.Likelihood) + " × " + strconv.Itoa(f.Impact) + ")"
		}
		write("finding", f.ID, f.Title, f.Rule, "", "", "", "", "", "", string(f.Severity)+score, string(cmp.Or(f.Status, graph.Open)), f.Address, place(f), f.Threat)
	}
	out.Flush()
	return out.Error()
}

// plainCell keeps a spreadsheet from running a text.
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}
