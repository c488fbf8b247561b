//go:build unix

package eval_test

import (
	"math"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"drawbridge/extract/terraform/eval"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Evaluating a root is to cost at most twice the processor time of parsing its files.
// Processor time on a machine that does other things as well is only ever too long, so
// of each side the best of a few runs counts, side by side. What the machine does beside
// cannot be told from a small loss, so the test fails at half as much again as the aim.
func TestCost(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the program does
	const aim, bound, least, runs = 2.0, 3.0, 2, 8
	fsys := blocks(10_000)
	parse, whole := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	for i := range runs {
		parse = min(parse, processorTime(t, func() { parseAll(t, fsys) }))
		whole = min(whole, processorTime(t, func() { eval.Root(fsys, ".", eval.Options{}) }))
		if i+1 >= least && float64(whole) <= aim*float64(parse) {
			break
		}
	}
	times := float64(whole) / float64(parse)
	t.Logf("%v of processor time, %.2f times the %v of parsing; the aim is %.1f", whole, times, parse, aim)
	if times > bound {
		t.Errorf("evaluation costs more than %.1f times parsing", bound)
	}
}

// parseAll parses what eval reads, and holds all of it to the end, as eval does.
func parseAll(t *testing.T, fsys fstest.MapFS) {
	all := make([]any, 0, len(fsys))
	for name, f := range fsys {
		parsed, diags := hclsyntax.ParseConfig(f.Data, name, hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		all = append(all, parsed)
	}
	runtime.KeepAlive(all)
}

func processorTime(t *testing.T, f func()) time.Duration {
	runtime.GC()
	now := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := now()
	f()
	return now() - before
}
