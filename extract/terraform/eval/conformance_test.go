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
	"slices"
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
		Outputs map[string]struct{ Type, Value json.RawMessage }
	} `json:"planned_values"`
	Resources []struct {
		Address, Mode string
		Change        change
	} `json:"resource_changes"`
	Outputs map[string]change `json:"output_changes"`
}

type change struct {
	After     any
	Unknown   any `json:"after_unknown"`
	Sensitive any `json:"after_sensitive"`
}

// askTerraform plans a root in a directory of its own. Where terraform refuses it,
// the error is what it said.
func askTerraform(t *testing.T, root fs.FS, workspace string, env []string, args ...string) (*planned, error) {
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
	if workspace != "" {
		if _, err := run("workspace", "new", workspace); err != nil {
			return nil, err
		}
	}
	if _, err := run(append([]string{"plan", "-input=false", "-no-color", "-out=saved.plan"}, args...)...); err != nil {
		return nil, err
	}
	out, err := run("show", "-json", "saved.plan")
	if err != nil {
		return nil, err
	}
	p, d := &planned{}, json.NewDecoder(bytes.NewReader(out))
	d.UseNumber()
	return p, d.Decode(p)
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
	p, err := askTerraform(t, asked, "", nil)
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

// TestTerraform evaluates small roots and compares with what terraform planned for
// them, in an archive's last file, "planned": resource instances with their arguments,
// and outputs. Lines of the archive's comment that begin with "arg", "env" or
// "workspace" are inputs. What terraform knows only after apply is left out of the
// comparison; what it refuses must give a note.
func TestTerraform(t *testing.T) {
	for _, file := range archives(t, "terraform") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			root := files(a)
			delete(root, "planned")
			opt, args, env := inputsOf(string(a.Comment))
			if *ask {
				if a.Files[len(a.Files)-1].Name != "planned" {
					a.Files = append(a.Files, txtar.File{Name: "planned"})
				}
				p, err := askTerraform(t, root, opt.Workspace, env, args...)
				a.Files[len(a.Files)-1].Data = []byte(plannedText(p, err))
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want := string(a.Files[len(a.Files)-1].Data)
			r := Root(root, ".", opt)
			if strings.HasPrefix(want, "refused") {
				if len(r.Notes) == 0 {
					t.Errorf("no note, but terraform says: %s", want)
				}
				return
			}
			for _, n := range r.Notes {
				t.Errorf("note: %s", n)
			}
			if diff := cmp.Diff(parsePlanned(t, want), evaluatedLike(r, parsePlanned(t, want))); diff != "" {
				t.Errorf("(-terraform +eval)\n%s", diff)
			}
		})
	}
}

func inputsOf(comment string) (opt Options, args, env []string) {
	opt.Env = map[string]string{}
	for line := range strings.Lines(comment) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, value, _ := strings.Cut(rest, "=")
		switch word {
		case "arg":
			args = append(args, rest)
			switch name {
			case "-var":
				k, v, _ := strings.Cut(value, "=")
				opt.Args = append(opt.Args, Arg{Name: k, Text: v})
			case "-var-file":
				opt.Args = append(opt.Args, Arg{File: value})
			}
		case "env":
			env = append(env, rest)
			opt.Env[name] = value
		case "workspace":
			opt.Workspace = rest
		}
	}
	return opt, args, env
}

// afterApply stands in a plan's text for what is known only after apply.
const afterApply = "(known after apply)"

// plannedText writes a plan as lines of "address argument = JSON" and "output name =
// JSON". An argument that is null is left out.
func plannedText(p *planned, refused error) string {
	if refused != nil {
		_, why, _ := strings.Cut(refused.Error(), "Error: ")
		why, _, _ = strings.Cut(why, "\n")
		return "refused: " + why + "\n"
	}
	var out []string
	for _, r := range p.Resources {
		if r.Mode != "managed" {
			continue
		}
		after, _ := withUnknown(r.Change.After, r.Change.Unknown).(map[string]any)
		line := r.Address
		for _, name := range slices.Sorted(maps.Keys(after)) {
			if v := after[name]; v != nil && v != afterApply {
				line += "\n  " + name + " = " + jsonText(v)
			}
		}
		out = append(out, line)
	}
	slices.Sort(out)
	for _, name := range slices.Sorted(maps.Keys(p.Outputs)) {
		o := p.Outputs[name]
		out = append(out, "output "+name+" = "+jsonText(withUnknown(o.After, o.Unknown)))
	}
	return strings.Join(out, "\n") + "\n"
}

