// Package rules holds what can go wrong: each rule is a value with its metadata
// and a function that finds the places where it applies, in a graph that package
// analyze has completed with crossings, exposure and trust.
//
// A rule sees technologies, properties, flows, boundaries and grants, never a
// vendor's names. It fires on what was established, Yes or No, and never on
// Unknown. How severe a finding is follows from where it stands and is reckoned in
// one place for all rules, see severity.go.
//
// To add a rule, write its file, put it into [All], and write its cases in
// testdata/ID.txtar; README.md is generated. Start reading at [Rule], then at a
// short one, such as unencrypted_store.go.
package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"drawbridge/graph"
)

// Rule is one weakness that may be found in a graph.
type Rule struct {
	// ID is a few words with hyphens. It never changes: decisions on findings name it.
	ID    string
	Title string // what is wrong, without a place
	// Looks says what the rule looks for, and what it leaves alone.
	Looks string
	// Why says what an attacker gets from it.
	Why    string
	STRIDE []graph.STRIDE
	CWE    []int
	// Likelihood and Impact are where reckoning begins, 1 to 3 each: how little an
	// attacker needs beside the weakness, and how much it yields on its own.
	Likelihood, Impact int
	// Unmoved is set for weaknesses that a way in from the internet makes no
	// likelier: they wait for a mistake, or for somebody who is inside.
	Unmoved bool
	// Inside is set for weaknesses that whoever is inside already, by a neighbour, an
	// image or a copy of the code, uses as well as who comes in from the internet: that
	// no way leads there lessens nothing.
	Inside bool
	// Stakes are what else of the place weighs in its impact.
	Stakes []Stake
	// Controls are the ones that make this weakness less likely to be used.
	Controls []Control
	// Ask is what the rule wants to know where nothing is established, nil for nothing.
	Ask *Ask
	// Mitigations say what to do, the most effective first.
	Mitigations []string
	// Verify is a test by which a penetration tester proves the weakness.
	Verify string
	// FalseIf says what would make a finding of the rule no weakness: what the input can
	// not show and a person may know.
	FalseIf string
	// References name controls and techniques in public sources, with their version
	// where numbers change between versions.
	References []string
	// Check reports the places where the weakness is, one for each subject.
	Check func(m *Model, report func(Place))
}

// All lists the rules by identifier. No rule is left out of it.
var All = []*Rule{
	addedCapabilities,
	apiEscalation,
	assumeWildcard,
	automaticPublicAddress,
	blockedFlow,
	codeTakeover,
	confusedDeputy,
	danglingName,
	dataInPublicSubnet,
	deletableKeys,
	detectionOff,
	directDataAccess,
	endlessCredential,
	engineSocket,
	erasableLog,
	executeWildcard,
	exposedSecretReader,
	foreignTrust,
	hostAccess,
	identityHandover,
	idleOpening,
	idlePolicy,
	joinedEnvironments,
	mutableAuditTrail,
	mutableImages,
	noNetworkPolicy,
	openEgress,
	openEndpoint,
	openPipelineTrust,
	openRegistration,
	overAdmittingPolicy,
	overbroadOpening,
	overpoweredIdentity,
	passWildcard,
	passwordLogin,
	passwordlessStore,
	plaintextCrossing,
	plaintextStore,
	platformKey,
	powerfulToken,
	privilegeEscalation,
	privilegedWorkload,
	publicAdministration,
	publicCopy,
	publicStore,
	readWildcard,
	roleChain,
	rolelessCluster,
	secretInConfiguration,
	secretInState,
	secretsWildcard,
	sharedIdentity,
	sharedKey,
	sharedStore,
	shortRetention,
	singleWay,
	singleZoneStore,
	staticCredential,
	thirdPartyData,
	unauthenticatedCrossing,
	unblockedStore,
	unboundTrust,
	unboundedWorkload,
	undecidedOpening,
	unencryptedStore,
	unfilteredEdge,
	unguardedMetadata,
	unhardenedContainer,
	unlimitedRequest,
	unloggedControl,
	unloggedEdge,
	unmonitored,
	unpinnedImage,
	unpinnedModule,
	unrecoverableStore,
	unrotatedKey,
	unsegmentedData,
	unthrottledLogin,
	unusedOpening,
	weakTls,
	wildcardPolicy,
	wildcardPrincipal,
	writableClaims,
	writableCode,
}

