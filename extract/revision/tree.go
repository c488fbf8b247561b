package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Tree is the content of a commit as a file system, for any number of readers at
// once. Close it to end the git program behind it.
type Tree struct {
	// Missing are the submodules whose commit is not here: their paths, sorted.
	// There is nothing in the file system where they stand.
	Missing []string

	entries map[string]*entry
	readers []*objects
}

// entry is a file, a link or a directory.
type entry struct {
	name   string // the last element
	mode   fs.FileMode
	size   int64
	object string // "" for a directory
	from   *objects
	in     *entry // its directory
	// children are sorted by name.
	children []*entry
}

// maxLinks is how many links are followed for one file, as on Linux.
const maxLinks = 40

// Tree lists a commit, as [Repository.Resolve] returned it. Submodules are read from
// their own repositories, where these are checked out and hold the commit. Files for
// which leaveOut is true are not there; it may be nil.
func (r *Repository) Tree(ctx context.Context, commit string, leaveOut map[string]bool) (*Tree, error) {
	t := &Tree{entries: map[string]*entry{".": {name: ".", mode: fs.ModeDir | 0o755}}}
	if err := t.list(ctx, r, commit, "", leaveOut, 0); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	for _, e := range t.entries {
		slices.SortFunc(e.children, func(a, b *entry) int { return strings.Compare(a.name, b.name) })
	}
	slices.Sort(t.Missing)
	return t, nil
}

// maxSubmodules bounds how deep submodules lie within each other.
const maxSubmodules = 10

func (t *Tree) list(ctx context.Context, r *Repository, commit, prefix string, leaveOut map[string]bool, depth int) error {
	out, err := r.run(ctx, "ls-tree", "-r", "-l", "-z", "--full-tree", "--end-of-options", commit)
	if err != nil {
		return r.explain(ctx, err)
	}
	from, err := r.objects(ctx)
	if err != nil {
		return err
	}
	t.readers = append(t.readers, from)
	for line := range strings.SplitSeq(out, "\x00") {
		about, name, ok := strings.Cut(line, "\t")
		fields := strings.Fields(about) // mode, type, object, size
		name = path.Join(prefix, name)
		if !ok || len(fields) != 4 || !fs.ValidPath(name) || leaveOut[name] {
			continue
		}
		if fields[1] == "commit" {
			t.submodule(ctx, r, fields[2], prefix, name, depth)
			continue
		}
		size, _ := strconv.ParseInt(fields[3], 10, 64) // "-" for what has none
		mode := fs.FileMode(0o644)
		if fields[0] == "120000" {
			mode = fs.ModeSymlink | 0o777
		}
		e := &entry{name: path.Base(name), mode: mode, size: size, object: fields[2], from: from}
		t.entries[name] = e
		dir := t.directory(path.Dir(name))
		e.in = dir
		dir.children = append(dir.children, e)
	}
	return nil
}

// submodule lists a submodule from its own repository, or notes that it is missing.
func (t *Tree) submodule(ctx context.Context, r *Repository, commit, prefix, name string, depth int) {
	sub := *r
	sub.Top = filepath.Join(r.Top, filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(name, prefix), "/")))
	// A directory that is not checked out is part of the repository around it.
	top, err := sub.run(ctx, "rev-parse", "--show-toplevel")
	if err == nil && filepath.Clean(filepath.FromSlash(top)) == sub.Top && depth < maxSubmodules {
		if err = t.list(ctx, &sub, commit, name, nil, depth+1); err == nil {
			return
		}
	}
	t.Missing = append(t.Missing, name)
}

// explain adds to a failure of git what can be done about it.
func (r *Repository) explain(ctx context.Context, err error) error {
	if filter, ferr := r.run(ctx, "config", "--get-regexp", `^remote\..*\.partialclonefilter$`); ferr == nil && filter != "" {
		return fmt.Errorf("the clone is a partial one and lacks files of the revision (drawbridge does not fetch); make it complete with git fetch --refetch --no-filter: %w", err)
	}
	return err
}

// directory returns the entry of a directory, with all above it.
func (t *Tree) directory(name string) *entry {
	if e := t.entries[name]; e != nil {
		return e
	}
	e := &entry{name: path.Base(name), mode: fs.ModeDir | 0o755}
	t.entries[name] = e
	above := t.directory(path.Dir(name))
	above.children = append(above.children, e)
	return e
}

// Close ends the git programs.
func (t *Tree) Close() error {
	var errs []error
	for _, r := range t.readers {
		errs = append(errs, r.close())
	}
	return errors.Join(errs...)
}

