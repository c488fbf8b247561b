package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Tree is a directory opened for reading. Its names may lead above the directory
// ("../modules/vpc"), up to the top of the repository that holds it: a Terraform
// root calls modules that lie beside it, and is scanned on its own all the same.
// Nothing outside of the repository can be opened, through links neither.
type Tree struct {
	root *os.Root // nil for a file system that somebody else closes
	top  fs.FS    // the repository
	base string   // the directory's path in it, "." for the top
	// replaced is another content for one file, by its path in the repository.
	replaced string
	content  []byte
}

// With is the tree with another content for one file that it has. Closing it closes nothing.
func (t *Tree) With(name string, content []byte) *Tree {
	return &Tree{top: t.top, base: t.base, replaced: path.Join(t.base, name), content: content}
}

func (t *Tree) replacement(name string) ([]byte, bool) {
	return t.content, t.replaced != "" && path.Join(t.base, name) == t.replaced
}

// replacedFile is a file with the other content, opened.
type replacedFile struct {
	fs.File
	info replacedInfo
	*bytes.Reader
}

func (f *replacedFile) Read(p []byte) (int, error) { return f.Reader.Read(p) }
func (f *replacedFile) Stat() (fs.FileInfo, error) { return f.info, nil }

type replacedInfo struct {
	fs.FileInfo
	size int64
}

func (i replacedInfo) Size() int64 { return i.size }

// Open opens a directory. Where no repository holds it, its names stay below it.
func Open(dir string) (*Tree, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	top := repository(dir)
	base, err := filepath.Rel(top, dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", top, err)
	}
	return &Tree{root: root, top: root.FS(), base: filepath.ToSlash(base)}, nil
}

// Base is the directory's path as seen from the top of the repository, "." for the top.
func (t *Tree) Base() string { return t.base }

// Within is the tree of a directory in any file system, whose top is the top of the
// repository.
func Within(top fs.FS, dir string) *Tree { return &Tree{top: top, base: dir} }

// repository returns the innermost directory at or above dir that git calls a
// repository or a work tree, dir itself where there is none.
func repository(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}

// InRepository returns where a directory lies in the repository that holds it, as a
// slash-separated path: "" for its top, or where no repository holds it.
func InRepository(dir string) string {
	absolute, err := filepath.Abs(dir)
	if err == nil {
		absolute, err = filepath.EvalSymlinks(absolute)
	}
	if err != nil {
		return ""
	}
	below, err := filepath.Rel(repository(absolute), absolute)
	if err != nil || below == "." {
		return ""
	}
	return filepath.ToSlash(below)
}

// Close ends the reading.
func (t *Tree) Close() error {
	if t.root == nil {
		return nil
	}
	return t.root.Close()
}

// within turns a name as seen from the directory into one of the repository.
func (t *Tree) within(op, name string) (string, error) {
	full := path.Join(t.base, name)
	if path.IsAbs(name) || !fs.ValidPath(full) {
		return "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	return full, nil
}

// Open opens a file. See [Tree] for the names.
func (t *Tree) Open(name string) (fs.File, error) {
	full, err := t.within("open", name)
	if err != nil {
		return nil, err
	}
	f, err := t.top.Open(full)
	content, ok := t.replacement(name)
	if err != nil || !ok {
		return f, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &replacedFile{f, replacedInfo{info, int64(len(content))}, bytes.NewReader(content)}, nil
}

// ReadDir lists a directory, sorted by name.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	full, err := t.within("readdir", name)
	if err != nil {
		return nil, err
	}
	return fs.ReadDir(t.top, full)
}

// ReadFile returns the content of a file.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	full, err := t.within("read", name)
	if err != nil {
		return nil, err
	}
	if content, ok := t.replacement(name); ok {
		return bytes.Clone(content), nil
	}
	return fs.ReadFile(t.top, full)
}

// Stat describes a file, following links.
func (t *Tree) Stat(name string) (fs.FileInfo, error) {
	full, err := t.within("stat", name)
	if err != nil {
		return nil, err
	}
	info, err := fs.Stat(t.top, full)
	if content, ok := t.replacement(name); ok && err == nil {
		info = replacedInfo{info, int64(len(content))}
	}
	return info, err
}

// Lstat describes a file, links themselves.
func (t *Tree) Lstat(name string) (fs.FileInfo, error) {
	full, err := t.within("lstat", name)
	if err != nil {
		return nil, err
	}
	return fs.Lstat(t.top, full)
}

// ReadLink returns where a link leads.
func (t *Tree) ReadLink(name string) (string, error) {
	full, err := t.within("readlink", name)
	if err != nil {
		return "", err
	}
	return fs.ReadLink(t.top, full)
}
