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

// Roots returns the root modules among files: the directories that hold
// configuration and that no other directory calls as a local module, sorted. A
// directory that only an example or a test calls is still no root. Terragrunt's
// units, and the modules that they call, are left to [ReadUnits]. Files that do not
// parse are left to [Read] to report.
func Roots(fsys fs.FS, files []string) []string {
	dirs := map[string]bool{}
	called := map[string]bool{}
	for _, name := range files {
		if !eval.IsConfig(name) {
			continue
		}
		dir := path.Dir(name)
		dirs[dir] = true
		for _, source := range localSources(fsys, name) {
			if target := path.Join(dir, source); target != dir {
				called[target] = true
			}
		}
	}
	units, modules := unitsAndModules(fsys, files)
	for _, dir := range append(units, modules...) {
		called[dir] = true
	}
	var roots []string
	for dir := range dirs {
		if !called[dir] {
			roots = append(roots, dir)
		}
	}
	slices.Sort(roots)
	return roots
}

// moduleSchema is all that [Roots] looks at.
var (
	moduleSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "module", LabelNames: []string{"name"}}}}
	sourceSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "source"}}}
)

// localSources returns the sources of a file's module blocks that are local paths.
func localSources(fsys fs.FS, name string) []string {
	text, err := fs.ReadFile(fsys, name)
	// Parsing costs far more than this look, and most files call no local module.
	if err != nil || !bytes.Contains(text, []byte("module")) || !bytes.Contains(text, []byte(`"./`)) && !bytes.Contains(text, []byte(`"../`)) {
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
