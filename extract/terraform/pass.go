package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/iam"
	"drawbridge/graph"
)

// passes reports whether an action hands roles to services, and does nothing else.
func passes(action string) bool { return iam.AbilityOf(action) == graph.AbilityPass }

// pass makes the grant of a role that a principal may hand to a service. It is worth
// something where the principal may also have a service that the role trusts act as
// it: those actions stand in the grant. Where all of its policies are known, and none
// does, the grant gives nothing; what is not known is left to the reader.
func (b *builder) pass(p *principal, s *iam.Statement, role *component, wildcard bool, e graph.Evidence) {
	services, known := b.trustedServices(role)
	if !known {
		services = iam.PassServices()
	}
	if only := passedTo(s); only != nil {
		services = slices.DeleteFunc(services, func(service string) bool {
			return !slices.ContainsFunc(only, func(pattern string) bool { return iam.MatchAction(pattern, service) })
		})
	}
	reach := slices.Concat([]*principal{p}, p.groups, p.members)
	with := iam.PassedTo(services, func(action string) bool { return permitted(reach, action) != nil })
	switch {
	case len(with) > 0:
		how := "iam:PassRole, " + strings.Join(with, ", ")
		b.grantIf(s.Condition(), p.comp, role, how, graph.AbilityPass, wildcard, e)
		for _, action := range with {
			if pol := permitted(reach, action); pol.evidence("") != e {
				b.grantIf(s.Condition(), p.comp, role, how, graph.AbilityPass, wildcard, pol.evidence("policy allows "+action))
			}
		}
	case slices.ContainsFunc(reach, func(p *principal) bool { return !p.known() }):
		b.grantIf(s.Condition(), p.comp, role, "iam:PassRole", graph.AbilityPass, wildcard, e)
	default:
		b.grantIf(s.Condition(), p.comp, role, "iam:PassRole", graph.AbilityOther, wildcard, e)
	}
}

// permitted returns the policy by which one of several principals may do something on
// anything, nil where none lets them or all is certainly refused.
func permitted(reach []*principal, action string) *policy {
	for _, p := range reach {
		for i := range p.policies {
			pol := &p.policies[i]
			if pol.doc == nil {
				continue
			}
			if slices.ContainsFunc(pol.doc.Statements, func(s iam.Statement) bool { return s.Effect == iam.Allow && s.Speaks(action) }) && !p.takenBack(action, "*") {
				return pol
			}
		}
	}
	return nil
}

// known reports whether all that its policies say is known.
func (p *principal) known() bool {
	return !slices.ContainsFunc(p.policies, func(pol policy) bool { return pol.doc == nil || !pol.doc.Complete() })
}

// trustedServices returns the services that a role lets act as it; false where that is
// not known.
func (b *builder) trustedServices(role *component) (services []string, known bool) {
	if len(role.resources) == 0 {
		return nil, false
	}
	doc := b.document(role.resources[0].Body.Get("assume_role_policy"))
	if doc == nil || !doc.Complete() {
		return nil, false
	}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect != iam.Allow {
			continue
		}
		if len(s.Principals) == 0 {
			return nil, false // named by whom it is not
		}
		for _, who := range s.Principals {
			switch who.Kind() {
			case iam.Service:
				services = append(services, serviceName(who.ID))
			case iam.OIDC: // an identity pool gives the role to its users
				if name := serviceName(who.ID); strings.HasSuffix(name, ".amazonaws.com") {
					services = append(services, name)
				}
			case iam.Anyone:
				return nil, false
			}
		}
	}
	return services, true
}

// passedTo returns the services that a statement lets roles be passed to, patterns among
// them; nil where it does not say.
func passedTo(s *iam.Statement) []string {
	for _, n := range s.Narrowing() {
		if n.Kind == iam.ByPassedTo && strings.EqualFold(n.Variable, "iam:PassedToService") && n.Weak == "" {
			return n.Values
		}
	}
	return nil
}

// serviceName is a service principal without partition and region, which some have:
// "states.eu-west-1.amazonaws.com" is "states.amazonaws.com".
func serviceName(id string) string {
	labels := strings.Split(strings.TrimSuffix(strings.ToLower(id), ".cn"), ".")
	labels = slices.DeleteFunc(labels, func(l string) bool {
		return strings.Count(l, "-") >= 2 && strings.ContainsAny(l[len(l)-1:], "0123456789")
	})
	return strings.Join(labels, ".")
}

// programs are the kinds of component that run with an identity that whoever makes or
// changes them chooses.
var programs = []graph.Technology{
	"", graph.TechServer, graph.TechContainer, graph.TechFunction, graph.TechJob, graph.TechWebApp, graph.TechWorkflow, graph.TechScheduler,
	graph.TechCluster, graph.TechPipeline, graph.TechETL, graph.TechML,
}

// startsPrograms records that a role lets its holder make or change programs, be they on
// one program or on all.
func (b *builder) startsPrograms(who *component, does graph.Ability, on graph.Technology) {
	if (does == graph.AbilityExecute || does == graph.AbilityAdminister) && slices.Contains(programs, on) {
		b.starters[who] = true
	}
}

// settleHandovers takes from grants of handing an identity to programs what they are worth
// where their holder may start no program: with roles, each says one thing, and what
// completes it is another role. Groups keep theirs, whose members may have that role.
func (b *builder) settleHandovers() {
	for _, g := range b.g.Grants {
		from := b.comps[g.From]
		if g.Does != graph.AbilityPass || from == nil || from.Technology == graph.TechGroup || strings.HasPrefix(g.How, "iam:") || b.starters[from] {
			continue
		}
		g.Does = graph.AbilityOther
	}
}
