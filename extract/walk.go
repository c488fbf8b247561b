package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/terraform"
	"drawbridge/extract/terraform/plan"
	"drawbridge/graph"

	"github.com/bmatcuk/doublestar/v4"
)

// found is what a walk found, by what it looks like from outside. All lists are sorted.
type found struct {
	terraform []string        // files of Terraform configuration
	manifests []string        // files that may hold manifests: YAML and JSON, which may be a plan too
	plans     []string        // files that may be a plan or a state by their names, and those named as such
	hidden    map[string]bool // files that no reader may open
	notes     []graph.Note
}

// skipped are the names of directories that hold copies, dependencies and
// records of other programs. Terraform's own copies of modules are found by the
// Terraform reader, from the calls to them.
var skipped = []string{".git", ".hg", ".svn", ".terraform", "terraform.tfstate.d", ".terragrunt-cache", "node_modules"}

// walker goes through a tree once, in the order of names.
type walker struct {
	fsys    fs.FS
	exclude []string
	noticed *Noticed
	limits  Limits
	files   int
	full    bool
	found
}

// walk looks at the given files and directories of a tree and all below them.
func walk(fsys fs.FS, starts []string, opt Options) (*found, error) {
	w := &walker{fsys: fsys, exclude: opt.Exclude, noticed: opt.Noticed, limits: opt.Limits.orDefault(), found: found{hidden: map[string]bool{}}}
	for _, pattern := range w.exclude {
		if !doublestar.ValidatePattern(pattern) {
			return nil, fmt.Errorf("exclude %q: not a pattern; see https://pkg.go.dev/github.com/bmatcuk/doublestar/v4#hdr-Patterns", pattern)
		}
	}
	for _, start := range starts {
		info, err := fs.Stat(fsys, start)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", start, err)
		}
		if !info.IsDir() {
			kind := kindOf(start)
			if kind == otherFile { // plans have names of all kinds
				kind = planFile
			}
			w.file(start, fs.FileInfoToDirEntry(info), kind)
			continue
		}
		entries, err := fs.ReadDir(fsys, start)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", start, err)
		}
		w.directory(start, entries, nil, 0)
	}
	w.terraform = sortedOnce(w.terraform)
	w.manifests = sortedOnce(w.manifests)
	w.plans = sortedOnce(w.plans)
	return &w.found, nil
}

// sortedOnce sorts, and drops what overlapping starting points found twice.
func sortedOnce(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func (w *walker) directory(dir string, entries []fs.DirEntry, ignore *ignoreFile, depth int) {
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ".gitignore" && !e.IsDir() }) {
		ignore = w.readIgnore(dir, ignore)
	}
	configured := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return kindOf(e.Name()) == terraformFile })
	for _, e := range entries {
		if w.full {
			return
		}
		name := path.Join(dir, e.Name())
		switch {
		case e.IsDir() && slices.Contains(skipped, e.Name()),
			ignore.ignores(name, e.IsDir()):
		case excluded(w.exclude, name):
			w.noticed.leaveOut(w.exclude, name)
		case !e.IsDir():
			kind := kindOf(name)
			if kind == otherFile && configured && e.Type().IsRegular() && mayBePlan(name) && plan.IsBinary(w.head(name)) {
				kind = planFile
			}
			w.file(name, e, kind)
		case depth >= w.limits.Depth:
			w.note("limit", name, fmt.Sprintf("not read: more than %d directories deep", w.limits.Depth), "scan it on its own")
		default:
			below, err := fs.ReadDir(w.fsys, name)
			if err != nil {
				w.note("read-error", name, "directory not read: "+reason(err), "")
				continue
			}
			w.directory(name, below, ignore, depth+1)
		}
	}
}

func (w *walker) readIgnore(dir string, above *ignoreFile) *ignoreFile {
	name := path.Join(dir, ".gitignore")
	content, err := fs.ReadFile(w.fsys, name)
	if err != nil {
		w.note("read-error", name, "not read, nothing is ignored for it: "+reason(err), "")
		return above
	}
	return parseIgnore(above, dir, content)
}

func (w *walker) file(name string, e fs.DirEntry, kind fileKind) {
	if w.files++; w.files > w.limits.Files {
		w.full = true
		w.note("limit", name, fmt.Sprintf("reading stopped here: more than %d files", w.limits.Files), "scan its parts, or exclude what is no infrastructure code")
		return
	}
	if kind == otherFile {
		return
	}
	info, ok := w.resolve(name, e, kind)
	if !ok {
		return
	}
	switch {
	case !info.Mode().IsRegular():
	case info.Size() > w.limits.FileSize && !(info.Size() <= planTimes*w.limits.FileSize && w.beginsAsPlan(name)):
		w.hide(name)
		w.note("limit", name, fmt.Sprintf("not read: larger than %d bytes", w.limits.FileSize), "split the file, or exclude it")
	case kind == terraformFile:
		w.terraform = append(w.terraform, name)
	case kind == manifestFile:
		w.manifests = append(w.manifests, name)
	case kind == planFile:
		w.plans = append(w.plans, name)
	}
}

