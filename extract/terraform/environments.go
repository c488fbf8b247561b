package terraform

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// unnamedFiles notes variable files beside a root that would give values to variables
// without one, and how to name them. Which of them counts is not guessed.
func (r Root) unnamedFiles(fsys fs.FS, unset []string) []graph.Note {
	if len(unset) == 0 || r.Environment.Name != "" || slices.ContainsFunc(r.Options.Eval.Args, func(a eval.Arg) bool { return a.File != "" }) {
		return nil
	}
	var patterns []string
	var files []string // that define one of the variables
	for _, dir := range variableFolders(fsys, r.Dir) {
		found := 0
		for _, file := range variableFiles(fsys, path.Join(r.Dir, dir)) {
			values := eval.ReadVariables(fsys, file)
			if slices.ContainsFunc(unset, func(name string) bool { return values[name].IsSet() }) {
				files = append(files, file)
				found++
			}
		}
		if found > 0 {
			patterns = append(patterns, path.Join(dir, "*.tfvars"))
		}
	}
	if len(files) == 0 {
		return nil
	}
	pattern := patterns[0]
	if len(patterns) > 1 { // a folder for each environment
		pattern = "*/*.tfvars"
		if deep := path.Dir(path.Dir(patterns[0])); deep != "." {
			pattern = path.Join(deep, pattern)
		}
	}
	return []graph.Note{{
		Code: "environments", Source: graph.Source{File: files[0]},
		Message: fmt.Sprintf("not read: %d variable %s of no environment would give %s a value", len(files), plural(len(files), "file", "files"), strings.Join(firstFew(unset), ", ")),
		Next:    fmt.Sprintf("name them in .drawbridge.yaml: environments: [{root: %q, each-file: %q}]", path.Clean(r.Dir), pattern),
	}}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// variableFolders are the root's directory and those up to two below it that hold
// variable files, as seen from it, sorted.
func variableFolders(fsys fs.FS, root string) []string {
	var out []string
	var look func(dir string, depth int)
	look = func(dir string, depth int) {
		entries, err := fs.ReadDir(fsys, path.Join(root, dir))
		if err != nil {
			return
		}
		if len(variableFiles(fsys, path.Join(root, dir))) > 0 {
			out = append(out, dir)
		}
		configured := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() && eval.IsConfig(e.Name()) })
		if depth == 2 || dir != "." && configured { // another module's
			return
		}
		for _, e := range entries {
			if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
				look(path.Join(dir, e.Name()), depth+1)
			}
		}
	}
	look(".", 0)
	slices.Sort(out)
	return out
}

// variableFiles are the variable files of a directory that terraform does not read
// unasked.
func variableFiles(fsys fs.FS, dir string) []string {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && strings.HasSuffix(name, ".tfvars") {
			out = append(out, path.Join(dir, name))
		}
	}
	return out
}
