package extract

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// tree is a test's file system, from the files of an archive but for those that
// are about the test.
func tree(t testing.TB, a *txtar.Archive) (files fstest.MapFS, opt Options) {
	t.Helper()
	files = fstest.MapFS{}
	for _, f := range a.Files {
		switch f.Name {
		case "want":
		case "options":
			for line := range strings.Lines(string(f.Data)) {
				setOption(t, &opt, files, strings.Fields(line))
			}
		default:
			files[f.Name] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
		}
	}
	return files, opt
}

func setOption(t testing.TB, opt *Options, files fstest.MapFS, words []string) {
	t.Helper()
	number := func() int {
		n, err := strconv.Atoi(words[1])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	switch words[0] {
	case "exclude":
		opt.Exclude = append(opt.Exclude, words[1])
	case "size":
		opt.Limits.FileSize = int64(number())
	case "files":
		opt.Limits.Files = number()
	case "depth":
		opt.Limits.Depth = number()
	case "link":
		files[words[1]] = &fstest.MapFile{Data: []byte(words[2]), Mode: fs.ModeSymlink | 0o777}
	default:
		t.Fatalf("unknown option %s", words[0])
	}
}

func (f *found) String() string {
	var b strings.Builder
	for _, name := range f.terraform {
		fmt.Fprintln(&b, "terraform", name)
	}
	for _, name := range f.manifests {
		fmt.Fprintln(&b, "manifest", name)
	}
	for _, name := range f.plans {
		fmt.Fprintln(&b, "plan", name)
	}
	g := &graph.Graph{Notes: f.notes}
	g.Sort()
	for _, n := range g.Notes {
		fmt.Fprintln(&b, "note", n)
	}
	for _, name := range slices.Sorted(maps.Keys(f.hidden)) {
		fmt.Fprintln(&b, "hidden", name)
	}
	return b.String()
}

func TestWalk(t *testing.T) {
	names, err := filepath.Glob("testdata/walk/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files, opt := tree(t, a)
			found, err := walk(files, []string{"."}, opt)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, a, "want", found.String())
		})
	}
}

// golden compares with a file of an archive, or rewrites it.
func golden(t *testing.T, name string, a *txtar.Archive, file, got string) {
	t.Helper()
	i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == file })
	if i < 0 {
		t.Fatalf("%s has no file %s", name, file)
	}
	if *update {
		a.Files[i].Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(a.Files[i].Data), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestIgnoresWhatGitIgnores compares with git itself.
func TestIgnoresWhatGitIgnores(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	a, err := txtar.ParseFile("testdata/walk/gitignore.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files, _ := tree(t, a)
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(git, append([]string{"-C", dir, "-c", "core.excludesFile="}, args...)...)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return string(out)
	}
	run("init", "-q")
	var want []string
	for name := range strings.SplitSeq(strings.TrimRight(run("ls-files", "-z", "--others", "--exclude-standard"), "\x00"), "\x00") {
		if kindOf(name) != otherFile {
			want = append(want, name)
		}
	}
	slices.Sort(want)
	found, err := walk(os.DirFS(dir), []string{"."}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(slices.Values(slices.Concat(found.terraform, found.manifests, found.plans)))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files that are not ignored (-git +walk):\n%s", diff)
	}
}

func TestWalkRefusesABadPattern(t *testing.T) {
	_, err := walk(fstest.MapFS{}, []string{"."}, Options{Exclude: []string{"a/[b"}})
	if err == nil || !strings.Contains(err.Error(), `exclude "a/[b"`) {
		t.Errorf("error %v, want one that names the pattern", err)
	}
}

// unreadable is a file system in which one directory or file cannot be read.
type unreadable struct {
	fstest.MapFS
	name string
}

func (u unreadable) Open(name string) (fs.File, error) {
	if name == u.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("disk on fire")}
	}
	return u.MapFS.Open(name)
}

func (u unreadable) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == u.name {
		_, err := u.Open(name)
		return nil, err
	}
	return u.MapFS.ReadDir(name)
}

func (u unreadable) ReadFile(name string) ([]byte, error) {
	if name == u.name {
		_, err := u.Open(name)
		return nil, err
	}
	return u.MapFS.ReadFile(name)
}

func TestWalkGoesOnPastWhatCannotBeRead(t *testing.T) {
	files := fstest.MapFS{
		"a/x.tf":     {},
		"b/x.tf":     {},
		".gitignore": {Data: []byte("b\n")},
	}
	for name, want := range map[string]string{
		"a":          "note a: directory not read: disk on fire\n",
		".gitignore": "terraform a/x.tf\nterraform b/x.tf\nnote .gitignore: not read, nothing is ignored for it: disk on fire\n",
	} {
		found, err := walk(unreadable{files, name}, []string{"."}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, found.String()); diff != "" {
			t.Errorf("%s unreadable (-want +got):\n%s", name, diff)
		}
	}
	if _, err := walk(unreadable{files, "."}, []string{"."}, Options{}); err == nil {
		t.Error("no error although the top cannot be read")
	}
}

func FuzzIgnore(f *testing.F) {
	f.Add("*.yaml\n!a.yaml\n/b/**\nc{d,e}[!f]\\", "b/a.yaml")
	f.Fuzz(func(t *testing.T, rules, name string) {
		if !fs.ValidPath(name) || name == "." {
			t.Skip()
		}
		ignore := parseIgnore(nil, ".", []byte(rules))
		if ignore.ignores(name, false) && !ignore.ignores(name, true) && !strings.Contains(rules, "!") {
			t.Errorf("%q ignores the file %q, not the directory of that name", rules, name)
		}
	})
}

// manyFiles makes a tree of n files in directories of 20, a tenth of them of use.
func manyFiles(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("*.log\n/build/\n**/tmp/*\n!keep\n"), 0o644); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		ext := "go"
		if i%10 == 0 {
			ext = "tf"
		}
		name := filepath.Join(dir, fmt.Sprint("service", i/200), fmt.Sprint("part", i/20), fmt.Sprintf("file%d.%s", i, ext))
		if i%20 == 0 {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				b.Fatal(err)
			}
		}
		if err := os.WriteFile(name, bytes.Repeat([]byte("#\n"), 50), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

func BenchmarkWalk(b *testing.B) {
	dir := manyFiles(b, 10_000)
	tree, err := Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { tree.Close() })
	for name, fsys := range map[string]fs.FS{"DirFS": os.DirFS(dir), "Tree": tree} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				found, err := walk(fsys, []string{"."}, Options{})
				if err != nil || len(found.terraform) != 1000 {
					b.Fatal(err, len(found.terraform))
				}
			}
		})
	}
}