// ByID returns the rule with an identifier, nil where there is none.
func ByID(id string) *Rule {
	i, found := slices.BinarySearchFunc(All, id, func(r *Rule, id string) int { return strings.Compare(r.ID, id) })
	if !found {
		return nil
	}
	return All[i]
}

// Place is where a rule found its weakness.
type Place struct {
	// Subject is the ID of what the finding is about: a component or a boundary.
	Subject string
	// Address is that of the resource to change. It may be left empty for the first
	// address in the evidence.
	Address string
	Title   string // one line that names the thing and the trouble
	Threat  string // what could go wrong here, with the names of this place
	// Concerns are the components whose exposure, data and powers decide how severe
	// it is: mostly the subject alone.
	Concerns []*graph.Component
	// Flows are the ones that carry the weakness, where it lies in flows.
	Flows    []*graph.Flow
	Evidence []graph.Evidence
	// Remedies are what to do in just this place; they go before the rule's mitigations.
	Remedies []string
	// Factors are what this place adds of its own; their names are listed in [FactorNames].
	Factors []graph.Factor
}

// Run applies all rules. The graph must be repaired and completed. Findings are in
// no particular order; [graph.Graph.Sort] orders them.
func Run(g *graph.Graph) []*graph.Finding {
	m := NewModel(g)
	var out []*graph.Finding
	for _, r := range All {
		found := map[string]*graph.Finding{}
		r.Check(m, func(p Place) {
			f := r.finding(m, p)
			if have := found[f.ID]; have != nil {
				merge(have, f)
				return
			}
			found[f.ID] = f
			out = append(out, f)
		})
	}
	return out
}

// merge joins two findings of one rule on one subject, as a component and a
// boundary of the same identifier give: the more severe one stays, with the
// evidence of both.
func merge(have, more *graph.Finding) {
	evidence := sortedEvidence(slices.Concat(have.Evidence, more.Evidence))
	if more.Severity.Rank() > have.Severity.Rank() {
		*have = *more
	}
	have.Evidence = evidence
}

func sortedEvidence(e []graph.Evidence) []graph.Evidence {
	slices.SortFunc(e, func(a, b graph.Evidence) int {
		return cmp.Or(a.Source().Compare(b.Source()), strings.Compare(a.Address, b.Address), strings.Compare(a.Why, b.Why), strings.Compare(a.Fix, b.Fix))
	})
	return slices.Compact(e)
}

func (r *Rule) finding(m *Model, p Place) *graph.Finding {
	f := &graph.Finding{
		ID:          graph.FindingID(r.ID, p.Subject, ""),
		Rule:        r.ID,
		Title:       p.Title,
		Subject:     p.Subject,
		Threat:      p.Threat,
		STRIDE:      slices.Clone(r.STRIDE),
		CWE:         slices.Clone(r.CWE),
		References:  slices.Clone(r.References),
		Mitigations: slices.Concat(p.Remedies, m.fixes(p), r.Mitigations),
		Verify:      r.Verify,
		FalseIf:     r.FalseIf,
		Evidence:    slices.Clone(p.Evidence),
		Status:      graph.Open,
	}
	for _, flow := range p.Flows {
		f.Evidence = append(f.Evidence, flow.Evidence...)
	}
	for i := range f.Evidence {
		f.Evidence[i].Fix = "" // the mitigations quote it
	}
	f.Evidence = sortedEvidence(f.Evidence)
	f.Address = cmp.Or(p.Address, firstAddress(f.Evidence), m.address(p.Subject))
	rate(f, r, m, p)
	return f
}

// fixes are what the input's own words say would mend the place, each with where to
// write it: what the evidence names, the first few.
func (m *Model) fixes(p Place) []string {
	const shown = 5
	var out []string
	more := 0
	for _, e := range sortedEvidence(slices.Clone(p.Evidence)) {
		if e.Fix == "" {
			continue
		}
		text := upperFirst(e.Fix)
		if at := e.Source().String(); at != "" {
			text += " (" + at + ")"
		}
		switch text += "."; {
		case slices.Contains(out, text):
		case len(out) == shown:
			more++
		default:
			out = append(out, text)
		}
	}
	if more > 0 {
		out = append(out, fmt.Sprintf("The same in %s.", counted(more, "more place")))
	}
	return out
}

func firstAddress(list []graph.Evidence) string {
	for _, e := range list {
		if e.Address != "" {
			return e.Address
		}
	}
	return ""
}
