package graph

import (
	"fmt"
	"slices"
	"strings"
)

// NoEffect is the verdict on a change without deltas and gaps, and on no other.
const NoEffect = "no effect on the threat model"

// Verdict says in one sentence what the change does to the threat model: what gets
// worse, then what gets better; where neither does, what else differs. At its end stands what it
// does not cover.
func (c *Change) Verdict() string {
	switch {
	case len(c.Deltas) > 0:
		return c.verdict() + c.gapWords()
	case len(c.Gaps) > 0:
		return "no known effect on the threat model" + c.gapWords()
	}
	return NoEffect
}

func (c *Change) verdict() string {
	worse, better := c.judge(Worse), c.judge(Better)
	doubt, stale := c.doubt(), c.stale()
	switch {
	case worse != "" && better != "":
		return worse + doubt + "; better: " + better + stale
	case worse != "":
		return worse + doubt + stale
	case better != "":
		return "nothing gets worse" + doubt + "; better: " + better + stale
	case doubt != "":
		return strings.TrimPrefix(doubt, "; ") + stale
	case !slices.ContainsFunc(c.Deltas, func(d *Delta) bool { return d.rank != rankTag }):
		return "only tags change, of " + plural(len(c.Deltas), "component")
	case stale != "" && !slices.ContainsFunc(c.Deltas, func(d *Delta) bool { return !d.GoneStale() }):
		return strings.TrimPrefix(stale, "; ") + ", nothing else changes"
	}
	return "the picture changes, the known risks stay: " + c.counts()
}

// GoneStale reports whether it is a decision that held and does no more.
func (d *Delta) GoneStale() bool {
	return d.Kind == DeltaDecision && slices.ContainsFunc(d.Fields, func(f FieldChange) bool {
		return f.Field == "state" && f.Base == string(DecisionHolds)
	})
}

// doubt says "; 1 component no longer known to be protected", "" for none. What gets worse
// in another way is told as that.
func (c *Change) doubt() string {
	var parts []string
	for _, kind := range []DeltaKind{DeltaComponent, DeltaFlow, DeltaBoundary} {
		n := 0
		for _, d := range c.Deltas {
			if d.Kind == kind && d.Doubt && d.Effect != Worse {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, plural(n, string(kind))+" no longer known to be protected")
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, ", ")
}

// stale says "; 1 decision gone stale", "" for none.
func (c *Change) stale() string {
	n := 0
	for _, d := range c.Deltas {
		if d.GoneStale() {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return "; " + plural(n, "decision") + " gone stale"
}

// judge lists what has one effect, "" for nothing.
func (c *Change) judge(effect Effect) string {
	var parts []string
	say := func(noun, rest string, is func(*Delta) bool) {
		n := 0
		for _, d := range c.Deltas {
			if d.Effect == effect && is(d) {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, plural(n, noun)+" "+rest)
		}
	}
	flow := func(change DeltaChange, internet, crossing bool) func(*Delta) bool {
		return func(d *Delta) bool {
			return d.Kind == DeltaFlow && d.Change == change && d.FromInternet == internet && (internet || d.Crossing == crossing)
		}
	}
	kind := func(k DeltaKind, changes ...DeltaChange) func(*Delta) bool {
		return func(d *Delta) bool { return d.Kind == k && slices.Contains(changes, d.Change) }
	}
	opened := func(wider bool) func(*Delta) bool {
		return func(d *Delta) bool {
			return flow(Changed, true, true)(d) && wider == slices.ContainsFunc(d.Fields, func(f FieldChange) bool { return f.Field == "peers" || f.Field == "passage" })
		}
	}
	if effect == Worse {
		say("new way", "in from the internet", flow(Added, true, true))
		say("way", "in from the internet opened wider", opened(true))
		say("way", "in from the internet that leads across more boundaries", opened(false))
		say("component", "more exposed", kind(DeltaExposure, Changed))
		say("new component", "reachable from the internet", kind(DeltaExposure, Added))
		say("new attack path", "to what is worth stealing", kind(DeltaPath, Added))
		parts = append(parts, c.findings(effect, "new", Added)...)
		parts = append(parts, c.findings(effect, "worsened", Changed)...)
		say("new flow", "across a boundary", flow(Added, false, true))
		say("flow", "across more boundaries", flow(Changed, false, true))
		say("flow", "less protected", flow(Changed, false, false))
		say("permission", "added", kind(DeltaGrant, Added))
		say("permission", "widened", kind(DeltaGrant, Changed))
		say("boundary", "less trusted or guarded", kind(DeltaBoundary, Changed))
		say("component", "less protected", kind(DeltaComponent, Changed))
	} else {
		say("way", "in from the internet closed", flow(Removed, true, true))
		say("way", "in from the internet narrowed", flow(Changed, true, true))
		say("component", "less exposed", kind(DeltaExposure, Changed))
		say("component", "reachable from the internet removed", kind(DeltaExposure, Removed))
		say("attack path", "cut", kind(DeltaPath, Removed))
		parts = append(parts, c.findings(effect, "resolved", Removed)...)
		parts = append(parts, c.findings(effect, "eased", Changed)...)
		say("flow", "across a boundary removed", flow(Removed, false, true))
		say("flow", "across fewer boundaries", flow(Changed, false, true))
		say("flow", "better protected", flow(Changed, false, false))
		say("permission", "removed", kind(DeltaGrant, Removed))
		say("permission", "narrowed", kind(DeltaGrant, Changed))
		say("boundary", "more trusted or guarded", kind(DeltaBoundary, Changed))
		say("component", "better protected", kind(DeltaComponent, Changed))
	}
	return strings.Join(parts, ", ")
}

// findings says "2 new findings (1 critical, 1 high)".
func (c *Change) findings(effect Effect, word string, change DeltaChange) []string {
	count := map[Severity]int{}
	total := 0
	for _, d := range c.Deltas {
		if d.Kind == DeltaFinding && d.Change == change && d.Effect == effect {
			count[d.Severity]++
			total++
		}
	}
	if total == 0 {
		return nil
	}
	var parts []string
	for _, s := range slices.Backward(Severities) {
		if count[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[s], s))
		}
	}
	out := plural(total, word+" finding")
	if len(parts) > 0 {
		out += " (" + strings.Join(parts, ", ") + ")"
	}
	return []string{out}
}

// counts says "2 components added, 1 flow changed".
func (c *Change) counts() string {
	var parts []string
	for _, kind := range DeltaKinds {
		for _, change := range []DeltaChange{Added, Removed, Changed} {
			n := 0
			for _, d := range c.Deltas {
				if d.Kind == kind && d.Change == change {
					n++
				}
			}
			if n > 0 {
				parts = append(parts, plural(n, string(kind))+" "+string(change))
			}
		}
	}
	return strings.Join(parts, ", ")
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	if stem, ok := strings.CutSuffix(word, "y"); ok && !strings.HasSuffix(stem, "a") {
		word = stem + "ie"
	}
	return fmt.Sprintf("%d %ss", n, word)
}
