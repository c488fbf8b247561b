package extract

import (
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"drawbridge/extract/carried"
	"drawbridge/graph"
)

// job is the reading of one part of the input, which can go on beside the others.
type job struct {
	name   string // the root or the kind, for people
	at     graph.Source
	inputs []string // what it reads by, beside the options and the files
	read   func(fsys fs.FS) reading
}

// reading is what a job gives: a model, and what only the whole of a scan can make use of.
type reading struct {
	*graph.Graph
	spare    []*graph.Component
	accounts map[string]string
	things   []carried.Named
	made     []carried.Made
	dangling []carried.Dangling
}

// inParallel runs jobs on all cores and returns what they give in the order of the jobs.
func inParallel(fsys fs.FS, jobs []job, letPanic bool) []reading {
	graphs := make([]reading, len(jobs))
	forEach(len(jobs), func(i int) {
		j := jobs[i]
		note := guarded("reading "+j.name, j.at, letPanic, func() { graphs[i] = j.read(fsys) })
		if note != nil {
			graphs[i] = reading{Graph: &graph.Graph{Notes: []graph.Note{*note}}}
		}
	})
	return graphs
}

// forEach calls f for each number below n, on all cores.
func forEach(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// guarded calls f; a panic in it becomes a note, unless it is to be let through.
func guarded(what string, at graph.Source, letPanic bool, f func()) (note *graph.Note) {
	if letPanic {
		f()
		return nil
	}
	defer func() {
		if cause := recover(); cause != nil {
			note = &graph.Note{
				Code: "internal-error", Source: at,
				Message: fmt.Sprintf("%s failed in %s: %v", what, panicPlace(), cause),
				Next:    "report this as a bug of drawbridge, with the files if you can share them",
			}
		}
	}()
	f()
	return nil
}

// panicPlace names the innermost function of this module that panicked, with its
// line. It is to be called from a deferred function.
func panicPlace() string {
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(0, pc)])
	panicked := false
	for {
		f, more := frames.Next()
		if panicked && strings.HasPrefix(f.Function, "drawbridge/") {
			return fmt.Sprintf("%s:%d", f.Function, f.Line)
		}
		panicked = panicked || f.Function == "runtime.gopanic"
		if !more {
			return "an unknown place"
		}
	}
}
