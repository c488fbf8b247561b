package terragrunt

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// generatedFile is a file that a generate block puts into the module.
type generatedFile struct {
	name    string // path in the tree
	content string
	at      graph.Source // of the block
}

// withFiles lays generated files over the tree.
func withFiles(fsys fs.FS, generated []generatedFile) fs.FS {
	if len(generated) == 0 {
		return fsys
	}
	over := overlay{fsys, map[string]string{}}
	for _, g := range generated {
		over.files[g.name] = g.content
	}
	return over
}

// nothing is an empty file system.
type nothing struct{}

// Open finds nothing.
func (nothing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// overlay is a file system with further files, of which it holds the content.
type overlay struct {
	fs.FS
	files map[string]string
}

// Open opens a file of either.
func (o overlay) Open(name string) (fs.File, error) {
	if content, ok := o.files[name]; ok {
		return openFile{bytes.NewReader([]byte(content)), fileInfo{path.Base(name), int64(len(content))}}, nil
	}
	return o.FS.Open(name)
}

// Stat describes a file of either.
func (o overlay) Stat(name string) (fs.FileInfo, error) {
	if content, ok := o.files[name]; ok {
		return fileInfo{path.Base(name), int64(len(content))}, nil
	}
	return fs.Stat(o.FS, name)
}

// ReadFile returns the content of a file of either.
func (o overlay) ReadFile(name string) ([]byte, error) {
	if content, ok := o.files[name]; ok {
		return []byte(content), nil
	}
	return fs.ReadFile(o.FS, name)
}

// ReadDir lists what lies in a directory in either.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, name)
	for file, content := range o.files {
		if path.Dir(file) != name {
			continue
		}
		base := path.Base(file)
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == base })
		entries = append(entries, fs.FileInfoToDirEntry(fileInfo{base, int64(len(content))}))
		err = nil
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

type openFile struct {
	*bytes.Reader
	info fileInfo
}

func (f openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f openFile) Close() error               { return nil }

type fileInfo struct {
	name string
	size int64
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return 0o444 }
func (i fileInfo) ModTime() time.Time { return time.Time{} }
func (i fileInfo) IsDir() bool        { return false }
func (i fileInfo) Sys() any           { return nil }

// relocate tells what came from a generated file from the block that generates it: the
// file itself is nowhere to be seen.
func relocate(r *eval.Result, generated []generatedFile) {
	if len(generated) == 0 {
		return
	}
	places := map[string]graph.Source{}
	for _, g := range generated {
		places[g.name] = g.at
	}
	move := func(at *graph.Source) {
		if to, ok := places[at.File]; ok {
			*at = to
		}
	}
	var block func(b *eval.Block)
	block = func(b *eval.Block) {
		if _, ok := places[b.Source.File]; !ok {
			return
		}
		move(&b.Source)
		for name, v := range b.Attrs {
			move(&v.Source)
			b.Attrs[name] = v
		}
		for _, n := range b.Blocks {
			block(n)
		}
	}
	for _, x := range r.Resources {
		move(&x.Source)
		block(x.Body)
	}
	for i := range r.Providers {
		move(&r.Providers[i].Source)
		block(r.Providers[i].Body)
	}
	for i := range r.Notes {
		move(&r.Notes[i].Source)
	}
}
