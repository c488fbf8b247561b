package render

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"drawbridge/graph"
)

// ThreatDragon writes a model for OWASP Threat Dragon, version 2, with a diagram for
// each page: https://github.com/OWASP/threat-dragon. The tool lays nothing out
// itself, so that without a layout program this is an error.
func ThreatDragon(ctx context.Context, w io.Writer, g *graph.Graph, opt Options, l Layouter) error {
	x, err := newExchanged(ctx, g, opt, l)
	if err != nil {
		return err
	}
	doc := dragonModel{Version: "2.0"}
	doc.Summary = dragonSummary{Title: x.title(), Description: x.described()}
	doc.Detail.Contributors = []struct{}{}
	for i, p := range x.pages {
		d := &dragonDrawing{exchanged: x, sheet: x.sheets[i], last: &doc.Detail.ThreatTop}
		doc.Detail.Diagrams = append(doc.Detail.Diagrams, dragonDiagram{
			DiagramType: "STRIDE", ID: i, Thumbnail: "./public/content/images/thumbnail.stride.jpg",
			Title: printable(p.Title), Version: "2.0", Cells: d.cells(p.view),
		})
	}
	doc.Detail.DiagramTop = len(x.pages)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

// The parts of the format that are written. Field names are the tool's.
type (
	dragonModel struct {
		Version string        `json:"version"`
		Summary dragonSummary `json:"summary"`
		Detail  dragonDetail  `json:"detail"`
	}
	dragonSummary struct {
		Title       string `json:"title"`
		Owner       string `json:"owner"`
		Description string `json:"description"`
		ID          int    `json:"id"`
	}
	dragonDetail struct {
		Contributors []struct{}      `json:"contributors"`
		Diagrams     []dragonDiagram `json:"diagrams"`
		DiagramTop   int             `json:"diagramTop"`
		Reviewer     string          `json:"reviewer"`
		ThreatTop    int             `json:"threatTop"`
	}
	dragonDiagram struct {
		ID          int          `json:"id"`
		Title       string       `json:"title"`
		DiagramType string       `json:"diagramType"`
		Thumbnail   string       `json:"thumbnail"`
		Version     string       `json:"version"`
		Cells       []dragonCell `json:"cells"`
	}
	dragonCell struct {
		ID        string           `json:"id"`
		Shape     string           `json:"shape"`
		ZIndex    int              `json:"zIndex"`
		Position  *otmPosition     `json:"position,omitempty"`
		Size      *dragonSize      `json:"size,omitempty"`
		Attrs     dragonAttributes `json:"attrs"`
		Source    *dragonEnd       `json:"source,omitempty"`
		Target    *dragonEnd       `json:"target,omitempty"`
		Connector string           `json:"connector,omitempty"`
		Labels    []string         `json:"labels,omitempty"`
		Visible   bool             `json:"visible"`
		Data      dragonData       `json:"data"`
	}
	dragonSize struct {
		Width  float64 `json:"width"`
		Height float64 `json:"height"`
	}
	dragonEnd struct {
		Cell string `json:"cell"`
	}
	dragonAttributes struct {
		Text *dragonText   `json:"text,omitempty"`
		Body *dragonStroke `json:"body,omitempty"`
		Line *dragonLine   `json:"line,omitempty"`
	}
	dragonText struct {
		Text string `json:"text"`
	}
	// A dash pattern is always written: null, which the tool accepts, is no string to
	// other validators.
	dragonStroke struct {
		Stroke      string  `json:"stroke"`
		StrokeWidth float64 `json:"strokeWidth"`
		Dash        string  `json:"strokeDasharray"`
	}
	dragonLine struct {
		dragonStroke
		SourceMarker dragonMarker `json:"sourceMarker"`
		TargetMarker dragonMarker `json:"targetMarker"`
	}
	dragonMarker struct {
		Name string `json:"name"`
	}
	dragonData struct {
		Type           string         `json:"type"`
		Name           string         `json:"name"`
		Description    string         `json:"description"`
		OutOfScope     bool           `json:"outOfScope"`
		TrustBoundary  bool           `json:"isTrustBoundary"`
		OpenThreats    bool           `json:"hasOpenThreats"`
		Log            *bool          `json:"isALog,omitempty"`
		Credentials    *bool          `json:"storesCredentials,omitempty"`
		Encrypted      *bool          `json:"isEncrypted,omitempty"`
		PublicNetwork  *bool          `json:"isPublicNetwork,omitempty"`
		Bidirectional  *bool          `json:"isBidirectional,omitempty"`
		Protocol       string         `json:"protocol,omitempty"`
		Authenticating *bool          `json:"providesAuthentication,omitempty"`
		Web            *bool          `json:"isWebApplication,omitempty"`
		Threats        []dragonThreat `json:"threats"`
	}
	dragonThreat struct {
		ID          string `json:"id"`
		Title       string `json:"title"`
		Status      string `json:"status"`
		Severity    string `json:"severity"`
		Type        string `json:"type"`
		Description string `json:"description"`
		Mitigation  string `json:"mitigation"`
		ModelType   string `json:"modelType"`
		Number      int    `json:"number"`
		Score       string `json:"score"`
	}
)

// dragonDrawing writes one page.
type dragonDrawing struct {
	*exchanged
	sheet *sheet
	last  *int // the number of the last threat
}

func (d *dragonDrawing) cells(v *view) []dragonCell {
	out := []dragonCell{}
	for _, f := range v.frames {
		c := d.cell(f.id, "trust-boundary-box", "tm.BoundaryBox", f.boundary.Name)
		c.ZIndex = -1
		c.Data.TrustBoundary = true
		// The tool keeps the threats of a boundary and does not show them.
		c.Data.Description = strings.TrimSpace(capital(boundaryWord(f.boundary)) + ". " + d.zoneDescription(f.boundary))
		c.Attrs = dragonAttributes{Body: &dragonStroke{"#b3261e", 2, "7 5"}}
		d.threats(&c, d.aboutBoundary[f.boundary.ID])
		out = append(out, c)
	}
	components := map[string]*graph.Component{}
	for _, c := range d.components {
		components[elementID("c-", c.ID)] = c
	}
	for _, b := range v.boxes {
		shape, typ := dragonShape(b.shape)
		c := d.cell(b.id, shape, typ, b.name)
		c.ZIndex = 1
		c.Attrs = dragonAttributes{Text: &dragonText{printable(b.name)}, Body: &dragonStroke{"#333333", 1, ""}}
		c.Data.Description = printable(strings.Join(b.more, "\n"))
		if x := components[b.id]; x != nil {
			c.Data.Description = d.about(x)
			d.facts(&c.Data, x)
			d.threats(&c, d.aboutComponent[x.ID])
		}
		out = append(out, c)
	}
	for _, a := range v.arrows {
		out = append(out, d.flow(a))
	}
	return out
}

func (d *dragonDrawing) cell(id, shape, typ, name string) dragonCell {
	c := dragonCell{ID: id, Shape: shape, Visible: true, Data: dragonData{Type: typ, Name: printable(name), Threats: []dragonThreat{}}}
	if r, ok := d.sheet.at[id]; ok {
		c.Position = &otmPosition{rounded(r.x0), rounded(r.y0)}
		c.Size = &dragonSize{max(10, rounded(r.x1-r.x0)), max(10, rounded(r.y1-r.y0))}
	}
	return c
}

func dragonShape(s shape) (shape, typ string) {
	switch s {
	case storeShape:
		return "store", "tm.Store"
	case externalShape, identityShape:
		return "actor", "tm.Actor"
	}
	return "process", "tm.Process"
}

// facts fills the tool's own flags where they are known.
func (d *dragonDrawing) facts(data *dragonData, c *graph.Component) {
	yes := func(v bool) *bool { return &v }
	switch c.Kind {
	case graph.Store:
		data.Log = yes(c.Technology == graph.TechLog)
		data.Credentials = yes(c.Technology == graph.TechSecret || c.Technology == graph.TechKey)
		if v := c.Is(graph.PropEncryptedAtRest); v != graph.Unknown {
			data.Encrypted = yes(v == graph.Yes)
		}
	case graph.Process:
		data.Web = yes(c.Technology == graph.TechWebApp)
	case graph.External:
		data.Authenticating = yes(c.Technology == graph.TechIdentity)
	}
}

func (d *dragonDrawing) flow(a *arrow) dragonCell {
	name := a.words
	if name == "" {
		name = "data"
	}
	c := d.cell(a.id, "flow", "tm.Flow", name)
	c.ZIndex = 10
	c.Source, c.Target, c.Connector, c.Labels = &dragonEnd{a.from.id}, &dragonEnd{a.to.id}, "smooth", []string{printable(name)}
	c.Attrs = dragonAttributes{Line: &dragonLine{dragonStroke{"#333333", 1, ""}, dragonMarker{""}, dragonMarker{"block"}}}
	no, encrypted := false, a.encrypted == graph.Yes
	c.Data.Bidirectional = &no
	if a.encrypted != graph.Unknown {
		c.Data.Encrypted = &encrypted
	}
	public := a.from.id == elementID("c-", graph.InternetID) || a.to.id == elementID("c-", graph.InternetID)
	c.Data.PublicNetwork = &public
	var about []*graph.Finding
	var why []string
	for _, f := range a.flows {
		about = append(about, d.aboutFlow[f.ID]...)
		c.Data.Protocol = printable(f.Protocol)
		if r := d.reason(f); r != "" {
			why = append(why, r)
		}
	}
	c.Data.Description = strings.Join(why, "\n")
	d.threats(&c, about)
	return c
}

// dragonSeverity is the severity on the tool's scale, which begins at low.
func dragonSeverity(s graph.Severity) string {
	if s == graph.Info {
		s = graph.Low
	}
	return capital(string(s))
}

// threats puts findings on a cell, numbered through the whole model.
func (d *dragonDrawing) threats(c *dragonCell, findings []*graph.Finding) {
	for _, f := range bySeverity(findings) {
		*d.last++
		t := dragonThreat{
			ID: c.ID + "/" + slug(f.ID), Title: printable(f.Title), Status: "Open", Severity: dragonSeverity(f.Severity),
			Description: printable(f.Threat), Mitigation: mitigation(f), ModelType: "STRIDE", Number: *d.last,
		}
		if len(f.STRIDE) > 0 {
			t.Type = capital(strings.ReplaceAll(string(f.STRIDE[0]), "-", " "))
		}
		if f.Settled() {
			t.Status = map[graph.Status]string{graph.Mitigated: "Mitigated", graph.Accepted: "Accepted", graph.Transferred: "Transferred"}[f.Status]
			if t.Status == "" {
				t.Status = "NotApplicable"
			}
			t.Mitigation = strings.TrimSpace(printable(string(f.Status)+": "+f.StatusWhy) + " " + t.Mitigation)
		}
		c.Data.OpenThreats = c.Data.OpenThreats || t.Status == "Open"
		c.Data.Threats = append(c.Data.Threats, t)
	}
}
