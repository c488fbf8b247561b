package rules

import (
	"fmt"
	"slices"

	"drawbridge/analyze/asset"
	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

// thresholds turn the product of likelihood and impact, each 1 to 5, into a
// severity: the first whose least product is reached.
var thresholds = []struct {
	Least    int
	Severity graph.Severity
}{
	{20, graph.Critical},
	{12, graph.High},
	{6, graph.Medium},
	{3, graph.Low},
	{1, graph.Info},
}

// SeverityOf returns the severity of a likelihood and an impact.
func SeverityOf(likelihood, impact int) graph.Severity {
	for _, t := range thresholds {
		if likelihood*impact >= t.Least {
			return t.Severity
		}
	}
	return graph.Info
}

// The names of factors. Each moves either likelihood or impact.
const (
	factorWeakness    = "weakness"
	factorExposure    = "exposure"
	factorCrossing    = "crossing"
	factorUse         = "use"
	factorExtent      = "extent"
	factorControl     = "control"
	factorConsequence = "consequence"
	factorData        = "data"
	factorPrivilege   = "privilege"
)

// FactorName explains a factor, for documents.
type FactorName struct {
	Name string
	// Moves is "likelihood" or "impact".
	Moves string
	Text  string
}

// FactorNames lists all factors in the order in which they are reckoned.
var FactorNames = []FactorName{
	{factorWeakness, "likelihood", "where the rule begins, 1 to 3"},
	{factorExposure, "likelihood", "reached from the internet directly +2, through others +1, not at all -1 (not for rules that a way in makes no likelier; never -1 for those that whoever is inside already uses as well)"},
	{factorCrossing, "likelihood", "the flow comes straight from the internet +1, from named addresses only -1; it stays inside one network or cluster -1"},
	{factorUse, "likelihood", "a rule allows it and nothing says that it is used -1"},
	{factorExtent, "likelihood", "only part of the weakness is there -1"},
	{factorControl, "likelihood", "each of the controls that help against this weakness -1"},
	{factorConsequence, "impact", "where the rule begins, 1 to 3; where nothing is known to come of it -1"},
	{factorData, "impact", "sensitive data +3, a database +2, files and objects +1, public content -1; one less where the data lies behind the place (rules with data at stake)"},
	{factorPrivilege, "impact", "what stands here may do anything +2, may use secrets, other identities or code of others +1 (rules with powers at stake); ways to the host that add up +1"},
}

func movesImpact(name string) bool {
	i := slices.IndexFunc(FactorNames, func(f FactorName) bool { return f.Name == name })
	return i >= 0 && FactorNames[i].Moves == "impact"
}

// Control is something that makes a weakness less likely to be used.
type Control string

// The controls that rules name.
const (
	ControlAuthentication Control = "authentication"
	ControlFirewall       Control = "firewall"
)

// Stake is something of a place that a weakness puts at stake.
type Stake string

// The stakes that rules name.
const (
	StakeData   Stake = "data"   // what lies there and behind it
	StakePowers Stake = "powers" // what the identities there may do
)

// rate fills in likelihood, impact, severity, and the factors that gave them.
// Likelihood and impact are the sums of their factors, kept within 1 to 5.
func rate(f *graph.Finding, r *Rule, m *Model, p Place) {
	add := func(name string, effect int, why string) {
		if effect != 0 {
			f.Factors = append(f.Factors, graph.Factor{Name: name, Effect: effect, Why: why})
		}
	}
	add(factorWeakness, r.Likelihood, lowerFirst(r.Title))
	if name, effect, why := m.exposureFactor(p.Concerns); !r.Unmoved && !(r.Inside && effect < 0) {
		add(name, effect, why)
	}
	add(m.crossingFactor(p.Flows))
	if len(p.Flows) > 0 && !slices.ContainsFunc(p.Flows, edge.Used) {
		add(factorUse, -1, "a rule allows it, and nothing says that it is used")
	}
	for _, c := range r.Controls {
		add(controlFactor(c, p))
	}
	add(factorConsequence, r.Impact, "what the weakness yields on its own")
	for _, s := range r.Stakes {
		switch s {
		case StakeData:
			add(m.dataFactor(p.Concerns))
		case StakePowers:
			add(m.privilegeFactor(p))
		}
	}
	f.Factors = append(f.Factors, p.Factors...)

	for _, factor := range f.Factors {
		if movesImpact(factor.Name) {
			f.Impact += factor.Effect
		} else {
			f.Likelihood += factor.Effect
		}
	}
	f.Likelihood, f.Impact = clamp(f.Likelihood), clamp(f.Impact)
	f.Severity = SeverityOf(f.Likelihood, f.Impact)
}

func clamp(n int) int { return max(1, min(5, n)) }

func (m *Model) exposureFactor(concerns []*graph.Component) (string, int, string) {
	c := mostExposed(concerns)
	if c == nil {
		return factorExposure, 0, ""
	}
	switch c.Exposure {
	case graph.ExposureDirect:
		return factorExposure, 2, m.reached(c, m.describe(c))
	case graph.ExposureIndirect:
		return factorExposure, 1, m.reached(c, m.describe(c))
	case graph.ExposureNone:
		return factorExposure, -1, m.reached(c, m.describe(c))
	}
	return factorExposure, 0, ""
}

// exposureRank orders exposures from none to direct; unknown is no more than none.
func exposureRank(e graph.Exposure) int {
	return slices.Index([]graph.Exposure{graph.ExposureUnknown, graph.ExposureNone, graph.ExposureIndirect, graph.ExposureDirect}, e)
}

// mostExposed returns the first of the most exposed components, nil for none.
func mostExposed(concerns []*graph.Component) *graph.Component {
	var most *graph.Component
	for _, c := range concerns {
		if most == nil || exposureRank(c.Exposure) > exposureRank(most.Exposure) {
			most = c
		}
	}
	return most
}

func (m *Model) crossingFactor(flows []*graph.Flow) (string, int, string) {
	if len(flows) == 0 {
		return "", 0, ""
	}
	named, fromInternet, inside := true, false, true
	for _, f := range flows {
		if edge.OpenToAnyone(f) && f.Basis == graph.Permitted && !edge.Arrives(m.Index, f, m.Component[f.To]) {
			return "", 0, "" // it is let in and does not get there
		}
		if edge.OpenToAnyone(f) {
			return factorCrossing, 1, "it comes straight from the internet, from anyone"
		}
		fromInternet = fromInternet || f.From == graph.InternetID
		named = named && !slices.Contains(f.Peers, graph.PeersUnknown)
		inside = inside && m.staysInside(f)
	}
	if fromInternet && !named {
		return "", 0, ""
	}
	if fromInternet {
		return factorCrossing, -1, "only named addresses of the internet are let in"
	}
	if inside {
		return factorCrossing, -1, "it does not leave its network or cluster"
	}
	return "", 0, ""
}

// staysInside reports whether both ends of a flow stand in the same network or cluster.
func (m *Model) staysInside(f *graph.Flow) bool {
	from := m.enclosing[m.Component[f.From].Boundary]
	return from != "" && from == m.enclosing[m.Component[f.To].Boundary]
}

// controlFactor looks for a control at the component that the finding is about,
// or on all of its flows.
func controlFactor(control Control, p Place) (string, int, string) {
	if len(p.Concerns) != 1 {
		return "", 0, ""
	}
	c := p.Concerns[0]
	switch control {
	case ControlAuthentication:
		onAll := len(p.Flows) > 0
		for _, f := range p.Flows {
			onAll = onAll && f.Authenticated == graph.Yes
		}
		if onAll || c.Is(graph.PropAuthenticated) == graph.Yes {
			return factorControl, -1, "callers are asked who they are"
		}
	case ControlFirewall:
		if c.Is(graph.PropFirewalled) == graph.Yes {
			return factorControl, -1, "an application firewall stands before it"
		}
	}
	return "", 0, ""
}

func (m *Model) dataFactor(concerns []*graph.Component) (string, int, string) {
	best, why := asset.Ordinary, ""
	for _, c := range concerns {
		if c.Kind == graph.Store {
			if a := m.assets[c.ID]; a.Level > best || a.Level < 0 && len(concerns) == 1 {
				best, why = a.Level, a.Why
				if len(concerns) > 1 {
					why = m.describe(c) + " is among them: " + a.Why
				}
			}
		}
		if behind, ok := m.behind[c.ID]; ok && behind.Level-1 > best {
			best, why = behind.Level-1, fmt.Sprintf("behind it lies %s: %s", m.describe(behind.Store), behind.Why)
		}
	}
	return factorData, int(best), why
}

func (m *Model) privilegeFactor(p Place) (string, int, string) {
	best, why := 0, ""
	for _, c := range p.Concerns {
		if n, w := m.privilege(c); n > best {
			best, why = n, w
		}
	}
	// A finding about an identity concerns those who run as it, but its powers are its own.
	if c := m.Component[p.Subject]; c != nil && c.Kind == graph.Identity {
		if n, w := m.privilege(c); n > best {
			best, why = n, w
		}
	}
	return factorPrivilege, best, why
}
