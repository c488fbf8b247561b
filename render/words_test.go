package render

import (
	"testing"

	"drawbridge/graph"
)

func TestEndpoint(t *testing.T) {
	for want, f := range map[string]graph.Flow{
		"https:443":   {Protocol: "https", Port: 443},
		"tcp:80-90":   {Protocol: "tcp", Port: 80, PortEnd: 90},
		"all:0-65535": {Protocol: "all", PortEnd: 65535},
		"22":          {Port: 22},
		"images":      {Carries: "images"},
	} {
		if got := endpoint(&f); got != want {
			t.Errorf("endpoint(%+v) = %q, want %q", f, got, want)
		}
	}
}
