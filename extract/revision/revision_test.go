package revision

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// commit makes a repository of files and returns it with its one commit. A content
// that begins with "-> " is a link.
func commit(t testing.TB, files map[string]string) (*Repository, string) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		if os.Getenv("DRAWBRIDGE_NO_SKIP") != "" {
			t.Fatal("git is not installed, and DRAWBRIDGE_NO_SKIP is set")
		}
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			err = os.Symlink(target, file)
		} else {
			err = os.WriteFile(file, []byte(content), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	env := append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"},
		{"config", "gc.auto", "0"}, // which would go on beside the test
		{"config", "core.fsync", "none"},
		{"add", "-A"},
		{"-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "first"},
	} {
		cmd := exec.Command(git, args...)
		cmd.Dir, cmd.Env = dir, env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	r, err := Open(context.Background(), git, dir, env)
	if err != nil {
		t.Fatal(err)
	}
	id, err := r.Resolve(context.Background(), "main")
	if err != nil {
		t.Fatal(err)
	}
	return r, id
}

func open(t testing.TB, files map[string]string, leaveOut map[string]bool) *Tree {
	t.Helper()
	r, id := commit(t, files)
	tree, err := r.Tree(context.Background(), id, leaveOut)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return tree
}

func TestTreeIsAFileSystem(t *testing.T) {
	tree := open(t, map[string]string{"main.tf": "a\n", "modules/net/main.tf": "", "modules/a b/\u00fc.tf": "x", "all": "-> modules/net", "link.tf": "-> main.tf"}, nil)
	if err := fstest.TestFS(tree, "main.tf", "modules/net/main.tf", "modules/a b/\u00fc.tf"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link.tf", "main.tf"} {
		if got, err := fs.ReadFile(tree, name); err != nil || string(got) != "a\n" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := fs.Stat(tree, "all/main.tf"); err != nil {
		t.Errorf("a link to a directory is not followed: %v", err)
	}
}

func TestTreeFollowsNoLinkOut(t *testing.T) {
	tree := open(t, map[string]string{"out": "-> ../../etc/passwd", "abs": "-> /etc/passwd", "a": "-> b", "b": "-> a"}, nil)
	for _, name := range []string{"out", "abs", "a"} {
		if got, err := fs.ReadFile(tree, name); err == nil {
			t.Errorf("%s gives %q", name, got)
		}
	}
}

func TestTreeLeavesOut(t *testing.T) {
	tree := open(t, map[string]string{"a.tf": "1", "b.tf": "2"}, map[string]bool{"b.tf": true})
	entries, err := fs.ReadDir(tree, ".")
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestResolveTakesNoOption(t *testing.T) {
	r, id := commit(t, map[string]string{"a.tf": ""})
	for _, name := range []string{"--help", "-h", "--git-dir", "nowhere", "", "main:a.tf", "--output=x"} {
		if got, err := r.Resolve(context.Background(), name); err == nil {
			t.Errorf("%q resolves to %s", name, got)
		}
	}
	if got, branch, err := r.MergeBase(context.Background()); err != nil || got != id || branch != "refs/heads/main" {
		t.Errorf("merge base %s of %s: %v", got, branch, err)
	}
}
