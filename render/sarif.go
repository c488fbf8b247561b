package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"

	"drawbridge/graph"
)

// SARIF writes the findings of a model in the Static Analysis Results Interchange
// Format 2.1.0, which code hosts show beside the code:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Fingerprints are
// made of rule and subject, so that they survive moved lines. What is mitigated or
// accepted is there, suppressed with its reason.
func SARIF(w io.Writer, g *graph.Graph) error {
	s := newSARIF()
	for _, f := range bySeverity(g.Findings) {
		s.add(g, f, "")
	}
	return s.write(w)
}

// ChangeSARIF writes the findings of both sides of a change, each with its state:
// new, unchanged, updated or absent.
func ChangeSARIF(w io.Writer, c *graph.Change) error {
	state := map[string]string{}
	gone := map[string]bool{}
	for _, d := range c.Deltas {
		switch {
		case d.Kind != graph.DeltaFinding:
		case d.Change == graph.Added:
			state[d.ID] = "new"
		case d.Change == graph.Changed:
			state[d.ID] = "updated"
		default:
			gone[d.ID] = true
		}
	}
	s := newSARIF()
	for _, f := range bySeverity(c.Head.Findings) {
		s.add(c.Head, f, cmp.Or(state[f.ID], unchanged))
	}
	for _, f := range bySeverity(c.Base.Findings) {
		if gone[f.ID] {
			s.add(c.Base, f, "absent")
		}
	}
	return s.write(w)
}

// unchanged is the state of a finding that both sides of a change have. It is there so that nobody
// takes it for resolved; its evidence is nothing that the change is reviewed for.
const unchanged = "unchanged"

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	// sarifFingerprint names how fingerprints are made; the number goes up with the way.
	sarifFingerprint = "drawbridge/v1"
	// sarifRoot stands for the scanned directory in the places.
	sarifRoot = "SRCROOT"
)

// The parts of the format that are written. Field names are the standard's.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID         string              `json:"id"`
		Short      sarifText           `json:"shortDescription"`
		Help       *sarifText          `json:"help,omitempty"`
		Properties sarifRuleProperties `json:"properties"`
	}
	sarifRuleProperties struct {
		Tags []string `json:"tags"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string                `json:"ruleId"`
		RuleIndex    int                   `json:"ruleIndex"`
		Level        string                `json:"level"`
		Message      sarifText             `json:"message"`
		Locations    []sarifLocation       `json:"locations,omitempty"`
		Related      []sarifLocation       `json:"relatedLocations,omitempty"`
		CodeFlows    []sarifCodeFlow       `json:"codeFlows,omitempty"`
		Fingerprints map[string]string     `json:"partialFingerprints"`
		Baseline     string                `json:"baselineState,omitempty"`
		Suppressions []sarifSuppression    `json:"suppressions"`
		Properties   sarifResultProperties `json:"properties"`
	}
	sarifResultProperties struct {
		ID       string `json:"id"`
		Severity string `json:"severity"`
		// Score is what code hosts sort by, 0 to 10.
		Score string `json:"security-severity"`
	}
	sarifLocation struct {
		ID       int            `json:"id,omitempty"`
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
		Message  *sarifText     `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI    string `json:"uri"`
		BaseID string `json:"uriBaseId"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
	}
	sarifCodeFlow struct {
		ThreadFlows []sarifThreadFlow `json:"threadFlows"`
	}
	sarifThreadFlow struct {
		Locations []sarifStep `json:"locations"`
	}
	sarifStep struct {
		Location sarifLocation `json:"location"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification,omitempty"`
	}
)

// sarif builds the one run of a log.
type sarif struct {
	run   sarifRun
	rules map[string]int // index in the run's rules
	names map[*graph.Graph]names
}

func newSARIF() *sarif {
	return &sarif{
		run: sarifRun{
			Tool: sarifTool{sarifDriver{Name: "drawbridge", Rules: []sarifRule{}}}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
		},
		rules: map[string]int{}, names: map[*graph.Graph]names{},
	}
}

func (s *sarif) write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{sarifSchema, "2.1.0", []sarifRun{s.run}})
}

