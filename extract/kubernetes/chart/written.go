package chart

import (
	"io/fs"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"drawbridge/graph"
)

// Written tells where the values stand that templates print: a reader who looks for
// an address finds it there and not in the template.
type Written struct {
	fsys   fs.FS
	files  []string            // given with the release, the last one first
	lines  map[string][]string // of templates
	values map[string]*yaml.Node
}

// ValueAt is a value that a line of a template prints, with the place where it is set.
type ValueAt struct {
	Name string // below .Values
	graph.Source
}

// NewWritten looks into the values of the charts of a file system, and over them into
// those of a release.
func NewWritten(fsys fs.FS, release Release) *Written {
	w := &Written{fsys: fsys, lines: map[string][]string{}, values: map[string]*yaml.Node{}}
	for i := len(release.Values) - 1; i >= 0; i-- {
		for j := len(release.Values[i].Files) - 1; j >= 0; j-- {
			w.files = append(w.files, release.Values[i].Files[j])
		}
	}
	return w
}

var printed = regexp.MustCompile(`\.Values((?:\.[A-Za-z_][A-Za-z0-9_]*)+)`)

// At lists the values that a line of a template names, as far as a file sets them. What
// is set on the command line or by a manifest stands in none, and is left out.
func (w *Written) At(template string, line int) (out []ValueAt) {
	lines, ok := w.lines[template]
	if !ok {
		if content, err := readLimited(w.fsys, template); err == nil {
			lines = strings.Split(string(content), "\n")
		}
		w.lines[template] = lines
	}
	before, _, found := strings.Cut(template, "/templates/")
	if line < 1 || line > len(lines) || !found && !strings.HasPrefix(template, "templates/") {
		return nil
	}
	chart := before
	if !found {
		chart = "."
	}
	for _, m := range printed.FindAllStringSubmatch(lines[line-1], -1) {
		name := strings.TrimPrefix(m[1], ".")
		if at, ok := w.find(chart, strings.Split(name, ".")); ok {
			out = append(out, ValueAt{name, at})
		}
	}
	return out
}

// find looks for a value where it counts first: the release's files, the charts
// above, the chart's own.
func (w *Written) find(chart string, name []string) (graph.Source, bool) {
	type place struct {
		file string
		name []string
	}
	places := []place{{path.Join(chart, "values.yaml"), name}}
	top, inTop := chart, name
	for path.Base(path.Dir(top)) == "charts" {
		inTop = append([]string{path.Base(top)}, inTop...)
		top = path.Dir(path.Dir(top))
		places = append([]place{{path.Join(top, "values.yaml"), inTop}}, places...)
	}
	for i := len(w.files) - 1; i >= 0; i-- {
		places = append([]place{{w.files[i], inTop}}, places...)
	}
	for _, p := range places {
		if line := lineOf(w.tree(p.file), p.name); line > 0 {
			return graph.Source{File: p.file, Line: line}, true
		}
	}
	return graph.Source{}, false
}

func (w *Written) tree(file string) *yaml.Node {
	n, ok := w.values[file]
	if !ok {
		n = &yaml.Node{}
		content, err := readLimited(w.fsys, file)
		if err != nil || yaml.Unmarshal(content, n) != nil || len(n.Content) == 0 {
			n = nil // it is told of where the chart is loaded
		} else {
			n = n.Content[0]
		}
		w.values[file] = n
	}
	return n
}

// lineOf is the line of a key's value in a tree, 0 where it is not there.
func lineOf(n *yaml.Node, name []string) int {
	for depth := 0; n != nil && n.Kind == yaml.AliasNode && depth < maxDepth; depth++ {
		n = n.Alias
	}
	if n == nil || n.Kind != yaml.MappingNode {
		return 0
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != name[0] {
			continue
		}
		if len(name) == 1 {
			return n.Content[i].Line
		}
		return lineOf(n.Content[i+1], name[1:])
	}
	return 0
}
