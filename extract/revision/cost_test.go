//go:build unix

package revision

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestCostOfReading holds the reading of all files of a revision against git archive, which
// reads them in one go. The aim is twice the time, of the processor and on the clock. A busy
// machine only ever makes them longer, so of each the best of some runs counts, side by side,
// and the test fails at half as much again as the aim for the processor; the clock is said.
func TestCostOfReading(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const aim, bound, least, runs = 2.0, 3.0, 3, 8
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // as in the program
	r, id := commit(t, manyFiles(5000))
	for _, packed := range []bool{false, true} {
		if packed {
			if _, err := r.run(context.Background(), "gc", "-q"); err != nil {
				t.Fatal(err)
			}
		}
		ours, git := worst, worst
		for i := range runs {
			ours = ours.best(spent(t, func() { readAll(t, r, id) }))
			git = git.best(spent(t, func() { archive(t, r, id) }))
			if i+1 >= least && ours.times(git) <= aim {
				break
			}
		}
		t.Logf("packed %v: reading %v, git archive %v: %.2f and %.2f times", packed, ours, git,
			float64(ours.cpu)/float64(git.cpu), float64(ours.wall)/float64(git.wall))
		if float64(ours.cpu) > bound*float64(git.cpu) {
			t.Errorf("reading a revision costs more than %.1f times git archive", bound)
		}
	}
}

// BenchmarkTree reads all files of a revision of 5,000, in a repository that is packed.
func BenchmarkTree(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // as in the program
	r, id := commit(b, manyFiles(5000))
	if _, err := r.run(context.Background(), "gc", "-q"); err != nil {
		b.Fatal(err)
	}
	git := spent(b, func() { archive(b, r, id) })
	ours := cost{}
	b.ReportAllocs()
	for b.Loop() {
		c := spent(b, func() { readAll(b, r, id) })
		ours.cpu, ours.wall = ours.cpu+c.cpu, ours.wall+c.wall
	}
	b.ReportMetric(float64(ours.cpu)/float64(b.N)/float64(git.cpu), "cpu/archive")
	b.ReportMetric(float64(ours.wall)/float64(b.N)/float64(git.wall), "wall/archive")
}

// manyFiles are files of ten resources, five in each directory. What they say differs from
// file to file as it does in a repository that people wrote: git's own work, which is to
// unpack it, must not be less than it is there.
func manyFiles(n int) map[string]string {
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		letters := make([]byte, 3+r.IntN(9))
		for i := range letters {
			letters[i] = "etaoinshrdlcumwfgypbvk"[min(r.IntN(22), r.IntN(22))]
		}
		return string(letters)
	}
	words := make([]string, 4000)
	for i := range words {
		words[i] = word()
	}
	pick := func() string { return words[min(r.IntN(len(words)), r.IntN(len(words)))] }
	files := map[string]string{}
	for i := range n {
		var b strings.Builder
		for j := range 10 {
			fmt.Fprintf(&b, "# %s %s the %s for %s\nresource \"aws_sqs_queue\" \"%s_%s_%d\" {\n  name = \"${var.%s}-%s-%s\"\n  tags = { team = \"%s\" }\n}\n\n",
				pick(), pick(), pick(), pick(), pick(), pick(), j, pick(), pick(), pick(), pick())
		}
		files[fmt.Sprintf("roots/r%04d/f%d.tf", i/5, i%5)] = b.String()
	}
	return files
}

// readAll reads a revision as a scan does: it walks, asks for sizes, and reads.
func readAll(t testing.TB, r *Repository, id string) {
	t.Helper()
	again := &Repository{Top: r.Top, git: r.git, env: r.env}
	tree, err := again.Tree(context.Background(), id, nil)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	err = fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		content, err := fs.ReadFile(tree, name)
		if int64(len(content)) != info.Size() || len(content) == 0 {
			t.Errorf("%s: %d bytes of %d", name, len(content), info.Size())
		}
		read++
		return err
	})
	if err != nil || read != 5000 {
		t.Fatalf("%d files: %v", read, err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func archive(t testing.TB, r *Repository, id string) {
	t.Helper()
	cmd := exec.Command(r.git, "-C", r.Top, "archive", id)
	cmd.Env = r.env
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
}

// cost is what something took.
type cost struct{ cpu, wall time.Duration }

var worst = cost{math.MaxInt64, math.MaxInt64}

func (c cost) String() string {
	return fmt.Sprintf("%d ms of processor time in %d ms", c.cpu.Milliseconds(), c.wall.Milliseconds())
}

func (c cost) best(d cost) cost { return cost{min(c.cpu, d.cpu), min(c.wall, d.wall)} }

func (c cost) times(d cost) float64 {
	return max(float64(c.cpu)/float64(d.cpu), float64(c.wall)/float64(d.wall))
}

// spent measures what this process and the programs that it waits for take for f.
func spent(t testing.TB, f func()) cost {
	t.Helper()
	runtime.GC()
	before, start := cpuTime(t), time.Now()
	f()
	return cost{cpuTime(t) - before, time.Since(start)}
}

func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var sum int64
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			t.Fatal(err)
		}
		sum += u.Utime.Nano() + u.Stime.Nano()
	}
	return time.Duration(sum)
}
