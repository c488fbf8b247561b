//go:build unix

package cli

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2/hclparse"
)

// The budget: a scan to JSON takes at most three times the processor time of
// parsing the same files, and both grow linearly. The metrics are
//
//	cpu-ms/op    processor time of a scan, all threads
//	parse-ms     processor time of parsing alone, in the same run
//	scan/parse   their ratio
//	µs/block     to see growth
func BenchmarkScan(b *testing.B) {
	for _, size := range []struct{ blocks, roots int }{
		{1_000, 1}, {10_000, 1}, {10_000, 100}, {100_000, 1}, {100_000, 1000},
	} {
		b.Run(fmt.Sprintf("blocks=%d/roots=%d", size.blocks, size.roots), func(b *testing.B) {
			benchmarkScan(b, generate(b, size.blocks, size.roots), size.blocks)
		})
	}
}

// BenchmarkForEach shows that cost is linear in the instances of a block.
func BenchmarkForEach(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("instances=%d", n), func(b *testing.B) {
			benchmarkScan(b, generateInstances(b, n), 2*n)
		})
	}
}

func benchmarkScan(b *testing.B, dir string, units int) {
	parse := cpuOf(b, func() { parseAlone(b, dir) })
	var scan time.Duration
	b.ReportAllocs()
	for b.Loop() {
		scan += cpuOf(b, func() { scanToJSON(b, dir) })
	}
	scan /= time.Duration(b.N)
	b.ReportMetric(ms(scan), "cpu-ms/op")
	b.ReportMetric(ms(parse), "parse-ms")
	b.ReportMetric(float64(scan)/float64(parse), "scan/parse")
	b.ReportMetric(1000*ms(scan)/float64(units), "µs/block")
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func scanToJSON(t testing.TB, dir string) {
	t.Helper()
	var stderr bytes.Buffer
	p := Process{Stdout: io.Discard, Stderr: &stderr, Dir: dir}
	if status := Main([]string{"scan", "--format", "json", "."}, p); status != statusOK {
		t.Fatalf("scan: status %d: %s", status, &stderr)
	}
}

// parseAlone does what any reader of these files must do at least, under the
// collector's settings that a scan has.
func parseAlone(t testing.TB, dir string) {
	t.Helper()
	tuneCollector(nil)
	parser := hclparse.NewParser()
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".tf") {
			return err
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if _, diags := parser.ParseHCL(src, name); diags.HasErrors() {
			return diags
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// cpuOf returns the processor time that the process spent in f, on all threads.
func cpuOf(t testing.TB, f func()) time.Duration {
	before := cpuTime(t)
	f()
	return cpuTime(t) - before
}

func cpuTime(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestBudget holds the first part of the budget. Processor time on a machine that
// does other things as well is only ever too long, so the best of a few runs counts.
func TestBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const most, runs = 3.0, 4
	dir := generate(t, 10_000, 1)
	var ratios []float64
	for range runs {
		parse := cpuOf(t, func() { parseAlone(t, dir) })
		scan := cpuOf(t, func() { scanToJSON(t, dir) })
		ratio := float64(scan) / float64(parse)
		if ratio <= most {
			return
		}
		ratios = append(ratios, ratio)
	}
	t.Errorf("a scan took %.1f times the processor time of parsing its files, more than %.0f each time", ratios, most)
}

// TestBudgetOfDiff holds the budget of a change: where one file of a thousand roots
// differs, comparing the two takes at most 1.3 times the processor time of a scan of one.
func TestBudgetOfDiff(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const most, runs = 1.3, 4
	r := newTestRepository(t)
	if err := os.CopyFS(r.dir, os.DirFS(generate(t, 10_000, 1000))); err != nil {
		t.Fatal(err)
	}
	r.commit("one")
	r.replace("root007/s00007.tf", "sqs_managed_sse_enabled    = true", "sqs_managed_sse_enabled    = false")
	r.commit("two")
	var ratios []float64
	for range runs {
		scan := cpuOf(t, func() { scanToJSON(t, r.dir) })
		diff := cpuOf(t, func() {
			p := Process{Stdout: io.Discard, Stderr: io.Discard, Env: os.Environ(), Dir: r.dir}
			if status := Main([]string{"diff", "--format", "json", "HEAD~1", "HEAD"}, p); status != statusOK {
				t.Fatalf("diff: status %d", status)
			}
		})
		ratio := float64(diff) / float64(scan)
		t.Logf("scan %v, diff %v, ratio %.2f", scan, diff, ratio)
		if ratio <= most {
			return
		}
		ratios = append(ratios, ratio)
	}
	t.Errorf("a diff took %.2f times the processor time of a scan, more than %.1f each time", ratios, most)
}
