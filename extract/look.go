package extract

import (
	"bytes"
	"io/fs"
	"sync"
)

// Noticed tells what a reading came upon that somebody asks for: which of the files that
// it looked at hold a text, so that nobody opens all of them again for it, whether any
// holds others, and which patterns left out anything.
type Noticed struct {
	Text     string
	Others   []string
	mu       sync.Mutex
	files    map[string]bool // whether they hold the text
	held     map[string]bool // the others that some file holds
	patterns map[string]bool // those that left out anything
}

// Held reports whether a file that was looked at holds one of the other texts.
func (n *Noticed) Held(text string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.held[text]
}

// LeftOut reports whether a pattern of paths left out anything.
func (n *Noticed) LeftOut(pattern string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.patterns[pattern]
}

func (n *Noticed) leaveOut(patterns []string, name string) {
	if n == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range patterns {
		if n.patterns == nil {
			n.patterns = map[string]bool{}
		}
		n.patterns[p] = n.patterns[p] || excluded([]string{p}, name)
	}
}

// In reports whether a file holds the text; looked is false for one that was not read.
func (n *Noticed) In(name string) (holds, looked bool) {
	if n == nil {
		return false, false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	holds, looked = n.files[name]
	return holds, looked
}

func (n *Noticed) look(name string, content []byte) {
	holds := bytes.Contains(content, []byte(n.Text))
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.files == nil {
		n.files = map[string]bool{}
	}
	n.files[name] = holds
	for _, text := range n.Others {
		if !n.held[text] && bytes.Contains(content, []byte(text)) {
			if n.held == nil {
				n.held = map[string]bool{}
			}
			n.held[text] = true
		}
	}
}

// look is a file system for finding out what files hold, before they are read.
type look struct {
	fs.FS
	noticed *Noticed // nil where nothing is to be noticed
	kept    *kept    // nil where nothing is to be kept
}

// ReadFile notices what a file holds, and keeps it.
func (l look) ReadFile(name string) ([]byte, error) {
	content, err := fs.ReadFile(l.FS, name)
	if err != nil {
		return nil, err
	}
	if l.noticed != nil {
		l.noticed.look(name, content)
	}
	if l.kept != nil {
		l.kept.keep(name, content)
	}
	return content, nil
}

// Stat and ReadDir use the shorter way that many file systems have.
func (l look) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(l.FS, name) }
func (l look) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(l.FS, name) }

// mostKept bounds what is kept of an input, in bytes.
const mostKept = 64 << 20

// kept is a file system in which what was looked at need not be opened again: the first
// who reads it takes it.
type kept struct {
	fs.FS
	mu      sync.Mutex
	content map[string][]byte
	room    int
}

func (k *kept) keep(name string, content []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.room -= len(content); k.room >= 0 {
		k.content[name] = content
	}
}

// ReadFile returns what was kept of a file, once.
func (k *kept) ReadFile(name string) ([]byte, error) {
	k.mu.Lock()
	content, there := k.content[name]
	delete(k.content, name)
	k.mu.Unlock()
	if there {
		return content, nil
	}
	return fs.ReadFile(k.FS, name)
}

// Stat and ReadDir use the shorter way that many file systems have.
func (k *kept) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(k.FS, name) }
func (k *kept) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(k.FS, name) }
