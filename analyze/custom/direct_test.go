package custom

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"drawbridge/graph"

	"cel.dev/cel-go/common/types"
	"github.com/google/go-cmp/cmp"
)

// What the index, the cheap tests and terms tell of random expressions in random models is what
// CEL's interpreter tells when each element is evaluated by itself.
func TestRunIsPlainEvaluation(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	rounds, found, failed, kinds := 1500, 0, 0, map[bool]int{}
	g := randomModel(random)
	for i := range rounds {
		if i%50 == 0 {
			g = randomModel(random)
		}
		of := []string{"component", "component", "flow", "boundary", "grant"}[random.Intn(5)]
		r := example
		r.Of, r.When = of, randomCondition(random, of, 3)
		r.Title, r.Threat = "{id}", "-"
		c, mistake := Compile(r, graph.Source{})
		if mistake != nil {
			t.Fatalf("%s of %s: %v", r.When, of, mistake)
		}
		kinds[c.when.direct != nil]++
		findings, notes := Run(g, []*Compiled{c})
		var got, want []string
		for _, f := range findings {
			got = append(got, f.Subject)
		}
		failures, first := 0, ""
		for _, n := range newModel(g).all(of) {
			v, _, err := c.when.program.Eval(activation{n})
			switch {
			case err != nil && strings.Contains(err.Error(), missingKey):
			case err != nil:
				if failures++; first == "" {
					first = fmt.Sprintf("%s: %s", n.id(), plain(err.Error()))
				}
			case v == types.True:
				want = append(want, n.id())
			}
		}
		if failures > 0 {
			want = append(want, fmt.Sprintf("rule %s could not be evaluated %d times, first for %s", r.ID, failures, first))
		}
		for _, n := range notes {
			got = append(got, n.Message)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s of %s (-want +got):\n%s", r.When, of, diff)
		}
		found, failed = found+len(findings), failed+failures
	}
	if found == 0 || failed == 0 || kinds[true] < rounds/10 || kinds[false] < rounds/10 {
		t.Errorf("%d findings, %d failures, expressions that are terms or not: %v: the test shows too little", found, failed, kinds)
	}
}

func randomModel(random *rand.Rand) *graph.Graph {
	g := &graph.Graph{}
	one := func(list ...string) string { return list[random.Intn(len(list))] }
	truth := func() graph.Truth { return []graph.Truth{graph.Unknown, graph.Yes, graph.No}[random.Intn(3)] }
	for i := range 4 {
		b := &graph.Boundary{ID: fmt.Sprint("b", i), Kind: graph.BoundaryKinds[random.Intn(len(graph.BoundaryKinds))], Trust: random.Intn(3)}
		b.Set(graph.PropPublic, truth(), graph.Evidence{})
		g.Boundaries = append(g.Boundaries, b)
	}
	for i := range 25 {
		c := &graph.Component{
			ID: fmt.Sprint("c", i), Name: one("a", "b"), Kind: graph.Kinds[random.Intn(4)], Boundary: one("", "b0", "b1", "b2"), Replicas: random.Intn(4) - 1,
			Technology: []graph.Technology{"", graph.TechSQL, graph.TechContainer}[random.Intn(3)],
			Exposure:   append(slices.Clone(graph.Exposures), "")[random.Intn(len(graph.Exposures)+1)], Tags: map[string]string{},
		}
		for _, key := range []string{"owner", "stage"} {
			if random.Intn(2) == 0 {
				c.Tags[key] = one("x", "y")
			}
		}
		for _, p := range []graph.Property{graph.PropPublic, graph.PropEncryptedAtRest} {
			c.Set(p, truth(), graph.Evidence{})
		}
		g.Components = append(g.Components, c)
	}
	for i := range 40 {
		from, to := fmt.Sprint("c", random.Intn(25)), fmt.Sprint("c", random.Intn(26)) // one leads nowhere
		g.Flows = append(g.Flows, &graph.Flow{ID: fmt.Sprint("f", i), From: from, To: to, Protocol: one("", "http"), Port: random.Intn(3), Encrypted: truth()})
		g.Grants = append(g.Grants, &graph.Grant{ID: fmt.Sprint("g", i), From: to, To: from, How: one("x", "y"), Wildcard: random.Intn(2) == 0})
	}
	return g
}

// randomCondition makes a condition of the depth, of parts that terms can do and parts
// that they can't, that fail and that lack keys.
func randomCondition(random *rand.Rand, of string, depth int) string {
	if depth == 0 || random.Intn(6) == 0 {
		atoms := []string{`public`, `kind == "network"`, `"network" != kind`}
		component := []string{
			`public`, `kind == "store"`, `"store" != kind`,
			`encrypted_at_rest`, `kind in ["store", "process"]`, `technology == "sql"`, `technology != "sql"`, `name == "a"`, `name.startsWith("a")`, `id.endsWith("1")`,
			`tags.owner == "x"`, `tags["owner"] == "y"`, `tags.owner in ["x", "z"]`, `tags.owner != tags.stage`, `has(tags.owner)`, `known(tags.stage)`, `known(technology)`,
			`exposure in ["direct"]`, `replicas > 1`, `replicas <= sensitivity`, `flows_in.size() >= 2`, `size(flows_out) == 1`, `string(replicas) == "1"`,
			`flows_in.exists(f, !f.encrypted)`, `flows_out[1].encrypted`, `flows_out.all(f, f.to.tags.owner == "x")`, `name.matches("^a")`, `replicas / sensitivity > 0`,
			`component.public`, `component.tags.owner == "x"`, `boundaries.exists(b, b.public)`, `(public ? tags.owner == "x" : name == "b")`, `true`, `[name] == ["a"]`, `known(flows_in[0])`,
		}
		end := []string{
			`from.kind == "store"`, `to.technology == "sql"`, `from.tags.owner == "x"`, `to.public`, `has(to.tags.owner)`, `known(to)`, `from == to`, `to.flows_in[1].encrypted`, `flow.to.name == "a"`,
			`to.tags["stage"] == from.tags["stage"]`,
		}
		switch of {
		case "component":
			atoms = component
		case "flow":
			atoms = append(end, `encrypted`, `port == 1`, `port in [1, 2]`, `protocol == "http"`, `used`, `flow.encrypted`, `enters.size() == 0`)
		case "boundary":
			atoms = append(atoms, `trust < 2`, `components.size() > 5`, `components[6].public`, `boundary.public`, `id in ["b1", "b2"]`)
		case "grant":
			end[8] = `grant.wildcard`
			atoms = append(end, `wildcard`, `how == "x"`, `how in ["x", "y"]`, `how.endsWith("y")`)
		}
		return atoms[random.Intn(len(atoms))]
	}
	part := func() string { return randomCondition(random, of, depth-1) }
	switch random.Intn(7) {
	case 0:
		return "!(" + part() + ")"
	case 1, 2:
		return "(" + part() + " || " + part() + ")"
	case 3:
		return "(" + part() + " ? " + part() + " : " + part() + ")"
	}
	return "(" + part() + " && " + part() + ")"
}
