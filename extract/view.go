package extract

import (
	"io/fs"
	"path"
	"slices"
)

// view is a file system without some of its files. Readers list directories on
// their own, so what is excluded must not be there for them. What is hidden must
// include all that lies in a hidden directory.
type view struct {
	fs.FS
	hidden func(name string) bool
}

// Open refuses what is hidden.
func (v view) Open(name string) (fs.File, error) {
	if v.hidden(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f, err := v.FS.Open(name)
	if dir, ok := f.(fs.ReadDirFile); ok {
		return visibleDir{dir, v, name}, err
	}
	return f, err
}

// Stat spares the opening of a file.
func (v view) Stat(name string) (fs.FileInfo, error) {
	if v.hidden(name) {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return fs.Stat(v.FS, name)
}

// ReadFile uses the shorter way that many file systems have.
func (v view) ReadFile(name string) ([]byte, error) {
	if v.hidden(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return fs.ReadFile(v.FS, name)
}

// ReadDir leaves out what is hidden.
func (v view) ReadDir(name string) ([]fs.DirEntry, error) {
	if v.hidden(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	entries, err := fs.ReadDir(v.FS, name)
	return v.visible(name, entries), err
}

func (v view) visible(dir string, entries []fs.DirEntry) []fs.DirEntry {
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		return v.hidden(path.Join(dir, e.Name()))
	})
}

// visibleDir is an open directory of a view.
type visibleDir struct {
	fs.ReadDirFile
	view view
	name string
}

func (d visibleDir) ReadDir(n int) ([]fs.DirEntry, error) {
	for {
		entries, err := d.ReadDirFile.ReadDir(n)
		entries = d.view.visible(d.name, entries)
		if len(entries) > 0 || n <= 0 || err != nil {
			return entries, err
		}
	}
}
