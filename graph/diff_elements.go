package graph

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// comparison collects the facts of an element that differ, and whether any of them makes
// things worse or better.
type comparison struct {
	list          []FieldChange
	worse, better bool
	doubt         bool // a fact was known to be safe, and is not known now
}

func (f *comparison) compare(name, base, head string) bool {
	if base == head {
		return false
	}
	f.list = append(f.list, FieldChange{name, base, head})
	return true
}

// truth compares a fact of which one value is the safe one. It gets worse where it is
// not safe now, and better where it was not: what is not known is never a weakness. Where
// neither is the safe one it gets neither.
func (f *comparison) truth(name string, base, head, safe Truth) {
	if f.compare(name, base.String(), head.String()) && safe != Unknown {
		f.worse = f.worse || head == safe.Not()
		f.better = f.better || base == safe.Not()
		f.doubt = f.doubt || base == safe && head == Unknown
	}
}

// bound compares what must hold for something to be allowed: without it more is.
func (f *comparison) bound(name, base, head string) {
	if f.compare(name, base, head) {
		f.worse = f.worse || head == ""
		f.better = f.better || base == ""
	}
}

// effect tells the worse where both are so: a change that does both is to be looked at.
func (f *comparison) effect() Effect {
	switch {
	case f.worse:
		return Worse
	case f.better:
		return Better
	}
	return Neutral
}

func (f *comparison) properties(base, head map[Property]Fact) {
	for _, p := range Properties {
		from, to := base[p].Value, head[p].Value
		if weak := p.Safe().Not(); p.Presumed() == weak && weak != Unknown {
			switch {
			case from == Unknown && to == weak, from == weak && to == Unknown:
				f.compare(string(p), from.String(), to.String())
				continue
			case from == Unknown:
				f.better = f.better || f.compare(string(p), from.String(), to.String())
				continue
			}
		}
		f.truth(string(p), from, to, p.Safe())
	}
}

func (d *differ) boundaries() {
	key := func(s *side) func(*Boundary) string { return func(b *Boundary) string { return s.token(b.ID) } }
	pairs, gone, fresh := pairUp(d.base.g.Boundaries, d.head.g.Boundaries, key(d.base), key(d.head))
	for _, p := range pairs {
		b, h := p[0], p[1]
		var f comparison
		f.compare("kind", string(b.Kind), string(h.Kind))
		if d.base.token(b.Parent) != d.head.token(h.Parent) {
			f.compare("parent", d.base.boundaryName(b.Parent), d.head.boundaryName(h.Parent))
		}
		if f.compare("trust", strconv.Itoa(b.Trust), strconv.Itoa(h.Trust)) {
			f.worse, f.better = h.Trust < b.Trust, h.Trust > b.Trust
		}
		f.properties(b.Properties, h.Properties)
		f.compare("holds", d.base.movedParts(b, h, d.head), d.head.movedParts(h, b, d.base))
		if len(f.list) > 0 {
			d.add(&Delta{
				Kind: DeltaBoundary, Change: Changed, ID: h.ID, BaseID: b.ID, Fields: f.list, Effect: f.effect(), Doubt: f.doubt,
				BaseAt: at(b.Source), HeadAt: at(h.Source), rank: rankBoundary,
			})
		}
	}
	for _, b := range gone {
		d.add(&Delta{Kind: DeltaBoundary, Change: Removed, ID: b.ID, BaseID: b.ID, BaseAt: at(b.Source), rank: rankBoundary})
	}
	for _, b := range fresh {
		d.add(&Delta{Kind: DeltaBoundary, Change: Added, ID: b.ID, HeadAt: at(b.Source), rank: rankBoundary})
	}
}

// movedParts names the parts that a boundary holds on this side and another one on the other
// side, and the other way round: an endpoint that moves from one subnet to another. Both
// boundaries have to be on both sides.
func (s *side) movedParts(own, others *Boundary, other *side) string {
	var out []string
	for _, p := range own.Parts {
		if to := s.movesTo(p, own, other); to != nil {
			out = append(out, p)
		}
	}
	for _, p := range others.Parts {
		if from := other.movesTo(p, others, s); from != nil {
			out = append(out, p+" in "+s.boundaryName(from.ID))
		}
	}
	return strings.Join(sortedSet(out), ", ")
}

