package iam

import (
	"slices"
	"strings"
)

// PrincipalType is the key under which a principal stands.
type PrincipalType string

// The types. IAM User Guide, "AWS JSON policy elements: Principal".
const (
	TypeAWS           PrincipalType = "AWS"
	TypeService       PrincipalType = "Service"
	TypeFederated     PrincipalType = "Federated"
	TypeCanonicalUser PrincipalType = "CanonicalUser"
	TypeAnyone        PrincipalType = "*" // "Principal": "*"
)

// Principal is who a statement is about.
type Principal struct {
	Type PrincipalType
	ID   string // as written: "*", an account, an ARN, a service's host name
}

// PrincipalKind tells who a principal is.
type PrincipalKind string

// The kinds.
const (
	Anyone        PrincipalKind = "anyone"
	Service       PrincipalKind = "service" // an AWS service
	Account       PrincipalKind = "account" // everyone whom that account lets
	Role          PrincipalKind = "role"
	User          PrincipalKind = "user"
	OIDC          PrincipalKind = "oidc" // an OpenID Connect provider's users
	SAML          PrincipalKind = "saml" // a SAML provider's users
	CanonicalUser PrincipalKind = "canonical-user"
	// Instance is a principal whose ARN is computed and tells no kind by itself;
	// its addresses say what it is.
	Instance         PrincipalKind = "instance"
	PrincipalUnknown PrincipalKind = "unknown"
)

// Kind tells who the principal is.
func (p Principal) Kind() PrincipalKind {
	arn, isARN := ParseARN(p.ID)
	resource, _, _ := strings.Cut(arn.Resource, "/")
	switch {
	case strings.Contains(p.ID, Unknown):
		return PrincipalUnknown
	case p.Type == TypeService:
		return Service
	case p.Type == TypeCanonicalUser:
		return CanonicalUser
	case p.Type == TypeFederated && isARN && resource == "saml-provider":
		return SAML
	case p.Type == TypeFederated && isARN && resource == "oidc-provider":
		return OIDC
	case p.Type == TypeFederated && strings.Contains(p.ID, "."):
		if len(p.Addresses()) > 0 {
			return Instance
		}
		return OIDC // a well-known provider by its host name: "accounts.google.com"
	case p.ID == "*":
		return Anyone
	case isAccount(p.ID), isARN && arn.Resource == "root":
		return Account
	case isARN && (resource == "role" || resource == "assumed-role"):
		return Role
	case isARN && (resource == "user" || resource == "federated-user"):
		return User
	case len(p.Addresses()) > 0:
		return Instance
	}
	return PrincipalUnknown
}

// AccountID returns the account that the principal belongs to, as written: a
// token or a placeholder (ACCOUNT) where it is computed; "" where it has none or any.
func (p Principal) AccountID() string {
	if isAccount(p.ID) {
		return p.ID
	}
	if arn, ok := ParseARN(p.ID); ok && arn.Account != "*" {
		return arn.Account
	}
	return ""
}

// Name returns the name for people: of a role or user the part after its path,
// of an OIDC provider its host and path, else the ID.
func (p Principal) Name() string {
	arn, ok := ParseARN(p.ID)
	if !ok {
		return p.ID
	}
	switch kind, rest, cut := strings.Cut(arn.Resource, "/"); {
	case !cut:
		return p.ID
	case kind == "role" || kind == "user":
		return rest[strings.LastIndexByte(rest, '/')+1:]
	case kind == "oidc-provider" || kind == "saml-provider" || kind == "assumed-role":
		return rest
	}
	return p.ID
}

// Addresses returns the instances that the ID's tokens name, in order.
func (p Principal) Addresses() []string { return addresses(p.ID) }

func isAccount(id string) bool {
	return len(id) == 12 && strings.Trim(id, "0123456789") == ""
}

// NarrowingKind tells what a condition restricts, beyond the statement's principals.
type NarrowingKind string

// The kinds. IAM User Guide, "AWS global condition context keys" and "Available
// keys for OIDC federation".
const (
	ByExternalID      NarrowingKind = "external-id"
	BySourceARN       NarrowingKind = "source-arn"     // the resource on whose behalf a service calls
	BySourceAccount   NarrowingKind = "source-account" // the account on whose behalf a service calls
	ByOrganization    NarrowingKind = "organization"
	ByPrincipal       NarrowingKind = "principal" // ARN, account, tag or user name of the caller
	ByOIDCSubject     NarrowingKind = "oidc-subject"
	ByOIDCAudience    NarrowingKind = "oidc-audience"
	BySAML            NarrowingKind = "saml"
	ByAddress         NarrowingKind = "source-address"
	ByNetwork         NarrowingKind = "source-network" // VPC or VPC endpoint
	ByMFA             NarrowingKind = "mfa"
	BySecureTransport NarrowingKind = "secure-transport"
	ByCalledService   NarrowingKind = "called-service" // kms:ViaService, aws:CalledVia
	ByPassedTo        NarrowingKind = "passed-to-service"
	ByTag             NarrowingKind = "resource-tag"
	ByRegion          NarrowingKind = "region"
	ByOther           NarrowingKind = "other"
)

// Narrowing is one condition, and what it restricts.
type Narrowing struct {
	Kind NarrowingKind
	Condition
	// Weak is the reason why the condition restricts less than it seems to, one
	// clause; "" where it holds.
	Weak string
}

