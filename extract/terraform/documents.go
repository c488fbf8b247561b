package terraform

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"

	"github.com/bmatcuk/doublestar/v4"
	ctyyaml "github.com/zclconf/go-cty-yaml"

	"github.com/zclconf/go-cty/cty"
)

// fileDocuments computes data "kubectl_file_documents": the documents of a text of
// manifests, and the same by what the API server would call them:
// https://registry.terraform.io/providers/gavinbunney/kubectl/latest/docs/data-sources/kubectl_file_documents
func fileDocuments(r *eval.Resource) map[string]cty.Value {
	content := r.Body.Get("content")
	if content.IsNull() {
		return nil
	}
	_, marks := content.V.UnmarkDeep()
	text, ok := content.Text()
	if !ok {
		return map[string]cty.Value{
			"documents": cty.UnknownVal(cty.List(cty.String)).WithMarks(marks),
			"manifests": cty.UnknownVal(cty.Map(cty.String)).WithMarks(marks),
		}
	}
	return documentValues(text, marks)
}

// documentsIn adds to what is computed the data sources that read manifests of a tree:
// "kubectl_path_documents" and "kubectl_filename_list". Their patterns are from where
// terraform runs, which is the root in dir.
func documentsIn(fsys fs.FS, dir string, o eval.Options) eval.Options {
	o.Compute = maps.Clone(o.Compute)
	o.Compute["kubectl_path_documents"] = func(r *eval.Resource) map[string]cty.Value {
		files, ok := matching(fsys, dir, r)
		if !ok {
			return nil
		}
		var text strings.Builder
		marks := cty.ValueMarks{}
		for _, file := range files {
			content, err := fs.ReadFile(fsys, file)
			if err != nil {
				return nil
			}
			fmt.Fprintf(&text, "\n---\n%s", content)
		}
		whole := cty.StringVal(text.String())
		if vars := r.Body.Get("vars").Fields(); len(vars) > 0 {
			whole = filledIn(text.String(), dir, vars)
			_, marks = whole.Unmark()
		}
		filled, ok := eval.Value{V: whole}.Text()
		if !ok {
			return map[string]cty.Value{
				"documents": cty.UnknownVal(cty.List(cty.String)).WithMarks(marks),
				"manifests": cty.UnknownVal(cty.Map(cty.String)).WithMarks(marks),
			}
		}
		return documentValues(filled, marks)
	}
	o.Compute["kubectl_filename_list"] = func(r *eval.Resource) map[string]cty.Value {
		files, ok := matching(fsys, dir, r)
		if !ok {
			return nil
		}
		matches, names := []cty.Value{}, []cty.Value{}
		for _, file := range files {
			from, err := filepath.Rel(dir, file)
			if err != nil {
				return nil
			}
			matches, names = append(matches, cty.StringVal(filepath.ToSlash(from))), append(names, cty.StringVal(path.Base(file)))
		}
		if len(files) == 0 {
			return map[string]cty.Value{"matches": cty.ListValEmpty(cty.String), "basenames": cty.ListValEmpty(cty.String)}
		}
		return map[string]cty.Value{"matches": cty.ListVal(matches), "basenames": cty.ListVal(names)}
	}
	return o
}

// mostDocuments bounds the files and the bytes that one data source reads.
const mostDocuments, mostDocumentBytes = 1000, 8 << 20

// matching returns the files that a data source's pattern means; false where it can't be
// known or they are too many.
func matching(fsys fs.FS, dir string, r *eval.Resource) ([]string, bool) {
	pattern, ok := r.Body.Get("pattern").Literal()
	if !ok || path.IsAbs(pattern) {
		return nil, false
	}
	files, err := doublestar.Glob(fsys, path.Join(dir, pattern), doublestar.WithFilesOnly(), doublestar.WithNoFollow())
	if err != nil || len(files) > mostDocuments {
		return nil, false
	}
	size := int64(0)
	for _, file := range files {
		info, err := fs.Stat(fsys, file)
		if err != nil {
			return nil, false
		}
		size += info.Size()
	}
	slices.Sort(files)
	return files, size <= mostDocumentBytes
}

// betweenDocuments is the line that parts documents.
var betweenDocuments = regexp.MustCompile(`(?m)^---.*$`)

func documentValues(text string, marks cty.ValueMarks) map[string]cty.Value {
	documents, manifests := cty.ListValEmpty(cty.String), cty.MapValEmpty(cty.String)
	var list []cty.Value
	byName := map[string]cty.Value{}
	for _, doc := range betweenDocuments.Split(text, -1) {
		doc = strings.TrimSpace(doc)
		if isOnlyComments(doc) {
			continue
		}
		v := cty.StringVal(doc).WithMarks(marks)
		list = append(list, v)
		byName[selfLink(doc, len(list))] = v
	}
	if len(list) > 0 {
		documents, manifests = cty.ListVal(list), cty.MapVal(byName)
	}
	return map[string]cty.Value{"documents": documents, "manifests": manifests}
}

func isOnlyComments(doc string) bool {
	for line := range strings.Lines(doc) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return false
		}
	}
	return true
}

// selfLink is the key of a document: its path at the API server. One that does not
// parse gets its number.
func selfLink(doc string, n int) string {
	typ, err := ctyyaml.Standard.ImpliedType([]byte(doc))
	if err != nil {
		return fmt.Sprintf("document %d", n)
	}
	v, err := ctyyaml.Standard.Unmarshal([]byte(doc), typ)
	if err != nil {
		return fmt.Sprintf("document %d", n)
	}
	version, kind := field(v, "apiVersion"), field(v, "kind")
	if version == "" || kind == "" {
		return fmt.Sprintf("document %d", n)
	}
	prefix := "/apis/"
	if !strings.Contains(version, "/") {
		prefix = "/api/"
	}
	link := prefix + version
	if namespace := field(v, "metadata", "namespace"); namespace != "" {
		link += "/namespaces/" + namespace
	}
	return link + "/" + strings.ToLower(kind) + "s/" + field(v, "metadata", "name")
}

// field returns a string in an object, "" where there is none.
func field(v cty.Value, path ...string) string {
	for _, name := range path {
		if v.IsNull() || !v.IsKnown() || !v.Type().IsObjectType() || !v.Type().HasAttribute(name) {
			return ""
		}
		v = v.GetAttr(name)
	}
	if v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return ""
	}
	return v.AsString()
}
