package render

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"drawbridge/graph"
)

// OTM writes a model as Open Threat Model 0.2, which other threat modeling tools
// read: https://github.com/iriusrisk/OpenThreatModel. Boundaries are its trust zones,
// findings its threats, a fifth of the scale of likelihood and impact being 20.
// Places on a diagram are left out where no program lays it out.
func OTM(ctx context.Context, w io.Writer, g *graph.Graph, opt Options, l Layouter) error {
	x, err := newExchanged(ctx, g, opt, l)
	if x == nil {
		return err
	}
	doc := otmDocument{Version: "0.2.0", Project: otmProject{Name: x.title(), ID: slug(x.title())}}
	doc.Project.Description = x.described()
	doc.Project.Attributes = map[string]string{"generator": "drawbridge"}
	doc.Representations = []otmRepresentation{{Name: "Infrastructure code", ID: otmCode, Type: "code"}}
	if width, height, ok := x.canvas(); ok {
		doc.Representations = append(doc.Representations, otmRepresentation{
			Name: "Data-flow diagram", ID: otmDiagram, Type: "diagram", Size: &otmSize{rounded(width), rounded(height)},
		})
	}
	x.otmZones(&doc)
	x.otmThreats(&doc)
	doc.Components, doc.Dataflows = []otmComponent{}, []otmDataflow{}
	for _, c := range x.components {
		doc.Components = append(doc.Components, x.otmComponent(c))
	}
	for _, f := range x.flows {
		doc.Dataflows = append(doc.Dataflows, otmDataflow{
			ID: f.ID, Name: printable(x.flowTitle(f)), Description: x.reason(f), Source: f.From, Destination: f.To,
			Tags: otmFlowTags(f), Threats: otmThreatRefs(x.aboutFlow[f.ID]),
		})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

const (
	otmCode    = "code"
	otmDiagram = "diagram"
	// otmOutside is the zone of what no boundary holds.
	otmOutside = "outside"
)

// The parts of the format that are written. Field names are the standard's.
type (
	otmDocument struct {
		Version         string              `json:"otmVersion"`
		Project         otmProject          `json:"project"`
		Representations []otmRepresentation `json:"representations"`
		TrustZones      []otmZone           `json:"trustZones"`
		Components      []otmComponent      `json:"components"`
		Dataflows       []otmDataflow       `json:"dataflows"`
		Threats         []otmThreat         `json:"threats"`
		Mitigations     []otmMitigation     `json:"mitigations"`
	}
	otmProject struct {
		Name        string            `json:"name"`
		ID          string            `json:"id"`
		Description string            `json:"description"`
		Attributes  map[string]string `json:"attributes"`
	}
	otmRepresentation struct {
		Name string   `json:"name"`
		ID   string   `json:"id"`
		Type string   `json:"type"`
		Size *otmSize `json:"size,omitempty"`
	}
	otmSize struct {
		Width  float64 `json:"width"`
		Height float64 `json:"height"`
	}
	otmPosition struct {
		X float64 `json:"x"`
		Y float64 `json:"y"`
	}
	otmParent struct {
		TrustZone string `json:"trustZone"`
	}
	otmElement struct {
		Representation string       `json:"representation"`
		ID             string       `json:"id"`
		Position       *otmPosition `json:"position,omitempty"`
		Size           *otmSize     `json:"size,omitempty"`
		File           string       `json:"file,omitempty"`
		Line           int          `json:"line,omitempty"`
	}
	otmZone struct {
		ID              string            `json:"id"`
		Name            string            `json:"name"`
		Type            string            `json:"type"`
		Description     string            `json:"description,omitempty"`
		Risk            otmTrust          `json:"risk"`
		Parent          *otmParent        `json:"parent,omitempty"`
		Representations []otmElement      `json:"representations,omitempty"`
		Attributes      map[string]string `json:"attributes,omitempty"`
	}
	otmTrust struct {
		Rating int `json:"trustRating"`
	}
	otmComponent struct {
		ID              string            `json:"id"`
		Name            string            `json:"name"`
		Type            string            `json:"type"`
		Description     string            `json:"description,omitempty"`
		Parent          otmParent         `json:"parent"`
		Representations []otmElement      `json:"representations,omitempty"`
		Threats         []otmThreatRef    `json:"threats,omitempty"`
		Tags            []string          `json:"tags,omitempty"`
		Attributes      map[string]string `json:"attributes,omitempty"`
	}
	otmDataflow struct {
		ID          string         `json:"id"`
		Name        string         `json:"name"`
		Description string         `json:"description,omitempty"`
		Source      string         `json:"source"`
		Destination string         `json:"destination"`
		Threats     []otmThreatRef `json:"threats,omitempty"`
		Tags        []string       `json:"tags,omitempty"`
	}
	otmThreatRef struct {
		Threat      string             `json:"threat"`
		State       string             `json:"state"`
		Mitigations []otmMitigationRef `json:"mitigations,omitempty"`
	}
	otmMitigationRef struct {
		Mitigation string `json:"mitigation"`
		State      string `json:"state"`
	}
	otmThreat struct {
		ID          string   `json:"id"`
		Name        string   `json:"name"`
		Description string   `json:"description,omitempty"`
		Categories  []string `json:"categories,omitempty"`
		CWEs        []string `json:"cwes,omitempty"`
		Risk        otmRisk  `json:"risk"`
		Tags        []string `json:"tags,omitempty"`
	}
	otmRisk struct {
		Likelihood        int    `json:"likelihood"`
		LikelihoodComment string `json:"likelihoodComment"`
		Impact            int    `json:"impact"`
	}
	otmMitigation struct {
		ID            string `json:"id"`
		Name          string `json:"name"`
		Description   string `json:"description,omitempty"`
		RiskReduction int    `json:"riskReduction"`
	}
)

// otmZones writes the boundaries, and one zone for what none holds.
func (x *exchanged) otmZones(doc *otmDocument) {
	doc.TrustZones = []otmZone{}
	if slices.ContainsFunc(x.components, x.outside) {
		doc.TrustZones = append(doc.TrustZones, otmZone{ID: otmOutside, Name: "Outside", Type: "internet", Risk: otmTrust{1}})
	}
	for _, b := range x.boundariesDown() {
		z := otmZone{
			ID: b.ID, Name: printable(b.Name), Type: string(b.Kind), Description: x.zoneDescription(b), Risk: otmTrust{20 * b.Trust},
			Representations: x.otmElements(b.ID, elementID("b-", b.ID), b.Source),
		}
		if x.index.Boundary[b.Parent] != nil {
			z.Parent = &otmParent{b.Parent}
		}
		if b.Address != "" {
			z.Attributes = map[string]string{"address": printable(b.Address)}
		}
		doc.TrustZones = append(doc.TrustZones, z)
	}
}

// zoneDescription tells why a boundary is trusted as much as it is, and the findings
// about it: zones have no threats of their own.
func (x *exchanged) zoneDescription(b *graph.Boundary) string {
	s := capital(printable(b.TrustWhy))
	if s != "" {
		s += "."
	}
	return strings.TrimSpace(s + threatList(x.aboutBoundary[b.ID]))
}

func (x *exchanged) otmComponent(c *graph.Component) otmComponent {
	out := otmComponent{
		ID: c.ID, Name: x.componentName(c.ID), Type: otmType(c), Description: x.about(c), Parent: otmParent{otmOutside},
		Representations: x.otmElements(c.ID, elementID("c-", c.ID), c.Source), Threats: otmThreatRefs(x.aboutComponent[c.ID]),
		Tags: []string{string(c.Kind)},
	}
	if b := x.within(c); b != nil {
		out.Parent.TrustZone = b.ID
	}
	for _, p := range graph.Properties {
		if v := c.Is(p); v != graph.Unknown {
			if out.Attributes == nil {
				out.Attributes = map[string]string{}
			}
			out.Attributes[string(p)] = v.String()
		}
	}
	return out
}

// otmType is the technology, which the standard leaves to the tools.
func otmType(c *graph.Component) string {
	if c.Technology == graph.TechUnknown {
		return string(c.Kind)
	}
	return string(c.Technology)
}

// otmElements says where something stands, in the code and on the diagram.
func (x *exchanged) otmElements(id, element string, at graph.Source) []otmElement {
	var out []otmElement
	if at.File != "" {
		out = append(out, otmElement{Representation: otmCode, ID: id + "@" + otmCode, File: at.File, Line: max(at.Line, 1)})
	}
	if r, ok := x.stacked(element); ok {
		out = append(out, otmElement{
			Representation: otmDiagram, ID: id + "@" + otmDiagram,
			Position: &otmPosition{rounded(r.x0), rounded(r.y0)}, Size: &otmSize{rounded(r.x1 - r.x0), rounded(r.y1 - r.y0)},
		})
	}
	return out
}

func otmFlowTags(f *graph.Flow) []string {
	var out []string
	if e := endpoint(f); e != "" {
		out = append(out, e)
	}
	out = append(out, string(f.Basis))
	if word := encryptionWord(f.Encrypted); word != "" {
		out = append(out, word)
	}
	if len(f.Crosses) > 0 {
		out = append(out, "crosses a trust boundary")
	}
	return out
}

// otmThreats writes the findings with their advice.
func (x *exchanged) otmThreats(doc *otmDocument) {
	doc.Threats, doc.Mitigations = []otmThreat{}, []otmMitigation{}
	for _, f := range bySeverity(x.g.Findings) {
		t := otmThreat{
			ID: f.ID, Name: printable(f.Title), Description: printable(f.Threat), Tags: []string{string(f.Severity), f.Rule},
			Risk: otmRisk{Likelihood: 20 * f.Likelihood, Impact: 20 * f.Impact},
		}
		for _, c := range f.STRIDE {
			t.Categories = append(t.Categories, string(c))
		}
		for _, c := range f.CWE {
			t.CWEs = append(t.CWEs, fmt.Sprintf("CWE-%d", c))
		}
		for _, factor := range f.Factors {
			if t.Risk.LikelihoodComment != "" {
				t.Risk.LikelihoodComment += "; "
			}
			t.Risk.LikelihoodComment += printable(factor.Why)
		}
		doc.Threats = append(doc.Threats, t)
		for i, m := range f.Mitigations {
			doc.Mitigations = append(doc.Mitigations, otmMitigation{ID: otmMitigationID(f, i), Name: printable(m)})
		}
	}
}

func otmMitigationID(f *graph.Finding, i int) string { return fmt.Sprintf("%s/%d", f.ID, i+1) }

func otmThreatRefs(findings []*graph.Finding) []otmThreatRef {
	var out []otmThreatRef
	for _, f := range bySeverity(findings) {
		r := otmThreatRef{Threat: f.ID, State: "exposed"}
		advice := "recommended"
		switch f.Status {
		case graph.Mitigated:
			r.State, advice = "mitigated", "implemented"
		case graph.Accepted, graph.Transferred, graph.FalsePositive:
			r.State, advice = string(f.Status), "rejected"
		}
		for i := range f.Mitigations {
			r.Mitigations = append(r.Mitigations, otmMitigationRef{otmMitigationID(f, i), advice})
		}
		out = append(out, r)
	}
	return out
}
