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

// explain adds to each resource what its attributes derive from, and why some are
// not known. Its resources are those of the result, but for missing modules.
func (in *inspection) explain(res *eval.Result) {
	at := 0
	for _, r := range res.Resources {
		if r.Mode == eval.MissingModule {
			continue
		}
		x := &in.Resources[at]
		at++
		x.Refs, x.Unknown = map[string][]inspectedRef{}, map[string][]string{}
		x.explain(res, "", r.Body)
	}
}

func (x *inspectedResource) explain(res *eval.Result, path string, b *eval.Block) {
	if b == nil {
		return
	}
	for _, name := range b.Names() {
		v := b.Attrs[name]
		var why []string
		for _, r := range v.Refs() {
			x.Refs[path+name] = append(x.Refs[path+name], inspectedRef{r.Address, r.Attr, r.Computed, r.Possible})
			if reason := reasonOf(res, r); reason != "" && !slices.Contains(why, reason) {
				why = append(why, reason)
			}
		}
		if _, known := planned(v); known {
			continue
		}
		if len(why) == 0 {
			why = []string{"its expression could not be evaluated; see the notes"}
		}
		x.Unknown[path+name] = why
	}
	for _, n := range b.Blocks {
		x.explain(res, path+n.Type+".", n)
	}
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