// find returns an entry; links on the way are followed within the tree, and at the
// end of the path only if asked for.
func (t *Tree) find(op, name string, followLast bool) (*entry, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	at, links := name, 0
	for {
		if e := t.entries[at]; e != nil && (e.mode&fs.ModeSymlink == 0 || !followLast) {
			return e, nil
		}
		link, rest := t.firstLink(at, followLast)
		if link == "" {
			return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
		if links++; links > maxLinks {
			return nil, &fs.PathError{Op: op, Path: name, Err: errors.New("too many links one after another")}
		}
		target, err := t.entries[link].content()
		if err != nil {
			return nil, &fs.PathError{Op: op, Path: name, Err: err}
		}
		at = path.Join(path.Dir(link), string(target), rest)
		if path.IsAbs(string(target)) || !fs.ValidPath(at) {
			return nil, &fs.PathError{Op: op, Path: name, Err: errors.New("the link leads out of the repository")}
		}
	}
}

// firstLink cuts a path behind the first link on it.
func (t *Tree) firstLink(name string, withLast bool) (link, rest string) {
	for end := 0; end < len(name); {
		next := strings.IndexByte(name[end:], '/')
		stop := len(name)
		if next >= 0 {
			stop = end + next
		}
		e := t.entries[name[:stop]]
		if e == nil {
			return "", ""
		}
		if e.mode&fs.ModeSymlink != 0 && (stop < len(name) || withLast) {
			return name[:stop], strings.TrimPrefix(name[stop:], "/")
		}
		end = stop + 1
	}
	return "", ""
}

// content returns what is in a file, and has the files beside it that are called alike
// read ahead.
func (e *entry) content() ([]byte, error) {
	var ahead []string
	if e.in != nil && path.Ext(e.name) != "" {
		at, _ := slices.BinarySearchFunc(e.in.children, e.name, func(c *entry, name string) int { return strings.Compare(c.name, name) })
		for _, c := range e.in.children[at:] {
			if len(ahead) == mostAhead {
				break
			}
			if c != e && c.mode.IsRegular() && c.from == e.from && c.size <= mostAheadSize && path.Ext(c.name) == path.Ext(e.name) {
				ahead = append(ahead, c.object)
			}
		}
	}
	return e.from.read(e.object, ahead)
}

// Open opens a file or directory.
func (t *Tree) Open(name string) (fs.File, error) {
	e, err := t.find("open", name, true)
	if err != nil {
		return nil, err
	}
	if e.mode.IsDir() {
		return &openDir{entry: e}, nil
	}
	content, err := e.content()
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &openFile{info{e}, bytes.NewReader(content)}, nil
}

// ReadFile returns the content of a file.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	e, err := t.find("read", name, true)
	if err != nil {
		return nil, err
	}
	if e.mode.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("is a directory")}
	}
	content, err := e.content()
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return bytes.Clone(content), nil // a caller may write into it
}

// ObjectName returns the name of the object that holds a file, links followed, and
// false for what is no file.
func (t *Tree) ObjectName(name string) (string, bool) {
	e, err := t.find("open", name, true)
	if err != nil || e.mode.IsDir() {
		return "", false
	}
	return e.object, true
}

// ReadDir lists a directory, sorted by name.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	e, err := t.find("readdir", name, true)
	if err != nil {
		return nil, err
	}
	if !e.mode.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	return e.list(), nil
}

func (e *entry) list() []fs.DirEntry {
	out := make([]fs.DirEntry, len(e.children))
	for i, c := range e.children {
		out[i] = fs.FileInfoToDirEntry(info{c})
	}
	return out
}

// Stat describes a file, following links.
func (t *Tree) Stat(name string) (fs.FileInfo, error) {
	e, err := t.find("stat", name, true)
	if err != nil {
		return nil, err
	}
	return info{e}, nil
}

// Lstat describes a file, links themselves.
func (t *Tree) Lstat(name string) (fs.FileInfo, error) {
	e, err := t.find("lstat", name, false)
	if err != nil {
		return nil, err
	}
	return info{e}, nil
}

// ReadLink returns where a link leads.
func (t *Tree) ReadLink(name string) (string, error) {
	e, err := t.find("readlink", name, false)
	if err != nil {
		return "", err
	}
	if e.mode&fs.ModeSymlink == 0 {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	target, err := e.content()
	return string(target), err
}

// info describes an entry. A commit knows no times.
type info struct{ e *entry }

func (i info) Name() string       { return i.e.name }
func (i info) Size() int64        { return i.e.size }
func (i info) Mode() fs.FileMode  { return i.e.mode }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.e.mode.IsDir() }
func (i info) Sys() any           { return nil }

// openFile is a file opened for reading.
type openFile struct {
	info
	*bytes.Reader
}

func (f *openFile) Size() int64                { return f.info.Size() }
func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

// openDir is a directory opened for reading.
type openDir struct {
	entry  *entry
	listed int
}

func (d *openDir) Stat() (fs.FileInfo, error) { return info{d.entry}, nil }
func (d *openDir) Close() error               { return nil }
func (d *openDir) Read([]byte) (int, error)   { return 0, errors.New("is a directory") }

// ReadDir lists the next n entries, all that are left for n <= 0.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := d.entry.list()[d.listed:]
	if n > 0 {
		if len(rest) == 0 {
			return nil, io.EOF
		}
		rest = rest[:min(n, len(rest))]
	}
	d.listed += len(rest)
	return rest, nil
}