// movesTo returns the boundary of the other side that alone holds a part there, where that is
// another one than here; nil where the part stays, or where one of both boundaries does not.
func (s *side) movesTo(part string, from *Boundary, other *side) *Boundary {
	here, there := s.homesOf(part), other.homesOf(part)
	if len(here) != 1 || len(there) != 1 || s.token(from.ID) == other.token(there[0].ID) || strings.HasPrefix(s.token(from.ID), alone) || strings.HasPrefix(other.token(there[0].ID), alone) {
		return nil
	}
	return there[0]
}

func (s *side) homesOf(part string) []*Boundary {
	if s.homes == nil {
		s.homes = map[string][]*Boundary{}
		for _, b := range s.g.Boundaries {
			for _, p := range b.Parts {
				if list := s.homes[p]; len(list) == 0 || list[len(list)-1] != b {
					s.homes[p] = append(list, b)
				}
			}
		}
	}
	return s.homes[part]
}

// boundaryName is what a boundary is called in a field: its name with its ID where
// they differ, "none" for the outside of all.
func (s *side) boundaryName(id string) string {
	b := s.index.Boundary[id]
	switch {
	case id == "":
		return "none"
	case b == nil || b.Name == "" || b.Name == id:
		return id
	}
	return b.Name + " (" + id + ")"
}

func (d *differ) components() {
	key := func(s *side) func(*Component) string { return func(c *Component) string { return s.token(c.ID) } }
	pairs, gone, fresh := pairUp(d.base.g.Components, d.head.g.Components, key(d.base), key(d.head))
	for _, p := range pairs {
		d.component(p[0], p[1])
	}
	// The internet stands in a model where something has to do with it, which other differences tell.
	isInternet := func(c *Component) bool { return c.ID == InternetID }
	for _, c := range slices.DeleteFunc(gone, isInternet) {
		d.add(&Delta{Kind: DeltaComponent, Change: Removed, ID: c.ID, BaseID: c.ID, BaseAt: at(c.Source), rank: rankRemoved})
		if c.exposed() {
			d.add(&Delta{
				Kind: DeltaExposure, Change: Removed, ID: c.ID, BaseID: c.ID, Effect: Better, BaseAt: at(c.Source), rank: rankExposed,
				Fields: []FieldChange{{"exposure", string(c.Exposure), ""}},
			})
		}
	}
	for _, c := range slices.DeleteFunc(fresh, isInternet) {
		d.add(&Delta{Kind: DeltaComponent, Change: Added, ID: c.ID, HeadAt: at(c.Source), rank: rankComponent})
		if c.exposed() {
			d.add(&Delta{
				Kind: DeltaExposure, Change: Added, ID: c.ID, Effect: Worse, HeadAt: at(c.Source), rank: rankExposed,
				Fields: []FieldChange{{"exposure", "", string(c.Exposure)}},
			})
		}
	}
}

func (c *Component) exposed() bool {
	return c.Exposure == ExposureDirect || c.Exposure == ExposureIndirect
}

