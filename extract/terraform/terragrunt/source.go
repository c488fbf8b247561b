package terragrunt

import (
	"net/url"
	"path"
	"strings"

	"drawbridge/graph"
)

// source is where a unit's module comes from.
type source struct {
	text string // as written, "" where there is none: the unit's own directory
	dir  string // in the tree, "" where it lies elsewhere
	at   graph.Source
}

// isRemote reports whether a source names a registry, a repository or an archive.
func isRemote(text string) bool {
	return strings.Contains(text, "://") || strings.Contains(text, "::") || strings.HasPrefix(text, "git@") ||
		strings.HasPrefix(text, "github.com/") || strings.HasPrefix(text, "bitbucket.org/")
}

// local cuts a local source at its double slash: what stands before is copied as a
// whole, what follows is the module in it.
func local(text string) string {
	text, _, _ = strings.Cut(text, "?")
	before, after, _ := strings.Cut(text, "//")
	return path.Join(before, after)
}

// registry returns a remote source and its version as a module block would name them.
func (s source) registry() (name, version string) {
	rest, ok := strings.CutPrefix(s.text, "tfr://")
	if !ok {
		return s.text, ""
	}
	rest, query, _ := strings.Cut(rest, "?")
	if values, err := url.ParseQuery(query); err == nil {
		version = values.Get("version")
	}
	return strings.TrimPrefix(rest, "/"), version
}
