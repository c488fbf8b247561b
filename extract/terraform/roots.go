package terraform

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// Layout is what a look at the files of a tree tells of its roots.
type Layout struct {
	// Roots are the directories of the root modules, sorted.
	Roots []string
	calls map[string][]string // directories that call others, and which
	reads map[string]bool     // directories that read the state of other roots
}

// Roots returns the root modules among files: the directories that hold
// configuration and that no other directory calls as a local module, sorted. A
// directory that only an example or a test calls is still no root. Terragrunt's
// units, and the modules that they call, are left to [ReadUnits]. Files that do not
// parse are left to [Read] to report.
func Roots(fsys fs.FS, files []string) []string { return Look(fsys, files).Roots }

// Look finds the roots among files, see [Roots].
func Look(fsys fs.FS, files []string) *Layout {
	l := &Layout{calls: map[string][]string{}, reads: map[string]bool{}}
	dirs := map[string]bool{}
	called := map[string]bool{}
	for _, name := range files {
		if !eval.IsConfig(name) {
			continue
		}
		dir := path.Dir(name)
		dirs[dir] = true
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			continue
		}
		if bytes.Contains(text, []byte(remoteState)) {
			l.reads[dir] = true
		}
		for _, source := range localSources(text, name) {
			if target := path.Join(dir, source); target != dir {
				called[target] = true
				l.calls[dir] = append(l.calls[dir], target)
			}
		}
	}
	units, modules := unitsAndModules(fsys, files)
	for _, dir := range append(units, modules...) {
		called[dir] = true
	}
	for dir := range dirs {
		if !called[dir] {
			l.Roots = append(l.Roots, dir)
		}
	}
	slices.Sort(l.Roots)
	return l
}

// readsStates reports whether a directory, or a local module that it calls at any
// depth, reads the state of another root.
func (l *Layout) readsStates(dir string) bool {
	seen := map[string]bool{}
	var look func(dir string) bool
	look = func(dir string) bool {
		if seen[dir] {
			return false
		}
		seen[dir] = true
		return l.reads[dir] || slices.ContainsFunc(l.calls[dir], look)
	}
	return look(dir)
}

// moduleSchema is all that [Roots] looks at.
var (
	moduleSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "module", LabelNames: []string{"name"}}}}
	sourceSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "source"}}}
)

// localSources returns the sources of a file's module blocks that are local paths.
func localSources(text []byte, name string) []string {
	// Parsing costs far more than this look, and most files call no local module.
	if !bytes.Contains(text, []byte("module")) || !bytes.Contains(text, []byte(`"./`)) && !bytes.Contains(text, []byte(`"../`)) {
		return nil
	}
	var file *hcl.File
	if strings.HasSuffix(name, ".json") {
		file, _ = json.Parse(text, name)
	} else {
		file, _ = hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	}
	if file == nil || file.Body == nil {
		return nil
	}
	content, _, _ := file.Body.PartialContent(moduleSchema)
	if content == nil {
		return nil
	}
	var out []string
	for _, block := range content.Blocks {
		body, _, _ := block.Body.PartialContent(sourceSchema)
		if body == nil || body.Attributes["source"] == nil {
			continue
		}
		v, diags := body.Attributes["source"].Expr.Value(nil)
		if diags.HasErrors() || v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
			continue
		}
		if s := v.AsString(); strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") {
			out = append(out, s)
		}
	}
	return out
}
