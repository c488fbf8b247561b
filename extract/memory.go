package extract

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Memory keeps what each part of an input (a root, the manifests) was read to, and all
// that its reader saw: contents, listings, and what was not there. Another reading
// takes the result of a part instead of reading it, where its file system shows the
// same. So a change in one of many roots costs one root. One reading after another may use a memory.
type Memory struct {
	options *Options
	parts   map[string]*part
	reused  int // of the last reading, for tests
	changed map[string]bool
}

// Changed returns the files that parts read in the last reading and that were others in
// the one before, sorted. It tells of parts that both had.
func (m *Memory) Changed() []string { return slices.Sorted(maps.Keys(m.changed)) }

// differences are the files that two readings of one part saw differently.
func differences(before, after map[sight]string) []string {
	var out []string
	for s, seen := range after {
		if old, ok := before[s]; s.ask == "content" && (!ok || old != seen) {
			out = append(out, s.name)
		}
	}
	for s := range before {
		if _, ok := after[s]; s.ask == "content" && !ok {
			out = append(out, s.name)
		}
	}
	return out
}

// part is one job's result with what it rests on.
type part struct {
	saw  map[sight]string
	read reading
}

// sight is one look at a file system: what was asked ("content", "list", "stat",
// "lstat", "link") of which name.
type sight struct{ ask, name string }

// forOptions prepares for a reading; other options read other things.
func (m *Memory) forOptions(opt Options) {
	opt.Memory, opt.Environments, opt.Noticed = nil, nil, nil // the environments of a root are inputs of its job
	if m.options == nil || !reflect.DeepEqual(*m.options, opt) {
		m.options, m.parts = &opt, map[string]*part{}
	}
}

// recalling makes jobs take their results from a memory where they can, and keep them
// there. The jobs may then run once, in parallel; done is to be called behind them.
func (m *Memory) recalling(fsys fs.FS, list []job) (out []job, done func()) {
	now := &present{fsys: fsys, known: map[sight]string{}}
	kept := make([]*part, len(list))
	for i, j := range list {
		old := m.parts[j.key()]
		j.read = func(fsys fs.FS) reading {
			if old != nil && now.same(old.saw) {
				kept[i] = old
				return old.read.clone()
			}
			w := &witness{FS: fsys, saw: map[sight]string{}}
			g := list[i].read(w)
			if !w.unsure {
				kept[i] = &part{w.saw, g.clone()}
			}
			return g
		}
		out = append(out, j)
	}
	return out, func() {
		old := m.parts
		m.parts, m.reused, m.changed = map[string]*part{}, 0, map[string]bool{}
		for i, p := range kept {
			if before := old[list[i].key()]; p != nil && before != nil && p != before {
				for _, name := range differences(before.saw, p.saw) {
					m.changed[name] = true
				}
			}
			if p != nil {
				m.parts[list[i].key()] = p
				if p == old[list[i].key()] {
					m.reused++
				}
			}
		}
	}
}

// clone returns a copy whose graph may be changed. Of the rest nothing is.
func (r reading) clone() reading {
	r.Graph = r.Graph.Clone()
	return r
}

// key tells jobs of one reading apart, and their inputs beside the file system.
func (j job) key() string { return j.name + "\x00" + strings.Join(j.inputs, "\x00") }

// witness is a file system that takes down what its reader sees.
type witness struct {
	fs.FS
	mu  sync.Mutex
	saw map[sight]string
	// unsure is set where something was seen that may be different the next time.
	unsure bool
}

// What stands for a look that failed in the two ways that are the same each time.
const (
	notThere = "not there"
	noName   = "not a name"
)

// failure returns what stands for an error, "" for one that may not come again.
func failure(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return notThere
	case errors.Is(err, fs.ErrInvalid):
		return noName
	}
	return ""
}

