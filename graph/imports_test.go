package graph

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// areas lists what the packages below each directory may import of this module.
var areas = map[string][]string{
	"graph":   {},
	"extract": {"graph", "extract"},
	"analyze": {"graph", "analyze"},
	"render":  {"graph", "render"},
	"cmd":     {"graph", "extract", "analyze", "render", "cmd"},
}

// homes lists the libraries that belong to one part of the program. Tests may
// use them anywhere, as a yardstick.
var homes = map[string][]string{
	"github.com/hashicorp/":                {"extract/terraform"},
	"github.com/zclconf/":                  {"extract/terraform"},
	"cel.dev/":                             {"analyze/custom"},
	"k8s.io/":                              {"extract/kubernetes"},
	"github.com/awalterschulze/gographviz": {"render", "cmd/drawbridge-layout"},
	"github.com/goccy/go-graphviz":         {"render", "cmd/drawbridge-layout"},
}

// providerWords finds the resource types and products of a vendor. Words of a
// vendor in text for people ("CIS AWS 2.3.1") are none.
var providerWords = regexp.MustCompile(`\b(aws|azurerm|azuread|google|kubernetes|oci|alicloud)_[a-z]`)

func TestImportsGoOneWay(t *testing.T) {
	forEachSource(t, func(name string, src []byte) {
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			return
		}
		area, _, _ := strings.Cut(name, "/")
		allowed, known := areas[area]
		if !known {
			t.Errorf("%s lies in no area that a rule is written for", name)
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if inside, ok := strings.CutPrefix(imported, "drawbridge/"); ok {
				if !below(inside, allowed) {
					t.Errorf("%s imports %s, %s may import %v only", name, imported, area, allowed)
				}
				continue
			}
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			library, _, _ := strings.Cut(imported, "/")
			if area == "graph" && strings.Contains(library, ".") {
				t.Errorf("%s imports %s, graph may import the standard library only", name, imported)
			}
			for prefix, home := range homes {
				if strings.HasPrefix(imported, prefix) && !below(name, home) {
					t.Errorf("%s imports %s, which belongs to %v", name, imported, home)
				}
			}
		}
	})
}

func TestNoVendorPastExtract(t *testing.T) {
	forEachSource(t, func(name string, src []byte) {
		if strings.HasSuffix(name, "_test.go") || !below(name, []string{"analyze", "render"}) {
			return
		}
		for i, line := range strings.Split(string(src), "\n") {
			if word := providerWords.FindString(line); word != "" {
				t.Errorf("%s:%d names a vendor's type (%s...): %s", name, i+1, word, strings.TrimSpace(line))
			}
		}
	})
}

// below reports whether a slash-separated path is one of the directories or in one.
func below(name string, dirs []string) bool {
	for _, dir := range dirs {
		if name == dir || strings.HasPrefix(name, dir+"/") {
			return true
		}
	}
	return false
}

// forEachSource calls visit for every Go file of this module.
func forEachSource(t *testing.T, visit func(name string, src []byte)) {
	t.Helper()
	root := os.DirFS("..")
	visited := 0
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name == "." {
				return nil
			}
			_, err := fs.Stat(root, path.Join(name, "go.mod"))
			if err == nil || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		src, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		visited++
		visit(name, src)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if visited == 0 {
		t.Fatal("no Go file found")
	}
}