func (d *differ) component(b, h *Component) {
	if b.Exposure != h.Exposure {
		x := &Delta{
			Kind: DeltaExposure, Change: Changed, ID: h.ID, BaseID: b.ID, BaseAt: at(b.Source), HeadAt: at(h.Source), rank: rankExposed,
			Fields: []FieldChange{{"exposure", string(b.Exposure), string(h.Exposure)}},
		}
		switch before, after := exposureRank(b.Exposure), exposureRank(h.Exposure); {
		case after > before:
			x.Effect = Worse
		case after < before:
			x.Effect = Better
		}
		d.add(x)
	}
	var f comparison
	f.compare("kind", string(b.Kind), string(h.Kind))
	f.compare("technology", string(b.Technology), string(h.Technology))
	if d.base.token(b.Boundary) != d.head.token(h.Boundary) {
		f.compare("boundary", d.base.boundaryName(b.Boundary), d.head.boundaryName(h.Boundary))
	}
	f.properties(b.Properties, h.Properties)
	rank := rankProperty
	if len(f.list) == 0 {
		rank = rankTag
	}
	for _, k := range slices.Sorted(maps.Keys(union(b.Tags, h.Tags))) {
		f.compare("tag "+k, b.Tags[k], h.Tags[k])
	}
	if len(f.list) > 0 {
		d.add(&Delta{
			Kind: DeltaComponent, Change: Changed, ID: h.ID, BaseID: b.ID, Fields: f.list, Effect: f.effect(), Doubt: f.doubt,
			BaseAt: factPlaces(b, f.list), HeadAt: factPlaces(h, f.list), rank: rank,
		})
	}
}

// factPlaces are the places of the properties among some fields, else the component's own.
func factPlaces(c *Component, list []FieldChange) []Source {
	var out []Source
	for _, f := range list {
		if s := c.Properties[Property(f.Field)].Evidence.Source(); !s.IsZero() {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return at(c.Source)
	}
	return sortedPlaces(out)
}

// exposureRank orders exposures from best to worst; not to be known is the best, for
// it is nobody's weakness.
func exposureRank(e Exposure) int {
	switch e {
	case ExposureDirect:
		return 2
	case ExposureIndirect:
		return 1
	}
	return 0
}

func union[V any](a, b map[string]V) map[string]V {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]V{}
	}
	maps.Copy(out, b)
	return out
}

func at(s Source) []Source {
	if s.IsZero() {
		return nil
	}
	return []Source{s}
}

// flowKey identifies a flow on both sides.
type flowKey struct {
	from, to, protocol string
	port               int
	permitted          bool
	id                 string // only where it is not the one that FlowID makes
}

func (s *side) flowKey(f *Flow) flowKey {
	k := flowKey{from: s.token(f.From), to: s.token(f.To), protocol: f.Protocol, port: f.Port, permitted: f.Basis == Permitted}
	if f.ID != FlowID(f.From, f.To, f.Protocol, f.Port, f.Basis) {
		k.id = f.ID
	}
	return k
}

func (d *differ) flows() {
	// Of a flow whose protocol or port changed, and of one that was only permitted
	// and is used now, the ends say that it is the same.
	ends := func(s *side) func(*Flow) (flowKey, bool) {
		return func(f *Flow) (flowKey, bool) { return flowKey{from: s.token(f.From), to: s.token(f.To)}, true }
	}
	pairs, gone, fresh := pairUp(d.base.g.Flows, d.head.g.Flows, d.base.flowKey, d.head.flowKey)
	more, gone, fresh := pairUnique(gone, fresh, ends(d.base), ends(d.head))
	for _, p := range append(pairs, more...) {
		d.subjectPair(p[0].ID, p[1].ID)
		d.flow(p[0], p[1])
	}
	for _, f := range gone {
		x := &Delta{
			Kind: DeltaFlow, Change: Removed, ID: f.ID, BaseID: f.ID, Crossing: len(f.Crosses) > 0, FromInternet: isWayIn(f),
			Effect: crossingEffect(f, Better), BaseAt: places(f.Evidence),
		}
		x.rank = flowRank(x)
		d.add(x)
	}
	for _, f := range fresh {
		x := &Delta{
			Kind: DeltaFlow, Change: Added, ID: f.ID, Crossing: len(f.Crosses) > 0, FromInternet: isWayIn(f),
			Effect: crossingEffect(f, Worse), HeadAt: places(f.Evidence),
		}
		x.rank = flowRank(x)
		d.add(x)
	}
}

// isWayIn reports whether the internet can send along a flow. Where the input leaves
// the ranges open that it is opened to, that is not known.
func isWayIn(f *Flow) bool { return f.From == InternetID && !rangesUnknown(f) }

