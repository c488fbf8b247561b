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
	columns := []string{
		"row", "id", "name", "kind", "subject", "from", "to", "boundary", "protocol", "encrypted", "exposure",
		"severity", "likelihood", "impact", "status", "address", "place", "why",
	}
	write(columns...)
	row := func(cells map[string]string) {
		line := make([]string, len(columns))
		for i, c := range columns {
			line[i] = cells[c]
		}
		write(line...)
	}
	name := func(id string) string {
		if c := r.index.Component[id]; c != nil {
			return cmp.Or(c.Name, c.ID)
		}
		return id
	}
	for _, c := range g.Components {
		cells := map[string]string{
			"row": "component", "id": c.ID, "name": c.Name, "kind": kindWord(c), "boundary": c.Boundary, "address": c.Address, "place": c.Source.String(),
		}
		if c.Kind != graph.External {
			cells["exposure"] = cmp.Or(string(c.Exposure), "unknown")
		}
		if c.Kind == graph.Store {
			cells["encrypted"] = c.Is(graph.PropEncryptedAtRest).String()
		}
		row(cells)
	}
	for _, b := range g.Boundaries {
		row(map[string]string{
			"row": "boundary", "id": b.ID, "name": b.Name, "kind": boundaryWord(b), "boundary": b.Parent, "address": b.Address,
			"place": b.Source.String(), "why": b.TrustWhy,
		})
	}
	for _, f := range g.Flows {
		cells := map[string]string{
			"row": "flow", "id": f.ID, "name": name(f.From) + " to " + name(f.To), "kind": string(f.Basis), "from": f.From, "to": f.To,
			"boundary": strings.Join(r.crossings(f), ", "), "protocol": endpoint(f), "encrypted": f.Encrypted.String(), "status": string(f.Passage),
		}
		if len(f.Evidence) > 0 {
			cells["why"], cells["place"] = f.Evidence[0].Why, f.Evidence[0].Source().String()
		}
		row(cells)
	}
	for _, f := range bySeverity(g.Findings) {
		cells := map[string]string{
			"row": "finding", "id": f.ID, "name": f.Title, "kind": f.Rule, "subject": f.Subject, "severity": string(f.Severity),
			"status": string(cmp.Or(f.Status, graph.Open)), "address": f.Address, "place": place(f), "why": f.Threat,
		}
		if f.Likelihood > 0 && f.Impact > 0 {
			cells["likelihood"], cells["impact"] = strconv.Itoa(f.Likelihood), strconv.Itoa(f.Impact)
		}
		row(cells)
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
