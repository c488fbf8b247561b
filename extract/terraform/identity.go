package terraform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/iam"
	"drawbridge/graph"
)

// principal is a role, user or group with its policies and those that run as it.
type principal struct {
	comp     *component
	policies []policy
	holders  []*component
	// forPods is set for what pods may become, which this reader knows nothing of.
	forPods bool
	// bound is the permission boundary: what it does not allow, no policy can. nil
	// where there is none, or none that is known.
	bound *iam.Document
	// stand are those of the holders that are services themselves, which the role
	// was handed to.
	stand []*component
	// groups are those that a user is a member of, members the users of a group.
	groups, members []*principal
}

// policy is a document with the place where it was attached or written.
type policy struct {
	doc *iam.Document
	// holder is the resource that holds the document; value its attribute.
	holder *resource
	value  eval.Value
	name   string // of a managed policy
	// named are the components that the document derives from, for documents that can't be read.
	named []*component
}

func (p *policy) evidence(why string) graph.Evidence { return atValue(p.holder, p.value, why) }

// permissions makes grants, and flows where a permission names what one component
// alone may reach.
func (b *builder) permissions() {
	b.findPrincipals()
	b.findHolders()
	b.podIdentities()
	b.useGiven()
	b.attachPolicies()
	b.memberships()
	addresses := sortedKeys(b.principals)
	for _, addr := range addresses {
		p := b.principals[addr]
		for i := range p.policies {
			b.applyPolicy(p, &p.policies[i])
		}
		b.describePrincipal(p)
	}
	// Which services are called is known now.
	for _, addr := range addresses {
		if p := b.principals[addr]; b.serviceHolders(p) {
			for i := range p.policies {
				b.applyPolicy(p, &p.policies[i])
			}
		}
	}
	for _, r := range b.byType["aws_iam_role"] {
		b.trust(r)
	}
	b.settleHandovers()
}

func (b *builder) findPrincipals() {
	for _, c := range b.order {
		if c.Kind == graph.Identity && len(c.resources) > 0 {
			b.principals[c.Address] = &principal{comp: c}
		}
	}
}