func rangesUnknown(f *Flow) bool {
	return slices.Contains(f.Peers, PeersUnknown) && !slices.ContainsFunc(f.Peers, func(p string) bool {
		_, err := netip.ParsePrefix(p)
		return err == nil
	})
}

// crossingEffect is the effect of a flow that appears or goes: one that crosses no
// boundary, or that policy blocks, is no risk of its own; of one that is opened to
// nobody knows whom, it is not known.
func crossingEffect(f *Flow, effect Effect) Effect {
	if (len(f.Crosses) > 0 || f.From == InternetID) && f.Passage != Blocked && !rangesUnknown(f) {
		return effect
	}
	return Neutral
}

func flowRank(x *Delta) int {
	switch {
	case x.FromInternet && x.Effect != Neutral:
		return rankWayIn
	case x.Crossing && x.Effect != Neutral:
		return rankCrossing
	}
	return rankFlow
}

func (d *differ) flow(b, h *Flow) {
	var f comparison
	f.compare("protocol", b.Protocol, h.Protocol)
	f.compare("port", portWord(b), portWord(h))
	f.compare("basis", string(b.Basis), string(h.Basis))
	if b.Passage == Blocked || h.Passage == Blocked { // that policy lets through what it did not govern is no difference
		f.compare("passage", cmp.Or(string(b.Passage), "unknown"), cmp.Or(string(h.Passage), "unknown"))
		f.worse, f.better = b.Passage == Blocked && h.Passage != Blocked, h.Passage == Blocked && b.Passage != Blocked
	}
	f.truth("encrypted", b.Encrypted, h.Encrypted, Yes)
	f.truth("authenticated", b.Authenticated, h.Authenticated, Yes)
	f.compare("carries", b.Carries, h.Carries)
	x := &Delta{Kind: DeltaFlow, Change: Changed, ID: h.ID, BaseID: b.ID}
	wider, narrower := compareRanges(b.Peers, h.Peers)
	if f.compare("peers", strings.Join(sortedCopy(b.Peers), ", "), strings.Join(sortedCopy(h.Peers), ", ")) {
		f.worse, f.better = f.worse || wider, f.better || narrower
	}
	if before, after := d.base.crossingKeys(b), d.head.crossingKeys(h); onlyIn(before, after) || onlyIn(after, before) {
		f.compare("crosses", d.base.crossingWords(b), d.head.crossingWords(h))
		// A boundary that is drawn around an end now, or no more, keeps nothing in or out that was not before.
		crosses, lost := onlyIn(known(after), before), onlyIn(known(before), after)
		// One that is crossed in place of another, which is only on one side, is no more and no less.
		crosses = crosses && !(len(known(before)) < len(before) && len(before) >= len(after))
		lost = lost && !(len(known(after)) < len(after) && len(after) >= len(before))
		x.Crossing = crosses || lost && len(h.Crosses) == 0
		f.worse = f.worse || crosses
		f.better = f.better || lost && !crosses
	}
	if len(f.list) == 0 {
		return
	}
	x.Fields, x.Effect, x.Doubt = f.list, f.effect(), f.doubt
	x.FromInternet = isWayIn(h) && (x.Crossing || wider || narrower || b.Passage == Blocked && h.Passage != Blocked)
	x.BaseAt, x.HeadAt = causes(b.Evidence, h.Evidence)
	x.rank = flowRank(x)
	d.add(x)
}

// crossingKeys are the crossings of a flow in terms of both sides.
func (s *side) crossingKeys(f *Flow) []string {
	var out []string
	for _, x := range f.Crosses {
		out = append(out, crossingWord(x.Into)+" "+s.token(x.Boundary))
	}
	return out
}

// known are the crossings of boundaries that both models have.
func known(crossings []string) []string {
	return slices.DeleteFunc(slices.Clone(crossings), func(k string) bool {
		_, token, _ := strings.Cut(k, " ")
		return strings.HasPrefix(token, alone)
	})
}

func (s *side) crossingWords(f *Flow) string {
	var out []string
	for _, x := range f.Crosses {
		out = append(out, strings.ReplaceAll(crossingWord(x.Into), "-", " ")+" "+s.boundaryName(x.Boundary))
	}
	return strings.Join(out, ", ")
}