// add writes one finding of a model. An empty state is for a model on its own.
func (s *sarif) add(g *graph.Graph, f *graph.Finding, state string) {
	r := sarifResult{
		RuleID: f.Rule, RuleIndex: s.rule(f), Level: sarifLevel(f.Severity), Message: sarifText{sarifMessage(f)},
		Fingerprints: map[string]string{sarifFingerprint: fingerprint(f.ID)}, Baseline: state, Suppressions: []sarifSuppression{},
		Properties: sarifResultProperties{f.ID, string(f.Severity), sarifScore(f.Severity)},
	}
	main := graph.Evidence{Address: cmp.Or(f.Address, f.Subject)}
	for _, e := range f.Evidence {
		if p := place(f); p == e.Source().String() && main.Source().IsZero() {
			main.File, main.Line = e.File, e.Line
			continue
		}
		if state == unchanged {
			continue
		}
		related := sarifAt(e)
		related.ID = len(r.Related) + 1
		r.Related = append(r.Related, related)
	}
	r.Locations = []sarifLocation{sarifAt(main)}
	if f.Settled() {
		why := strings.TrimSuffix(string(f.Status)+": "+printable(f.StatusWhy), ": ")
		r.Suppressions = append(r.Suppressions, sarifSuppression{"external", "accepted", why})
	}
	if steps := s.wayTo(g, f); state != unchanged && len(steps) > 1 {
		r.CodeFlows = []sarifCodeFlow{{[]sarifThreadFlow{{steps}}}}
	}
	s.run.Results = append(s.run.Results, r)
}

// rule returns the index of a finding's rule, which its first finding describes.
func (s *sarif) rule(f *graph.Finding) int {
	if i, ok := s.rules[f.Rule]; ok {
		return i
	}
	rule := sarifRule{ID: f.Rule, Short: sarifText{strings.ReplaceAll(f.Rule, "-", " ")}}
	rule.Properties.Tags = []string{"security"}
	for _, c := range f.STRIDE {
		rule.Properties.Tags = append(rule.Properties.Tags, "stride/"+string(c))
	}
	help := slices.Clone(f.Mitigations)
	if f.Verify != "" {
		help = append(help, "To verify: "+f.Verify)
	}
	if f.FalseIf != "" {
		help = append(help, "No weakness if: "+f.FalseIf)
	}
	if len(help) > 0 {
		rule.Help = &sarifText{printable(strings.Join(help, " "))}
	}
	s.rules[f.Rule] = len(s.run.Tool.Driver.Rules)
	s.run.Tool.Driver.Rules = append(s.run.Tool.Driver.Rules, rule)
	return s.rules[f.Rule]
}

// wayTo is the chain from the internet to the component that a finding is about, as
// steps with the places of the flows between them.
func (s *sarif) wayTo(g *graph.Graph, f *graph.Finding) []sarifStep {
	n, ok := s.names[g]
	if !ok {
		n = newNames(g)
		s.names[g] = n
	}
	c := n.Component[f.Subject]
	if c == nil {
		return nil
	}
	var steps []sarifStep
	for i, id := range c.ExposedBy {
		e := graph.Evidence{Address: id, Why: n.component(id)}
		if i > 0 {
			from := c.ExposedBy[i-1]
			if k := slices.IndexFunc(n.Out[from], func(f *graph.Flow) bool { return f.To == id }); k >= 0 && len(n.Out[from][k].Evidence) > 0 {
				cause := n.Out[from][k].Evidence[0]
				e.File, e.Line, e.Why = cause.File, cause.Line, e.Why+": "+cause.Why
			}
		}
		steps = append(steps, sarifStep{sarifAt(e)})
	}
	return steps
}

// sarifAt writes a place with its address and reason; what is not known is left out.
func sarifAt(e graph.Evidence) sarifLocation {
	var l sarifLocation
	if e.File != "" {
		l.Physical = &sarifPhysical{Artifact: sarifArtifact{sarifURI(e.File), sarifRoot}}
		if e.Line > 0 {
			l.Physical.Region = &sarifRegion{e.Line}
		}
	}
	if e.Address != "" {
		l.Logical = []sarifLogical{{printable(e.Address)}}
	}
	if e.Why != "" {
		l.Message = &sarifText{printable(e.Why)}
	}
	return l
}

// sarifURI writes a file's name as a relative reference: one whose first part holds a
// colon would be taken for a scheme.
func sarifURI(file string) string { return (&url.URL{Path: file}).String() }

// sarifMessage is plain text: brackets would be links to related places.
func sarifMessage(f *graph.Finding) string {
	text := f.Title
	if f.Threat != "" {
		text += ". " + f.Threat
	}
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(printable(cmp.Or(text, f.Rule)))
}

// fingerprint is of fixed length, whatever the subject is called.
func fingerprint(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

func sarifLevel(s graph.Severity) string {
	switch s {
	case graph.Critical, graph.High:
		return "error"
	case graph.Medium:
		return "warning"
	}
	return "note"
}

func sarifScore(s graph.Severity) string {
	switch s {
	case graph.Critical:
		return "9.5"
	case graph.High:
		return "8.0"
	case graph.Medium:
		return "5.5"
	case graph.Low:
		return "3.0"
	}
	return "0.0"
}
