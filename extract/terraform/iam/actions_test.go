package iam

import (
	"slices"
	"strings"
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
)

func TestAbilities(t *testing.T) {
	for pattern, want := range map[string][]graph.Ability{
		"sqs:SendMessage":                       {graph.AbilityWrite},
		"sqs:sendmessagebatch":                  {graph.AbilityWrite},
		"sqs:ReceiveMessage":                    {graph.AbilityRead},
		"sqs:SetQueueAttributes":                {graph.AbilityAdminister},
		"sqs:GetQueueUrl":                       {graph.AbilityRead},
		"sqs:*":                                 {graph.AbilityRead, graph.AbilityWrite, graph.AbilityAdminister, graph.AbilityDelete},
		"lambda:InvokeFunction":                 {graph.AbilityInvoke},
		"lambda:UpdateFunctionCode":             {graph.AbilityAdminister},
		"states:StartExecution":                 {graph.AbilityInvoke},
		"sns:Publish":                           {graph.AbilityWrite},
		"sns:Subscribe":                         {graph.AbilityRead},
		"events:PutEvents":                      {graph.AbilityWrite},
		"events:PutRule":                        {graph.AbilityAdminister},
		"secretsmanager:GetSecretValue":         {graph.AbilityReadSecret},
		"secretsmanager:Get*":                   {graph.AbilityRead, graph.AbilityReadSecret, graph.AbilityOther},
		"ssm:GetParametersByPath":               {graph.AbilityReadSecret},
		"ssm:GetParameter*":                     {graph.AbilityReadSecret},
		"ssm:SendCommand":                       {graph.AbilityExecute},
		"ssm:StartSession":                      {graph.AbilityExecute},
		"ecs:ExecuteCommand":                    {graph.AbilityExecute},
		"ec2-instance-connect:SendSSHPublicKey": {graph.AbilityExecute},
		"kms:Decrypt":                           {graph.AbilityReadSecret},
		"kms:GenerateDataKey*":                  {graph.AbilityWrite},
		"kms:ScheduleKeyDeletion":               {graph.AbilityAdminister},
		"iam:PassRole":                          {graph.AbilityPass},
		"iam:ListRoles":                         {graph.AbilityRead},
		"iam:GenerateCredentialReport":          {graph.AbilityRead},
		"iam:PutRolePolicy":                     {graph.AbilityAdminister},
		"iam:*":                                 {graph.AbilityRead, graph.AbilityAssume, graph.AbilityPass, graph.AbilityAdminister, graph.AbilityDelete, graph.AbilityOther},
		"sts:AssumeRole":                        {graph.AbilityAssume},
		"sts:AssumeRoleWithWebIdentity":         {graph.AbilityAssume},
		"sts:GetCallerIdentity":                 {graph.AbilityRead},
		"s3:GetObject":                          {graph.AbilityRead},
		"s3:GetObject*":                         {graph.AbilityRead},
		"s3:Get*":                               {graph.AbilityRead},
		"s3:PutObject":                          {graph.AbilityWrite},
		"s3:PutObjectAcl":                       {graph.AbilityAdminister},
		"s3:PutBucketPolicy":                    {graph.AbilityAdminister},
		"s3:PutObject*":                         {graph.AbilityWrite, graph.AbilityAdminister},
		"dynamodb:UpdateItem":                   {graph.AbilityWrite},
		"dynamodb:UpdateTable":                  {graph.AbilityAdminister},
		"dynamodb:BatchGetItem":                 {graph.AbilityRead},
		"ec2:DescribeInstances":                 {graph.AbilityRead},
		"ec2:RunInstances":                      {graph.AbilityOther},
		"ec2:CreateTags":                        {graph.AbilityOther},
		"ec2:ModifyInstanceAttribute":           {graph.AbilityAdminister},
		"ec2:TerminateInstances":                {graph.AbilityDelete},
		"iam:TagUser":                           {graph.AbilityOther},
		"iam:AddRoleToInstanceProfile":          {graph.AbilityOther},
		"iam:DeleteRole":                        {graph.AbilityDelete},
		"iam:DeleteUserPermissionsBoundary":     {graph.AbilityAdminister},
		"rds:AddTagsToResource":                 {graph.AbilityOther},
		"rds:ModifyDBInstance":                  {graph.AbilityAdminister},
		"rds:RestoreDBInstanceFromDBSnapshot":   {graph.AbilityRead},
		"glue:CreateJob":                        {graph.AbilityOther},
		"glue:UpdateJob":                        {graph.AbilityAdminister},
		"s3:PutBucketTagging":                   {graph.AbilityOther},
		"s3:DeleteBucket":                       {graph.AbilityDelete},
		"apigateway:GET":                        {graph.AbilityRead},
		"apigateway:POST":                       {graph.AbilityAdminister},
		"logs:CreateLogGroup":                   {graph.AbilityWrite},
		"ecr:GetAuthorizationToken":             {graph.AbilityOther},
		"ssmmessages:CreateControlChannel":      {graph.AbilityOther},
		"nosuch:Frobnicate":                     {graph.AbilityOther},
		"nosuch:DescribeThings":                 {graph.AbilityRead},
		"nosuch:DeleteThing":                    {graph.AbilityDelete},
		"nosuch:CreateThing":                    {graph.AbilityOther},
		"sqs":                                   {graph.AbilityOther},
		"":                                      {graph.AbilityOther},
		"cognito-idp:AdminUpdateUserAttributes": {graph.AbilityWrite},
		"cognito-idp:AdminAddUserToGroup":       {graph.AbilityAdminister},
		"lambda:InvokeFunctionUrl":              {graph.AbilityInvoke},
		"rds-db:connect":                        {graph.AbilityWrite},
		"elasticfilesystem:ClientMount":         {graph.AbilityRead},
		"kafka-cluster:WriteDataIdempotently":   {graph.AbilityWrite},
		"iam:CreatePolicyVersion":               {graph.AbilityAdminister},
		"ec2:GetPasswordData":                   {graph.AbilityReadSecret},
		"eks-auth:AssumeRoleForPodIdentity":     {graph.AbilityAssume},
		"bedrock:InvokeModelWithResponseStream": {graph.AbilityInvoke},
		"redshift:GetClusterCredentials":        {graph.AbilityReadSecret},
		"sagemaker:CreatePresignedDomainUrl":    {graph.AbilityExecute},
		"codecommit:GitPull":                    {graph.AbilityRead},
		"execute-api:Invoke":                    {graph.AbilityInvoke},
		"iam:UpdateAssumeRolePolicy":            {graph.AbilityAssume},
	} {
		if diff := cmp.Diff(want, AbilitiesOf(pattern)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", pattern, diff)
		}
	}
	for pattern, want := range map[string]graph.Ability{
		"*": graph.AbilityAdminister, "*:*": graph.AbilityAdminister, "iam:*": graph.AbilityAdminister,
		"ssm:*": graph.AbilityAdminister, "sqs:Send*": graph.AbilityWrite, "kms:Decrypt": graph.AbilityReadSecret,
	} {
		if got := AbilityOf(pattern); got != want {
			t.Errorf("AbilityOf(%s) = %s, want %s", pattern, got, want)
		}
	}
}

