package graph

import "testing"

func TestWidestStepPrefersWhatIsNotNeeded(t *testing.T) {
	g := &Graph{
		Components: []*Component{{ID: "web", Kind: Process}, {ID: "role", Kind: Identity}},
		Grants: []*Grant{
			{ID: "runs", From: "web", To: "role", How: "runs as", Does: AbilityAssume},
			{ID: "all", From: "role", To: "db", How: "*", Does: AbilityAdminister, Wildcard: true},
			{ID: "one", From: "role", To: "db", How: "get", Does: AbilityRead},
		},
	}
	step := func(by string, paths int) Step { return Step{From: "role", By: by, Paths: paths} }
	for _, c := range []struct {
		steps []Step
		want  string
	}{
		{[]Step{step("call", 1), step("runs", 1), step("one", 1), step("all", 1)}, "all"},
		{[]Step{step("call", 1), step("runs", 1), step("one", 1)}, "one"},
		{[]Step{step("call", 1), step("runs", 1)}, "runs"},
		{[]Step{step("call", 2), step("all", 1)}, "call"},
		{[]Step{step("call", 1), step("other", 1)}, "call"},
	} {
		if got, _ := WidestStep(g, []*Path{{Steps: c.steps}}); got.By != c.want {
			t.Errorf("of %v: %s, want %s", c.steps, got.By, c.want)
		}
	}
	if _, ok := WidestStep(g, nil); ok {
		t.Error("there is a step without a path")
	}
}