// planTimes is how many times larger than other files a plan or state may be: it
// holds all of a root, in a form that is not for people.
const planTimes = 8

// beginsAsPlan reports whether a file begins as terraform begins plans and states.
func (w *walker) beginsAsPlan(name string) bool {
	head := w.head(name)
	return bytes.Contains(head, []byte(`"terraform_version"`)) || bytes.Contains(head, []byte(`"format_version"`))
}

// head returns the first bytes of a file, none of one that can't be opened: its reader
// will say so.
func (w *walker) head(name string) []byte {
	f, err := w.fsys.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close() // opened for reading
	head := make([]byte, 512)
	n, _ := io.ReadFull(f, head)
	return head[:n]
}

// mayBePlan reports whether a file beside configuration has a name that people give to
// what terraform plan -out writes, which is any: its first bytes tell.
func mayBePlan(name string) bool {
	return slices.Contains([]string{"", ".bin", ".binary", ".out", ".plan", ".tfout"}, path.Ext(name))
}

// resolve describes a file, or what a link leads to. A link that leads out of
// the tree is hidden, so that a repository cannot make drawbridge read files that
// are not its own. A link to another file of the tree counts in Terraform, where a
// directory is a module; a manifest would be there twice.
func (w *walker) resolve(name string, e fs.DirEntry, kind fileKind) (info fs.FileInfo, ok bool) {
	if e.Type()&fs.ModeSymlink == 0 {
		info, err := e.Info()
		if err != nil {
			w.note("read-error", name, "not read: "+reason(err), "")
		}
		return info, err == nil
	}
	inside, err := linkStaysInside(w.fsys, name)
	if err == nil && inside {
		info, err = fs.Stat(w.fsys, name)
	}
	switch {
	case err != nil:
		w.hide(name)
		w.note("read-error", name, "link not followed: "+reason(err), "")
		return nil, false
	case !inside:
		w.hide(name)
		w.note("link-outside", name, "link not followed: it leads out of the scanned tree", "scan the tree that holds its target too")
		return nil, false
	}
	return info, kind == terraformFile
}

// maxLinks is how many links are followed for one file, as on Linux.
const maxLinks = 40

// linkStaysInside follows a link, and what it leads to while that is a link too.
// Links in place of directories on the way are not resolved: the walk enters none.
func linkStaysInside(fsys fs.FS, name string) (bool, error) {
	for range maxLinks {
		target, err := fs.ReadLink(fsys, name)
		if err != nil {
			return false, err
		}
		if name = path.Join(path.Dir(name), target); path.IsAbs(target) || !fs.ValidPath(name) {
			return false, nil
		}
		info, err := fs.Lstat(fsys, name)
		if err != nil {
			return false, err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return true, nil
		}
	}
	return false, errors.New("too many links one after another")
}

func (w *walker) hide(name string) { w.hidden[name] = true }

func (w *walker) note(code, file, message, next string) {
	w.notes = append(w.notes, graph.Note{Code: code, Source: graph.Source{File: file}, Message: message, Next: next})
}

// reason returns what is wrong without the name, which the note has already.
func reason(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

// excluded reports whether a path, or a directory above it, matches a pattern.
func excluded(patterns []string, name string) bool {
	for _, pattern := range patterns {
		for at := name; at != "." && at != "/"; at = path.Dir(at) {
			if doublestar.MatchUnvalidated(pattern, at) {
				return true
			}
		}
	}
	return false
}

type fileKind int

const (
	otherFile fileKind = iota
	terraformFile
	manifestFile
	planFile
)

// kindOf tells by the name what a file may be. Whether YAML and JSON hold manifests
// or a plan is for their content to say.
func kindOf(name string) fileKind {
	for _, ext := range []string{".tf", ".tofu", ".tf.json", ".tofu.json"} {
		if strings.HasSuffix(name, ext) {
			return terraformFile
		}
	}
	if terraform.IsUnit(name) {
		return terraformFile
	}
	switch path.Ext(name) {
	case ".tfstate", ".tfplan", ".planfile":
		return planFile
	case ".yaml", ".yml", ".json":
		if !strings.HasSuffix(name, ".tfvars.json") {
			return manifestFile
		}
	}
	if slices.Contains([]string{"tfplan", "tfplan.out", "plan.out", "plan.tfout"}, path.Base(name)) {
		return planFile
	}
	return otherFile
}
