package eval_test

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"drawbridge/extract/terraform/eval"
)

// doubling writes locals of which each holds the one before twice.
func doubling(levels int, first, again string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "locals {\n  l0 = %s\n", first)
	for i := range levels {
		fmt.Fprintf(&b, "  l%d = %s\n", i+1, strings.ReplaceAll(again, "L", fmt.Sprintf("local.l%d", i)))
	}
	fmt.Fprintf(&b, "}\noutput \"bomb\" {\n  value = local.l%d\n}\n", levels)
	return b.String()
}

func output(e string) string { return "output \"bomb\" {\n  value = " + e + "\n}\n" }

// bombs are small roots that would take all memory or time, were nothing bounded.
var bombs = map[string]string{
	"strings that double":             doubling(40, `"xxxxxxxxxxxxxxxx"`, `"${L}${L}"`),
	"strings that grow by many parts": doubling(12, `"xxxxxxxxxxxxxxxx"`, `"`+strings.Repeat("${L}", 100)+`"`),
	"lists that double":               doubling(40, `[1]`, `concat(L, L)`),
	"tuples within tuples":            doubling(40, `[1]`, `[L, L]`),
	"objects within objects":          doubling(40, `{ a = 1 }`, `{ a = L, b = L }`),
	"json of json":                    doubling(40, `"\"\""`, `jsonencode([L, L])`),
	"numbers that double":             doubling(40, `10`, `L * L`),
	"joined text":                     doubling(12, `"xxxxxxxxxxxxxxxx"`, `join(L, [for i in range(100) : L])`),
	"replaced text":                   doubling(12, `"xxxxxxxxxxxxxxxx"`, `replace(L, "x", L)`),
	"replaced patterns":               doubling(40, `"xxxxxxxxxxxxxxxx"`, `replace(L, "/(x+)/", "$1$1$1$1")`),
	"a product":                       output(`length(setproduct(range(1000), range(1000), range(1000)))`),
	"nested for-expressions":          output(`[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : [for d in range(1000) : a]]]]`),
	"long strings of a for":           output(`[for a in range(1000) : [for b in range(1000) : format("%1000d", b)]]`),
	"a range":                         output(`range(1000000000)`),
	"a wide format":                   output(`format("%1000000000d", 1)`),
	"a precise format":                output(`format("%.1000000000f", 1)`),
	"a wide formatlist":               output(`formatlist("%999999999s", ["a", "b"])`),
	"a long number":                   output(`"${1e99999999}"`),
	"a long number in text":           output(`tostring(jsondecode("[1e99999999]")[0])`),
	"a long fraction":                 output(`"${1e-999999}"`),
	"indentation":                     output(`indent(1000000000, "a\nb")`),
	"a directive for":                 doubling(12, `"xxxxxxxxxxxxxxxx"`, `"%{ for i in range(1000) }${L}%{ endfor }"`),
	"aliases in YAML":                 output(`yamldecode("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n")`),
	"calls over a wide value":         doubling(19, `[1]`, `[L, L]`) + "output \"calls\" {\n  value = [for i in range(400) : tonumber(local.l19)]\n}\n",
	"a chain of operators":            output(strings.Repeat("1+", 1_000_000) + "1"),
	"a chain of negations":            output(strings.Repeat("!", 1_000_000) + "true"),
	"a chain of conditions":           output(strings.Repeat("true?1:", 500_000) + "1"),
	"a chain of locals":               chain(10_000),
	"a chain of resources":            chainOf(5_000, "resource \"t_x\" \"r%d\" {\n  n = t_x.r%d.n\n}\n"),
}

func chain(n int) string {
	return "locals {\n" + chainOf(n, "  l%d = local.l%d\n") + "}\n"
}

func chainOf(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i, i+1)
	}
	return b.String()
}

// What would fill memory or never end gives a note, in little of both.
func TestBombs(t *testing.T) {
	for name, text := range bombs {
		t.Run(name, func(t *testing.T) {
			guard(t, 30*time.Second, func() {
				r := eval.Root(fstest.MapFS{"main.tf": {Data: []byte(text)}}, ".", eval.Options{})
				if len(r.Notes) == 0 {
					t.Error("no note")
				}
			})
		})
	}
}

// guard runs f and fails where it takes longer than is allowed, or more than the
// 512 MB that any small root has to do with.
func guard(t *testing.T, most time.Duration, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	debug.FreeOSMemory()
	runtime.ReadMemStats(&before)
	peak, done := make(chan uint64), make(chan struct{})
	go func() {
		var high uint64
		for {
			select {
			case <-done:
				peak <- high
				return
			case <-time.After(5 * time.Millisecond):
				runtime.ReadMemStats(&after)
				high = max(high, after.HeapInuse+after.StackInuse)
			}
		}
	}()
	start := time.Now()
	f()
	took := time.Since(start)
	close(done)
	if high := <-peak; high > before.HeapInuse+before.StackInuse+512<<20 {
		t.Errorf("took %d MB", high>>20)
	} else if testing.Verbose() {
		t.Logf("%v, %d MB", took.Round(time.Millisecond), high>>20)
	}
	if took > most {
		t.Errorf("took %v", took)
	}
}
