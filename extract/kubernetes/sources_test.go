package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestTheFormsOfOneApplicationGiveTheSameFlows compares the clusters of a case,
// whose text shows where each came from.
func TestTheFormsOfOneApplicationGiveTheSameFlows(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/three_forms.txtar")
	if err != nil {
		t.Fatal(err)
	}
	flows := map[string][]string{} // by cluster
	for _, f := range read(archive, Options{}).Flows {
		cluster, to, ok := strings.Cut(f.To, ":")
		if !ok {
			t.Fatalf("the flow to %s is of no cluster: there is only one", f.To)
		}
		from := strings.TrimPrefix(f.From, cluster+":")
		flows[cluster] = append(flows[cluster], fmt.Sprintf("%s -> %s %s %d %s", from, to, f.Protocol, f.Port, f.Basis))
	}
	if diff := cmp.Diff([]string{"chart", "kustomize/prod", "release"}, slices.Sorted(maps.Keys(flows))); diff != "" {
		t.Fatalf("clusters (-want +got):\n%s", diff)
	}
	for cluster, got := range flows {
		slices.Sort(got)
		want := flows["release"]
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" || len(got) < 3 {
			t.Errorf("%s (-release +got):\n%s", cluster, diff)
		}
	}
}
