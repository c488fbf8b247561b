package revision

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Tree is the content of a commit as a file system, for any number of readers at
// once, until its repository is closed.
type Tree struct {
	// Missing are the submodules whose commit is not here: their paths, sorted.
	// There is nothing in the file system where they stand.
	Missing []string

	entries map[string]*entry
	files   []*entry // in the order of a walk

	mu      sync.Mutex
	ahead   map[string]*ahead // by extension
	lacking map[string]bool   // files whose objects are not in the clone, of those that were read
}

// entry is a file, a link or a directory.
type entry struct {
	name   string // the last element
	mode   fs.FileMode
	object string // "" for a directory
	from   *objects
	tree   *Tree
	at     int // in the tree's files
	path   string
	// children are sorted by name.
	children []*entry
}

// maxLinks is how many links are followed for one file, as on Linux.
const maxLinks = 40

// Tree lists a commit, as [Repository.Resolve] returned it. Submodules are read from
// their own repositories, where these are checked out and hold the commit. Files for
// which leaveOut is true are not there; it may be nil.
func (r *Repository) Tree(ctx context.Context, commit string, leaveOut map[string]bool) (*Tree, error) {
	t := &Tree{entries: map[string]*entry{".": {name: ".", mode: fs.ModeDir | 0o755}}, ahead: map[string]*ahead{}, lacking: map[string]bool{}}
	if err := t.list(ctx, r, commit, "", leaveOut, 0); err != nil {
		return nil, err
	}
	for _, e := range t.entries {
		slices.SortFunc(e.children, func(a, b *entry) int { return strings.Compare(a.name, b.name) })
	}
	slices.Sort(t.Missing)
	return t, nil
}

// maxSubmodules bounds how deep submodules lie within each other.
const maxSubmodules = 10

// mostFiles bounds a tree: a small repository can name the same directories over and over.
const mostFiles = 2_000_000

func (t *Tree) list(ctx context.Context, r *Repository, commit, prefix string, leaveOut map[string]bool, depth int) error {
	from, err := r.objects(ctx)
	if err != nil {
		return err
	}
	l := &listing{tree: t, from: from, leaveOut: leaveOut, hash: len(commit) / 2}
	top, err := from.read(commit+"^{tree}", nil)
	if err == nil {
		err = l.fetch(top)
	}
	if err == nil {
		err = l.enter(top, prefix)
	}
	if err != nil {
		return r.explain(ctx, commit, err)
	}
	for _, m := range l.modules {
		t.submodule(ctx, r, m.commit, prefix, m.name, depth)
	}
	return nil
}

// listing is the reading of the directories of one repository.
type listing struct {
	tree     *Tree
	from     *objects
	leaveOut map[string]bool
	hash     int // bytes of an object's name
	modules  []module
}

// module is a submodule that a tree holds.
type module struct{ name, commit string }

