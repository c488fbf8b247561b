package extract

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// A module beside a scanned root can be read, what lies outside of the repository can't.
func TestOpenReachesTheRepositoryOnly(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"secret.txt":               "outside",
		"repo/.git/HEAD":           "ref",
		"repo/modules/vpc/main.tf": "module",
		"repo/live/prod/main.tf":   "root",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../../../secret.txt", filepath.Join(dir, "repo/live/prod/link.txt")); err != nil {
		t.Fatal(err)
	}
	tree, err := Open(filepath.Join(dir, "repo/live/prod"))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for name, want := range map[string]string{"main.tf": "root", "../../modules/vpc/main.tf": "module"} {
		if got, err := fs.ReadFile(tree, name); err != nil || string(got) != want {
			t.Errorf("ReadFile(%q) = %q, %v", name, got, err)
		}
	}
	if entries, err := fs.ReadDir(tree, "../../modules"); err != nil || len(entries) != 1 {
		t.Errorf("ReadDir: %v, %v", entries, err)
	}
	if _, err := fs.ReadFile(tree, "../../../secret.txt"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a file above the repository: %v, want ErrInvalid", err)
	}
	if _, err := fs.ReadFile(tree, "link.txt"); err == nil {
		t.Error("a link out of the repository was followed")
	}

	alone, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer alone.Close()
	if _, err := fs.ReadDir(alone, ".."); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("above a directory that is in no repository: %v, want ErrInvalid", err)
	}
}
