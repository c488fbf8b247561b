package iam

import (
	"regexp"
	"slices"
	"strings"

	"drawbridge/graph"
)

// AbilityOf classifies an action. Of a pattern it gives the strongest ability
// that it covers: "sqs:*" administers. See [AbilitiesOf] for all of them.
func AbilityOf(pattern string) graph.Ability {
	all := AbilitiesOf(pattern)
	for _, a := range strongest {
		if slices.Contains(all, a) {
			return a
		}
	}
	return graph.AbilityOther
}

var strongest = []graph.Ability{
	graph.AbilityAdminister, graph.AbilityExecute, graph.AbilityAssume, graph.AbilityPass, graph.AbilityReadSecret,
	graph.AbilityInvoke, graph.AbilityWrite, graph.AbilityRead, graph.AbilityDelete,
}

// abilities is the order of AbilitiesOf, which is the vocabulary's.
var abilities = []graph.Ability{
	graph.AbilityRead, graph.AbilityWrite, graph.AbilityInvoke, graph.AbilityAssume, graph.AbilityPass,
	graph.AbilityReadSecret, graph.AbilityExecute, graph.AbilityAdminister, graph.AbilityDelete, graph.AbilityOther,
}

// AbilitiesOf returns every ability that an action or pattern covers, in the
// vocabulary's order: "sqs:*" reads, writes and administers.
func AbilitiesOf(pattern string) []graph.Ability {
	has := map[graph.Ability]bool{}
	for _, m := range meanings(pattern) {
		has[m.does] = true
	}
	var out []graph.Ability
	for _, a := range abilities {
		if has[a] {
			out = append(out, a)
		}
	}
	return out
}

// permissionChanges are the actions that give their resource more permissions.
var permissionChanges = []string{
	"iam:attachgrouppolicy", "iam:attachrolepolicy", "iam:attachuserpolicy", "iam:createpolicyversion",
	"iam:deleterolepermissionsboundary", "iam:deleteuserpermissionsboundary", "iam:putgrouppolicy", "iam:putrolepolicy",
	"iam:putuserpolicy", "iam:setdefaultpolicyversion",
}

// ChangesPermissions reports whether an action, or any that a pattern covers, gives
// the identity that it is used on more permissions.
func ChangesPermissions(pattern string) bool {
	return slices.ContainsFunc(permissionChanges, func(a string) bool { return MatchAction(pattern, a) })
}

// permissionReads are the actions that tell what an identity may do.
var permissionReads = []string{
	"iam:getaccountauthorizationdetails", "iam:getgrouppolicy", "iam:getpolicyversion", "iam:getrole", "iam:getrolepolicy", "iam:getuserpolicy",
}

// ReadsPermissions reports whether an action, or any that a pattern covers, tells what
// the identity that it is used on may do.
func ReadsPermissions(pattern string) bool {
	return slices.ContainsFunc(permissionReads, func(a string) bool { return MatchAction(pattern, a) })
}

// TellsData reports whether the rows of a service tell which of its actions touch data,
// so that the others don't.
func TellsData(service string) bool {
	for _, s := range servicesOf(service) {
		if slices.ContainsFunc(s.actions, func(a action) bool { return a.reach != control }) {
			return true
		}
	}
	return false
}

// DataAction reports whether an action, or any that a pattern covers, touches
// the data of its resource, as opposed to its configuration and metadata.
func DataAction(pattern string) bool {
	return slices.ContainsFunc(meanings(pattern), func(m meaning) bool { return m.reach != control })
}

// DataFlow is the data that moves when an action is used.
type DataFlow struct {
	Protocol string // "" where it depends on the resource
	// ToResource is true for a request by the principal to the resource, whichever
	// way the data goes; false where the principal fetches events that the resource
	// has for it (sqs:ReceiveMessage): these travel to the principal.
	ToResource bool
}

// Flow returns what moves between principal and resource when an action is used;
// false for actions that move nothing. A pattern that covers both directions
// counts as a request: see [Flows].
func Flow(pattern string) (protocol string, toResource, ok bool) {
	all := Flows(pattern)
	if len(all) == 0 {
		return "", false, false
	}
	return all[0].Protocol, all[0].ToResource, true
}

