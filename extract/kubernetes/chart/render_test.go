package chart

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"

	"drawbridge/graph"
)

var update = flag.Bool("update", false, "write the expectations of testdata anew")

const wantFile = "want"

// TestRender runs the cases of testdata: the first line of each is the sentence
// under test, lines "set: KEY=VALUE" and "values: FILE" are the user's values, the
// files are the input. In "want" the template's line stands before each line.
func TestRender(t *testing.T) {
	for _, file := range cases(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			fsys, want := tree(a)
			got := renderAll(fsys, userValues(a))
			if again := renderAll(fsys, userValues(a)); again != got {
				t.Errorf("two runs differ (-first +second):\n%s", cmp.Diff(got, again))
			}
			if *update {
				a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == wantFile })
				a.Files = append(a.Files, txtar.File{Name: wantFile, Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func cases(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	return files
}

func tree(a *txtar.Archive) (fsys fstest.MapFS, want string) {
	fsys = fstest.MapFS{}
	for _, f := range a.Files {
		if f.Name == wantFile {
			want = string(f.Data)
			continue
		}
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return fsys, want
}

func userValues(a *txtar.Archive) (v Values) {
	for line := range strings.Lines(string(a.Comment)) {
		if pair, ok := strings.CutPrefix(line, "set: "); ok {
			v.Set = append(v.Set, strings.TrimSpace(pair))
		}
		if file, ok := strings.CutPrefix(line, "values: "); ok {
			v.Files = append(v.Files, strings.TrimSpace(file))
		}
	}
	return v
}

func names(fsys fs.FS) (out []string) {
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, name)
		}
		return nil
	})
	return out
}

func renderAll(fsys fs.FS, v Values) string {
	var out strings.Builder
	for _, dir := range Find(fsys, names(fsys)) {
		rendered, notes := Render(fsys, dir, Release{Values: []Values{v}})
		fmt.Fprintf(&out, "chart %s\n", dir)
		for _, r := range rendered {
			fmt.Fprintf(&out, "# %s\n", r.File)
			n := 0
			for line := range strings.Lines(string(r.Content)) {
				n++
				if strings.TrimSpace(line) != "" {
					fmt.Fprintf(&out, "%3d| %s\n", r.Line(n), strings.TrimRight(line, "\n"))
				}
			}
		}
		for _, n := range notes {
			fmt.Fprintf(&out, "note %s %s: %s\n", n.Code, n.Source, n.Message)
		}
	}
	return out.String()
}

// TestMarksChangeNothing holds what trace.go says: with its marks taken out, a
// template gives what it gives without them.
func TestMarksChangeNothing(t *testing.T) {
	for _, file := range cases(t) {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fsys, _ := tree(a)
		for _, dir := range Find(fsys, names(fsys)) {
			want, err := unmarked(fsys, dir, userValues(a))
			if err != nil {
				continue // it fails by intent
			}
			rendered, _ := Render(fsys, dir, Release{Values: []Values{userValues(a)}})
			for _, r := range rendered {
				if text, ok := want[strings.TrimPrefix(r.File, dir+"/")]; ok && text != string(r.Content) {
					t.Errorf("%s: %s (-without +with marks):\n%s", file, r.File, cmp.Diff(text, string(r.Content)))
				}
			}
		}
	}
}

// unmarked renders a chart without sub-charts as Helm alone does.
func unmarked(fsys fs.FS, dir string, v Values) (map[string]string, error) {
	var files []*archive.BufferedFile
	for _, name := range names(fsys) {
		if in, ok := strings.CutPrefix(name, dir+"/"); ok {
			content, err := fs.ReadFile(fsys, name)
			if err != nil {
				return nil, err
			}
			files = append(files, &archive.BufferedFile{Name: in, Data: content})
		}
	}
	c, err := loader.LoadFiles(files)
	if err != nil {
		return nil, err
	}
	if len(c.Metadata.Dependencies) > 0 {
		return nil, errors.New("has sub-charts")
	}
	r := Release{Values: []Values{v}}
	user, _ := r.values(fsys)
	values, err := renderValues(c, user, r)
	if err != nil {
		return nil, err
	}
	texts, err := engine.Engine{CustomTemplateFuncs: functions()}.RenderWithContext(context.Background(), c, values)
	out := map[string]string{}
	for name, text := range texts {
		out[strings.TrimPrefix(name, c.Name()+"/")] = text
	}
	return out, err
}

