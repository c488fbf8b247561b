package iam

import "testing"

func TestNarrowing(t *testing.T) {
	for _, c := range []struct {
		test, variable, value string
		kind                  NarrowingKind
		holds                 bool
	}{
		{"StringEquals", "sts:ExternalId", "x", ByExternalID, true},
		{"StringEquals", "sts:ExternalId", "*", ByExternalID, true}, // a star is a star here
		{"StringLike", "sts:ExternalId", "*", ByExternalID, false},
		{"ArnLike", "AWS:SourceArn", "arn:aws:sns:*:*:t", BySourceARN, true},
		{"ArnLike", "aws:SourceArn", "*", BySourceARN, false},
		{"StringEqualsIfExists", "aws:SourceAccount", "123456789012", BySourceAccount, false},
		{"StringNotEquals", "aws:SourceVpc", "vpc-1", ByNetwork, false},
		{"ForAllValues:StringEquals", "aws:PrincipalOrgPaths", "o/r", ByOrganization, false},
		{"ForAnyValue:StringEquals", "aws:PrincipalOrgPaths", "o/r", ByOrganization, true},
		{"StringEquals", "aws:PrincipalOrgID", "o-1", ByOrganization, true},
		{"IpAddress", "aws:SourceIp", "0.0.0.0/0", ByAddress, false},
		{"IpAddress", "aws:SourceIp", "192.0.2.0/24", ByAddress, true},
		{"Bool", "aws:MultiFactorAuthPresent", "true", ByMFA, true},
		{"Null", "aws:MultiFactorAuthAge", "false", ByMFA, false},
		{"StringLike", "token.actions.githubusercontent.com:sub", "repo:example/app:*", ByOIDCSubject, true},
		{"StringLike", "token.actions.githubusercontent.com:sub", "repo:example*", ByOIDCSubject, false},
		{"StringLike", "token.actions.githubusercontent.com:sub", "*:ref:refs/heads/main", ByOIDCSubject, false},
		{"StringEquals", "token.actions.githubusercontent.com:sub", "repo:*", ByOIDCSubject, true},
		{"StringLike", "⟦aws_eks_cluster.c⟧:sub", "system:serviceaccount:*:*", ByOIDCSubject, false},
		{"StringLike", "⟦aws_eks_cluster.c⟧:sub", "system:serviceaccount:shop:*", ByOIDCSubject, true},
		{"StringEquals", "⟦aws_eks_cluster.c⟧:aud", "sts.amazonaws.com", ByOIDCAudience, true},
		{"StringEquals", "SAML:aud", "https://signin.aws.amazon.com/saml", BySAML, true},
		{"StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com", ByPassedTo, true},
		{"StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com", ByCalledService, true},
		{"StringEquals", "aws:ResourceTag/team", "x", ByTag, true},
		{"StringLike", "aws:Referer", "https://example.com/*", ByOther, false},
		{"StringEquals", "s3:prefix", "home/", ByOther, true},
	} {
		s := Statement{Conditions: []Condition{{c.test, c.variable, []string{c.value}}}}
		n := s.Narrowing()[0]
		if n.Kind != c.kind || (n.Weak == "") != c.holds {
			t.Errorf("%s %s %s: %s, weak %q", c.test, c.variable, c.value, n.Kind, n.Weak)
		}
		if got := s.NarrowedBy(c.kind); got != c.holds {
			t.Errorf("%s %s %s: NarrowedBy = %v", c.test, c.variable, c.value, got)
		}
	}
}
