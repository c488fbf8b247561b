package eval

import (
	"encoding/json"
	"io/fs"
	"path"
	"strings"
)

// fetched finds the code of modules that are no local ones in a folder of them,
// [Options.Modules]. Two layouts are known: terraform's own, where a modules.json
// lists sources and directories, and directories named by the source, with the
// version (or the ref of a git source) below where there are several:
//
//	terraform-aws-modules/vpc/aws/5.8.1     a registry module
//	terraform-aws-modules/vpc/aws           any version
//	github.com/org/repository/v1.2          a git module, with its ref
//	github.com/org/repository               any ref
type fetched struct {
	fsys   fs.FS
	folder string
	listed []listedModule
}

type listedModule struct{ Source, Version, Dir string }

// fetchedModules reads what a folder of modules lists; nil where there is no folder.
func fetchedModules(fsys fs.FS, folder string) *fetched {
	if folder == "" {
		return nil
	}
	f := &fetched{fsys: fsys, folder: path.Clean(folder)}
	var manifest struct{ Modules []listedModule }
	if src, err := readFile(fsys, path.Join(f.folder, "modules.json")); err == nil && json.Unmarshal(src, &manifest) == nil {
		f.listed = manifest.Modules
	}
	return f
}

// dir returns the directory of a module's code, "" where the folder lacks it.
func (f *fetched) dir(source, version string) string {
	if f == nil || source == "" {
		return ""
	}
	name, sub, ref := splitSource(source)
	exact := strings.TrimSpace(strings.TrimLeft(version, "=~> "))
	if ref != "" {
		exact = ref
	}
	for _, m := range f.listed {
		listed, listedSub, listedRef := splitSource(m.Source)
		if listed != name || m.Dir == "" || listedSub != sub || listedRef != ref {
			continue
		}
		// Only an exact version is told apart: of what terraform chose there is one.
		if isVersion(version) && m.Version != "" && m.Version != version {
			continue
		}
		below := strings.TrimPrefix(path.Clean(m.Dir), ".terraform/modules/")
		if d := path.Join(f.folder, below); f.holds(d) {
			return d
		}
	}
	for _, d := range []string{path.Join(name, exact), name} {
		if d = path.Join(f.folder, d, sub); f.holds(d) {
			return d
		}
	}
	return ""
}

func (f *fetched) holds(dir string) bool {
	if dir != f.folder && !strings.HasPrefix(dir, f.folder+"/") && f.folder != "." {
		return false
	}
	entries, err := fs.ReadDir(f.fsys, dir)
	return err == nil && len(configNames(entries)) > 0
}

func isVersion(s string) bool { return s != "" && strings.Trim(s, "0123456789.") == "" }

// splitSource brings a module source into a path by which a folder may name it, the
// directory within, and the ref that it asks for.
func splitSource(source string) (name, sub, ref string) {
	source, query, _ := strings.Cut(source, "?")
	for pair := range strings.SplitSeq(query, "&") {
		if v, ok := strings.CutPrefix(pair, "ref="); ok {
			ref = v
		}
	}
	source = strings.TrimPrefix(source, "git::")
	for _, scheme := range []string{"https://", "http://", "ssh://", "git@"} {
		source = strings.TrimPrefix(source, scheme)
	}
	source = strings.TrimPrefix(source, "git@")
	name, sub, _ = strings.Cut(source, "//")
	if host, rest, ok := strings.Cut(name, ":"); ok && !strings.Contains(host, "/") { // git@github.com:org/repository
		name = host + "/" + rest
	}
	name = strings.TrimSuffix(name, ".git")
	return strings.TrimPrefix(name, "registry.terraform.io/"), sub, ref
}