// Flows returns the flows of an action or pattern: at most one in each direction,
// the request first.
func Flows(pattern string) []DataFlow {
	var out []DataFlow
	for _, r := range []reach{request, delivery} {
		protocols := map[string]bool{}
		var last string
		for _, m := range meanings(pattern) {
			if m.reach == r {
				protocols[m.protocol], last = true, m.protocol
			}
		}
		switch len(protocols) {
		case 0:
		case 1:
			out = append(out, DataFlow{last, r == request})
		default:
			out = append(out, DataFlow{"", r == request})
		}
	}
	return out
}

// Within narrows an action pattern to one service: "*" within "sqs" is "sqs:*".
// False where the pattern covers none of the service's actions. With the service
// of a target's ARN it says what a broad statement means for that target.
func Within(pattern, service string) (string, bool) {
	prefix, name, cut := strings.Cut(pattern, ":")
	if !cut {
		prefix, name = pattern, "*"
	}
	if !glob(strings.ToLower(prefix), strings.ToLower(service)) {
		return "", false
	}
	return service + ":" + name, true
}

// meaning is what some of a pattern's actions do.
type meaning struct {
	does     graph.Ability
	reach    reach
	protocol string
}

// meanings returns what the actions do that a pattern covers, with repetitions.
func meanings(pattern string) []meaning {
	pattern = strings.ToLower(pattern)
	prefix, name, cut := strings.Cut(pattern, ":")
	if !cut {
		if strings.Trim(pattern, "*") != "" || pattern == "" {
			return []meaning{{does: graph.AbilityOther}}
		}
		name = "*"
	}
	var out []meaning
	covered := false // true where a row holds all that the name covers
	for _, s := range servicesOf(prefix) {
		for _, a := range s.actions {
			row := strings.ToLower(a.pattern)
			if !overlap(name, row) {
				continue
			}
			out = append(out, meaning{a.does, a.reach, s.protocol})
			// A row that holds the whole pattern leaves nothing to the later ones: the
			// stars of the pattern are mere characters here.
			if glob(row, name) {
				covered = prefix == s.prefix
				break
			}
		}
	}
	if covered {
		return out
	}
	return append(out, byVerb(name)...)
}

// servicesOf returns the services that a pattern of their prefix covers.
func servicesOf(prefix string) []service {
	if isPattern(prefix) {
		return slices.DeleteFunc(slices.Clone(services), func(s service) bool { return !glob(prefix, s.prefix) })
	}
	i, found := slices.BinarySearchFunc(services, prefix, func(s service, p string) int { return strings.Compare(s.prefix, p) })
	if !found {
		return nil
	}
	return services[i : i+1]
}

// tags matches the actions that put tags on a resource or take them off. That they may
// decide what a policy allows is the policy's matter.
var tags = regexp.MustCompile(`^(?:un)?tag|tags(?:to|from|for)?(?:resource)?$|tagging$`)

func byVerb(name string) []meaning {
	wild := isPattern(name)
	begins := func(verb string) bool {
		if !wild {
			return strings.HasPrefix(name, verb)
		}
		return overlap(name, verb+"*")
	}
	var out []meaning
	if tags.MatchString(strings.TrimRight(name, "*")) {
		return []meaning{{does: graph.AbilityOther}}
	}
	for _, verbs := range []struct {
		list []string
		does graph.Ability
	}{{readVerbs, graph.AbilityRead}, {changeVerbs, graph.AbilityAdminister}, {endVerbs, graph.AbilityDelete}} {
		if (len(out) == 0 || wild) && slices.ContainsFunc(verbs.list, begins) {
			out = append(out, meaning{does: verbs.does})
		}
	}
	if len(out) == 0 {
		out = append(out, meaning{does: graph.AbilityOther})
	}
	return out
}

// Labels reports whether an action changes tags and nothing else.
func Labels(action string) bool {
	_, name, _ := strings.Cut(strings.ToLower(action), ":")
	return tags.MatchString(name) && AbilityOf(action) == graph.AbilityOther
}
