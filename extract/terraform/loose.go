package terraform

import (
	"regexp"

	"drawbridge/graph"
)

// spare returns the components that [builder.finish] leaves out.
func (b *builder) spare() (out []*graph.Component) {
	for _, c := range b.order {
		if c.row != nil && c.row.quiet && !c.kept {
			out = append(out, c.Component)
		}
	}
	return out
}

// accountNumber is an account in an ARN.
var accountNumber = regexp.MustCompile(`^arn:[^:]*:iam::(\d{12}):`)

// accountNumbers returns the accounts, projects and subscriptions of the root's
// boundaries, by the boundaries' IDs, as far as configurations of providers tell them.
func (b *builder) accountNumbers() map[string]string {
	out := map[string]string{}
	for _, p := range b.result.Providers {
		credentials, _ := b.credentials(p.Name, p.Alias)
		bd := b.nets.accounts[platformOf(p.Name)+" "+credentials]
		if bd == nil || p.Module != "" {
			continue
		}
		id := bd.ID
		role, _ := p.Body.Get("assume_role.role_arn").Literal()
		switch m := accountNumber.FindStringSubmatch(role); {
		case m != nil:
			out[id] = m[1]
		default:
			allowed := p.Body.Get("allowed_account_ids").Elements()
			if s, ok := p.Body.Get("project").Literal(); ok && s != "" {
				out[id] = s
			} else if s, ok := p.Body.Get("subscription_id").Literal(); ok && s != "" {
				out[id] = s
			} else if len(allowed) == 1 {
				out[id], _ = allowed[0].Literal()
			}
		}
		if out[id] == "" {
			delete(out, id)
		}
	}
	return out
}
