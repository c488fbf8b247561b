package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Repository is a git repository. Close it to end the git programs behind its trees.
type Repository struct {
	// Top is the top directory of the working tree, an absolute path without links; of a
	// bare repository it is the repository's own.
	Top string
	// Bare is set where there is no working tree.
	Bare    bool
	git     string
	env     []string
	reader  *objects               // nil until a tree is opened
	modules map[string]*Repository // submodules by Top
}

// module returns the repository of a submodule.
func (r *Repository) module(top string) *Repository {
	if r.modules == nil {
		r.modules = map[string]*Repository{}
	}
	if r.modules[top] == nil {
		r.modules[top] = &Repository{Top: top, git: r.git, env: r.env}
	}
	return r.modules[top]
}

// Close ends the git programs: no tree can be read any more.
func (r *Repository) Close() error {
	var errs []error
	if r.reader != nil {
		errs = append(errs, r.reader.close())
		r.reader = nil
	}
	for _, sub := range r.modules {
		errs = append(errs, sub.Close())
	}
	return errors.Join(errs...)
}

// ErrNoRepository tells that a directory lies in no git repository.
var ErrNoRepository = errors.New("not in a git repository")

// Open finds the repository that holds a directory. Git is the path of the git
// program; env is the environment to run it in.
func Open(ctx context.Context, git, dir string, env []string) (*Repository, error) {
	r := &Repository{Top: dir, git: git, env: append(cleanEnvironment(env), "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C", "TZ=UTC")}
	out, err := r.run(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		if strings.Contains(err.Error(), "not a git repository") {
			return nil, ErrNoRepository
		}
		bare, bareErr := r.run(ctx, "rev-parse", "--is-bare-repository")
		if bareErr != nil || bare != "true" {
			return nil, err
		}
		r.Bare = true
		if out, err = r.run(ctx, "rev-parse", "--absolute-git-dir"); err != nil {
			return nil, err
		}
	}
	if r.Top, err = filepath.EvalSymlinks(filepath.FromSlash(out)); err != nil {
		return nil, err
	}
	return r, nil
}

// cleanEnvironment drops what points git to another repository than the directory's:
// in a hook, git sets these for the repository that the hook runs in.
func cleanEnvironment(env []string) []string {
	var out []string
	for _, pair := range env {
		name, _, _ := strings.Cut(pair, "=")
		switch name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_EXTERNAL_DIFF":
			continue
		}
		out = append(out, pair)
	}
	return out
}

// command prepares git in the repository, without any way to the network and without
// programs that its configuration names.
func (r *Repository) command(ctx context.Context, args ...string) *exec.Cmd {
	fixed := []string{"-C", r.Top, "--no-pager", "--literal-pathspecs", "-c", "protocol.allow=never", "-c", "core.fsmonitor=false"}
	cmd := exec.CommandContext(ctx, r.git, append(fixed, args...)...)
	cmd.Env = r.env
	return cmd
}

