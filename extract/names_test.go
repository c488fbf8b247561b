package extract

import (
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
)

func TestNameApart(t *testing.T) {
	account := func(id, name string) *graph.Boundary {
		return &graph.Boundary{ID: id, Kind: graph.BoundaryAccount, Name: name}
	}
	tests := map[string]struct {
		boundaries []*graph.Boundary
		want       []string
	}{
		"one":                           {[]*graph.Boundary{account("staging:provider.aws", "AWS account")}, []string{"AWS account"}},
		"two roots":                     {[]*graph.Boundary{account("a/staging:provider.aws", "AWS account"), account("a/live:provider.aws", "AWS account")}, []string{"AWS account (staging)", "AWS account (live)"}},
		"the last folder is not enough": {[]*graph.Boundary{account("eu/app:provider.aws", "AWS account"), account("us/app:provider.aws", "AWS account")}, []string{"AWS account (eu)", "AWS account (us)"}},
		"one root at the top":           {[]*graph.Boundary{account("provider.aws", "AWS account"), account("x:provider.aws", "AWS account")}, []string{"AWS account", "AWS account (x)"}},
		"a detail of their own":         {[]*graph.Boundary{account("a:provider.aws.dr", "AWS account (dr)"), account("b:provider.aws.dr", "AWS account (dr)")}, []string{"AWS account (dr, a)", "AWS account (dr, b)"}},
		"folders that all have":         {[]*graph.Boundary{account("eu/infra/app:provider.aws", "AWS account"), account("us/infra/app:provider.aws", "AWS account"), account("us/infra/eu:provider.aws", "AWS account")}, []string{"AWS account (eu/infra/app)", "AWS account (us/infra/app)", "AWS account (eu)"}},
		"other names":                   {[]*graph.Boundary{account("a:provider.aws", "AWS account"), account("b:provider.azurerm", "Azure subscription")}, []string{"AWS account", "Azure subscription"}},
		"two of one root":               {[]*graph.Boundary{account("a:provider.aws.x", "AWS account"), account("a:provider.aws.y", "AWS account")}, []string{"AWS account", "AWS account"}},
		"one path ends the other":       {[]*graph.Boundary{account("app:provider.aws", "AWS account"), account("x/app:provider.aws", "AWS account")}, []string{"AWS account (app)", "AWS account (x)"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			nameApart(&graph.Graph{Boundaries: test.boundaries})
			var got []string
			for _, b := range test.boundaries {
				got = append(got, b.Name)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