func TestArchivesOfSubChartsAreRendered(t *testing.T) {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	w := tar.NewWriter(zip)
	for _, f := range []struct{ name, content string }{
		{"redis/Chart.yaml", "apiVersion: v2\nname: redis\nversion: 1.0.0\n"},
		{"redis/templates/r.yaml", "kind: Pod\nname: {{ .Release.Name }}-redis\n"},
	} {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{
		"shop/Chart.yaml":             {Data: []byte("apiVersion: v2\nname: shop\nversion: 0.1.0\ndependencies:\n- {name: redis, version: 1.x.x, repository: https://example.com}\n")},
		"shop/charts/redis-1.0.0.tgz": {Data: packed.Bytes()},
	}
	want := "chart shop\n# shop/charts/redis-1.0.0.tgz\n  0| kind: Pod\n  0| name: shop-redis\n"
	if diff := cmp.Diff(want, renderAll(fsys, Values{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatATemplateCostsIsLimited(t *testing.T) {
	for name, template := range map[string]string{
		"repetition":     `{{ repeat 1000000000 "ab" }}`,
		"indentation":    `{{ indent 1000000000 "a" }}`,
		"a long range":   `{{ range until 1000000000 }}a{{ end }}`,
		"nested ranges":  `{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}`,
		"a number range": `{{ range 10000000000 }}{{ end }}`,
		"much text":      `{{ define "a" }}` + strings.Repeat("text ", 1000) + `{{ end }}{{ range until 100000 }}{{ template "a" }}{{ end }}`,
		"doubling":       `{{ $x := "ab" }}{{ range until 100 }}{{ $x = print $x $x }}{{ end }}`,
		"recursion":      `{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}`,
	} {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{
				"c/Chart.yaml":       {Data: []byte("apiVersion: v2\nname: c\nversion: 0.1.0\n")},
				"c/templates/a.yaml": {Data: []byte(template)},
			}
			rendered, notes := Render(fsys, "c", Release{})
			if len(rendered) != 0 || len(notes) != 1 {
				t.Errorf("%d results, notes %v, want one note", len(rendered), notes)
			}
		})
	}
}

// FuzzRender holds that no chart makes the renderer panic, and that rendering one
// twice gives the same.
func FuzzRender(f *testing.F) {
	for _, file := range cases(f) {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, in := range a.Files {
			if strings.Contains(in.Name, "templates/") {
				f.Add(in.Data, []byte("a: {b: [1, x]}\n"))
			}
		}
	}
	f.Fuzz(func(t *testing.T, template, values []byte) {
		fsys := fstest.MapFS{
			"c/Chart.yaml":       {Data: []byte("apiVersion: v2\nname: c\nversion: 0.1.0\n")},
			"c/templates/a.yaml": {Data: template},
			"c/templates/_b.tpl": {Data: []byte(`{{ define "b" }}b{{ end }}`)},
			"c/values.yaml":      {Data: values},
		}
		first, notes := Render(fsys, "c", Release{})
		second, again := Render(fsys, "c", Release{})
		if diff := cmp.Diff(first, second, cmp.AllowUnexported(Rendered{})) + cmp.Diff(notes, again, cmp.AllowUnexported(graph.Source{})); diff != "" {
			t.Errorf("two runs differ (-first +second):\n%s", diff)
		}
		for _, r := range first {
			if bytes.Contains(r.Content, []byte(lineFunc)) && !bytes.Contains(template, []byte(lineFunc)) {
				t.Errorf("a mark is left in %q", r.Content)
			}
		}
	})
}
