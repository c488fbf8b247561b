package cli

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
)

// inspectedRef is what an attribute derives from.
type inspectedRef struct {
	Address   string `json:"address"`
	Attribute string `json:"attribute,omitempty"`
	// Computed is true where that is known only after apply, Possible where a condition
	// that can't be known decides whether it is what counts.
	Computed bool `json:"computed,omitempty"`
	Possible bool `json:"possible,omitempty"`
}

// String writes a reference for people: "possibly aws_sqs_queue.q.arn?".
func (r inspectedRef) String() string {
	s := r.Address
	if r.Attribute != "" {
		s += "." + r.Attribute
	}
	if r.Computed {
		s += "?"
	}
	if r.Possible {
		s = "possibly " + s
	}
	return s
}

// explain adds to each resource and output what its attributes derive from, and why
// some are not known. The resources are those of the result, but for missing modules.
func (in *inspection) explain(res *eval.Result) {
	at := 0
	for _, r := range res.Resources {
		if r.Mode == eval.MissingModule {
			continue
		}
		x := &in.Resources[at]
		at++
		x.Refs, x.Unknown = map[string][]inspectedRef{}, map[string][]string{}
		explainBlock(res, "", r.Body, x.Refs, x.Unknown)
	}
	in.OutputRefs, in.OutputUnknown = map[string][]inspectedRef{}, map[string][]string{}
	for _, o := range res.Outputs {
		explainValue(res, o.Name, eval.Value{V: o.Value}, in.OutputRefs, in.OutputUnknown)
	}
}

func explainBlock(res *eval.Result, path string, b *eval.Block, refs map[string][]inspectedRef, unknown map[string][]string) {
	if b == nil {
		return
	}
	for _, name := range b.Names() {
		explainValue(res, path+name, b.Attrs[name], refs, unknown)
	}
	for _, n := range b.Blocks {
		explainBlock(res, path+n.Type+".", n, refs, unknown)
	}
}

func explainValue(res *eval.Result, name string, v eval.Value, refs map[string][]inspectedRef, unknown map[string][]string) {
	var why []string
	for _, r := range v.Refs() {
		refs[name] = append(refs[name], inspectedRef{r.Address, r.Attr, r.Computed, r.Possible})
		if reason := reasonOf(res, r); reason != "" && !slices.Contains(why, reason) {
			why = append(why, reason)
		}
	}
	if _, known := planned(v); known {
		return
	}
	if len(why) == 0 {
		why = []string{"its expression could not be evaluated; see the notes"}
	}
	unknown[name] = why
}

// reasonOf says why what a reference leads to is not known, "" where it is.
func reasonOf(res *eval.Result, r eval.Ref) string {
	if !r.Computed {
		return ""
	}
	_, local, found := strings.Cut(r.Address, ":")
	if !found {
		local = r.Address
	}
	target := res.Lookup(r.Address)
	switch {
	case r.Address == "?":
		return "it derives from more values than are told apart"
	case strings.HasPrefix(local, "var."):
		return "variable " + strings.TrimPrefix(local, "var.") + " has no value"
	case target == nil && !strings.Contains(r.Address, "."):
		return r.Address + "() gives another value at each run"
	case target != nil && target.Mode == eval.MissingModule:
		return "the code of " + r.Address + " is not here"
	case target != nil && target.Mode == eval.Data:
		return r.Address + " is read from outside"
	}
	return inspectedRef{Address: r.Address, Attribute: r.Attr}.String() + " is known only after apply"
}