// onlyIn reports whether a holds what b does not.
func onlyIn(a, b []string) bool {
	return slices.ContainsFunc(a, func(v string) bool { return !slices.Contains(b, v) })
}

func sortedCopy(s []string) []string { return sortedSet(slices.Clone(s)) }

func portWord(f *Flow) string {
	switch {
	case f.PortEnd != 0:
		return fmt.Sprintf("%d-%d", f.Port, f.PortEnd)
	case f.Port != 0:
		return strconv.Itoa(f.Port)
	}
	return ""
}

// causes are the places of what one side's evidence has and the other's has not, or
// all places where they have the same.
func causes(base, head []Evidence) (inBase, inHead []Source) {
	type reason struct{ address, why string }
	reasons := func(list []Evidence) map[reason]bool {
		out := map[reason]bool{}
		for _, e := range list {
			out[reason{e.Address, e.Why}] = true
		}
		return out
	}
	but := func(list []Evidence, known map[reason]bool) []Source {
		var own []Evidence
		for _, e := range list {
			if !known[reason{e.Address, e.Why}] {
				own = append(own, e)
			}
		}
		return places(own)
	}
	inBase, inHead = but(base, reasons(head)), but(head, reasons(base))
	if len(inBase)+len(inHead) == 0 {
		return places(base), places(head)
	}
	return inBase, inHead
}

func places(list []Evidence) []Source {
	var out []Source
	for _, e := range list {
		if s := e.Source(); !s.IsZero() {
			out = append(out, s)
		}
	}
	return sortedPlaces(out)
}

func sortedPlaces(list []Source) []Source {
	slices.SortFunc(list, Source.Compare)
	return slices.Compact(list)
}

// grantKey identifies a grant on both sides.
type grantKey struct{ from, to, how, id string }

func (s *side) grantKey(r *Grant) grantKey {
	k := grantKey{from: s.token(r.From), to: s.token(r.To), how: r.How}
	if r.ID != GrantID(r.From, r.To, r.How) {
		k.id = r.ID
	}
	return k
}

// allowed compares what two grants between the same ends allow.
func (f *comparison) allowed(b, h *Grant) {
	powers := f.compare("does", string(b.Does), string(h.Does))
	if f.compare("how", b.How, h.How) && !powers {
		if before, after := actions(b.How), actions(h.How); before != nil && after != nil {
			more, less := onlyIn(after, before), onlyIn(before, after)
			f.worse, f.better = more && !less, less && !more
		}
	}
	if powers {
		f.worse, f.better = power(h.Does) > power(b.Does), power(h.Does) < power(b.Does)
	}
	f.truth("wildcard", Of(b.Wildcard), Of(h.Wildcard), No)
	f.bound("scope", b.Scope, h.Scope)
	f.bound("condition", b.Condition, h.Condition)
}

// actions are the permissions that a grant names, nil where it does not name them all.
func actions(how string) []string {
	list := strings.Split(how, ", ")
	if slices.Contains(list, "and others") {
		return nil
	}
	return list
}

// power orders abilities where one is more than the other: who administers a thing can
// give themselves the rest, and who changes data can read it, by far the most often.
func power(a Ability) int {
	switch a {
	case AbilityRead, AbilityOther:
		return 1
	case AbilityAdminister:
		return 3
	}
	return 2
}