// run runs git and returns what it wrote, without the end of the last line.
func (r *Repository) run(ctx context.Context, args ...string) (string, error) {
	var stderr bytes.Buffer
	cmd := r.command(ctx, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", &gitError{args[0], strings.TrimSpace(stderr.String()), err}
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// gitError is a failure of git, with what it said.
type gitError struct {
	command, said string
	err           error
}

func (e *gitError) Error() string {
	if e.said == "" {
		return fmt.Sprintf("git %s: %v", e.command, e.err)
	}
	return fmt.Sprintf("git %s: %s", e.command, e.said)
}

func (e *gitError) Unwrap() error { return e.err }

// Resolve returns the commit that a name stands for: a branch, a tag, a commit's own
// name, or an expression of these ("HEAD~2"). The name is never taken for an option.
func (r *Repository) Resolve(ctx context.Context, name string) (string, error) {
	commit, err := r.run(ctx, "rev-parse", "--quiet", "--verify", "--end-of-options", name+"^{commit}")
	if err == nil && isObjectName(commit) {
		return commit, nil
	}
	if r.shallow(ctx) {
		return "", fmt.Errorf("%q is no revision in this clone, which is shallow: fetch more of the history (git fetch --unshallow)", name)
	}
	return "", fmt.Errorf("%q is no revision of the repository %s; fetch it (git fetch), or check the spelling", name, r.Top)
}

func isObjectName(s string) bool {
	return len(s) >= 40 && strings.Trim(s, "0123456789abcdef") == ""
}

func (r *Repository) shallow(ctx context.Context) bool {
	out, err := r.run(ctx, "rev-parse", "--is-shallow-repository")
	return err == nil && out == "true"
}

// Partial reports whether the clone may lack objects that git would fetch once it needs them.
func (r *Repository) Partial(ctx context.Context) bool {
	filter, err := r.run(ctx, "config", "--get-regexp", `^remote\..*\.partialclonefilter$`)
	return err == nil && filter != ""
}

// MergeBase returns the commit at which the current branch left the default branch,
// and the default branch's name.
func (r *Repository) MergeBase(ctx context.Context) (commit, branch string, err error) {
	if branch, err = r.defaultBranch(ctx); err != nil {
		return "", "", err
	}
	commit, err = r.run(ctx, "merge-base", "--end-of-options", branch, "HEAD")
	if err == nil && isObjectName(commit) {
		return commit, branch, nil
	}
	if r.shallow(ctx) {
		return "", "", fmt.Errorf("where HEAD left %s is not in this clone, which is shallow: fetch the history (git fetch --unshallow, or fetch-depth: 0 in CI), or name the revision to compare with", branch)
	}
	return "", "", fmt.Errorf("HEAD and %s have no commit in common; name the revision to compare with", branch)
}

// Commit is one commit of the history.
type Commit struct {
	ID      string
	Tree    string // the object of its files: equal ones have the same
	Date    string // "2026-01-31", of the commit, in UTC
	Subject string
}

// Commits returns, oldest first, the last commits of HEAD's own line that change
// something below the paths (names from the top), at most so many. Since is the commit
// to begin with, which is always there, or "". Whole is false where the clone ends before the history does.
func (r *Repository) Commits(ctx context.Context, since string, most int, paths []string) (list []Commit, whole bool, err error) {
	args := []string{"log", "--first-parent", "-z", "--format=%H%x1f%T%x1f%cd%x1f%s", "--date=format-local:%Y-%m-%d", "--end-of-options"}
	log := func(more ...string) error {
		out, err := r.run(ctx, append(args[:len(args):len(args)], more...)...)
		for entry := range strings.SplitSeq(out, "\x00") {
			if f := strings.SplitN(entry, "\x1f", 4); len(f) == 4 {
				list = append(list, Commit{f[0], f[1], f[2], f[3]})
			}
		}
		return err
	}
	args = slices.Insert(args, len(args)-1, fmt.Sprintf("--max-count=%d", most))
	span := "HEAD"
	if since != "" {
		span = since + "..HEAD"
	}
	if err := log(append([]string{span, "--"}, paths...)...); err != nil {
		return nil, false, err
	}
	if since != "" && len(list) < most {
		args = slices.DeleteFunc(args, func(a string) bool { return strings.HasPrefix(a, "--max-count") })
		args = slices.Insert(args, len(args)-1, "--max-count=1")
		if err := log(since, "--"); err != nil {
			return nil, false, err
		}
	}
	slices.Reverse(list)
	return list, since != "" || !r.shallow(ctx), nil
}

// defaultBranch is what the remote says, else one of the usual names.
func (r *Repository) defaultBranch(ctx context.Context) (string, error) {
	if name, err := r.run(ctx, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"); err == nil {
		return name, nil
	}
	for _, name := range []string{"refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master", "refs/heads/trunk"} {
		if _, err := r.run(ctx, "rev-parse", "--quiet", "--verify", "--end-of-options", name+"^{commit}"); err == nil {
			return name, nil
		}
	}
	return "", errors.New("the default branch is not known: there is no origin/HEAD, main or master; name the revision to compare with")
}

// NotCheckedOut returns the tracked files that a sparse checkout leaves out of the
// working tree, by their paths from the top.
func (r *Repository) NotCheckedOut(ctx context.Context) (map[string]bool, error) {
	if on, err := r.run(ctx, "config", "--type=bool", "--get", "core.sparseCheckout"); err != nil || on != "true" {
		return nil, nil // the setting is not there: nothing is left out
	}
	out, err := r.run(ctx, "ls-files", "-t", "-z")
	if err != nil {
		return nil, err
	}
	missing := map[string]bool{}
	for entry := range strings.SplitSeq(out, "\x00") {
		if name, ok := strings.CutPrefix(entry, "S "); ok {
			missing[name] = true
		}
	}
	return missing, nil
}
