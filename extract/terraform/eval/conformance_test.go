package eval

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"golang.org/x/tools/txtar"
)

// ask rewrites the expectations of TestFunctions and TestTerraform with what the
// real terraform says. It needs the program, version 1.11, but no network: the cases
// use its built-in provider only.
var ask = flag.Bool("terraform", false, "rewrite what is expected in testdata/functions and testdata/terraform by asking terraform")

// planned is what "terraform show -json" tells of a plan.
type planned struct {
	Values struct {
		Outputs map[string]plannedOutput
		Root    plannedModule `json:"root_module"`
	} `json:"planned_values"`
}

type plannedOutput struct {
	Type, Value json.RawMessage
	Sensitive   bool
}

type plannedModule struct {
	Resources []struct {
		Address string
		Values  map[string]json.RawMessage
	}
	Children []plannedModule `json:"child_modules"`
}

// askTerraform plans a root in a directory of its own. Where terraform refuses it,
// the error is what it said.
func askTerraform(t *testing.T, root fs.FS, env []string, args ...string) (*planned, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, root); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) ([]byte, error) {
		var stdout, stderr bytes.Buffer
		cmd := exec.Command("terraform", args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
		cmd.Env = append(os.Environ(), append(env, "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")...)
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("terraform %s: %w\n%s", args[0], err, &stderr)
		}
		return stdout.Bytes(), nil
	}
	if _, err := run("init", "-input=false", "-no-color"); err != nil {
		return nil, err
	}
	if _, err := run(append([]string{"plan", "-input=false", "-no-color", "-out=saved.plan"}, args...)...); err != nil {
		return nil, err
	}
	out, err := run("show", "-json", "saved.plan")
	if err != nil {
		return nil, err
	}
	p := &planned{}
	return p, json.Unmarshal(out, p)
}

// arrow parts an expression from what terraform makes of it; but parts that from what
// eval makes of it where the two differ for a reason, which a line with # tells.
const arrow, but = "  =>  ", "  but here  "

// TestFunctions evaluates each line of an archive's last file, "expressions", and
// compares with what terraform made of it: the type and the JSON of the result,
// "unknown" where it is known only after apply, or "error".
func TestFunctions(t *testing.T) {
	var tested strings.Builder
	for _, file := range archives(t, "functions") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			list := &a.Files[len(a.Files)-1]
			root := files(a)
			delete(root, list.Name)
			lines := strings.Split(strings.TrimSuffix(string(list.Data), "\n"), "\n")
			exprs := map[string]string{}
			for i, line := range lines {
				if !strings.HasPrefix(line, "#") {
					exprs[outputName(i)], _, _ = strings.Cut(line, arrow)
				}
			}
			if *ask {
				answers := askFunctions(t, root, exprs)
				for i, line := range lines {
					if e := exprs[outputName(i)]; e != "" {
						_, ours, differs := strings.Cut(line, but)
						if lines[i] = e + arrow + answers[outputName(i)]; differs {
							lines[i] += but + ours
						}
					}
				}
				list.Data = []byte(strings.Join(lines, "\n") + "\n")
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got := evalFunctions(root, exprs, len(lines))
			for i, line := range lines {
				e := exprs[outputName(i)]
				if e == "" {
					continue
				}
				tested.WriteString(e + "\n")
				_, want, _ := strings.Cut(line, arrow)
				if _, ours, differs := strings.Cut(want, but); differs {
					want = ours
				}
				if diff := cmp.Diff(want, got[outputName(i)]); diff != "" {
					t.Errorf("%s (-terraform +eval)\n%s", e, diff)
				}
			}
		})
	}
	for _, name := range terraformFunctions {
		if n := strings.Count(tested.String(), name+"("); n < 4 {
			t.Errorf("%s stands in %d expressions only", name, n)
		}
	}
}

func outputName(line int) string { return fmt.Sprintf("o%d", line) }

func archives(t *testing.T, folder string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	return names
}

func files(a *txtar.Archive) fstest.MapFS {
	out := fstest.MapFS{}
	for _, f := range a.Files {
		out[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return out
}

// askFunctions has all expressions of a root planned at once. An error in one would
// refuse them all, so try catches it.
func askFunctions(t *testing.T, root fstest.MapFS, exprs map[string]string) map[string]string {
	t.Helper()
	asked := maps.Clone(root)
	var conf strings.Builder
	for name, e := range exprs {
		fmt.Fprintf(&conf, "output %q {\n  sensitive = true\n  value = { ok = can(%s), value = try(%s, null) }\n}\n", name, e, e)
	}
	asked["main.tf"] = &fstest.MapFile{Data: []byte(conf.String())}
	p, err := askTerraform(t, asked, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for name, o := range p.Values.Outputs {
		out[name] = "unknown"
		if o.Value == nil {
			continue
		}
		typ, err := ctyjson.UnmarshalType(o.Type)
		if err != nil {
			t.Fatal(err)
		}
		v, err := ctyjson.Unmarshal(o.Value, typ)
		if err != nil {
			t.Fatal(err)
		}
		if v.GetAttr("ok").False() {
			out[name] = "error"
			continue
		}
		out[name] = typed(v.GetAttr("value"))
	}
	return out
}

// evalFunctions evaluates the expressions of a list of so many lines. Each stands on
// the line that it has there, so that a note tells whose it is.
func evalFunctions(root fstest.MapFS, exprs map[string]string, lines int) map[string]string {
	var conf strings.Builder
	for i := range lines {
		if e := exprs[outputName(i)]; e != "" {
			fmt.Fprintf(&conf, "output %q { value = %s }", outputName(i), e)
		}
		conf.WriteString("\n")
	}
	root["main.tf"] = &fstest.MapFile{Data: []byte(conf.String())}
	r := Root(root, ".", Options{})
	out := map[string]string{}
	for _, o := range r.Outputs {
		out[o.Name] = typed(o.Value)
	}
	for _, n := range r.Notes {
		out[outputName(n.Source.Line-1)] = "error"
	}
	return out
}

// typed writes a value as its type and its JSON.
func typed(v cty.Value) string {
	marks := deepMarks(v)
	v, _ = v.UnmarkDeep()
	if !v.IsWhollyKnown() || isComputed(marks) {
		return "unknown"
	}
	text, ok := Value{V: v}.JSON()
	if !ok {
		text = "null"
	}
	return typeexpr.TypeString(v.Type()) + " " + text
}