// narrowingKeys maps condition keys, in lower case, to what they restrict.
var narrowingKeys = map[string]NarrowingKind{
	"sts:externalid":                           ByExternalID,
	"aws:sourcearn":                            BySourceARN,
	"aws:sourceaccount":                        BySourceAccount,
	"aws:sourceowner":                          BySourceAccount,
	"aws:principalorgid":                       ByOrganization,
	"aws:principalorgpaths":                    ByOrganization,
	"aws:sourceorgid":                          ByOrganization,
	"aws:sourceorgpaths":                       ByOrganization,
	"aws:resourceorgid":                        ByOrganization,
	"aws:principalarn":                         ByPrincipal,
	"aws:principalaccount":                     ByPrincipal,
	"aws:principaltype":                        ByPrincipal,
	"aws:principalisawsservice":                ByPrincipal,
	"aws:principalservicename":                 ByPrincipal,
	"aws:userid":                               ByPrincipal,
	"aws:username":                             ByPrincipal,
	"sts:rolesessionname":                      ByPrincipal,
	"kms:calleraccount":                        ByPrincipal,
	"aws:sourceip":                             ByAddress,
	"aws:vpcsourceip":                          ByAddress,
	"aws:sourcevpc":                            ByNetwork,
	"aws:sourcevpce":                           ByNetwork,
	"aws:multifactorauthpresent":               ByMFA,
	"aws:multifactorauthage":                   ByMFA,
	"aws:securetransport":                      BySecureTransport,
	"aws:viaawsservice":                        ByCalledService,
	"aws:calledvia":                            ByCalledService,
	"aws:calledviafirst":                       ByCalledService,
	"aws:calledvialast":                        ByCalledService,
	"kms:viaservice":                           ByCalledService,
	"iam:passedtoservice":                      ByPassedTo,
	"iam:associatedresourcearn":                ByPassedTo,
	"aws:requestedregion":                      ByRegion,
	"elasticfilesystem:accessedviamounttarget": ByNetwork,
}

func narrowingKind(variable string) NarrowingKind {
	key := strings.ToLower(variable)
	if k, ok := narrowingKeys[key]; ok {
		return k
	}
	switch {
	case strings.HasPrefix(key, "saml:"):
		return BySAML
	case strings.HasPrefix(key, "aws:principaltag/"):
		return ByPrincipal
	case strings.Contains(key, "resourcetag/"):
		return ByTag
	// An OIDC provider's keys are its URL and the claim's name.
	case strings.Contains(key, ".") && strings.HasSuffix(key, ":sub"), strings.Contains(key, "⟧") && strings.HasSuffix(key, ":sub"):
		return ByOIDCSubject
	case strings.Contains(key, ".") && strings.HasSuffix(key, ":aud"), strings.Contains(key, "⟧") && strings.HasSuffix(key, ":aud"):
		return ByOIDCAudience
	}
	return ByOther
}

// Narrowing returns what each condition of the statement restricts, in the order
// of the conditions.
func (s *Statement) Narrowing() []Narrowing {
	out := make([]Narrowing, 0, len(s.Conditions))
	for _, c := range s.Conditions {
		n := Narrowing{Kind: narrowingKind(c.Variable), Condition: c}
		n.Weak = n.weakness()
		out = append(out, n)
	}
	return out
}

// NarrowedBy reports whether a condition of one of the kinds holds, that is, is not weak.
func (s *Statement) NarrowedBy(kinds ...NarrowingKind) bool {
	return slices.ContainsFunc(s.Narrowing(), func(n Narrowing) bool {
		return n.Weak == "" && slices.Contains(kinds, n.Kind)
	})
}

// weakness follows the IAM User Guide, "IAM JSON policy elements: Condition
// operators": only the Like operators (and those on ARNs) read wildcards, an
// operator with IfExists holds where the key is missing, and ForAllValues holds
// for the empty set.
func (n Narrowing) weakness() string {
	test := strings.ToLower(n.Test)
	_, operator, qualified := strings.Cut(test, ":")
	if !qualified {
		operator = test
	}
	if strings.HasPrefix(test, "forallvalues:") {
		return "ForAllValues holds where the request has no such key"
	}
	if strings.HasSuffix(operator, "ifexists") && n.Kind != ByPrincipal {
		return "IfExists holds where the request has no such key"
	}
	if operator == "null" {
		return "it asks only whether the request has such a key"
	}
	if strings.Contains(operator, "not") {
		return "it excludes some and lets in all others"
	}
	if key := strings.ToLower(n.Variable); key == "aws:referer" || key == "aws:useragent" {
		return "the caller chooses what it sends"
	}
	wildcards := strings.Contains(operator, "like") || strings.HasPrefix(operator, "arn")
	for _, v := range n.Values {
		switch {
		case wildcards && strings.Trim(v, "*") == "":
			return "a value matches everything"
		case n.Kind == ByAddress && (v == "0.0.0.0/0" || v == "::/0"):
			return "a value matches every address"
		case wildcards && n.Kind == ByOIDCSubject && broadSubject(v):
			return "a value matches subjects of any owner"
		}
	}
	return ""
}

// broadSubject reports whether an OIDC subject's wildcard stands where the owner
// does. GitHub's subjects are repo:OWNER/REPOSITORY:..., GitLab's
// project_path:GROUP/PROJECT:..., a cluster's system:serviceaccount:NAMESPACE:NAME.
func broadSubject(v string) bool {
	i := strings.IndexByte(v, '*')
	if i < 0 {
		return false
	}
	fixed := v[:i]
	for _, prefix := range []string{"repo:", "project_path:"} {
		if owner, ok := strings.CutPrefix(fixed, prefix); ok {
			return !strings.Contains(owner, "/")
		}
	}
	return strings.TrimSuffix(fixed, ":") == "system:serviceaccount" || !strings.Contains(fixed, ":")
}