// withUnknown puts afterApply where unknown, of the same shape as v, is true.
func withUnknown(v, unknown any) any {
	switch u := unknown.(type) {
	case bool:
		if u {
			return afterApply
		}
	case map[string]any:
		o, _ := v.(map[string]any)
		if o == nil {
			o = map[string]any{}
		}
		for k, x := range u {
			if v := withUnknown(o[k], x); v != nil {
				o[k] = v
			}
		}
		return o
	case []any:
		l, _ := v.([]any)
		for i, x := range u {
			if i < len(l) {
				l[i] = withUnknown(l[i], x)
			} else {
				l = append(l, withUnknown(nil, x))
			}
		}
		return l
	}
	return v
}

func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

// parsePlanned reads plannedText: values by "address", "address argument" and "output name".
func parsePlanned(t *testing.T, text string) map[string]any {
	t.Helper()
	out, address := map[string]any{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		argument, isArgument := strings.CutPrefix(line, "  ")
		if !isArgument && !strings.HasPrefix(line, "output ") {
			address = line
			out[address] = "instance"
			continue
		}
		name, value, _ := strings.Cut(argument, " = ")
		if isArgument {
			name = address + " " + name
		}
		out[name] = parseJSON(t, value)
	}
	return out
}

func parseJSON(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// evaluatedLike brings a result into the form of a plan. What the plan doesn't know is
// not compared.
func evaluatedLike(r *Result, want map[string]any) map[string]any {
	out := map[string]any{}
	put := func(name string, v cty.Value) {
		x := plain(v)
		if w, ok := want[name]; ok || x != nil {
			out[name] = masked(x, w)
		}
	}
	for _, x := range r.Resources {
		if x.Mode == Data {
			continue
		}
		out[x.Address] = "instance"
		for name, v := range x.Body.Attrs {
			if _, ok := want[x.Address+" "+name]; ok || plain(v.V) != nil && plain(v.V) != afterApply {
				put(x.Address+" "+name, v.V)
			}
		}
	}
	for _, o := range r.Outputs {
		put("output "+o.Name, o.Value)
	}
	return out
}

// masked puts afterApply into v where want has it.
func masked(v, want any) any {
	switch w := want.(type) {
	case string:
		if w == afterApply {
			return w
		}
	case map[string]any:
		if o, ok := v.(map[string]any); ok {
			for k := range o {
				o[k] = masked(o[k], w[k])
			}
		}
	case []any:
		if l, ok := v.([]any); ok && len(l) == len(w) {
			for i := range l {
				l[i] = masked(l[i], w[i])
			}
		}
	}
	return v
}

// plain turns a value into what its JSON decodes to, with afterApply for unknowns.
func plain(v cty.Value) any {
	v, marks := v.Unmark()
	t := v.Type()
	switch {
	case !v.IsKnown():
		return afterApply
	case v.IsNull():
		return nil
	case isComputed(marks) && t.IsPrimitiveType():
		return afterApply
	case t == cty.Number:
		text, _ := Value{V: v}.JSON()
		return json.Number(text)
	case t == cty.String:
		return v.AsString()
	case t == cty.Bool:
		return v.True()
	case t.IsMapType() || t.IsObjectType():
		out := map[string]any{}
		for it := v.ElementIterator(); it.Next(); {
			k, x := it.Element()
			out[k.AsString()] = plain(x)
		}
		return out
	}
	out := []any{}
	for it := v.ElementIterator(); it.Next(); {
		_, x := it.Element()
		out = append(out, plain(x))
	}
	return out
}