func (w *witness) note(ask, name, seen string, err error) {
	if err != nil {
		seen = failure(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := sight{ask, name}
	if before, again := w.saw[s]; seen == "" || again && before != seen {
		w.unsure = true
		return
	}
	w.saw[s] = seen
}

// Open opens a file, which then counts as read as a whole.
func (w *witness) Open(name string) (fs.File, error) {
	f, err := w.FS.Open(name)
	if err != nil {
		w.note("content", name, "", err)
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		w.note("content", name, "", err)
	case info.IsDir():
		list, err := fs.ReadDir(w.FS, name)
		w.note("list", name, listing(list), err)
		w.note("stat", name, description(info), nil)
	default:
		content, err := fs.ReadFile(w.FS, name)
		w.note("content", name, objectOf(w.FS, name, content), err)
		w.note("stat", name, description(info), nil)
	}
	return f, nil
}

// ReadFile returns the content of a file.
func (w *witness) ReadFile(name string) ([]byte, error) {
	content, err := fs.ReadFile(w.FS, name)
	if err != nil {
		w.note("content", name, "", err)
	} else {
		w.note("content", name, objectOf(w.FS, name, content), nil)
	}
	return content, err
}

// ReadDir lists a directory.
func (w *witness) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(w.FS, name)
	w.note("list", name, listing(list), err)
	return list, err
}

// Stat describes a file, following links.
func (w *witness) Stat(name string) (fs.FileInfo, error) {
	info, err := fs.Stat(w.FS, name)
	w.note("stat", name, description(info), err)
	return info, err
}

// Lstat describes a file, links themselves.
func (w *witness) Lstat(name string) (fs.FileInfo, error) {
	info, err := fs.Lstat(w.FS, name)
	w.note("lstat", name, description(info), err)
	return info, err
}

// ReadLink returns where a link leads.
func (w *witness) ReadLink(name string) (string, error) {
	target, err := fs.ReadLink(w.FS, name)
	w.note("link", name, "to "+target, err)
	return target, err
}

// description is what readers go by of a file: what it is, and its size. Permissions and
// times are not in a revision.
func description(info fs.FileInfo) string {
	switch {
	case info == nil:
		return ""
	case info.Mode().IsRegular():
		return fmt.Sprintf("file of %d bytes", info.Size())
	}
	return info.Mode().Type().String()
}

// listing is what readers go by of a directory. Git's own is in no revision and read by none.
func listing(list []fs.DirEntry) string {
	var b strings.Builder
	for _, e := range list {
		if e.Name() != ".git" {
			fmt.Fprintf(&b, "%s/%v\x00", e.Name(), e.Type())
		}
	}
	return "list " + b.String()
}

// present is what a file system shows now, looked at once for all parts.
type present struct {
	fsys  fs.FS
	mu    sync.Mutex
	known map[sight]string
}

// same reports whether a reader would see all the same.
func (p *present) same(saw map[sight]string) bool {
	for s, want := range saw {
		if p.look(s, want) != want {
			return false
		}
	}
	return true
}

func (p *present) look(s sight, want string) string {
	p.mu.Lock()
	seen, ok := p.known[s]
	p.mu.Unlock()
	if ok && (s.ask != "content" || len(seen) == len(want)) {
		return seen
	}
	var err error
	switch s.ask {
	case "content":
		if seen, ok = knownObject(p.fsys, s.name); ok && len(seen) == len(want) {
			break
		}
		// Repositories name their objects in one of two ways.
		h := sha1.New()
		if len(want) == 2*sha256.Size {
			h = sha256.New()
		}
		var content []byte
		content, err = fs.ReadFile(p.fsys, s.name)
		seen = hashed(content, h)
	case "list":
		var list []fs.DirEntry
		list, err = fs.ReadDir(p.fsys, s.name)
		seen = listing(list)
	case "stat":
		var info fs.FileInfo
		info, err = fs.Stat(p.fsys, s.name)
		seen = description(info)
	case "lstat":
		var info fs.FileInfo
		info, err = fs.Lstat(p.fsys, s.name)
		seen = description(info)
	case "link":
		seen, err = fs.ReadLink(p.fsys, s.name)
		seen = "to " + seen
	}
	if err != nil {
		seen = failure(err)
	}
	p.mu.Lock()
	p.known[s] = seen
	p.mu.Unlock()
	return seen
}

// objectOf returns what identifies a content: the name of git's object of it, which a
// revision knows without reading, else one made as git does.
func objectOf(fsys fs.FS, name string, content []byte) string {
	if object, ok := knownObject(fsys, name); ok {
		return object
	}
	return hashed(content, sha1.New()) // git's own choice; what collides git refuses to hold
}

func hashed(content []byte, h hash.Hash) string {
	fmt.Fprintf(h, "blob %d\x00", len(content))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}

// objectNamer is a file system that knows the objects of its files.
type objectNamer interface {
	ObjectName(name string) (string, bool)
}

func knownObject(fsys fs.FS, name string) (string, bool) {
	switch f := fsys.(type) {
	case view:
		if f.hidden(name) {
			return "", false
		}
		return knownObject(f.FS, name)
	case *Tree:
		if _, ok := f.replacement(name); ok || !fs.ValidPath(path.Join(f.base, name)) {
			return "", false
		}
		return knownObject(f.top, path.Join(f.base, name))
	case objectNamer:
		return f.ObjectName(name)
	}
	return "", false
}

var _ interface {
	fs.ReadFileFS
	fs.ReadDirFS
	fs.ReadLinkFS
	fs.StatFS
} = (*witness)(nil)
