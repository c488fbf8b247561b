package iam

import (
	"slices"
	"strings"
	"testing"

	"drawbridge/graph"
)

func TestManaged(t *testing.T) {
	for _, name := range []string{
		"AdministratorAccess",
		"arn:aws:iam::aws:policy/AdministratorAccess",
		"arn:aws-us-gov:iam::aws:policy/AdministratorAccess",
		"arn:⟦data.aws_partition.p⟧:iam::aws:policy/AdministratorAccess",
	} {
		if p, ok := Managed(name); !ok || !p.Document().IsAdmin() {
			t.Errorf("Managed(%q) = %v, %v", name, p, ok)
		}
	}
	for _, name := range []string{
		"", "NoSuchPolicy", "arn:aws:iam::123456789012:policy/AdministratorAccess", "arn:aws:iam::aws:role/AdministratorAccess",
		"⟦aws_iam_policy.p⟧",
	} {
		if p, ok := Managed(name); ok {
			t.Errorf("Managed(%q) = %s", name, p.Name)
		}
	}
	if !IsManagedARN("arn:aws:iam::aws:policy/NoSuchPolicy") || IsManagedARN("arn:aws:iam::123456789012:policy/p") {
		t.Error("IsManagedARN does not tell AWS's policies by their account")
	}
}

func TestManagedTable(t *testing.T) {
	if !slices.IsSortedFunc(managed, func(a, b ManagedPolicy) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the table is not sorted by name")
	}
	for i := range managed {
		p := &managed[i]
		if found, ok := Managed(p.ARN()); !ok || found != p {
			t.Errorf("%s is not found by its ARN %s", p.Name, p.ARN())
		}
		if p.Path != "" && !strings.HasSuffix(p.Path, "/") {
			t.Errorf("%s: path %q", p.Name, p.Path)
		}
		if len(p.Statements) == 0 {
			t.Errorf("%s allows nothing", p.Name)
		}
		if admin := p.Document().IsAdmin(); admin != (p.Name == "AdministratorAccess") {
			t.Errorf("%s: IsAdmin() = %v", p.Name, admin)
		}
		for j := range p.Statements {
			s := &p.Statements[j]
			for _, a := range s.Actions {
				if service, verb, _ := strings.Cut(a, ":"); a != "*" && (service == "" || verb == "" || strings.ContainsAny(a, " \t")) {
					t.Errorf("%s: action %q", p.Name, a)
				}
			}
			for _, target := range s.Targets() {
				if target.Kind != TargetAny && target.Kind != TargetARN {
					t.Errorf("%s: resource %q", p.Name, target.Text)
				}
			}
		}
	}
}

// What is read-only by its name must neither change nor run anything.
func TestManagedReadOnly(t *testing.T) {
	for i := range managed {
		p := &managed[i]
		if !strings.Contains(p.Name, "ReadOnly") && p.Name != "SecurityAudit" && p.Name != "ViewOnlyAccess" {
			continue
		}
		for _, s := range p.Statements {
			for _, a := range s.Actions {
				for _, does := range AbilitiesOf(a) {
					switch does {
					case graph.AbilityRead, graph.AbilityReadSecret, graph.AbilityOther:
					default:
						t.Errorf("%s: %s does %s", p.Name, a, does)
					}
				}
			}
		}
	}
}
