package kustomization

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

const maxFile = 8 << 20 // bytes of one file

// top is the absolute path under which kustomize sees the scanned tree. It is
// deep because names may lead above the tree.
const top = "/up/up/up/up/up/up/up/up/up/up/up/up/up/up/up/up/tree"

var errReadOnly = errors.New("the scanned tree is only read")

// files shows a tree to kustomize, and nothing else. Each kustomization is seen
// with what the tree does not hold taken out.
type files struct {
	fsys  fs.FS
	local func(name string, content []byte) ([]byte, error)
	read  map[string]bool // the files that were read
}

// name turns a path of kustomize's into one of the tree.
func (f *files) name(p string) (string, error) {
	if !filepath.IsAbs(p) {
		return "", fmt.Errorf("%s: not an absolute path", p)
	}
	rel, err := filepath.Rel(filepath.FromSlash(top), p)
	return filepath.ToSlash(rel), err
}

func (f *files) stat(p string) (fs.FileInfo, error) {
	name, err := f.name(p)
	if err != nil {
		return nil, err
	}
	return fs.Stat(f.fsys, name)
}

func (f *files) IsDir(p string) bool {
	info, err := f.stat(p)
	return err == nil && info.IsDir()
}

func (f *files) Exists(p string) bool {
	_, err := f.stat(p)
	return err == nil
}

func (f *files) CleanedAbs(p string) (filesys.ConfirmedDir, string, error) {
	info, err := f.stat(p)
	if err != nil {
		return "", "", err
	}
	if p = filepath.Clean(p); info.IsDir() {
		return filesys.ConfirmedDir(p), "", nil
	}
	return filesys.ConfirmedDir(filepath.Dir(p)), filepath.Base(p), nil
}

func (f *files) ReadFile(p string) ([]byte, error) {
	name, err := f.name(p)
	if err != nil {
		return nil, err
	}
	content, err := readLimited(f.fsys, name)
	if err != nil {
		return nil, err
	}
	f.read[name] = true
	if IsFile(name) {
		return f.local(name, content)
	}
	return content, nil
}

func (f *files) ReadDir(p string) ([]string, error) {
	name, err := f.name(p)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(f.fsys, name)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out, err
}

func (f *files) Glob(pattern string) ([]string, error) {
	dir, last := filepath.Split(pattern)
	if strings.ContainsAny(dir, `*?[\`) {
		return nil, fmt.Errorf("%s: a pattern of directories", pattern)
	}
	entries, err := f.ReadDir(filepath.Clean(dir))
	var out []string
	for _, e := range entries {
		if ok, _ := path.Match(last, e); ok {
			out = append(out, filepath.Join(dir, e))
		}
	}
	return out, err
}

func (f *files) Create(string) (filesys.File, error) { return nil, errReadOnly }
func (f *files) Open(string) (filesys.File, error)   { return nil, errReadOnly }
func (f *files) Mkdir(string) error                  { return errReadOnly }
func (f *files) MkdirAll(string) error               { return errReadOnly }
func (f *files) RemoveAll(string) error              { return errReadOnly }
func (f *files) WriteFile(string, []byte) error      { return errReadOnly }
func (f *files) Walk(string, filepath.WalkFunc) error {
	return errReadOnly
}

func readLimited(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s: larger than %d bytes", name, maxFile)
	}
	return fs.ReadFile(fsys, name)
}