func TestFlows(t *testing.T) {
	for pattern, want := range map[string][]DataFlow{
		"sqs:SendMessage":               {{"sqs", true}},
		"sqs:ReceiveMessage":            {{"sqs", false}},
		"sqs:DeleteMessage":             nil,
		"sqs:*":                         {{"sqs", true}, {"sqs", false}},
		"kinesis:GetRecords":            {{"kinesis", false}},
		"dynamodb:GetItem":              {{"dynamodb", true}},
		"dynamodb:DescribeTable":        nil,
		"s3:ListAllMyBuckets":           nil,
		"s3:GetBucketLocation":          nil,
		"lambda:InvokeFunction":         {{"https", true}},
		"rds-db:connect":                {{"", true}},
		"iam:PassRole":                  nil,
		"sts:AssumeRole":                nil,
		"secretsmanager:GetSecretValue": {{"https", true}},
		"*":                             {{"", true}, {"", false}},
	} {
		if diff := cmp.Diff(want, Flows(pattern)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", pattern, diff)
		}
	}
	for action, want := range map[string]bool{
		"s3:GetObject": true, "s3:GetBucketPolicy": false, "sqs:DeleteMessage": true, "sqs:CreateQueue": false,
		"dynamodb:*": true, "iam:*": false, "ec2:Describe*": false,
	} {
		if got := DataAction(action); got != want {
			t.Errorf("DataAction(%s) = %v", action, got)
		}
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct{ pattern, service, want string }{
		{"*", "sqs", "sqs:*"},
		{"*:*", "sqs", "sqs:*"},
		{"s*:Get*", "sqs", "sqs:Get*"},
		{"sqs:SendMessage", "sqs", "sqs:SendMessage"},
		{"sqs:SendMessage", "sns", ""},
	} {
		if got, ok := Within(c.pattern, c.service); got != c.want || ok != (c.want != "") {
			t.Errorf("Within(%q, %q) = %q, %v", c.pattern, c.service, got, ok)
		}
	}
}

// A row behind one that covers it would never count.
func TestServicesAreSortedAndTheirRowsReachable(t *testing.T) {
	if !slices.IsSortedFunc(services, func(a, b service) int { return strings.Compare(a.prefix, b.prefix) }) {
		t.Error("services are not sorted by prefix")
	}
	for _, s := range services {
		for i, a := range s.actions {
			for _, before := range s.actions[:i] {
				if MatchAction(before.pattern, a.pattern) {
					t.Errorf("%s:%s stands behind %s", s.prefix, a.pattern, before.pattern)
				}
			}
		}
	}
}

func TestMatchAction(t *testing.T) {
	for _, c := range []struct {
		pattern, action string
		want            bool
	}{
		{"*", "s3:GetObject", true},
		{"s3:*", "S3:getobject", true},
		{"s3:Get*", "s3:PutObject", false},
		{"s3:*Object", "s3:GetObject", true},
		{"s3:*Object", "s3:GetObjectAcl", false},
		{"ec2:Describe?nstances", "ec2:DescribeInstances", true},
		{"ec2:Describe?", "ec2:Describe", false},
		{"iam:*Role*Policy", "iam:PutRolePolicy", true},
		{"", "", true},
		{"s3:GetObject", "s3:GetObjectAcl", false},
		{strings.Repeat("*a", 200), strings.Repeat("a", 5000) + "b", false},
	} {
		if got := MatchAction(c.pattern, c.action); got != c.want {
			t.Errorf("MatchAction(%q, %q) = %v", c.pattern, c.action, got)
		}
	}
}

func TestOverlap(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"", "", true},
		{"", "*", true},
		{"*", "", true},
		{"", "?", false},
		{"get*", "getobject*", true},
		{"get*", "put*", false},
		{"*item", "get*", true},
		{"get*", "*", true},
		{"a?c", "ab*", true},
		{"a?c", "abd", false},
		{"*a*", "b*b", true},
		{"abc", "abc", true},
		{"abc", "ab", false},
	} {
		if got := overlap(c.a, c.b); got != c.want {
			t.Errorf("overlap(%q, %q) = %v", c.a, c.b, got)
		}
		if got := overlap(c.b, c.a); got != c.want {
			t.Errorf("overlap(%q, %q) = %v", c.b, c.a, got)
		}
	}
}
