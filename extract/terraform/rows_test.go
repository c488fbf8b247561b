package terraform

import (
	flags "flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var (
	blockHead    = regexp.MustCompile(`(?m)^\s*(?:resource|data) "([a-z0-9_]+)" "([A-Za-z0-9_-]+)"`)
	moduleSource = regexp.MustCompile(`(?m)^\s*source\s*=\s*"([^"]+)"`)
)

// inputs returns the Terraform files of testdata's cases, by the case's file.
func inputs(t *testing.T, pattern string) map[string]fstest.MapFS {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	out := map[string]fstest.MapFS{}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = fstest.MapFS{}
		for _, f := range a.Files {
			if strings.HasSuffix(f.Name, ".tf") {
				out[name][f.Name] = &fstest.MapFile{Data: f.Data}
			}
		}
	}
	return out
}

func TestEveryRowIsExercised(t *testing.T) {
	used := map[string]bool{}
	for _, files := range inputs(t, "testdata/*.txtar") {
		for _, f := range files {
			for _, m := range blockHead.FindAllSubmatch(f.Data, -1) {
				used[string(m[1])] = true
			}
			for _, m := range moduleSource.FindAllSubmatch(f.Data, -1) {
				used[moduleName(string(m[1]))] = true
			}
		}
	}
	for _, rows := range append(rows(), moduleRows) {
		for i := range rows {
			if !used[rows[i].typ] {
				t.Errorf("no txtar in testdata uses %s: add it to the rows_*.txtar of its family", rows[i].typ)
			}
		}
	}
}

// A detail that nothing owns is lost: its row's owner, or the adopts of another,
// does not name the attribute that it hangs on.
func TestDetailsHaveOwners(t *testing.T) {
	known := newTable()
	for name, files := range inputs(t, "testdata/rows_*.txtar") {
		b := newBuilder(known, Evaluate(files, ".", Options{}))
		b.classify()
		b.boundaries()
		b.components()
		b.adoptDetails()
		for _, r := range b.resources {
			if r.row != nil && r.row.role == detail && len(r.owners) == 0 {
				t.Errorf("%s: %s belongs to no component", name, r.Address)
			}
		}
	}
}

// TestReadme holds README.md to the tables; -update rewrites it.
func TestReadme(t *testing.T) {
	want, err := os.ReadFile("README.md")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	got := readme()
	if f := flags.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile("README.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("README.md is stale, -update rewrites it (-want +got):\n%s", diff)
	}
}

func readme() string {
	var w strings.Builder
	w.WriteString(`# Resource types

What is known of each type, from the tables beside this file; a test writes it.
Properties name the attribute that decides them; *flows* are the attributes that
name the other end, *calls* those of free configuration that may name anything.
How a type without a row is placed stands in convention.go.
`)
	for _, s := range []struct {
		title string
		rows  []row
	}{
		{"AWS", awsRows}, {"Azure", azureRows}, {"Google Cloud", googleRows}, {"Google Cloud's bindings of roles", googleMemberRows}, {"Other providers", otherRows}, {"Registry modules whose code is not there", moduleRows},
	} {
		modelled := slices.DeleteFunc(slices.Clone(s.rows), func(r row) bool { return r.role == ignored })
		fmt.Fprintf(&w, "\n## %s\n\n%d types, %d of them left out on purpose.\n\n| type | is | understood |\n|---|---|---|\n", s.title, len(s.rows), len(s.rows)-len(modelled))
		for i := range modelled {
			r := &modelled[i]
			fmt.Fprintf(&w, "| `%s` | %s | %s |\n", r.typ, r.is(), strings.Join(r.understood(), "; "))
		}
		if len(modelled) == len(s.rows) {
			continue
		}
		w.WriteString("\n| left out | because |\n|---|---|\n")
		for i := range s.rows {
			if r := &s.rows[i]; r.role == ignored {
				fmt.Fprintf(&w, "| `%s` | %s |\n", r.typ, r.why)
			}
		}
	}
	w.WriteString("\n## Providers of settings\n\nTypes of theirs that have no row above are left out.\n\n| provider | because |\n|---|---|\n")
	for _, name := range sortedKeys(settingsProviders) {
		fmt.Fprintf(&w, "| `%s` | %s |\n", name, settingsProviders[name])
	}
	return w.String()
}

// is says what a type is in the model.
func (r *row) is() string {
	what := map[role]string{
		process: "process", store: "store", external: "external entity", identity: "identity", network: "network boundary", subnetwork: "subnet boundary",
		administrative: "administrative boundary", grouping: "grouping boundary", detail: "part of another", connector: "flow or evidence", guard: "guard", pool: "pool of targets",
	}[r.role]
	if r.tech != "" {
		what += ", " + string(r.tech)
	}
	return what
}

// understood lists what is read of a type.
func (r *row) understood() []string {
	var out []string
	list := func(what string, items []string) {
		items = slices.Compact(items)
		if len(items) > 0 {
			out = append(out, what+" "+strings.Join(items, ", "))
		}
	}
	code := func(attrs ...string) []string {
		var quoted []string
		for _, a := range attrs {
			if a != "" {
				quoted = append(quoted, "`"+strings.ReplaceAll(a, "|", "` or `")+"`")
			}
		}
		return quoted
	}
	list("belongs to", code(r.owner...))
	list("owns", code(r.adopts...))
	var props, flows []string
	for _, p := range r.props {
		by := ""
		if p.attr != "" {
			by = " by " + strings.Join(code(p.attr), "")
		}
		props = append(props, string(p.property)+by)
	}
	for _, l := range r.links {
		flows = append(flows, code(l.from, l.to)...)
	}
	list("flows", flows)
	list("calls", code(r.calls...))
	list("properties", props)
	if r.port != 0 || r.engine != "" {
		out = append(out, strings.TrimSpace(fmt.Sprintf("port %d %s", r.port, strings.Join(code(r.engine), ""))))
	}
	if len(r.also) > 0 {
		out = append(out, "more in code")
	}
	return out
}
