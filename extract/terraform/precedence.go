package terraform

import "slices"

// denial is a rule that keeps traffic out, before all rules that come after it.
type denial struct {
	groupRule
	everyone bool // not the internet alone
}

// afterDenials returns what is left of rules that let in, once those that deny and
// come first have had their say. Lower numbers come first; of equal ones, denials do.
// What a denial says that can't be known makes unsure what comes after it.
func afterDenials(rules []groupRule, denials []denial) []groupRule {
	for i := range denials {
		d := &denials[i]
		var left []groupRule
		for _, rule := range rules {
			left = append(left, rule.less(d)...)
		}
		rules = left
	}
	return rules
}

// less returns what a denial leaves of a rule: all where it does not meet it, the
// ports beside its own, and there the sources that it does not name.
func (rule groupRule) less(d *denial) []groupRule {
	meets := d.priority <= rule.priority && (d.protocol == "-1" || d.protocol == rule.protocol) &&
		(!d.ports || !rule.ports || d.from <= rule.to && rule.from <= d.to)
	switch {
	case !meets, len(d.internet) == 0 && !d.unknown && !d.network:
		return []groupRule{rule}
	case d.unknown, !d.ports, !rule.ports:
		if len(d.internet) > 0 || d.unknown {
			rule.unknown, rule.internet = rule.unknown || len(rule.internet) > 0, nil
		}
		return []groupRule{rule}
	}
	var out []groupRule
	if rule.from < d.from {
		below := rule
		below.to = d.from - 1
		out = append(out, below)
	}
	if !d.everyone {
		inner := rule
		inner.from, inner.to = max(rule.from, d.from), min(rule.to, d.to)
		if len(d.internet) > 0 {
			inner.internet = nil
		}
		if d.network {
			inner.network = false
			inner.groups = nil
			inner.cidrs = slices.DeleteFunc(slices.Clone(rule.cidrs), isPrivateRange)
		}
		if inner.letsAny() {
			out = append(out, inner)
		}
	}
	if rule.to > d.to {
		above := rule
		above.from = d.to + 1
		out = append(out, above)
	}
	return out
}

// settlePriorities takes from groups what their own denials keep out.
func (b *builder) settlePriorities() {
	for address, g := range b.secGroups {
		if r := b.byAddress[address]; r != nil && r.Type == "azurerm_network_security_group" {
			continue // whom its rules are for differs, see [builder.guardByLayers]
		}
		g.rules = afterDenials(g.rules, g.denials)
	}
}
