package graph

import (
	"fmt"
	"slices"
	"strings"
)

// JointFinding is one weakness with all the places where it is: what [Join] put together,
// as the JSON form writes it. The finding itself is the first place's, its title with the
// number of the others and its evidence that of all.
type JointFinding struct {
	Finding
	// Places are all of them, the first included; there are none where the weakness is in
	// one place only.
	Places []FindingPlace `json:"places,omitempty"`
}

// FindingPlace is what a finding says of one of its places. What is the same as the
// finding's own is left out.
type FindingPlace struct {
	ID          string     `json:"id"` // by which decisions and histories know it
	Title       string     `json:"title"`
	Subject     string     `json:"subject"`
	Address     string     `json:"address"`
	Threat      string     `json:"threat,omitempty"`
	Factors     []Factor   `json:"factors,omitempty"`
	Mitigations []string   `json:"mitigations,omitempty"`
	Evidence    []Evidence `json:"evidence"`
}

// Join puts findings together that are one matter: of the same rule, rating and status,
// and either made by the same line of the input (roots that call one module, overlays of
// one base, instances of one block), or of one name and address in several variants, or of
// siblings, which differ in a number only. The order is that of the first of each.
//
// Each place keeps a finding of its own everywhere but in what people read: decisions,
// fingerprints and differences are about single places.
func Join(findings []*Finding) [][]*Finding {
	group := make([]int, len(findings)) // by finding: the first one that it is joined with
	root := func(i int) int {
		for group[i] != i {
			i = group[i]
		}
		return i
	}
	first := map[jointKey]int{}
	for i, f := range findings {
		group[i] = i
		for _, like := range likenesses(f) {
			j, met := first[like]
			if !met {
				first[like] = i
				continue
			}
			a, b := root(i), root(j)
			group[max(a, b)] = min(a, b)
		}
	}
	var out [][]*Finding
	at := map[int]int{}
	for i, f := range findings {
		r := root(i)
		n, met := at[r]
		if !met {
			n = len(out)
			at[r] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], f)
	}
	return out
}

// jointKey is what findings that are one matter have in common.
type jointKey struct {
	rule               string
	severity           Severity
	likelihood, impact int
	status             Status
	statusWhy          string
	how, like          string
}

func likenesses(f *Finding) []jointKey {
	if f.Rule == "" {
		return nil
	}
	var out []jointKey
	add := func(how, like string) {
		out = append(out, jointKey{f.Rule, f.Severity, f.Likelihood, f.Impact, f.Status, f.StatusWhy, how, like})
	}
	if at := f.Place(); at.Line > 0 {
		add("place", at.String())
	}
	if f.Address != "" {
		add("name", f.Address+"\n"+f.Title)
	}
	if f.Threat != "" {
		add("threat", f.Threat)
	}
	if s := Stem(f.Subject); strings.ContainsAny(s, "#[") {
		add("stem", s)
	}
	return out
}

// Place is where to look first for a finding: at the evidence for the address that is to be
// changed, else at the first evidence that has a place; zero where none has.
func (f *Finding) Place() Source {
	var first Source
	for _, e := range f.Evidence {
		switch {
		case e.Source().IsZero():
		case e.Address == f.Address:
			return e.Source()
		case first.IsZero():
			first = e.Source()
		}
	}
	return first
}

// Stem is an address or a name without its indexes, which leave "[]", and with "#" for its
// numbers: siblings that a count or a copied block makes have the same.
func Stem(s string) string {
	var b strings.Builder
	depth, digits := 0, false
	for _, r := range s {
		number := false
		switch {
		case r == '[':
			if depth == 0 {
				b.WriteString("[]")
			}
			depth++
		case r == ']':
			depth = max(0, depth-1)
		case depth > 0:
		case r >= '0' && r <= '9':
			if !digits {
				b.WriteByte('#')
			}
			number = true
		default:
			b.WriteRune(r)
		}
		digits = number
	}
	return b.String()
}

// JointTitle is the title of the first of some findings, with the number of the others.
func JointTitle(like []*Finding) string {
	if len(like) == 1 {
		return like[0].Title
	}
	return fmt.Sprintf("%s, and %d more like it", like[0].Title, len(like)-1)
}

// joint makes one of findings that [Join] put together.
func joint(like []*Finding) *JointFinding {
	out := &JointFinding{Finding: *like[0]}
	if len(like) == 1 {
		return out
	}
	out.Title = JointTitle(like)
	var evidence []Evidence
	for _, f := range like {
		p := FindingPlace{ID: f.ID, Title: f.Title, Subject: f.Subject, Address: f.Address, Evidence: f.Evidence}
		if f.Threat != out.Threat {
			p.Threat = f.Threat
		}
		if !slices.Equal(f.Factors, out.Factors) {
			p.Factors = f.Factors
		}
		if !slices.Equal(f.Mitigations, out.Mitigations) {
			p.Mitigations = f.Mitigations
		}
		out.Places = append(out.Places, p)
		evidence = append(evidence, f.Evidence...)
	}
	out.Evidence = sortedEvidence(evidence)
	return out
}

// apart gives each place its finding back.
func (j *JointFinding) apart() []*Finding {
	if len(j.Places) == 0 {
		return []*Finding{&j.Finding}
	}
	out := make([]*Finding, len(j.Places))
	for i, p := range j.Places {
		f := j.Finding
		f.ID, f.Title, f.Subject, f.Address, f.Evidence = p.ID, p.Title, p.Subject, p.Address, p.Evidence
		if p.Threat != "" {
			f.Threat = p.Threat
		}
		if p.Factors != nil {
			f.Factors = p.Factors
		}
		if p.Mitigations != nil {
			f.Mitigations = p.Mitigations
		}
		out[i] = &f
	}
	return out
}