func (d *differ) grants() {
	ends := func(s *side) func(*Grant) (grantKey, bool) {
		return func(r *Grant) (grantKey, bool) { return grantKey{from: s.token(r.From), to: s.token(r.To)}, true }
	}
	pairs, gone, fresh := pairUp(d.base.g.Grants, d.head.g.Grants, d.base.grantKey, d.head.grantKey)
	more, gone, fresh := pairUnique(gone, fresh, ends(d.base), ends(d.head))
	for _, p := range append(pairs, more...) {
		b, h := p[0], p[1]
		d.subjectPair(b.ID, h.ID)
		var f comparison
		f.allowed(b, h)
		if len(f.list) > 0 {
			x := &Delta{Kind: DeltaGrant, Change: Changed, ID: h.ID, BaseID: b.ID, Fields: f.list, Effect: f.effect(), rank: rankGrant}
			x.BaseAt, x.HeadAt = causes(b.Evidence, h.Evidence)
			d.add(x)
		}
	}
	for _, r := range gone {
		if d.head.leavesOut(r, d.base) {
			continue
		}
		d.add(&Delta{Kind: DeltaGrant, Change: Removed, ID: r.ID, BaseID: r.ID, Effect: Better, BaseAt: places(r.Evidence), rank: rankGrant})
	}
	for _, r := range fresh {
		if d.base.leavesOut(r, d.head) {
			continue
		}
		d.add(&Delta{Kind: DeltaGrant, Change: Added, ID: r.ID, Effect: Worse, HeadAt: places(r.Evidence), rank: rankGrant})
	}
}

// leavesOut reports whether a grant of the other side may be one that this side does not list,
// since its statement covers too much: what it is on is there, too.
func (s *side) leavesOut(r *Grant, of *side) bool {
	if !r.Wildcard || strings.HasPrefix(of.token(r.From), alone) || strings.HasPrefix(of.token(r.To), alone) {
		return false
	}
	if s.cut == nil {
		s.cut = map[string]bool{}
		var elements map[string][]element
		for _, n := range s.g.Notes {
			if n.Code != NoteGrantsCut {
				continue
			}
			if elements == nil {
				elements = s.byAddress()
			}
			for _, e := range elements[n.Address] {
				s.cut[e.token] = true
			}
		}
	}
	return s.cut[of.token(r.From)]
}

// paths compares attack paths by their ends: which way leads there is for flows and
// grants to say.
func (d *differ) paths() {
	key := func(s *side) func(*Path) [2]string {
		return func(p *Path) [2]string { return [2]string{s.token(p.From), s.token(p.To)} }
	}
	pairs, gone, fresh := pairUp(d.base.g.Paths, d.head.g.Paths, key(d.base), key(d.head))
	for _, p := range pairs {
		d.subjectPair(p[0].ID, p[1].ID)
	}
	for _, p := range gone {
		d.add(&Delta{Kind: DeltaPath, Change: Removed, ID: p.ID, BaseID: p.ID, Effect: Better, BaseAt: stepPlaces(p), rank: rankPath})
	}
	for _, p := range fresh {
		d.add(&Delta{Kind: DeltaPath, Change: Added, ID: p.ID, Effect: Worse, HeadAt: stepPlaces(p), rank: rankPath})
	}
}

func stepPlaces(p *Path) []Source {
	var list []Evidence
	for _, s := range p.Steps {
		list = append(list, s.Evidence)
	}
	return places(list)
}

// subjectPair makes a flow, grant or path of both sides one subject of findings.
func (d *differ) subjectPair(base, head string) {
	token := "subject " + min(base, head) + " " + max(base, head)
	if _, ok := d.base.subjects[base]; ok {
		return
	}
	if _, ok := d.head.subjects[head]; ok {
		return
	}
	d.base.subjects[base], d.head.subjects[head] = token, token
}

// findingKey identifies a finding on both sides.
type findingKey struct{ rule, subject, detail string }

func (s *side) findingKey(f *Finding) findingKey {
	k := findingKey{rule: f.Rule, subject: s.subject(f.Subject)}
	switch id := FindingID(f.Rule, f.Subject, ""); {
	case f.ID == id:
	case strings.HasPrefix(f.ID, id+"#"):
		k.detail = f.ID[len(id):]
	default:
		k.detail = f.ID
	}
	return k
}