// principalsNamed returns the principals that a value names: by reference, by
// name, or by ARN.
func (b *builder) principalsNamed(v eval.Value) []*principal {
	var out []*principal
	for _, c := range b.targets(v) {
		if p := b.principals[c.Address]; p != nil && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// findHolders finds what runs as which role.
func (b *builder) findHolders() {
	for _, c := range b.order {
		if c.Kind == graph.Identity {
			continue
		}
		for _, r := range c.resources {
			for _, v := range r.uses[runsAs] {
				for _, p := range b.principalsNamed(v) {
					if p.comp.Technology != graph.TechRole || slices.Contains(p.holders, c) {
						continue
					}
					p.holders = append(p.holders, c)
					c.roles = append(c.roles, p.comp.Address)
					b.grant(c, p.comp, "runs as", graph.AbilityAssume, false, atValue(r, v, "runs as this role"))
				}
			}
		}
	}
}

// grant records what one may do to another. Repeated grants join their evidence.
func (b *builder) grant(from, to *component, how string, does graph.Ability, wildcard bool, evidence graph.Evidence) {
	b.grantIf("", from, to, how, does, wildcard, evidence)
}

// grantSelf says that an identity may give itself any role. A condition is there to keep
// it from that, and names the roles that it may hand out.
func (b *builder) grantSelf(who *component, role, condition string, e graph.Evidence) {
	if condition != "" {
		e.Why = "hands out roles under a condition"
		b.grantIf(condition, who, who, role, graph.AbilityOther, false, e)
		return
	}
	b.grant(who, who, role, graph.AbilityAdminister, false, e)
}

// unconditional is what a power over everything comes to: under a condition, such as one
// that names the roles which may be handed out, nobody can tell from the code.
func unconditional(condition string) graph.Truth {
	if condition != "" {
		return graph.Unknown
	}
	return graph.Yes
}

// grantIf is grant for what holds only under a condition.
func (b *builder) grantIf(condition string, from, to *component, how string, does graph.Ability, wildcard bool, evidence graph.Evidence) {
	if from == nil || to == nil || from == to && (from.Kind != graph.Identity || does != graph.AbilityAdminister && does != graph.AbilityRead && condition == "") {
		return // of oneself, only one's own permissions can be read and changed
	}
	id := graph.GrantID(from.ID, to.ID, how)
	if b.grants == nil {
		b.grants = map[string]*graph.Grant{}
	}
	g := &graph.Grant{ID: id, From: from.ID, To: to.ID, How: how, Does: does, Wildcard: wildcard, Condition: condition, Evidence: []graph.Evidence{evidence}}
	if have := b.grants[id]; have != nil {
		have.Join(g)
		return
	}
	minor := does == graph.AbilityRead || does == graph.AbilityWrite || does == graph.AbilityOther
	if !wildcard || !minor { // what a wildcard covers besides is not named by it
		from.kept, to.kept = true, true
	}
	b.grants[id] = g
	b.g.Grants = append(b.g.Grants, g)
}

// policyAttachment says where a type keeps whom it attaches what to.
type policyAttachment struct {
	typ      string
	to       []string // attributes that name roles, users or groups
	document string   // attribute that holds a document
	managed  string   // attribute that names a managed policy
}

var policyAttachments = []policyAttachment{
	{typ: "aws_iam_group_policy", to: []string{"group"}, document: "policy"},
	{typ: "aws_iam_group_policy_attachment", to: []string{"group"}, managed: "policy_arn"},
	{typ: "aws_iam_policy_attachment", to: []string{"roles", "users", "groups"}, managed: "policy_arn"},
	{typ: "aws_iam_role_policies_exclusive"},
	{typ: "aws_iam_role_policy", to: []string{"role"}, document: "policy"},
	{typ: "aws_iam_role_policy_attachment", to: []string{"role"}, managed: "policy_arn"},
	{typ: "aws_iam_role_policy_attachments_exclusive", to: []string{"role_name"}, managed: "policy_arns"},
	{typ: "aws_iam_user_policy", to: []string{"user"}, document: "policy"},
	{typ: "aws_iam_user_policy_attachment", to: []string{"user"}, managed: "policy_arn"},
	{typ: "aws_ssoadmin_customer_managed_policy_attachment", to: []string{"permission_set_arn"}, managed: "customer_managed_policy_reference.name"},
	{typ: "aws_ssoadmin_managed_policy_attachment", to: []string{"permission_set_arn"}, managed: "managed_policy_arn"},
	{typ: "aws_ssoadmin_permission_set_inline_policy", to: []string{"permission_set_arn"}, document: "inline_policy"},
}

func (b *builder) attachPolicies() {
	for _, a := range policyAttachments {
		for _, r := range b.byType[a.typ] {
			for _, attr := range a.to {
				for _, p := range b.principalsNamed(r.Body.Get(attr)) {
					p.comp.Parts = append(p.comp.Parts, r.Address)
					if a.document != "" {
						b.attachDocument(p, r, r.Body.Get(a.document), "")
					}
					if a.managed != "" {
						b.attachManaged(p, r, r.Body.Get(a.managed))
					}
				}
			}
		}
	}
	for _, typ := range []string{"aws_iam_role", "aws_iam_user"} {
		for _, r := range b.byType[typ] {
			if p := b.principals[r.Address]; p != nil {
				p.bound = b.boundaryOf(r.Body.Get("permissions_boundary"))
			}
		}
	}
	for _, r := range b.byType["aws_iam_role"] {
		p := b.principals[r.Address]
		if p == nil {
			continue
		}
		for _, v := range r.Body.All("inline_policy.policy") {
			b.attachDocument(p, r, v, "")
		}
		b.attachManaged(p, r, r.Body.Get("managed_policy_arns"))
	}
}

func (b *builder) attachDocument(p *principal, holder *resource, v eval.Value, name string) {
	doc := b.document(v)
	if doc == nil {
		p.policies = append(p.policies, policy{holder: holder, value: v, name: name, named: b.targets(v)})
		return
	}
	p.policies = append(p.policies, policy{doc: doc, holder: holder, value: v, name: name})
}

// attachManaged attaches policies by ARN: the root's own, or AWS's.
func (b *builder) attachManaged(p *principal, holder *resource, v eval.Value) {
	for _, e := range v.Elements() {
		found := false
		for _, r := range b.named(e) {
			switch r.Type {
			case "aws_iam_policy":
				if r.Mode == eval.Managed {
					found = true
					p.comp.Parts = append(p.comp.Parts, r.Address)
					b.attachedTo[r.Address] = append(b.attachedTo[r.Address], p)
					b.attachDocument(p, r, r.Body.Get("policy"), "")
					continue
				}
				for _, attr := range []string{"arn", "name"} {
					if s, ok := r.Body.Get(attr).Literal(); ok {
						found = b.attachAWS(p, holder, e, s) || found
					}
				}
			}
		}
		if s, ok := e.Literal(); ok && !found {
			b.attachAWS(p, holder, e, s)
		}
	}
}

func (b *builder) attachAWS(p *principal, holder *resource, v eval.Value, arn string) bool {
	known, ok := iam.Managed(arn)
	if !ok {
		return false
	}
	p.policies = append(p.policies, policy{doc: known.Document(), holder: holder, value: v, name: known.Name})
	return true
}

// boundaryOf reads a permission boundary, nil where there is none or it can't be known.
func (b *builder) boundaryOf(v eval.Value) *iam.Document {
	for _, r := range b.named(v) {
		if r.Type == "aws_iam_policy" && r.Mode == eval.Managed {
			return b.document(r.Body.Get("policy"))
		}
	}
	if s, ok := v.Literal(); ok {
		if known, ok := iam.Managed(s); ok {
			return known.Document()
		}
	}
	return nil
}

// takenBack reports whether a policy's action on a resource is certainly refused
// all the same: by a Deny without conditions, or by the permission boundary.
func (p *principal) takenBack(action, resource string) bool {
	if p.bound != nil && !mayLeave(p.bound, action, resource) {
		return true
	}
	for i := range p.policies {
		if p.policies[i].doc == nil {
			continue
		}
		for j := range p.policies[i].doc.Statements {
			s := &p.policies[i].doc.Statements[j]
			if s.Effect == iam.Deny && len(s.Conditions) == 0 && s.Covers(action, resource) == graph.Yes {
				return true
			}
		}
	}
	return false
}

// mayLeave reports whether a permission boundary may leave something of an action,
// which can be a pattern, on a resource, which can be everything.
func mayLeave(bound *iam.Document, action, resource string) bool {
	if !strings.ContainsAny(action+resource, "*?") {
		return bound.Allows(action, resource) != graph.No
	}
	return slices.ContainsFunc(bound.Statements, func(s iam.Statement) bool {
		return s.Effect == iam.Allow && (len(s.NotActions) > 0 || slices.ContainsFunc(s.Actions, func(a string) bool {
			return iam.MatchAction(a, action) || iam.MatchAction(action, a)
		}))
	})
}

// document reads a policy, nil where it can't be known. A document whose text is
// not known as a whole is read from the blocks of its data source.
func (b *builder) document(v eval.Value) *iam.Document {
	if text, ok := v.Text(); ok {
		if doc := b.parsed(text); doc != nil {
			return doc
		}
	}
	for _, r := range b.named(v) {
		if r.Mode == eval.Data && r.Type == "aws_iam_policy_document" {
			doc, _ := iam.FromBlocks(r.Body)
			return doc
		}
	}
	if v.Fields() != nil {
		if text, ok := v.JSON(); ok {
			return b.parsed(text)
		}
	}
	return nil
}

// parsed returns the document that a text holds, nil for none. Each text is read once:
// several passes ask for a policy, and roles share the text of whom they trust.
func (b *builder) parsed(text string) *iam.Document {
	doc, there := b.documents[text]
	if !there {
		doc, _ = iam.Parse(text) // nil where it fails
		b.documents[text] = doc
	}
	return doc
}

// memberships gives users the policies of their groups.
func (b *builder) memberships() {
	join := func(users, groups eval.Value, r *resource) {
		for _, g := range b.principalsNamed(groups) {
			for _, u := range b.principalsNamed(users) {
				b.grant(u.comp, g.comp, "member of", graph.AbilityAssume, false, at(r, "member of the group"))
				u.groups, g.members = append(u.groups, g), append(g.members, u)
			}
		}
	}
	for _, r := range b.byType["aws_iam_user_group_membership"] {
		join(r.Body.Get("user"), r.Body.Get("groups"), r)
	}
	for _, r := range b.byType["aws_iam_group_membership"] {
		join(r.Body.Get("users"), r.Body.Get("group"), r)
	}
	for _, r := range b.byType["aws_identitystore_group_membership"] {
		join(r.Body.Get("member_id"), r.Body.Get("group_id"), r)
	}
}

// maxWildcardGrants bounds the grants of a statement that covers everything.
const maxWildcardGrants = 25

func (b *builder) applyPolicy(p *principal, pol *policy) {
	if pol.doc == nil {
		return
	}
	for i := range pol.doc.Statements {
		s := &pol.doc.Statements[i]
		if s.Effect != iam.Allow {
			continue
		}
		for _, t := range s.Targets() {
			if t.Except {
				continue
			}
			b.applyTarget(p, pol, s, t)
		}
	}
}

func (b *builder) applyTarget(p *principal, pol *policy, s *iam.Statement, t iam.Target) {
	actions := s.Actions
	if len(s.NotActions) > 0 {
		actions = b.allBut(s.NotActions)
	}
	actions = slices.DeleteFunc(slices.Clone(actions), func(action string) bool { return p.takenBack(action, t.Text) })
	if t.Kind == iam.TargetAny || t.Wildcard {
		b.callServices(p, pol, actions)
	}
	b.changePolicies(p, pol, s, actions, t)
	if t.Kind == iam.TargetAny || (t.Broad && t.Kind == iam.TargetARN) {
		made := 0
		for _, own := range []bool{true, false} { // those of its own root first
			for _, action := range actions {
				for _, c := range b.ofAction(action) {
					if !concerns(action, c, serviceOf(c)) || b.relabel(p, pol, s, action, c) || looksAround(action, c) || b.pointless(action, p.comp, c) || own != (b.rootOf(c.ID) == b.rootOf(p.comp.ID)) || !own && !b.sameAccount(p.comp, c) {
						continue
					}
					if c.Kind == graph.Identity && slices.Contains(policyActions, action) && !b.hasPolicies(c) {
						continue
					}
					if !ofIdentityKind(t, c) {
						continue
					}
					if made++; made > maxWildcardGrants {
						b.note(graph.Note{
							Code: graph.NoteGrantsCut, Source: pol.evidence("").Source(), Address: p.comp.Address,
							Message: fmt.Sprintf("a statement allows it something on more than %d components: the others are not listed", maxWildcardGrants),
						})
						return
					}
					why := pol.evidence("policy allows " + action + " on everything")
					if passes(action) {
						b.pass(p, s, c, true, why)
						continue
					}
					b.grantIf(b.conditionOn(s, p.comp, c, action), p.comp, c, action, abilityOn(action, c), true, why)
				}
			}
		}
		return
	}
	targets := b.policyTargets(t)
	if len(targets) == 0 && !t.Wildcard {
		b.callServices(p, pol, actions) // of a resource that is not in this root
	}
	for _, c := range targets {
		var mine []string
		for _, action := range actions {
			if _, ok := narrow(action, c); !ok || b.relabel(p, pol, s, action, c) || looksAround(action, c) || b.pointless(action, p.comp, c) {
				continue
			}
			if passes(action) {
				b.pass(p, s, c, t.Broad, pol.evidence("policy allows it on this resource"))
				continue
			}
			mine = append(mine, action)
		}
		if len(mine) == 0 {
			continue
		}
		wild := t.Broad || slices.ContainsFunc(mine, func(a string) bool { return strings.HasSuffix(a, ":*") || a == "*" })
		b.grantIf(b.conditionOn(s, p.comp, c, mine...), p.comp, c, strings.Join(firstFew(mine), ", "), strongestOf(mine, c), wild, pol.evidence("policy allows it on this resource"))
		b.permittedFlows(p, pol, c, mine)
	}
}

// onTags says when changing tags is worth something: it gives what others are kept from by them.
const onTags = "the permissions that depend on its tags are at hand"

// relabel makes a grant of an action on tags where permissions of the model depend on
// those of a component, and reports whether it did.
func (b *builder) relabel(p *principal, pol *policy, s *iam.Statement, action string, c *component) bool {
	if !iam.Labels(action) || p.comp == c || !b.dependsOnTags(c) {
		return false
	}
	does := graph.AbilityAdminister
	if c.Kind == graph.Identity {
		if _, name, _ := strings.Cut(action, ":"); !strings.EqualFold(name, "Tag"+string(c.Technology)) && !strings.EqualFold(name, "Untag"+string(c.Technology)) {
			return false
		}
		does = graph.AbilityAssume
	}
	condition := onTags
	if also := s.Condition(); also != "" {
		condition = also + ", and " + onTags
	}
	b.grantIf(condition, p.comp, c, action, does, true, pol.evidence("policy allows "+action+", and permissions depend on tags"))
	return true
}

// dependsOnTags reports whether a statement of the model asks for the tags of what it is
// used on, and may be used on a component.
func (b *builder) dependsOnTags(c *component) bool {
	if b.tagActions == nil {
		b.tagActions = []string{}
		for _, addr := range sortedKeys(b.principals) {
			for _, pol := range b.principals[addr].policies {
				if pol.doc == nil || pol.name != "" { // AWS's own policies are for its services
					continue
				}
				for i := range pol.doc.Statements {
					if s := &pol.doc.Statements[i]; strings.Contains(strings.ToLower(s.Condition()), "resourcetag/") {
						b.tagActions = append(b.tagActions, s.Actions...)
					}
				}
			}
		}
	}
	return slices.ContainsFunc(b.tagActions, func(action string) bool {
		_, ok := narrow(action, c)
		return ok && !b.pointless(action, nil, c)
	})
}

// allBut returns what NotAction leaves of the services that the root has: all of a
// service where none of its actions is excepted. What is left of the others is not
// told, and an administrator's reach stands in a property.
func (b *builder) allBut(excepted []string) []string {
	var out []string
	for _, service := range sortedKeys(b.byService) {
		if !slices.ContainsFunc(excepted, func(e string) bool {
			_, ok := iam.Within(e, service)
			return ok
		}) {
			out = append(out, service+":*")
		}
	}
	return out
}

// pointless reports whether an action gives nothing on a component though a policy
// allows it: an identity is read for its permissions, and of oneself they alone are worth changing; roles alone are passed and assumed,
// and a role whose trust is known to name others is not assumed by anyone else.
func (b *builder) pointless(action string, from, to *component) bool {
	if to.Kind != graph.Identity {
		return false
	}
	if kind := iam.UsedOn(action); kind != "" && kind != string(to.Technology) {
		return true
	}
	does := iam.AbilityOf(within(action, to))
	if does == graph.AbilityRead {
		return !iam.ReadsPermissions(action)
	}
	if from == to {
		return !iam.ChangesPermissions(action)
	}
	switch does {
	case graph.AbilityPass:
		return to.Technology != graph.TechRole
	case graph.AbilityAssume:
		service, _, _ := strings.Cut(action, ":")
		return strings.EqualFold(service, "sts") && (to.Technology != graph.TechRole || b.distrusts(to, from))
	}
	return false
}

// ofIdentityKind reports whether a target that covers a whole kind of identity, as
// "arn:aws:iam::*:user/*" does, covers a component; those of other services do.
func ofIdentityKind(t iam.Target, c *component) bool {
	kind, _, cut := strings.Cut(t.ARN.Resource, "/")
	if t.Kind != iam.TargetARN || c.Kind != graph.Identity || !cut {
		return true
	}
	switch kind {
	case "user", "role", "group":
		return kind == string(c.Technology)
	}
	return true
}

// distrusts reports whether a role's trust policy certainly leaves a principal out.
func (b *builder) distrusts(role, from *component) bool {
	trusted, _ := b.trusting(role, from)
	return !trusted
}

// trusting reports whether a role's trust policy may let a principal assume it, and under
// which condition: "" where it lets it without one, or can't be read.
func (b *builder) trusting(role, from *component) (trusted bool, condition string) {
	if len(role.resources) == 0 {
		return true, ""
	}
	doc := b.document(role.resources[0].Body.Get("assume_role_policy"))
	if doc == nil || !doc.Complete() {
		return true, ""
	}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect != iam.Allow || !b.admits(role, s, from) {
			continue
		}
		if len(s.Conditions) == 0 {
			return true, ""
		}
		trusted, condition = true, cmp.Or(condition, s.Condition())
	}
	return trusted, condition
}

// admits reports whether a statement of a role's trust policy may mean a principal.
func (b *builder) admits(role *component, s *iam.Statement, from *component) bool {
	if len(s.Principals) == 0 {
		return true // named by whom it is not
	}
	return slices.ContainsFunc(s.Principals, func(who iam.Principal) bool {
		switch who.Kind() {
		case iam.Service, iam.OIDC, iam.SAML, iam.CanonicalUser:
			return false
		case iam.Role, iam.User, iam.Instance:
			c := b.principalComponent(role.resources[0], who)
			return c == nil || c == from
		}
		return true
	})
}

// conditionOn is what must hold for a statement's actions to be used on a component: what
// the statement asks for, and of a role that is assumed what its trust does.
func (b *builder) conditionOn(s *iam.Statement, from, to *component, actions ...string) string {
	condition := s.Condition()
	if to.Technology != graph.TechRole || !slices.ContainsFunc(actions, func(a string) bool { return strings.HasPrefix(strings.ToLower(a), "sts:") }) {
		return condition
	}
	_, also := b.trusting(to, from)
	if condition == "" || also == "" {
		return condition + also
	}
	return condition + " and " + also
}

// abilityOn is what an action gives on a component. Reading how a store is set up
// (s3:GetBucketLocation) is not reading what is in it.
func abilityOn(action string, c *component) graph.Ability {
	narrowed := within(action, c)
	does := iam.AbilityOf(narrowed)
	service, _, _ := strings.Cut(narrowed, ":")
	if does == graph.AbilityRead && c.Kind == graph.Store && !iam.DataAction(narrowed) && iam.TellsData(service) {
		return graph.AbilityOther
	}
	return does
}

// looksAround reports whether an action only lists and describes.
func looksAround(action string, c *component) bool {
	does := abilityOn(action, c)
	if (does != graph.AbilityRead && does != graph.AbilityOther) || iam.DataAction(within(action, c)) {
		return false
	}
	_, verb, _ := strings.Cut(action, ":")
	return strings.HasPrefix(verb, "List") || strings.HasPrefix(verb, "Describe") || does == graph.AbilityOther
}

// policyTargets returns the components that a target of a statement names.
func (b *builder) policyTargets(t iam.Target) []*component {
	var out []*component
	for _, addr := range t.Named {
		for _, r := range b.at(addr) {
			if r.row == nil {
				continue
			}
			if c := b.componentOf(r); c != nil && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	if len(t.Named) == 0 && t.Kind == iam.TargetARN {
		if c := b.byARN(strings.TrimRight(t.Text, "*/:")); c != nil {
			return append(out, c)
		}
		if t.Wildcard && !t.Broad {
			return b.matching(t.ARN)
		}
	}
	return out
}

// policyActions change a policy, and with it the permissions of all whom it is attached to.
var policyActions = []string{"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"}

func changesPolicy(action string) bool {
	return slices.ContainsFunc(policyActions, func(a string) bool { return iam.MatchAction(action, a) })
}

// changePolicies makes grants on those whom the policies that a target names are attached to.
func (b *builder) changePolicies(p *principal, pol *policy, s *iam.Statement, actions []string, t iam.Target) {
	var mine []string
	for _, a := range actions {
		if changesPolicy(a) && !strings.Contains(strings.TrimSuffix(a, "*"), "*") {
			mine = append(mine, a)
		}
	}
	if len(mine) == 0 {
		return
	}
	for _, addr := range t.Named {
		for _, r := range b.at(addr) {
			for _, to := range b.attachedTo[r.Address] {
				b.grantIf(s.Condition(), p.comp, to.comp, strings.Join(mine, ", "), graph.AbilityAdminister, false, pol.evidence("policy lets it change a policy that is attached there"))
			}
		}
	}
}

// hasPolicies reports whether a policy of this root, which can get versions, is attached.
func (b *builder) hasPolicies(c *component) bool {
	for _, attached := range b.attachedTo {
		if slices.ContainsFunc(attached, func(p *principal) bool { return p.comp == c }) {
			return true
		}
	}
	return false
}

// matching returns the components whose names are written out and covered by an ARN
// with wildcards, of whatever region and account.
func (b *builder) matching(pattern iam.ARN) []*component {
	pattern.Partition, pattern.Region, pattern.Account = "*", "*", "*"
	whole := pattern // what lies in a component is meant by "NAME/*", too
	whole.Resource = strings.TrimSuffix(pattern.Resource, "/*")
	var out []*component
	for _, c := range b.byService[pattern.Service] {
		if len(out) == maxWildcardGrants {
			break
		}
		if len(c.resources) == 0 {
			continue
		}
		for _, name := range literalNames(c.resources[0]) {
			arn := strings.ReplaceAll(arnFormat(c.row, c.row.typ), "%s", name)
			if iam.MatchARN(pattern.String(), arn) == graph.Yes || iam.MatchARN(whole.String(), arn) == graph.Yes {
				out = append(out, c)
				break
			}
		}
	}
	return out
}

// permittedFlows makes flows of actions on data. Where one component alone runs
// as the role, the policy was written for it and the flow is taken as used. Where
// several share it, the policy is evidence for those that name the target, and
// only a permission for the others.
func (b *builder) permittedFlows(p *principal, pol *policy, to *component, actions []string) {
	basis := graph.Referenced
	if len(p.holders) > 1 {
		basis = graph.Permitted
	}
	if len(p.holders) > maxPermitted {
		return // the grant says it; a flow for each would say no more
	}
	if len(p.holders) == 0 && p.forPods {
		for _, dir := range flowsOf(actions, to) {
			f := graph.Flow{Basis: graph.Referenced, Protocol: dir.Protocol, Authenticated: graph.Yes}
			if f.Protocol == "" && cloudService(to.Technology) {
				f.Protocol = "https"
			}
			from, into := p.comp, to
			if !dir.ToResource {
				from, into = to, p.comp
			}
			b.flowOfIdentity(from, into, f, pol.evidence(fmt.Sprintf("policy of its role allows %s", strings.Join(firstFew(actions), ", "))))
		}
	}
	for _, holder := range p.holders {
		for _, dir := range flowsOf(actions, to) {
			f := graph.Flow{Basis: basis, Protocol: dir.Protocol, Authenticated: graph.Yes}
			if f.Protocol == "" && cloudService(to.Technology) {
				f.Protocol = "https"
			}
			e := pol.evidence(fmt.Sprintf("policy of its role allows %s", strings.Join(firstFew(actions), ", ")))
			if dir.ToResource && holder.Technology == graph.TechETL && to.Technology == graph.TechStream && deliversToo(actions, to) {
				continue // the analysis of a stream takes from it
			}
			if dir.ToResource && !isSourceOf(holder, to, actions) {
				b.flow(holder, to, f, e)
			} else if !b.flowing(holder, to) || basis == graph.Permitted {
				b.flow(to, holder, f, e)
			}
		}
	}
}

// isSourceOf reports whether a component that moves data may only read another:
// then the data's way from there to it is the flow.
func isSourceOf(mover, source *component, actions []string) bool {
	if mover.Technology != graph.TechETL || source.Kind != graph.Store || source.Technology == graph.TechKey || source.Technology == graph.TechSecret {
		return false
	}
	for _, action := range actions {
		for _, does := range iam.AbilitiesOf(within(action, source)) {
			if does != graph.AbilityRead && does != graph.AbilityOther {
				return false
			}
		}
	}
	return true
}

func deliversToo(actions []string, to *component) bool {
	return slices.ContainsFunc(flowsOf(actions, to), func(f iam.DataFlow) bool { return !f.ToResource })
}

// flowsOf joins the flows of actions: at most one in each direction.
func flowsOf(actions []string, to *component) []iam.DataFlow {
	var out []iam.DataFlow
	for _, a := range actions {
		for _, f := range iam.Flows(within(a, to)) {
			f.Protocol = ""
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	slices.SortFunc(out, func(x, y iam.DataFlow) int {
		switch {
		case x.ToResource == y.ToResource:
			return 0
		case x.ToResource:
			return -1
		}
		return 1
	})
	return out
}

// concerns reports whether an action of a service that holds many kinds of things (machines,
// disks and networks in one) can be about a component: its name says of what it is.
func concerns(action string, c *component, service string) bool {
	prefix, name, _ := strings.Cut(strings.ToLower(action), ":")
	if prefix != service || strings.ContainsAny(name, "*?") || strings.Contains(name, "tags") {
		return true
	}
	about := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
	}
	switch {
	case c.Technology == graph.TechSnapshot && (service == "ec2" || service == "rds"):
		return about("snapshot")
	case c.Technology == graph.TechBlock && service == "ec2":
		return about("volume")
	case c.Technology == graph.TechServer && service == "ec2":
		// Who attaches its disk elsewhere, or opens its group, has the machine as well.
		return about("instance", "volume", "console", "passworddata", "securitygroupingress", "networkinterfaceattribute")
	}
	return true
}

// within narrows an action to the service of a component, see [narrow].
func within(action string, c *component) string {
	if a, ok := narrow(action, c); ok {
		return a
	}
	return action
}

// narrow returns what an action means for a component; false where it has no
// meaning for it.
func narrow(action string, c *component) (string, bool) {
	service := serviceOf(c)
	if c.Technology == graph.TechConfig && service == "ssm" && !strings.Contains(action, "*") && !strings.Contains(action, "Parameter") {
		return "", false // its service has documents, sessions and machines too
	}
	if !concerns(action, c, service) {
		return "", false
	}
	if a, ok := iam.Within(action, service); ok {
		return a, true
	}
	for _, other := range otherServices(c, service) {
		if a, ok := iam.Within(action, other); ok {
			return a, true
		}
	}
	return "", false
}

// otherServices are those whose actions act on a component, beside its own: an
// API is called as execute-api, and shells are opened on machines by others.
func otherServices(c *component, service string) []string {
	switch {
	case service == "apigateway":
		return []string{"execute-api"}
	case c.Technology == graph.TechServer:
		return []string{"ssm", "ec2-instance-connect"}
	case service == "ecs":
		return []string{"ssm"}
	case service == "iam":
		return []string{"sts"} // by which roles are assumed
	}
	return nil
}

// opensShell reports whether an action runs code on machines.
func opensShell(action string) bool {
	for _, shell := range []string{"ssm:StartSession", "ssm:SendCommand", "ec2-instance-connect:SendSSHPublicKey"} {
		if iam.MatchAction(action, shell) {
			return true
		}
	}
	return false
}

// abilityRank are the abilities from the least to the most.
var abilityRank = []graph.Ability{graph.AbilityOther, graph.AbilityRead, graph.AbilityWrite, graph.AbilityInvoke, graph.AbilityReadSecret, graph.AbilityPass, graph.AbilityAssume, graph.AbilityExecute, graph.AbilityAdminister}

func strongestOf(actions []string, c *component) graph.Ability {
	best := graph.AbilityOther
	for _, a := range actions {
		if x := abilityOn(a, c); slices.Index(abilityRank, x) > slices.Index(abilityRank, best) {
			best = x
		}
	}
	return best
}

func firstFew(list []string) []string {
	const few = 4
	if len(list) <= few {
		return list
	}
	return append(slices.Clone(list[:few]), "and others")
}

// ofAction returns the components of the services that an action's pattern covers.
func (b *builder) ofAction(action string) []*component {
	service, _, _ := strings.Cut(action, ":")
	if action == "*" || strings.Contains(service, "*") {
		return nil // an administrator: PropAdmin says it
	}
	if slices.Contains([]string{"iam:PassRole", "iam:passrole"}, action) || service == "sts" {
		service = "iam"
	}
	out := b.byService[strings.ToLower(service)]
	if opensShell(action) {
		out = slices.DeleteFunc(slices.Clone(b.byService["ec2"]), func(c *component) bool { return c.Technology != graph.TechServer })
	}
	return out
}

// describePrincipal sets what follows from all policies together.
func (b *builder) describePrincipal(p *principal) {
	wild, admin, known := false, false, true
	for i := range p.policies {
		pol := &p.policies[i]
		if pol.doc == nil {
			known = false
			continue
		}
		known = known && pol.doc.Complete()
		for j := range pol.doc.Statements {
			s := &pol.doc.Statements[j]
			if s.IsAdmin() && !admin && (p.bound == nil || p.bound.IsAdmin()) {
				admin = true
				p.comp.Set(graph.PropAdmin, graph.Yes, pol.evidence("policy allows every action on everything"))
			}
			// Breadth of AWS's own policies is theirs to answer for, unless it is administration.
			actions := slices.DeleteFunc(s.WildcardActions(), func(a string) bool { return p.takenBack(a, "*") })
			if len(actions) > 0 && (s.WildcardResources() || broadTargets(s)) && !wild && (pol.name == "" || s.IsAdmin()) {
				wild = true
				p.comp.Set(graph.PropWildcardPolicy, graph.Yes, pol.evidence(fmt.Sprintf("policy allows %s on everything", strings.Join(firstFew(actions), ", "))))
			}
		}
	}
	if len(p.policies) > 0 && known {
		if !wild {
			p.comp.Set(graph.PropWildcardPolicy, graph.No, p.policies[0].evidence("no statement allows a whole service on everything"))
		}
		if !admin {
			p.comp.Set(graph.PropAdmin, graph.No, p.policies[0].evidence("no statement allows every action"))
		}
	}
}

func broadTargets(s *iam.Statement) bool {
	return slices.ContainsFunc(s.Targets(), func(t iam.Target) bool { return t.Broad })
}

// trust reads who may assume a role.
func (b *builder) trust(r *resource) {
	v := r.Body.Get("assume_role_policy")
	doc := b.document(v)
	if doc == nil || r.self == nil {
		return
	}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect != iam.Allow {
			continue
		}
		how := "sts:AssumeRole"
		if len(s.Actions) > 0 {
			how = s.Actions[0]
		}
		for _, who := range s.Principals {
			from := b.principalComponent(r, who)
			wild := who.Kind() == iam.Anyone && len(s.Conditions) == 0
			if from != nil && from.Technology == graph.TechPipeline {
				wild = wild || anySubject(s)
			}
			if from != nil && from.Technology == graph.TechAccount && who.Kind() == iam.Account {
				bound := s.NarrowedBy(iam.ByExternalID, iam.ByPrincipal, iam.ByOrganization, iam.ByMFA, iam.BySAML)
				e := atValue(r, v, "the trust in "+from.Name+" asks for more than the account")
				if !bound {
					e.Why = from.Name + " may assume it, and no condition asks for an external id"
					e.Fix = "add a condition on `sts:ExternalId` to the trust policy of " + r.Address
				}
				r.self.Add(graph.PropCallersBound, graph.Of(bound), e)
			}
			b.grantIf(s.Condition(), from, r.self, how, graph.AbilityAssume, wild, atValue(r, v, "trust policy names it"))
			if wild {
				r.self.Set(graph.PropPublic, graph.Yes, atValue(r, v, "trust policy lets anyone assume it"))
			}
		}
	}
}

// buildServices are the issuers of tokens to builds, as each documents it.
var buildServices = []string{
	"token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com", "oidc.circleci.com", "vstoken.dev.azure.com", "api.bitbucket.org",
}

// anySubject reports whether a trust in tokens leaves open which build they are made
// for: no condition on the subject, or one that ends in a wildcard before it names a
// branch, an environment or a tag.
func anySubject(s *iam.Statement) bool {
	open := true
	for _, n := range s.Narrowing() {
		if n.Kind != iam.ByOIDCSubject || n.Weak != "" {
			continue
		}
		open = false
		for _, value := range n.Values {
			if strings.Contains(value, iam.Unknown) {
				continue
			}
			head, _, star := strings.Cut(value, "*")
			if star && strings.Count(head, ":") < 3 || strings.HasSuffix(value, ":pull_request") {
				return true
			}
		}
	}
	return open
}

// principalComponent returns the component that a principal is, nil for services
// and for those that can't be known.
func (b *builder) principalComponent(r *resource, who iam.Principal) *component {
	for _, addr := range who.Addresses() {
		for _, x := range b.at(addr) {
			if x.row != nil {
				if c := b.componentOf(x); c != nil {
					return c
				}
			}
		}
	}
	switch who.Kind() {
	case iam.Anyone:
		return b.internet()
	case iam.Account, iam.Role, iam.User:
		account := who.AccountID()
		if p := b.byARN(who.ID); p != nil {
			return p
		}
		if len(account) != 12 || strings.Trim(account, "0123456789") != "" {
			return nil
		}
		return b.outside("account "+account, "account "+account, "AWS account", graph.TechAccount, r.Source)
	case iam.OIDC:
		if slices.Contains(buildServices, who.Name()) {
			return b.outside(who.Name(), who.Name(), "build service", graph.TechPipeline, r.Source)
		}
		return b.outside(who.Name(), who.Name(), "identity provider", graph.TechIdentity, r.Source)
	}
	return nil
}

// readResourcePolicy is the semantic of policies on resources: who may reach it.
func readResourcePolicy(attrs ...string) semantic {
	return func(b *builder, r *resource) {
		for _, attr := range attrs {
			for _, v := range r.Body.All(attr) {
				if doc := b.document(v); doc != nil {
					b.applyResourcePolicy(r, v, doc)
				}
			}
		}
	}
}

func (b *builder) applyResourcePolicy(r *resource, v eval.Value, doc *iam.Document) {
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect == iam.Deny {
			if slices.ContainsFunc(s.Narrowing(), func(n iam.Narrowing) bool {
				return n.Kind == iam.BySecureTransport && slices.Contains(n.Values, "false")
			}) {
				for _, c := range r.owners {
					c.Set(graph.PropEncryptedTransit, graph.Yes, atValue(r, v, "policy denies plain transport"))
				}
			}
			continue
		}
		if s.Effect != iam.Allow {
			continue
		}
		b.conditionSources(r, v, s)
		for _, who := range s.Principals {
			for _, c := range r.owners {
				b.resourcePolicyPrincipal(r, v, s, who, c)
			}
		}
	}
}

func (b *builder) resourcePolicyPrincipal(r *resource, v eval.Value, s *iam.Statement, who iam.Principal, c *component) {
	switch who.Kind() {
	case iam.Anyone:
		if s.NarrowedBy(iam.BySourceARN, iam.BySourceAccount, iam.ByOrganization, iam.ByPrincipal, iam.ByAddress, iam.ByNetwork) {
			return
		}
		why := "policy lets anyone " + strings.Join(firstFew(s.Actions), ", ")
		does := strongestOf(s.Actions, c)
		if changes := does == graph.AbilityWrite || does == graph.AbilityAdminister || does == graph.AbilityExecute; changes && !bucketBlocked(c) && !c.inNetwork || c.Technology == graph.TechKey {
			b.grantIf(s.Condition(), b.internet(), c, strings.Join(firstFew(s.Actions), ", "), does, false, atValue(r, v, why))
		}
		if c.Technology == graph.TechKey {
			return // who uses a key shows credentials, though they may be of any account
		}
		if bucketBlocked(c) {
			c.Set(graph.PropWildcardPrincipal, graph.Yes, atValue(r, v, why))
			return
		}
		if c.inNetwork { // everyone in its network, and nobody outside
			c.Set(graph.PropAuthenticated, graph.No, atValue(r, v, why))
			return
		}
		c.Set(graph.PropPublic, graph.Yes, atValue(r, v, why))
		if c.Technology == graph.TechGateway {
			return // its methods say what they ask for
		}
		c.Set(graph.PropAuthenticated, graph.No, atValue(r, v, why))
		b.flow(b.internet(), c, graph.Flow{Protocol: "https", Port: 443, Authenticated: graph.No, Peers: []string{"0.0.0.0/0"}}, atValue(r, v, why))
	case iam.Service:
		return
	default:
		from := b.principalComponent(r, who)
		if from == nil || from == c {
			return
		}
		actions := s.Actions
		b.grantIf(s.Condition(), from, c, strings.Join(firstFew(actions), ", "), strongestOf(actions, c), false, atValue(r, v, "resource policy names it"))
	}
}

// conditionSources takes the resource that a condition on aws:SourceArn names as
// permitted to send to what the policy is on.
func (b *builder) conditionSources(r *resource, v eval.Value, s *iam.Statement) {
	for _, n := range s.Narrowing() {
		if n.Kind != iam.BySourceARN {
			continue
		}
		for _, text := range n.Values {
			for _, from := range b.policyTargets(iam.TargetOf(text)) {
				for _, c := range r.owners {
					b.flow(from, c, graph.Flow{Basis: graph.Permitted}, atValue(r, v, "policy lets it send"))
				}
			}
		}
	}
}
