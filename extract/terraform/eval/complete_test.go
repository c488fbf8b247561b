package eval

import (
	"testing"
	"testing/fstest"
)

// A block that the evaluation passes over is told.
func TestIncompleteIsNoted(t *testing.T) {
	fsys := fstest.MapFS{
		"main.tf":   {Data: []byte("resource \"t_x\" \"a\" {\n}\nresource \"t_x\" \"b\" {\n  count = 0\n}\ndata \"t_y\" \"c\" {\n}\nmodule \"m\" {\n  source = \"./m\"\n}\n")},
		"m/main.tf": {Data: []byte("resource \"t_x\" \"d\" {\n}\n")},
	}
	evaluate := func(broken bool) []string {
		ev := newEvaluator(fsys, ".", Options{})
		m := ev.loader.module(".")
		if broken {
			m.resourceOrder = m.resourceOrder[1:]
		}
		ev.walk(newInstance(ev, m))
		var codes []string
		for _, n := range ev.finish().Notes {
			codes = append(codes, n.Code+": "+n.Message)
		}
		return codes
	}
	if got := evaluate(false); len(got) != 0 {
		t.Errorf("a whole root: %v", got)
	}
	if got := evaluate(true); len(got) != 1 || got[0] != "incomplete: 4 blocks were read, 3 of them evaluated" {
		t.Errorf("a block was passed over: %v", got)
	}
}