func (d *differ) findings() {
	pairs, gone, fresh := pairUp(d.base.g.Findings, d.head.g.Findings, d.base.findingKey, d.head.findingKey)
	for _, p := range pairs {
		d.c.same[p[0].ID] = p[1].ID
		d.finding(p[0], p[1])
	}
	for _, f := range gone {
		d.add(&Delta{
			Kind: DeltaFinding, Change: Removed, ID: f.ID, BaseID: f.ID, Effect: ifOpen(f, Better), Severity: f.Severity,
			BaseAt: places(f.Evidence), rank: rankFinding,
		})
	}
	for _, f := range fresh {
		x := &Delta{
			Kind: DeltaFinding, Change: Added, ID: f.ID, Effect: ifOpen(f, Worse), Severity: f.Severity,
			HeadAt: places(f.Evidence), rank: rankFinding,
		}
		d.add(x)
	}
}

// ifOpen is the effect of a finding that appears or goes: one that is mitigated or
// accepted asks nobody to do anything.
func ifOpen(f *Finding, effect Effect) Effect {
	if isOpen(f) {
		return effect
	}
	return Neutral
}

func isOpen(f *Finding) bool { return !f.Settled() }

func (d *differ) finding(b, h *Finding) {
	var f comparison
	f.compare("severity", string(b.Severity), string(h.Severity))
	if f.compare("status", cmp.Or(string(b.Status), string(Open)), cmp.Or(string(h.Status), string(Open))) {
		// What is accepted is a risk as before: only a control makes it less.
		f.worse, f.better = !isOpen(b) && isOpen(h), isOpen(b) && h.Status == Mitigated
	}
	if isOpen(b) && isOpen(h) {
		f.worse, f.better = h.Severity.Rank() > b.Severity.Rank(), h.Severity.Rank() < b.Severity.Rank()
	}
	if len(f.list) == 0 {
		return
	}
	x := &Delta{
		Kind: DeltaFinding, Change: Changed, ID: h.ID, BaseID: b.ID, Fields: f.list, Effect: f.effect(), Severity: h.Severity, rank: rankFinding,
	}
	x.BaseAt, x.HeadAt = causes(b.Evidence, h.Evidence)
	d.add(x)
}

// decisions compares what was decided: what comes and goes, and what holds no more. Those
// beside code are matched by what they say, for their lines move.
func (d *differ) decisions() {
	key := numbered(func(x Decision) string {
		k, _ := key(x.Rule, x.Address, "decided")
		if x.Address == "" {
			k, _ = key(x.Rule, "beside code", string(x.Status), x.Reason, "decided")
		}
		return k
	})
	pairs, gone, fresh := pairUp(key(d.base.g.Decisions), key(d.head.g.Decisions), keyOf, keyOf)
	for _, p := range pairs {
		b, h := p[0].of, p[1].of
		var f comparison
		f.compare("status", string(b.Status), string(h.Status))
		f.compare("until", b.Until, h.Until)
		f.compare("state", string(b.State), string(h.State))
		if len(f.list) > 0 {
			d.add(&Delta{
				Kind: DeltaDecision, Change: Changed, ID: h.ID(), BaseID: b.ID(), Fields: f.list, Effect: f.effect(), Doubt: f.doubt,
				BaseAt: at(b.Source), HeadAt: at(h.Source), rank: rankDecision,
			})
		}
	}
	for _, x := range gone {
		d.add(&Delta{Kind: DeltaDecision, Change: Removed, ID: x.of.ID(), BaseID: x.of.ID(), BaseAt: at(x.of.Source), rank: rankDecision})
	}
	for _, x := range fresh {
		d.add(&Delta{Kind: DeltaDecision, Change: Added, ID: x.of.ID(), HeadAt: at(x.of.Source), rank: rankDecision})
	}
}

// keyed is a value with what identifies it on both sides.
type keyed[T any] struct {
	of  T
	key string
}

func keyOf[T any](k keyed[T]) string { return k.key }

// numbered makes the keys of values that may be alike: the first of them is the first of
// the other side.
func numbered[T any](key func(T) string) func([]T) []keyed[T] {
	return func(list []T) []keyed[T] {
		var out []keyed[T]
		times := map[string]int{}
		for _, v := range list {
			k := key(v)
			times[k]++
			out = append(out, keyed[T]{v, k + strconv.Itoa(times[k])})
		}
		return out
	}
}
