package analyze_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"drawbridge/analyze"
	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite expectations")

// TestRun runs testdata/*.txtar: the graph "in" becomes the graph "out". Findings,
// questions and paths are left out of it; they have cases of their own.
func TestRun(t *testing.T) {
	eachArchive(t, "testdata/*.txtar", func(t *testing.T, file string, a *txtar.Archive) {
		in, want := section(a, "in"), section(a, "out")
		g := parse(t, in)
		analyze.Run(g)
		g.Findings, g.Questions, g.Paths = nil, nil, nil
		got := graph.Format(g)
		if *update {
			a.Files = []txtar.File{{Name: "in", Data: in}, {Name: "out", Data: got}}
			if err := os.WriteFile(file, txtar.Format(a), 0o666); err != nil {
				t.Fatal(err)
			}
			return
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("completed graph differs (-want +got):\n%s", diff)
		}
	})
}

// TestWellBuilt holds the rules to what they promise: where a system is built
// well, nothing is told that is worth more than a glance.
func TestWellBuilt(t *testing.T) {
	eachArchive(t, "testdata/ok/*.txtar", func(t *testing.T, file string, a *txtar.Archive) {
		g := parse(t, section(a, "in"))
		analyze.Run(g)
		if len(g.Components) < 5 || len(g.Flows) < 4 {
			t.Errorf("the graph is too small to show anything: %d components, %d flows", len(g.Components), len(g.Flows))
		}
		for _, f := range g.Findings {
			if f.Severity.Rank() > graph.Low.Rank() {
				t.Errorf("found in a well-built graph: %s", graph.Format(&graph.Graph{Findings: []*graph.Finding{f}}))
			}
		}
	})
}

func eachArchive(t *testing.T, pattern string, test func(t *testing.T, file string, a *txtar.Archive)) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no file is called %s", pattern)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			test(t, file, a)
		})
	}
}

func section(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func parse(t *testing.T, text []byte) *graph.Graph {
	t.Helper()
	g, err := graph.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// vendorWords are names of vendors and of their types. A rule that needs one of
// them looks at what only one vendor's users have.
var vendorWords = regexp.MustCompile(`(?i)\b(aws|amazon|azure|azurerm|gcp|google|alicloud|oracle)(\b|_)`)

// TestNamesNoVendor reads the code and the cases of this package and those below
// it. Only the names of public sources may hold a vendor's.
func TestNamesNoVendor(t *testing.T) {
	here := os.DirFS(".")
	read := 0
	err := fs.WalkDir(here, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := fs.ReadFile(here, name)
		if err != nil {
			return err
		}
		switch {
		case strings.HasSuffix(name, "_test.go"):
			return nil
		case path.Ext(name) == ".go":
			src = withoutReferences(t, name, src)
		case path.Ext(name) != ".txtar":
			return nil
		}
		read++
		for i, line := range strings.Split(string(src), "\n") {
			if word := vendorWords.FindString(line); word != "" {
				t.Errorf("%s:%d names a vendor (%s): %s", name, i+1, word, strings.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 20 {
		t.Fatalf("only %d files were read", read)
	}
}

// withoutReferences blanks the values of all fields called References, so that
// lines keep their numbers.
func withoutReferences(t *testing.T, name string, src []byte) []byte {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		field, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		if key, ok := field.Key.(*ast.Ident); !ok || key.Name != "References" {
			return true
		}
		for i := files.Position(field.Value.Pos()).Offset; i < files.Position(field.Value.End()).Offset; i++ {
			if src[i] != '\n' {
				src[i] = ' '
			}
		}
		return false
	})
	return src
}

func FuzzRun(f *testing.F) {
	for _, pattern := range []string{"testdata/*.txtar", "testdata/ok/*.txtar", "rules/testdata/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			a, err := txtar.ParseFile(file)
			if err != nil {
				f.Fatal(err)
			}
			for _, part := range a.Files {
				f.Add(part.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		g, err := graph.Parse(text)
		if err != nil {
			t.Skip()
		}
		analyze.Run(g)
		once := string(graph.Format(g))
		analyze.Run(g)
		if diff := cmp.Diff(once, string(graph.Format(g))); diff != "" {
			t.Fatalf("a second run changes the graph (-first +second):\n%s", diff)
		}
		written, err := graph.Parse([]byte(once))
		if err != nil {
			t.Fatalf("the completed graph does not parse: %v", err)
		}
		if diff := cmp.Diff(once, string(graph.Format(written))); diff != "" {
			t.Fatalf("the completed graph changes when read back (-written +read):\n%s", diff)
		}
		again, err := graph.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		analyze.Run(again)
		if diff := cmp.Diff(once, string(graph.Format(again))); diff != "" {
			t.Fatalf("the same text gives another graph (-first +second):\n%s", diff)
		}
	})
}

// estate makes a graph of n components in networks of two subnets with fifty
// components each, with three flows a component.
func estate(n int) *graph.Graph {
	g := &graph.Graph{Components: []*graph.Component{{ID: graph.InternetID, Kind: graph.External, Name: graph.InternetID, Technology: graph.TechInternet}}}
	kinds := []struct {
		kind       graph.Kind
		technology graph.Technology
	}{
		{graph.Process, graph.TechLoadBalancer},
		{graph.Process, graph.TechContainer},
		{graph.Process, graph.TechFunction},
		{graph.Store, graph.TechQueue},
		{graph.Store, graph.TechSQL},
	}
	flow := func(f graph.Flow) {
		f.Basis = graph.Declared
		f.ID = graph.FlowID(f.From, f.To, f.Protocol, f.Port, f.Basis)
		f.Evidence = []graph.Evidence{{File: "main.tf", Line: len(g.Flows), Address: f.To, Why: "is configured"}}
		g.Flows = append(g.Flows, &f)
	}
	id := func(i int) string { return fmt.Sprintf("service/%06d", i) }
	for i := range n {
		network, subnet := fmt.Sprintf("network/%04d", i/100), fmt.Sprintf("subnet/%04d", i/50)
		if i%100 == 0 {
			g.Boundaries = append(g.Boundaries, &graph.Boundary{ID: network, Kind: graph.BoundaryNetwork, Name: network})
		}
		if i%50 == 0 {
			g.Boundaries = append(g.Boundaries, &graph.Boundary{ID: subnet, Kind: graph.BoundarySubnet, Name: subnet, Parent: network})
		}
		k := kinds[i%len(kinds)]
		c := &graph.Component{ID: id(i), Kind: k.kind, Name: id(i), Address: id(i), Technology: k.technology, Boundary: subnet}
		c.Set(graph.PropEncryptedAtRest, graph.Of(i%3 > 0), graph.Evidence{Why: "is configured"})
		g.Components = append(g.Components, c)
		if k.technology == graph.TechLoadBalancer {
			flow(graph.Flow{From: graph.InternetID, To: c.ID, Protocol: "http", Port: 80, Encrypted: graph.No})
		}
		for step := 1; step <= 3; step++ {
			flow(graph.Flow{From: c.ID, To: id((i + step*step*7) % n), Protocol: "tcp", Port: 8000 + step, Encrypted: graph.Of(i%4 > 0)})
		}
	}
	return g
}

func BenchmarkRun(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("components=%d", n), func(b *testing.B) {
			g := estate(n)
			b.ReportMetric(float64(len(g.Flows)), "flows")
			for b.Loop() {
				analyze.Run(g)
			}
			b.ReportMetric(float64(len(g.Findings)), "findings")
		})
	}
}
