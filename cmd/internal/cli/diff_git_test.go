package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const queueFile = "resource \"aws_sqs_queue\" \"NAME\" {\n  name = \"NAME\"\n}\n"

func queue(name string) string { return strings.ReplaceAll(queueFile, "NAME", name) }

// fails runs a command that must fail and returns what it wrote to standard error.
func fails(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var stdout, stderr writer
	if got := Main(args, Process{Stdout: &stdout, Stderr: &stderr, Env: os.Environ(), Dir: dir}); got != statusError {
		t.Fatalf("drawbridge %q: status %d, want %d\n%s%s", args, got, statusError, stderr, stdout)
	}
	return string(stderr)
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) {
		t.Errorf("got:\n%s\nwant in it: %s", got, want)
	}
}

func TestDiffAgainstTheDefaultBranch(t *testing.T) {
	r := newTestRepository(t)
	r.write("main.tf", queue("a"))
	r.commit("one")
	r.git("checkout", "-q", "-b", "feature")
	r.write("b.tf", queue("b"))
	r.commit("two")
	r.git("checkout", "-q", "main")
	r.write("c.tf", queue("c"))
	r.commit("three")
	r.git("checkout", "-q", "feature")
	r.write("d/d.tf", queue("d"))
	out := run(t, r.dir, statusOK, "diff", "--format", "json")
	for name, want := range map[string]bool{`"aws_sqs_queue.b"`: true, `aws_sqs_queue.c"`: false, `"d:aws_sqs_queue.d"`: true} {
		if strings.Contains(out, `"id": `+name) != want {
			t.Errorf("%s: want %v in\n%s", name, want, out)
		}
	}
	// Paths and the working directory limit both sides.
	out = run(t, r.dir, statusOK, "diff", "--format", "json", "main", "--", "d")
	if strings.Contains(out, "aws_sqs_queue.b") || !strings.Contains(out, "d:aws_sqs_queue.d") {
		t.Errorf("path d:\n%s", out)
	}
	expect(t, run(t, filepath.Join(r.dir, "d"), statusOK, "diff", "--format", "json", "main"), `"id": "aws_sqs_queue.d"`)
	if status := r.git("status", "--porcelain"); status != "?? d/" {
		t.Errorf("the working tree changed: %s", status)
	}
}

func TestDiffTakesNoOptionForARevision(t *testing.T) {
	r := newTestRepository(t)
	r.write("main.tf", queue("a"))
	r.commit("one")
	r.git("branch", "sub")
	r.write("sub/main.tf", queue("b"))
	for arg, want := range map[string]string{
		"nowhere":            "is no revision of the repository",
		"sub":                "is a directory and a revision",
		"HEAD:main.tf":       "is no revision",
		"--upload-pack=evil": "unknown flag",
		"HEAD --output=x":    "is no revision",
	} {
		expect(t, fails(t, r.dir, "diff", arg), want)
	}
	run(t, r.dir, statusOK, "diff", "./sub", "refs/heads/sub")
}

func TestDiffInAShallowClone(t *testing.T) {
	r := newTestRepository(t)
	for _, name := range []string{"a", "b", "c"} {
		r.write(name+".tf", queue(name))
		r.commit(name)
	}
	clone := r.clone("--depth", "1")
	expect(t, fails(t, clone.dir, "diff", "HEAD~1"), "which is shallow: fetch more of the history (git fetch --unshallow)")
	run(t, clone.dir, statusOK, "diff", "HEAD")
}

func TestDiffInASparseCheckout(t *testing.T) {
	r := newTestRepository(t)
	r.write("one/main.tf", queue("a"))
	r.write("two/main.tf", queue("b"))
	r.commit("one")
	r.git("sparse-checkout", "set", "one")
	if _, err := os.Stat(filepath.Join(r.dir, "two")); err == nil {
		t.Skip("this git keeps the files")
	}
	expect(t, run(t, r.dir, statusOK, "diff", "HEAD"), "No effect on the threat model")
}

func TestDiffWithASubmodule(t *testing.T) {
	module := newTestRepository(t)
	module.write("main.tf", queue("inner"))
	module.commit("one")
	r := newTestRepository(t)
	r.write("main.tf", queue("a"))
	r.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", module.dir, "lib")
	r.commit("one")
	expect(t, run(t, r.dir, statusOK, "diff", "HEAD"), "No effect on the threat model")
	r.write("lib/more.tf", queue("more"))
	expect(t, run(t, r.dir, statusOK, "diff", "--format", "json", "HEAD"), "lib:aws_sqs_queue.more")
	// Where it is not checked out, neither side has it.
	clone := r.clone()
	expect(t, run(t, clone.dir, statusOK, "diff", "HEAD"), "No effect on the threat model")
}

// clone clones a repository as a server would hand it out.
func (r *testRepository) clone(args ...string) *testRepository {
	r.t.Helper()
	r.git("config", "uploadpack.allowFilter", "true")
	r.git("config", "uploadpack.allowAnySHA1InWant", "true")
	to := &testRepository{r.t, filepath.Join(r.t.TempDir(), "clone")}
	r.git(append(append([]string{"clone", "-q"}, args...), "file://"+r.dir, to.dir)...)
	return to
}

