package netpol

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite what testdata/*.txtar expect")

// TestTestdata runs testdata/*.txtar. The first line of a file is the sentence under
// test, and its files the input, but for those that are expected: "connections",
// "exposure", "notes", "refused", "changes" (from before/ to after/), and
// "passage", whose lines begin with a question: "SRC DST PROTOCOL PORT".
func TestTestdata(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			asked := 0
			for i, f := range archive.Files {
				answer, ok := answers[f.Name]
				if !ok {
					continue
				}
				asked++
				got := answer(t, archive, string(f.Data))
				if diff := cmp.Diff(string(f.Data), got); diff != "" && !*update {
					t.Errorf("%s (-want +got):\n%s", f.Name, diff)
				}
				archive.Files[i].Data = []byte(got)
			}
			if asked == 0 {
				t.Fatal("nothing is expected")
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// answers make what a file of that name expects.
var answers = map[string]func(t *testing.T, a *txtar.Archive, want string) string{
	"connections": func(t *testing.T, a *txtar.Archive, _ string) string {
		var b strings.Builder
		for c := range evaluator(t, a, "").Connections(Query{}) {
			writeConnection(&b, c)
		}
		return b.String()
	},
	"exposure": func(t *testing.T, a *txtar.Archive, _ string) string {
		var b strings.Builder
		x := evaluator(t, a, "").Exposure(Query{})
		for _, c := range slices.Concat(x.Ingress, x.Egress) {
			writeConnection(&b, c)
		}
		for _, u := range x.Unprotected {
			fmt.Fprintf(&b, "%s unprotected %s\n", u.Workload, u.Direction)
		}
		return b.String()
	},
	"notes": func(t *testing.T, a *txtar.Archive, _ string) string {
		var b strings.Builder
		_, notes, err := Load(files(a, ""), ".")
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range append(notes, evaluator(t, a, "").Notes()...) {
			fmt.Fprintln(&b, n)
		}
		return b.String()
	},
	"refused": func(t *testing.T, a *txtar.Archive, _ string) string {
		objects, _, err := Load(files(a, ""), ".")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(objects); err != nil {
			return err.Error() + "\n"
		}
		return ""
	},
	"changes": func(t *testing.T, a *txtar.Archive, _ string) string {
		var b strings.Builder
		for _, c := range Diff(evaluator(t, a, "before/"), evaluator(t, a, "after/")) {
			fmt.Fprintf(&b, "%s %s => %s: %s -> %s\n", c.Type(), c.Src, c.Dst, c.Before, c.After)
		}
		return b.String()
	},
	"passage": passages,
}

func passages(t *testing.T, a *txtar.Archive, want string) string {
	objects, _, err := Load(files(a, ""), ".")
	if err != nil {
		t.Fatal(err)
	}
	e, _ := Read(objects)
	var b strings.Builder
	for line := range strings.Lines(want) {
		if strings.HasPrefix(line, " ") {
			continue // evidence
		}
		question, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		words := strings.Fields(question)
		if len(words) != 4 {
			t.Fatalf("%q is not SRC DST PROTOCOL PORT", question)
		}
		protocol, ok := ParseProtocol(words[2])
		port, err := strconv.Atoi(words[3])
		if !ok || err != nil {
			t.Fatalf("%q is not SRC DST PROTOCOL PORT", question)
		}
		var ends [2]End
		for i, name := range words[:2] {
			if end, ok := unnamed[name]; ok {
				ends[i] = end
				continue
			}
			if ends[i], err = e.Named(name); err != nil {
				t.Fatal(err)
			}
		}
		passage, evidence := e.Passage(ends[0], ends[1], protocol, port)
		if passage == "" {
			passage = "unknown"
		}
		fmt.Fprintf(&b, "%s: %s\n", question, passage)
		for _, v := range evidence {
			fmt.Fprintf(&b, "  %s %s: %s\n", v.Source(), v.Address, v.Why)
		}
	}
	return b.String()
}

// unnamed are the ends that no input defines.
var unnamed = map[string]End{"anywhere": Anywhere(), "some-host": SomeHost(), "stranger": Stranger()}

func writeConnection(b *strings.Builder, c Connection) {
	unknown := ""
	if c.Unknown {
		unknown = " (unknown)"
	}
	fmt.Fprintf(b, "%s => %s: %s%s\n", c.Src, c.Dst, c.Conns, unknown)
}

// files are those of an archive below a folder.
func files(a *txtar.Archive, folder string) fstest.MapFS {
	out := fstest.MapFS{}
	for _, f := range a.Files {
		if name, ok := strings.CutPrefix(f.Name, folder); ok {
			out[name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return out
}

func evaluator(t *testing.T, a *txtar.Archive, folder string) *Evaluator {
	objects, _, err := Load(files(a, folder), ".")
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(objects)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
