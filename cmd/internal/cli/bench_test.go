//go:build unix

package cli

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2/hclparse"
)

// The budget: a scan to JSON takes at most three times the processor time of
// parsing the same files (see TestBudget), and both grow linearly. The metrics are
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

// cpuOf returns the processor time that the process and the programs that it waited for spent
// in f, on all threads. What
// ran before leaves it no garbage.
func cpuOf(t testing.TB, f func()) time.Duration {
	runtime.GC()
	before := cpuTime(t)
	f()
	return cpuTime(t) - before
}

func cpuTime(t testing.TB) time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			t.Fatal(err)
		}
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum
}

// TestBudget holds the first part of the budget. Processor time on a machine that
// does other things as well is only ever too long, so of each side the best of a few
// runs counts, side by side, and the test fails at half as much again as the aim. The
// files are parsed as often as the scan is to cost, in a row: both sides then run as
// long, and meet the same disturbance.
func TestBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const aim, bound, least, runs = 3, 4.5, 2, 8
	dir := generate(t, 10_000, 1)
	parse, scan := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	for i := range runs {
		parse = min(parse, cpuOf(t, func() {
			for range aim {
				parseAlone(t, dir)
			}
		}))
		scan = min(scan, cpuOf(t, func() { scanToJSON(t, dir) }))
		if i+1 >= least && scan <= parse {
			break
		}
	}
	times := aim * float64(scan) / float64(parse)
	t.Logf("a scan took %.0f ms of processor time, %.2f times parsing; the aim is %d", ms(scan), times, aim)
	if times > bound {
		t.Errorf("a scan costs more than %.1f times parsing", bound)
	}
}

// TestBudgetOfDiff holds a diff of one changed file among many roots against a scan of one
// revision: only what changed is read twice. Twice the price of a scan would be to read all
// of it twice, so the test fails well below, and says how far from the aim it is.
func TestBudgetOfDiff(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	const aim, bound, least, runs = 1.3, 1.6, 3, 8
	r, edit := manyRoots(t)
	scan, diff := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	edit()
	for i := range runs {
		scan = min(scan, cpuOf(t, func() { run(t, r.dir, statusOK, "scan", "--format", "json", "-o", os.DevNull, ".") }))
		diff = min(diff, cpuOf(t, func() { run(t, r.dir, statusOK, "diff", "--format", "json", "-o", os.DevNull, "HEAD~1", "HEAD") }))
		if i+1 >= least && float64(diff) <= aim*float64(scan) {
			break
		}
	}
	times := float64(diff) / float64(scan)
	t.Logf("scan %.0f ms of processor time, diff %.0f ms: %.2f times; the aim is %.1f", ms(scan), ms(diff), times, aim)
	if times > bound {
		t.Errorf("a diff of one changed file costs more than %.1f times a scan", bound)
	}
}

// BenchmarkDiffOfOneFile is the same to be measured and profiled.
func BenchmarkDiffOfOneFile(b *testing.B) {
	r, edit := manyRoots(b)
	edit()
	scan := cpuOf(b, func() { run(b, r.dir, statusOK, "scan", "--format", "json", "-o", os.DevNull, ".") })
	var diff time.Duration
	for b.Loop() {
		diff += cpuOf(b, func() { run(b, r.dir, statusOK, "diff", "--format", "json", "-o", os.DevNull, "HEAD~1", "HEAD") })
	}
	b.ReportMetric(float64(diff)/float64(b.N)/float64(scan), "diff/scan")
}

// manyRoots is a repository of 1,000 roots, and the change of one file in it.
func manyRoots(t testing.TB) (r *testRepository, edit func()) {
	r = newTestRepository(t)
	r.git("config", "gc.auto", "0")
	r.git("config", "core.fsync", "none")
	if err := os.CopyFS(r.dir, os.DirFS(generate(t, 10_000, 1000))); err != nil {
		t.Fatal(err)
	}
	r.commit("one")
	r.git("gc", "-q")
	return r, func() {
		files, err := filepath.Glob(filepath.Join(r.dir, "*", "*.tf"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files: %v", err)
		}
		name, err := filepath.Rel(r.dir, files[len(files)/2])
		if err != nil {
			t.Fatal(err)
		}
		r.append(name, "\nresource \"aws_sqs_queue\" \"added\" {\n  name = \"added\"\n}\n")
		r.commit("two")
	}
}
