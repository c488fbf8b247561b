package cli

import (
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite goldens and generated documents")

// TestScripts runs testdata/*.txtar. In them, `drawbridge ARGS` runs a command
// in process, and `status N` demands the exit status of the last one (a script
// that does not ask demands 0, or anything else after a !). `needs PROGRAM` skips
// the script where the program is not installed.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			env.Setenv("REVIEW", filepath.Join(examples, "../.ci/review"))
			env.Values[lastStatus{}] = new(int)
			env.Values[scriptT{}] = env.T()
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"drawbridge": scriptDrawbridge,
			"needs":      scriptNeeds,
			"status":     scriptStatus,
		},
	})
}

// The keys of what a script knows.
type (
	lastStatus struct{} // *int
	scriptT    struct{} // testscript.T
)

func scriptDrawbridge(ts *testscript.TestScript, neg bool, args []string) {
	status := Main(args, Process{
		Stdout: ts.Stdout(),
		Stderr: ts.Stderr(),
		Env:    []string{"PATH=" + ts.Getenv("PATH"), "TF_VAR_from_environment=" + ts.Getenv("TF_VAR_from_environment"), "SOURCE_DATE_EPOCH=" + ts.Getenv("SOURCE_DATE_EPOCH")},
		Dir:    ts.MkAbs("."),
	})
	*ts.Value(lastStatus{}).(*int) = status
	if neg != (status != statusOK) {
		ts.Fatalf("drawbridge gave status %d", status)
	}
}

func scriptStatus(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 || neg {
		ts.Fatalf("usage: status N")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := *ts.Value(lastStatus{}).(*int); got != want {
		ts.Fatalf("status is %d, not %d", got, want)
	}
}

// scriptNeeds skips, or fails where the environment is said to be complete.
func scriptNeeds(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 || neg {
		ts.Fatalf("usage: needs PROGRAM")
	}
	if _, err := exec.LookPath(args[0]); err == nil {
		return
	}
	if os.Getenv("DRAWBRIDGE_NO_SKIP") != "" {
		ts.Fatalf("%s is not installed, and DRAWBRIDGE_NO_SKIP is set", args[0])
	}
	ts.Value(scriptT{}).(testscript.T).Skip(args[0] + " is not installed")
}

// copyExample copies an example repository, so that a test can change it.
func copyExample(t testing.TB, name string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("../../../testdata", name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// run runs a command and returns what it wrote; it fails on any other status than want.
func run(t testing.TB, dir string, want int, args ...string) string {
	t.Helper()
	var stdout, stderr writer
	if got := Main(args, Process{Stdout: &stdout, Stderr: &stderr, Env: os.Environ(), Dir: dir}); got != want {
		t.Fatalf("drawbridge %q: status %d, want %d\n%s%s", args, got, want, stderr, stdout)
	}
	return string(stdout)
}

type writer []byte

func (w *writer) Write(b []byte) (int, error) { *w = append(*w, b...); return len(b), nil }

var _ io.Writer = (*writer)(nil)
