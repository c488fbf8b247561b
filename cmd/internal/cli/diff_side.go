package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"drawbridge/extract"
	"drawbridge/extract/revision"
	"drawbridge/graph"
)

// diffSide is one of the two things that diff compares: a saved model, or a tree to read.
type diffSide struct {
	settings *settings // of a tree that was read; nil for a saved model
	name     string    // for people
	model    *graph.Graph
	tree     *extract.Tree
	below    string // where it lies in its repository
	// commit is the revision, "" for what is none.
	commit   string
	revision *revision.Tree
}

// sides are both of them.
type sides struct {
	base, head *diffSide
	repo       *revision.Repository // nil where no side needs one
	// exclude is what neither side may read, so that both can hold the same.
	exclude []string
	missing []string // submodules that are not here
	sparse  int      // how many files a sparse checkout leaves out
}

// openSides finds out what both sides are and opens them. Empty names stand for the
// merge base with the default branch, and for the working directory.
func openSides(ctx context.Context, p Process, base, head string) (*sides, error) {
	s := &sides{}
	repo, repoErr := openRepository(ctx, p)
	var err error
	if base == "" {
		if repoErr != nil {
			return nil, fmt.Errorf("%w; name two directories, models or revisions to compare", repoErr)
		}
		commit, branch, err := repo.MergeBase(ctx)
		if err != nil {
			return nil, err
		}
		s.base = &diffSide{name: shortBranch(branch) + " " + commit[:7], commit: commit}
	} else if s.base, err = findSide(ctx, p, repo, repoErr, base); err != nil {
		return nil, err
	}
	if head == "" && repo != nil && repo.Bare {
		return nil, fmt.Errorf("%s is a bare repository, without a working directory: name two revisions to compare", p.Dir)
	}
	if head == "" {
		s.head = &diffSide{name: "working directory", below: extract.InRepository(p.Dir)}
		if s.head.tree, err = extract.Open(p.Dir); err != nil {
			return nil, errors.Join(err, s.close())
		}
	} else if s.head, err = findSide(ctx, p, repo, repoErr, head); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if s.base.commit != "" || s.head.commit != "" {
		s.repo = repo
		err = s.openRevisions(ctx, p)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func openRepository(ctx context.Context, p Process) (*revision.Repository, error) {
	git, err := p.lookPath("git")
	if err != nil {
		return nil, errors.New("revisions are read with git, which is not installed")
	}
	repo, err := revision.Open(ctx, git, p.Dir, p.Env)
	if errors.Is(err, revision.ErrNoRepository) {
		return nil, fmt.Errorf("the working directory lies in no git repository")
	}
	return repo, err
}

func shortBranch(ref string) string {
	for _, prefix := range []string{"refs/remotes/", "refs/heads/"} {
		ref = strings.TrimPrefix(ref, prefix)
	}
	return ref
}

// findSide tells what a name on the command line stands for. A file is a saved
// model, a directory is to be read, everything else is a revision.
func findSide(ctx context.Context, p Process, repo *revision.Repository, repoErr error, name string) (*diffSide, error) {
	info, err := os.Stat(p.path(name))
	if err == nil && repo != nil && repo.Bare { // its own files have names such as HEAD
		if _, noRevision := repo.Resolve(ctx, name); noRevision == nil {
			err = fs.ErrNotExist
		}
	}
	if err == nil && !info.IsDir() {
		return openModel(p, name)
	}
	if err == nil {
		if repo != nil && !strings.ContainsAny(name, `./\`) {
			if _, err := repo.Resolve(ctx, name); err == nil {
				return nil, fmt.Errorf("%q is a directory and a revision; write ./%s for the directory, refs/heads/%s for the branch", name, name, name)
			}
		}
		tree, err := extract.Open(p.path(name))
		return &diffSide{name: name, tree: tree, below: extract.InRepository(p.path(name))}, err
	}
	if repoErr != nil {
		return nil, fmt.Errorf("%s is no file or directory, and no revision: %w", name, repoErr)
	}
	commit, err := repo.Resolve(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("no file or directory is called so, and %w", err)
	}
	below := ""
	if !repo.Bare {
		below = extract.InRepository(p.Dir)
	}
	return &diffSide{name: shownRevision(name, commit), commit: commit, below: below}, nil
}

// shownRevision names a revision for people: full names of commits are cut short.
func shownRevision(name, commit string) string {
	const short = 12
	if strings.HasPrefix(commit, name) {
		return name[:min(len(name), short)]
	}
	if len(name) > len(commit) && strings.Trim(name[:len(commit)], "0123456789abcdef") == "" { // "COMMIT~1"
		name = name[:short] + name[len(commit):]
	}
	return name + " " + commit[:7]
}

func openModel(p Process, name string) (*diffSide, error) {
	f, err := os.Open(p.path(name))
	if err != nil {
		return nil, cannotRead("model", name, err)
	}
	defer f.Close() // opened for reading
	g, err := graph.ReadJSON(f)
	if err != nil {
		return nil, fmt.Errorf("%s is no model that 'drawbridge scan --format json' wrote: %w", name, err)
	}
	return &diffSide{name: name, model: g}, nil
}

// openRevisions lists the revisions, and makes both sides hold the same kinds of
// files. The copies of modules that terraform downloaded are in no revision; what a
// sparse checkout leaves out is in no working tree; a submodule may be in neither.
func (s *sides) openRevisions(ctx context.Context, p Process) error {
	s.exclude = append(s.exclude, "**/.terraform")
	var leaveOut map[string]bool
	var err error
	if s.base.tree != nil || s.head.tree != nil {
		if leaveOut, err = s.repo.NotCheckedOut(ctx); err != nil {
			return err
		}
		s.sparse = len(leaveOut)
	}
	below, err := inRepository(s.repo, p.Dir)
	if err != nil {
		return err
	}
	for _, side := range []*diffSide{s.base, s.head} {
		if side.commit == "" {
			continue
		}
		if side.revision, err = s.repo.Tree(ctx, side.commit, leaveOut); err != nil {
			return fmt.Errorf("%s: %w", side.name, err)
		}
		side.tree = extract.Within(side.revision, below)
		for _, module := range side.revision.Missing {
			if name, ok := strings.CutPrefix(module, strings.TrimPrefix(below+"/", "./")); ok {
				s.missing = append(s.missing, name)
				s.exclude = append(s.exclude, escapeGlob(name))
			}
		}
	}
	slices.Sort(s.missing)
	s.missing = slices.Compact(s.missing)
	return nil
}

// inRepository returns where a directory lies in a repository, "." for its top: in a bare
// one it is nowhere, and all is meant.
func inRepository(repo *revision.Repository, dir string) (string, error) {
	if repo.Bare {
		return ".", nil
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	below, err := filepath.Rel(repo.Top, dir)
	return filepath.ToSlash(below), err
}

// whole fails where the clone has not got files of a revision that were to be read: a verdict on
// the rest would be none. Files that code takes in, programs and certificates, may lack where the
// other side holds the same one: it returns these.
func (s *sides) whole() (left []string, err error) {
	for _, side := range []struct{ this, other *diffSide }{{s.base, s.head}, {s.head, s.base}} {
		same := func(name, object string) bool {
			if side.other.revision == nil {
				return false
			}
			other, _ := side.other.revision.ObjectName(name)
			return other == object
		}
		some, err := side.this.lacking(same)
		if err != nil {
			return nil, err
		}
		left = append(left, some...)
	}
	slices.Sort(left)
	return slices.Compact(left), nil
}

// lacking returns the files that the clone has not got and that may lack, as same says by
// name and object. It fails for others.
func (s *diffSide) lacking(same func(name, object string) bool) (may []string, err error) {
	if s.revision == nil {
		return nil, nil
	}
	var lacking []string
	for _, name := range s.revision.Lacking() {
		if object, _ := s.revision.ObjectName(name); !holdsCode(name) && same(name, object) {
			may = append(may, name)
		} else {
			lacking = append(lacking, name)
		}
	}
	if len(lacking) > 0 {
		return nil, fmt.Errorf("%s: the clone is a partial one and lacks %s (drawbridge does not fetch); %s", s.name, someOf(lacking), revision.Complete)
	}
	return may, nil
}

// holdsCode reports whether a file's name says that it describes infrastructure, or is
// made into what does.
func holdsCode(name string) bool {
	return slices.Contains([]string{".tf", ".tofu", ".tfvars", ".hcl", ".json", ".yaml", ".yml", ".tpl", ".tmpl", ".tftpl", ""}, path.Ext(name))
}

// leftOut tells of files that lack and are the same wherever they were to be read.
func leftOut(p Process, command string, files []string) {
	if len(files) > 0 {
		fmt.Fprintf(p.Stderr, "drawbridge %s: %s: left out, for the partial clone lacks what is the same all along; %s\n", command, someOf(files), revision.Complete)
	}
}

// someOf names the first of a list, and how many more there are.
func someOf(list []string) string {
	switch len(list) {
	case 1:
		return list[0]
	case 2:
		return list[0] + " and " + list[1]
	}
	return fmt.Sprintf("%s and %d more files", list[0], len(list)-1)
}

// escapeGlob writes a path so that as a pattern it matches itself only.
func escapeGlob(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `{`, `\{`).Replace(name)
}

// explain says what neither side reads, and why.
func (s *sides) explain() []string {
	var lines []string
	for _, name := range s.missing {
		lines = append(lines, fmt.Sprintf("submodule %s is left out on both sides: its commit is not here; fetch it with git submodule update --init", name))
	}
	if s.sparse > 0 {
		lines = append(lines, fmt.Sprintf("%d files are left out on both sides: the sparse checkout does not hold them", s.sparse))
	}
	return lines
}

// check demands that each path is there on one side at least.
func (s *sides) check(paths []string) error {
	for _, name := range paths {
		if len(s.base.present([]string{name})) == 0 && len(s.head.present([]string{name})) == 0 {
			return fmt.Errorf("path %s is neither in %s nor in %s; check the spelling", name, s.base.name, s.head.name)
		}
	}
	return nil
}

func (s *diffSide) present(paths []string) []string {
	var out []string
	for _, name := range paths {
		if _, err := fs.Stat(s.tree, name); err == nil {
			out = append(out, path.Clean(name))
		}
	}
	return out
}

// exists reports whether the directory itself is there: a revision may be older.
func (s *diffSide) exists() bool {
	_, err := fs.Stat(s.tree, ".")
	return err == nil
}

func (s *sides) close() error {
	var errs []error
	for _, side := range []*diffSide{s.base, s.head} {
		if side == nil {
			continue
		}
		if side.tree != nil {
			errs = append(errs, side.tree.Close())
		}
	}
	if s.repo != nil {
		errs = append(errs, s.repo.Close())
	}
	return errors.Join(errs...)
}
