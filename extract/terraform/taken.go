package terraform

import (
	"path"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// takenIn makes an external entity of what terraform asks while it runs: the host of an
// http data source, the program of an external one. What a component is configured with
// from there flows to the component, for whoever holds the entity decides it. An address
// of the model's own is nothing outside.
func (b *builder) takenIn(r *resource) {
	var c *component
	switch r.Type {
	case "http":
		text, _ := r.Body.Get("url").Text()
		c = b.outsideURL(text, "external service", r.Source)
	case "external":
		if name := programName(r.Body.Get("program")); name != "" {
			c = b.outside(b.id(r.Address), name, r.row.label, r.row.tech, r.Source)
			c.Address = r.Address
		}
	}
	if c == nil {
		return
	}
	r.self, r.owners = c, []*component{c}
}

// isTaken reports whether an instance is what terraform takes in from outside.
func isTaken(r *resource) bool { return r.Mode == eval.Data && isUtility(r.Type) && r.row != nil }

// interpreters run the program that their argument names.
var interpreters = []string{"bash", "cmd", "env", "node", "perl", "powershell", "pwsh", "python", "python3", "ruby", "sh"}

// programName is what a command line is called: its first word that is neither an
// interpreter nor an option, without directories.
func programName(v eval.Value) string {
	for _, e := range v.Elements() {
		text, ok := e.Literal()
		name := path.Base(strings.ReplaceAll(text, "\\", "/"))
		if !ok || text == "" || strings.HasPrefix(text, "-") || slices.Contains(interpreters, strings.TrimSuffix(name, ".exe")) {
			continue
		}
		if strings.ContainsAny(text, "\n;|") {
			return "script"
		}
		return name
	}
	return ""
}

// takes is the flow of what terraform took in from outside to what is configured with
// it: it was checked as far as the way it came allows.
func takes(r *resource) graph.Flow {
	f := graph.Flow{Basis: graph.Referenced, Carries: "configuration, when terraform runs"}
	switch url, _ := r.Body.Get("url").Text(); {
	case r.Type != "http":
		f.Protocol = "exec"
	case strings.HasPrefix(url, "https://"):
		f.Protocol, f.Port, f.Encrypted, f.Authenticated = "https", 443, graph.Yes, graph.Yes
	default:
		f.Protocol, f.Port, f.Encrypted = "http", 80, graph.No
	}
	return f
}
