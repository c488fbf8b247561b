package render

import (
	"fmt"
	"io"
	"testing"

	"drawbridge/graph"
)

// manyParts is a model of n components in networks of 25, with findings and lines of code.
func manyParts(n int) *graph.Graph {
	s := &sample{}
	for b := range max(1, n/25) {
		s.boundary(fmt.Sprintf("net-%d|network|VPC|network-%d||2", b, b))
	}
	for i := range n {
		s.component(fmt.Sprintf("module.app.some_resource.component_%d|process|Container service|component-%d|net-%d|app/%d.tf:%d|public=no", i, i, i%max(1, n/25), i%100, i/100*7+1))
		if i > 0 {
			f := s.flow(fmt.Sprintf("module.app.some_resource.component_%d|module.app.some_resource.component_%d|https|443|yes", i/3, i))
			f.Evidence = []graph.Evidence{{File: fmt.Sprintf("app/%d.tf", i%100), Line: i/100*7 + 3, Why: "environment variable PEER names it"}}
		}
		f := s.finding(fmt.Sprintf("rule-%d|high|module.app.some_resource.component_%d|component-%d keeps no log", i%20, i, i))
		f.Evidence = []graph.Evidence{{File: fmt.Sprintf("app/%d.tf", i%100), Line: i/100*7 + 2, Why: "logs are not set"}}
		f.Threat, f.Mitigations = "Nobody sees who was there.", []string{"Keep a log."}
	}
	s.g.Sort()
	return &s.g
}

// BenchmarkHTML is the report without its pictures; BenchmarkHTMLWithPictures includes
// their layout by dot.
func BenchmarkHTML(b *testing.B) { benchmarkHTML(b, noLayout(), 50, 200, 1000, 5000) }

func BenchmarkHTMLWithPictures(b *testing.B) { benchmarkHTML(b, dotLayout(b), 50, 200, 1000, 5000) }

func benchmarkHTML(b *testing.B, l Layouter, sizes ...int) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			g := manyParts(n)
			lines := []byte("")
			for i := range 400 {
				lines = fmt.Appendf(lines, "  subnet_ids = module.network.ids[%d]\n", i)
			}
			opt := Options{ReadFile: func(string) ([]byte, error) { return lines, nil }}
			var size counter
			for b.Loop() {
				size = 0
				if err := HTML(b.Context(), &size, g, opt, l); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size)/float64(n), "bytes/component")
		})
	}
}

// counter counts what is written.
type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

var _ io.Writer = new(counter)