// fetch has all directories below one told, those of the same depth at once.
func (l *listing) fetch(top []byte) error {
	seen := map[string]bool{}
	for level := [][]byte{top}; len(level) > 0; {
		var wanted []string
		for _, tree := range level {
			err := l.each(tree, func(mode, _, object string) error {
				if mode == "40000" && !seen[object] {
					seen[object] = true
					wanted = append(wanted, object)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		level = nil
		for i, object := range wanted {
			tree, err := l.from.read(object, func() []string { return wanted[i+1:] })
			if err != nil {
				return err
			}
			level = append(level, tree)
		}
	}
	return nil
}

// enter adds what a directory holds, in the order of a walk.
func (l *listing) enter(tree []byte, dir string) error {
	t := l.tree
	return l.each(tree, func(mode, base, object string) error {
		name := path.Join(dir, base)
		if !fs.ValidPath(name) || strings.Contains(base, "/") || l.leaveOut[name] {
			return nil
		}
		switch mode {
		case "40000":
			below, err := l.from.read(object, nil)
			if err != nil {
				return err
			}
			return l.enter(below, name)
		case "160000":
			l.modules = append(l.modules, module{name, object})
			return nil
		}
		if len(t.files) == mostFiles {
			return fmt.Errorf("the revision has more than %d files", mostFiles)
		}
		e := &entry{name: base, mode: 0o644, object: object, from: l.from, tree: t, at: len(t.files), path: name}
		if mode == "120000" {
			e.mode = fs.ModeSymlink | 0o777
		}
		t.entries[name] = e
		t.files = append(t.files, e)
		in := t.directory(path.Dir(name))
		in.children = append(in.children, e)
		return nil
	})
}

// each calls f for each entry of a tree object: its mode in octal, its name, its object.
func (l *listing) each(tree []byte, f func(mode, name, object string) error) error {
	for len(tree) > 0 {
		head, rest, ok := bytes.Cut(tree, []byte{0})
		mode, name, named := bytes.Cut(head, []byte{' '})
		if !ok || !named || len(rest) < l.hash {
			return errors.New("a directory of the revision is damaged; git fsck tells more")
		}
		if err := f(string(mode), string(name), hex.EncodeToString(rest[:l.hash])); err != nil {
			return err
		}
		tree = rest[l.hash:]
	}
	return nil
}

// submodule lists a submodule from its own repository, or notes that it is missing.
func (t *Tree) submodule(ctx context.Context, r *Repository, commit, prefix, name string, depth int) {
	sub := r.module(filepath.Join(r.Top, filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(name, prefix), "/"))))
	// A directory that is not checked out is part of the repository around it.
	top, err := sub.run(ctx, "rev-parse", "--show-toplevel")
	if err == nil && filepath.Clean(filepath.FromSlash(top)) == sub.Top && depth < maxSubmodules {
		if err = t.list(ctx, sub, commit, name, nil, depth+1); err == nil {
			return
		}
	}
	t.Missing = append(t.Missing, name)
}

// explain adds to a failure of git what can be done about it.
func (r *Repository) explain(ctx context.Context, commit string, err error) error {
	switch {
	case !errors.Is(err, errMissing):
		return err
	case r.Partial(ctx):
		return fmt.Errorf("the clone is a partial one and lacks directories of the revision (drawbridge does not fetch); %s", Complete)
	}
	return fmt.Errorf("commit %s is not whole in the repository %s; git fsck tells more", commit, r.Top)
}

// Complete says how a partial clone gets what it lacks.
const Complete = "make it complete with git fetch --refetch --no-filter"

// Lacking returns the files that could not be read because a partial clone has not fetched
// them, sorted: what was read of the tree is not the whole.
func (t *Tree) Lacking() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Sorted(maps.Keys(t.lacking))
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

// content returns what is in a file.
func (e *entry) content() ([]byte, error) {
	content, err := e.from.read(e.object, e.ahead)
	e.noteLack(err)
	return content, err
}

func (e *entry) noteLack(err error) {
	if errors.Is(err, errMissing) {
		e.tree.mu.Lock()
		defer e.tree.mu.Unlock()
		e.tree.lacking[e.path] = true
	}
}

// ahead tells what is to be read ahead of files with one extension.
type ahead struct {
	next int // where the files begin that were not read ahead
	most int // how many were the last time
}

const (
	// nearAhead is how many files are read ahead in the directory of one that is read.
	nearAhead = 64
	// gapAhead is how far from the next one a file may lie that is read in the order of a
	// walk: walks have holes, and several readers overtake each other.
	gapAhead = 256
)

// ahead returns the objects of the files that are likely to be read after this one: those
// called alike beside it, and once readers go through the tree in order more and more behind it.
func (e *entry) ahead() []string {
	ext := path.Ext(e.name)
	if ext == "" {
		return nil
	}
	t := e.tree
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.ahead[ext]
	if a == nil {
		a = &ahead{next: -1}
		t.ahead[ext] = a
	}
	inOrder := a.next >= 0 && e.at >= a.next-gapAhead && e.at <= a.next+gapAhead
	if inOrder {
		a.most = min(max(2*a.most, nearAhead), mostAhead)
	} else {
		a.most = nearAhead
	}
	var objects []string
	dir := path.Dir(e.path)
	at := e.at + 1
	for ; at < len(t.files) && len(objects) < a.most; at++ {
		next := t.files[at]
		if !inOrder && path.Dir(next.path) != dir {
			break
		}
		if next.mode.IsRegular() && next.from == e.from && path.Ext(next.name) == ext {
			objects = append(objects, next.object)
		}
	}
	a.next = at
	return objects
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

// size returns how many bytes a file has, 0 of what can't be read: its reader will see.
func (e *entry) size() int64 {
	if e.object == "" {
		return 0
	}
	size, err := e.from.size(e.object, e.ahead)
	e.noteLack(err)
	return size
}

// info describes an entry. A commit knows no times.
type info struct{ e *entry }

func (i info) Name() string       { return i.e.name }
func (i info) Size() int64        { return i.e.size() }
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
