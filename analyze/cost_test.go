//go:build unix

package analyze_test

import (
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"drawbridge/analyze"
)

// TestCostIsLinear guards against a rule or a step that looks at all pairs. Ten
// times the components may take fifty times the processor time, which leaves room
// for caches that no longer hold everything; the square would take a hundred. It
// counts processor time with the collector off, so that a busy machine changes little.
func TestCostIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	least := func(n int) time.Duration {
		g := estate(n)
		fastest := time.Hour
		for range 3 {
			runtime.GC()
			start := processorTime(t)
			analyze.Run(g)
			fastest = min(fastest, processorTime(t)-start)
		}
		return fastest
	}
	small, large := least(1_000), least(10_000)
	if large > 50*small {
		t.Errorf("1,000 components take %v, 10,000 take %v", small, large)
	}
	t.Logf("1,000 components: %v, 10,000: %v", small, large)
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