// TestDiffInAPartialClone: what the clone has not fetched and the model needs is told, with
// what to do; what the model does not need is not missed.
func TestDiffInAPartialClone(t *testing.T) {
	r := newTestRepository(t)
	r.write("main.tf", queue("a"))
	r.write("logo.txt", "one")
	r.commit("one")
	r.write("logo.txt", "two")
	r.commit("a file of no account")
	r.write("main.tf", queue("b"))
	r.commit("two")
	blobless := r.clone("--filter=blob:none")
	run(t, blobless.dir, statusOK, "diff", "HEAD") // what is checked out is there
	expect(t, fails(t, blobless.dir, "diff", "HEAD~1"), "lacks main.tf (drawbridge does not fetch); make it complete with git fetch --refetch --no-filter")
	expect(t, fails(t, blobless.dir, "history"), "lacks main.tf")
	treeless := r.clone("--filter=tree:0")
	expect(t, fails(t, treeless.dir, "diff", "HEAD~1"), "lacks directories of the revision")
	for _, clone := range []*testRepository{blobless, treeless} {
		clone.git("fetch", "-q", "--refetch", "--no-filter")
		expect(t, run(t, clone.dir, statusOK, "diff", "--format", "json", "HEAD~1", "HEAD"), "aws_sqs_queue.b")
	}
	unneeded := r.clone("--filter=blob:none")
	unneeded.git("checkout", "-q", "--detach", "HEAD~1")
	expect(t, run(t, unneeded.dir, statusOK, "diff", "HEAD~1", "HEAD"), "No effect on the threat model")
}

func TestDiffInABareRepository(t *testing.T) {
	r := newTestRepository(t)
	r.write("main.tf", queue("a"))
	r.commit("one")
	r.write("sub/main.tf", queue("b"))
	r.commit("two")
	bare := r.clone("--bare")
	expect(t, run(t, bare.dir, statusOK, "diff", "--format", "json", "HEAD~1", "HEAD"), `"sub:aws_sqs_queue.b"`)
	expect(t, run(t, bare.dir, statusOK, "diff", "HEAD~1", "HEAD", "--", "main.tf"), "No effect on the threat model")
	expect(t, fails(t, bare.dir, "diff", "HEAD~1"), "is a bare repository, without a working directory: name two revisions")
	expect(t, run(t, bare.dir, statusOK, "history", "--format", "json"), `"subject": "two"`)
}

func TestDiffInAWorktree(t *testing.T) {
	r := newTestRepository(t)
	r.write("main.tf", queue("a"))
	r.commit("one")
	tree := &testRepository{t, filepath.Join(t.TempDir(), "tree")}
	r.git("worktree", "add", "-q", "-b", "feature", tree.dir)
	tree.write("sub/b.tf", queue("b"))
	expect(t, run(t, tree.dir, statusOK, "diff", "--format", "json"), `"sub:aws_sqs_queue.b"`)
	tree.commit("two")
	expect(t, run(t, filepath.Join(tree.dir, "sub"), statusOK, "diff", "--format", "json", "main", "feature"), `"aws_sqs_queue.b"`)
	expect(t, run(t, r.dir, statusOK, "diff", "main"), "No effect on the threat model")
}

func TestDiffInARepositoryOfSHA256(t *testing.T) {
	r := newTestRepository(t, "--object-format=sha256")
	r.write("main.tf", queue("a"))
	r.write("sub/main.tf", queue("a"))
	r.commit("one")
	r.append("main.tf", queue("b"))
	out := run(t, r.dir, statusOK, "diff", "--format", "json", "HEAD")
	expect(t, out, `"aws_sqs_queue.b"`)
	r.commit("two")
	if again := run(t, r.dir, statusOK, "diff", "--format", "json", "HEAD~1", "HEAD"); again != out {
		t.Errorf("of revisions:\n%s\nof the working tree:\n%s", again, out)
	}
}

func TestDiffWithoutARepository(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	expect(t, fails(t, t.TempDir(), "diff"), "no git repository")
}

// A partial clone may lack the programs that code takes in, where they did not change.
func TestDiffWithoutUnchangedPrograms(t *testing.T) {
	r := newTestRepository(t)
	r.git("config", "uploadpack.allowFilter", "true")
	program := func(name string) string {
		return "resource \"aws_lambda_function\" \"" + name + "\" {\n  function_name    = \"f\"\n  role             = \"arn:aws:iam::111122223333:role/f\"\n" +
			"  filename         = \"" + name + ".zip\"\n  source_code_hash = filebase64sha256(\"" + name + ".zip\")\n}\n"
	}
	r.write("main.tf", program("f"))
	r.write("f.zip", strings.Repeat("old", 2000))
	r.commit("one")
	r.append("main.tf", queue("a"))
	r.commit("two")
	r.write("f.zip", strings.Repeat("new", 2000))
	r.commit("three")
	clone := filepath.Join(t.TempDir(), "clone")
	r.git("clone", "-q", "--no-checkout", "--filter=blob:limit=4k", "file://"+r.dir, clone)
	var stdout, stderr writer
	if got := Main([]string{"diff", "HEAD~2", "HEAD~1"}, Process{Stdout: &stdout, Stderr: &stderr, Env: os.Environ(), Dir: clone}); got != statusOK {
		t.Fatalf("status %d\n%s", got, stderr)
	}
	expect(t, string(stdout), "1 component added")
	expect(t, string(stderr), "f.zip: left out, for the partial clone lacks what is the same all along")
	expect(t, fails(t, clone, "diff", "HEAD~1", "HEAD"), "lacks f.zip (drawbridge does not fetch)")
	expect(t, fails(t, clone, "history"), "lacks f.zip")
	r.write("main.tf", strings.Repeat("# long\n", 1000)+program("f"))
	r.commit("four")
	r.write("b.tf", queue("b"))
	r.commit("five")
	clone = filepath.Join(t.TempDir(), "clone")
	r.git("clone", "-q", "--no-checkout", "--filter=blob:limit=4k", "file://"+r.dir, clone)
	expect(t, fails(t, clone, "diff", "HEAD~1", "HEAD"), "lacks main.tf")
}
