package extract

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// ignoreFile holds the patterns of one .gitignore, and leads to those of the
// directories above. A nil *ignoreFile ignores nothing. The semantics are those of
// gitignore(5); only the files in the tree count, not a user's or a clone's own.
type ignoreFile struct {
	above *ignoreFile
	dir   string // where the file lies, "." at the top
	rules []ignoreRule
}

type ignoreRule struct {
	pattern string // for doublestar
	literal bool   // the pattern has no special characters
	negated bool   // what matches is not ignored
	dirOnly bool   // matches directories only
	// anchored patterns match the path below the file's directory, others the
	// last element of any path.
	anchored bool
}

// parseIgnore reads the content of a .gitignore in dir. A pattern that cannot be
// understood matches nothing, as in git.
func parseIgnore(above *ignoreFile, dir string, content []byte) *ignoreFile {
	f := &ignoreFile{above: above, dir: dir}
	text := strings.TrimPrefix(string(content), "\ufeff")
	for line := range strings.Lines(text) {
		if r, ok := parseIgnoreRule(strings.TrimRight(line, "\r\n")); ok {
			f.rules = append(f.rules, r)
		}
	}
	if len(f.rules) == 0 {
		return above
	}
	return f
}

func parseIgnoreRule(line string) (r ignoreRule, ok bool) {
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	if line == "" || line[0] == '#' {
		return r, false
	}
	line, r.negated = strings.CutPrefix(line, "!")
	line, r.dirOnly = strings.CutSuffix(line, "/")
	r.anchored = strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if strings.HasSuffix(line, "/**") {
		line += "/*" // git: everything inside, not the directory itself
	}
	// Alternatives are doublestar's own, braces are plain characters to git.
	line = strings.NewReplacer(`\{`, `\{`, `\}`, `\}`, "{", `\{`, "}", `\}`).Replace(line)
	r.pattern = line
	r.literal = !strings.ContainsAny(line, `*?[\`)
	return r, line != "" && (r.literal || doublestar.ValidatePattern(line))
}

// ignores reports whether a path of the tree is ignored. The directories above
// it must not be: of those, nothing can be included again.
func (f *ignoreFile) ignores(name string, isDir bool) bool {
	for ; f != nil; f = f.above {
		relative := name
		if f.dir != "." {
			relative = strings.TrimPrefix(name, f.dir+"/")
		}
		for i := len(f.rules) - 1; i >= 0; i-- {
			if f.rules[i].matches(relative, isDir) {
				return !f.rules[i].negated
			}
		}
	}
	return false
}

func (r *ignoreRule) matches(name string, isDir bool) bool {
	if r.dirOnly && !isDir {
		return false
	}
	if !r.anchored {
		name = path.Base(name)
	}
	if r.literal {
		return r.pattern == name
	}
	return doublestar.MatchUnvalidated(r.pattern, name)
}
