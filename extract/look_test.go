package extract

import (
	"testing"
	"testing/fstest"
)

// What was looked at is read once more without the file, and what it holds is known.
func TestLook(t *testing.T) {
	files := fstest.MapFS{"a.tf": {Data: []byte("# mark: x")}, "b.tf": {Data: []byte("b")}}
	n := &Noticed{Text: "mark:"}
	k := &kept{FS: files, content: map[string][]byte{}, room: mostKept}
	l := look{files, n, k}
	for name := range files {
		if _, err := l.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]bool{"a.tf": true, "b.tf": false} {
		if holds, looked := n.In(name); !looked || holds != want {
			t.Errorf("%s: %v, looked at: %v", name, holds, looked)
		}
	}
	if _, looked := n.In("c.tf"); looked {
		t.Error("c.tf was never looked at")
	}
	files["a.tf"] = &fstest.MapFile{Data: []byte("changed")}
	for _, want := range []string{"# mark: x", "changed"} {
		if got, err := k.ReadFile("a.tf"); err != nil || string(got) != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	l.kept = &kept{FS: files, content: map[string][]byte{}, room: 2}
	for _, name := range []string{"a.tf", "b.tf"} {
		if _, err := l.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.kept.content) != 0 {
		t.Errorf("kept %d files beyond the bound", len(l.kept.content))
	}
}
