package render

import (
	"context"
	"encoding/json"
	"io"
	"slices"

	"drawbridge/graph"
)

// OWASPThreatModel writes a model in the format of the OWASP Threat Model Library, version
// 1.0.2: https://github.com/OWASP/www-project-threat-model-library. Its stores have
// six types only: queues and the like are key-value stores there. A flow of which
// nobody knows whether it is encrypted is not, and its description says so.
func OWASPThreatModel(_ context.Context, w io.Writer, g *graph.Graph, opt Options, _ Layouter) error {
	x := wholeExchanged(g, opt)
	pages, err := Pages(g, opt)
	if err != nil {
		return err
	}
	doc := owaspModel{
		Version: "1.0.0", Description: "Derived from infrastructure code by drawbridge.",
		Scope: owaspScope{
			Title: x.title(), Description: "The components that the infrastructure code of " + x.title() + " defines.",
			Criticality: "moderate", Sensitivity: []string{}, Exposure: "internal", Tier: "important",
		},
		Diagrams: []owaspDiagram{{printable(pages[0].Title), "graphviz", string(pages[0].DOT)}},
		Zones:    []owaspNamed{}, Boundaries: []owaspBoundary{}, Actors: []owaspActor{}, Components: []owaspComponent{},
		Stores: []owaspStore{}, DataSets: []owaspDataSet{}, Flows: []owaspFlow{}, Assumptions: []owaspAssumption{},
		Personas: []owaspPersona{{
			owaspNamed: owaspNamed{owaspOutsider, "Attacker", "Somebody who wants what the system holds and begins where a way in is."},
			Person:     true, Skill: "engineer", Access: "anonymous", Malicious: true, Applicability: "moderate",
		}},
		Threats: []owaspThreat{}, Controls: []owaspControl{}, Risks: []owaspRisk{},
	}
	x.owaspZones(&doc)
	x.owaspElements(&doc)
	x.owaspThreats(&doc)
	for _, q := range g.Questions {
		doc.Assumptions = append(doc.Assumptions, owaspAssumption{printable(q.Text), "unconfirmed"})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

const (
	owaspOutside  = "outside"
	owaspOutsider = "attacker"
)

// The parts of the format that are written. Field names are the library's.
type (
	owaspModel struct {
		Version     string            `json:"version"`
		Description string            `json:"description"`
		Scope       owaspScope        `json:"scope"`
		Diagrams    []owaspDiagram    `json:"diagrams"`
		Zones       []owaspNamed      `json:"trust_zones"`
		Boundaries  []owaspBoundary   `json:"trust_boundaries"`
		Actors      []owaspActor      `json:"actors"`
		Components  []owaspComponent  `json:"components"`
		Stores      []owaspStore      `json:"data_stores"`
		DataSets    []owaspDataSet    `json:"data_sets"`
		Flows       []owaspFlow       `json:"data_flows"`
		Assumptions []owaspAssumption `json:"assumptions"`
		Personas    []owaspPersona    `json:"threat_personas"`
		Threats     []owaspThreat     `json:"threats"`
		Controls    []owaspControl    `json:"controls"`
		Risks       []owaspRisk       `json:"risks"`
	}
	owaspScope struct {
		Title       string   `json:"title"`
		Description string   `json:"description"`
		Criticality string   `json:"business_criticality"`
		Sensitivity []string `json:"data_sensitivity"`
		Exposure    string   `json:"exposure"`
		Tier        string   `json:"tier"`
	}
	owaspDiagram struct {
		Title  string `json:"title"`
		Type   string `json:"type"`
		Source string `json:"source"`
	}
	owaspNamed struct {
		Name        string `json:"symbolic_name"`
		Title       string `json:"title"`
		Description string `json:"description"`
	}
	owaspBoundary struct {
		A string `json:"trust_zone_a"`
		B string `json:"trust_zone_b"`
	}
	owaspActor struct {
		owaspNamed
		Type string `json:"type"`
		Zone string `json:"trust_zone"`
	}
	owaspComponent struct {
		owaspNamed
		Zone string `json:"trust_zone"`
	}
	owaspStore struct {
		owaspNamed
		Type    string `json:"type"`
		Product string `json:"product,omitempty"`
		Zone    string `json:"trust_zone"`
	}
	owaspDataSet struct {
		owaspNamed
		Placements  []owaspPlacement `json:"placements"`
		Sensitivity []string         `json:"data_sensitivity"`
	}
	owaspPlacement struct {
		Store     string `json:"data_store"`
		Encrypted *bool  `json:"encrypted,omitempty"`
	}
	owaspFlow struct {
		owaspNamed
		Source      owaspReference `json:"source"`
		Destination owaspReference `json:"destination"`
		Sensitive   bool           `json:"has_sensitive_data"`
		Encrypted   bool           `json:"encrypted"`
	}
	owaspReference struct {
		Type   string `json:"type"`
		Object string `json:"object"`
	}
	owaspAssumption struct {
		Description string `json:"description"`
		Validity    string `json:"validity"`
	}
	owaspPersona struct {
		owaspNamed
		Person        bool   `json:"is_person"`
		Skill         string `json:"skill_level"`
		Access        string `json:"access_level"`
		Malicious     bool   `json:"malicious_intent"`
		Applicability string `json:"applicability_to_org"`
	}
	owaspThreat struct {
		owaspNamed
		Affected   []string   `json:"components_affected"`
		Persona    string     `json:"threat_persona"`
		Event      string     `json:"event"`
		Sources    []string   `json:"sources"`
		Weaknesses []owaspCWE `json:"weaknesses"`
	}
	owaspCWE struct {
		ID int `json:"cwe_id"`
	}
	owaspControl struct {
		owaspNamed
		Threats  []string `json:"threats"`
		Status   string   `json:"status"`
		Priority string   `json:"priority"`
	}
	owaspRisk struct {
		owaspNamed
		Threats    []string `json:"threats"`
		Likelihood string   `json:"likelihood"`
		Impact     string   `json:"impact"`
		ImpactText string   `json:"impact_description"`
		Score      int      `json:"score"`
		Level      string   `json:"level"`
	}
)

func (x *exchanged) owaspZones(doc *owaspModel) {
	doc.Zones = append(doc.Zones, owaspNamed{owaspOutside, "Outside", "What no trust boundary holds, the internet among it."})
	for _, b := range x.boundariesDown() {
		doc.Zones = append(doc.Zones, owaspNamed{slug(b.ID), printable(b.Name), capital(boundaryWord(b)) + ". " + capital(printable(b.TrustWhy))})
		outer := owaspOutside
		if x.index.Boundary[b.Parent] != nil {
			outer = slug(b.Parent)
		}
		doc.Boundaries = append(doc.Boundaries, owaspBoundary{outer, slug(b.ID)})
	}
}

func (x *exchanged) owaspElements(doc *owaspModel) {
	for _, c := range x.components {
		name := owaspNamed{slug(c.ID), x.componentName(c.ID), x.about(c)}
		zone := owaspOutside
		if b := x.within(c); b != nil {
			zone = slug(b.ID)
		}
		if c.Exposure == graph.ExposureDirect {
			doc.Scope.Exposure = "external"
		}
		switch c.Kind {
		case graph.External, graph.Identity:
			doc.Actors = append(doc.Actors, owaspActor{name, owaspActorType(c), zone})
		case graph.Store:
			doc.Stores = append(doc.Stores, owaspStore{name, owaspStoreType(c.Technology), printable(c.Label), zone})
			placement := owaspPlacement{Store: name.Name}
			if v := c.Is(graph.PropEncryptedAtRest); v != graph.Unknown {
				encrypted := v == graph.Yes
				placement.Encrypted = &encrypted
			}
			data := owaspNamed{"data-" + name.Name, "Data in " + name.Title, "What " + name.Title + " holds."}
			doc.DataSets = append(doc.DataSets, owaspDataSet{data, []owaspPlacement{placement}, owaspSensitivity(c)})
		default:
			doc.Components = append(doc.Components, owaspComponent{name, zone})
		}
	}
	for _, f := range x.flows {
		name := owaspNamed{slug(f.ID), printable(x.flowTitle(f)), x.reason(f)}
		if f.Encrypted == graph.Unknown {
			name.Description = printable(name.Description + " Whether it is encrypted is not known.")
		}
		to := x.index.Component[f.To]
		doc.Flows = append(doc.Flows, owaspFlow{
			name, x.owaspReference(f.From), x.owaspReference(f.To), len(owaspSensitivity(to)) > 0, f.Encrypted == graph.Yes,
		})
	}
}

func (x *exchanged) owaspReference(id string) owaspReference {
	r := owaspReference{"component", slug(id)}
	switch x.index.Component[id].Kind {
	case graph.Store:
		r.Type = "data-store"
	case graph.External, graph.Identity:
		r.Type = "actor"
	}
	return r
}

func owaspActorType(c *graph.Component) string {
	switch c.Technology {
	case graph.TechInternet, graph.TechUser:
		return "user"
	case graph.TechSaaS, graph.TechAccount, graph.TechNetwork:
		return "third_party"
	}
	return "system"
}

func owaspStoreType(t graph.Technology) string {
	switch t {
	case graph.TechSQL, graph.TechWarehouse:
		return "sql"
	case graph.TechNoSQL, graph.TechSearch:
		return "document"
	case graph.TechGraphDB:
		return "graph"
	case graph.TechLog:
		return "time_series"
	case graph.TechObject, graph.TechFile, graph.TechBlock, graph.TechSnapshot, graph.TechRegistry, graph.TechSource:
		return "object"
	}
	return "key_value"
}

// owaspSensitivity is what the technology alone tells.
func owaspSensitivity(c *graph.Component) []string {
	switch c.Technology {
	case graph.TechSecret, graph.TechKey:
		return []string{"cred"}
	case graph.TechLog:
		return []string{"op"}
	}
	return []string{}
}

func (x *exchanged) owaspThreats(doc *owaspModel) {
	for _, f := range bySeverity(x.g.Findings) {
		name := slug(f.ID)
		t := owaspThreat{
			owaspNamed: owaspNamed{name, printable(f.Title), printable(f.Threat)}, Affected: x.owaspAffected(f), Persona: owaspOutsider,
			Event: capital(string(firstOr(f.STRIDE, graph.Tampering))), Sources: []string{"adversary"}, Weaknesses: []owaspCWE{},
		}
		for _, c := range f.CWE {
			t.Weaknesses = append(t.Weaknesses, owaspCWE{c})
		}
		doc.Threats = append(doc.Threats, t)
		status := "suggested"
		switch f.Status {
		case graph.Mitigated:
			status = "active"
		case graph.Accepted, graph.Transferred, graph.FalsePositive:
			status = "wont_do"
		}
		priority := string(f.Severity)
		if f.Severity == graph.Info {
			priority = "none"
		}
		doc.Controls = append(doc.Controls, owaspControl{
			owaspNamed{"control-" + name, "Against: " + printable(f.Title), mitigation(f)}, []string{name}, status, priority,
		})
		doc.Risks = append(doc.Risks, owaspRisk{
			owaspNamed{"risk-" + name, printable(f.Title), printable(f.Threat)},
			[]string{name},
			scale(f.Likelihood, "rare", "unlikely", "possible", "likely", "certain"), scale(f.Impact, "negligible", "minor", "moderate", "major", "severe"),
			printable(f.Threat), min(25, f.Likelihood*f.Impact), owaspLevel(f.Severity),
		})
	}
}

// owaspAffected are the processes that a finding is about: the format refers to no
// stores there.
func (x *exchanged) owaspAffected(f *graph.Finding) []string {
	out := []string{}
	add := func(id string) {
		if c := x.index.Component[id]; c != nil && c.Kind == graph.Process && x.drawn[id] && !slices.Contains(out, slug(id)) {
			out = append(out, slug(id))
		}
	}
	add(f.Subject)
	for _, flow := range x.flows {
		if flow.ID == f.Subject {
			add(flow.From)
			add(flow.To)
		}
	}
	return out
}

func owaspLevel(s graph.Severity) string {
	if s == graph.Info {
		return "very_low"
	}
	return string(s)
}

func firstOr[T any](list []T, otherwise T) T {
	if len(list) == 0 {
		return otherwise
	}
	return list[0]
}
