package iam

import (
	"strings"

	"drawbridge/graph"
)

// Escalation is a known way from some permissions to more.
type Escalation struct {
	// Name is a short stable word.
	Name string
	// Needs are the actions that it takes, all of them.
	Needs []string
	// Why says what the holder can do, one clause.
	Why string
}

// escalations lists the ways that are looked for, those of one action first.
// Sources: Rhino Security Labs, "AWS IAM Privilege Escalation - Methods and
// Mitigation"; Bishop Fox, "Privilege Escalation in AWS"; MITRE ATT&CK T1098.
var escalations = []Escalation{
	{"new-policy-version", []string{"iam:CreatePolicyVersion"}, "it can rewrite a policy that is attached to it"},
	{"default-policy-version", []string{"iam:SetDefaultPolicyVersion"}, "it can bring back a broader version of a policy"},
	{"attach-user-policy", []string{"iam:AttachUserPolicy"}, "it can attach any policy to a user"},
	{"attach-group-policy", []string{"iam:AttachGroupPolicy"}, "it can attach any policy to a group"},
	{"attach-role-policy", []string{"iam:AttachRolePolicy"}, "it can attach any policy to a role"},
	{"put-user-policy", []string{"iam:PutUserPolicy"}, "it can write a policy into a user"},
	{"put-group-policy", []string{"iam:PutGroupPolicy"}, "it can write a policy into a group"},
	{"put-role-policy", []string{"iam:PutRolePolicy"}, "it can write a policy into a role"},
	{"add-user-to-group", []string{"iam:AddUserToGroup"}, "it can join a group with more permissions"},
	{"update-trust", []string{"iam:UpdateAssumeRolePolicy"}, "it can let itself assume a role"},
	{"create-access-key", []string{"iam:CreateAccessKey"}, "it can make credentials for another user"},
	{"create-login-profile", []string{"iam:CreateLoginProfile"}, "it can give another user a password"},
	{"update-login-profile", []string{"iam:UpdateLoginProfile"}, "it can change another user's password"},
	{"delete-boundary", []string{"iam:DeleteRolePermissionsBoundary"}, "it can lift the limit on a role"},
	{"delete-user-boundary", []string{"iam:DeleteUserPermissionsBoundary"}, "it can lift the limit on a user"},
	{"put-boundary", []string{"iam:PutRolePermissionsBoundary"}, "it can widen the limit on a role"},
	{"put-user-boundary", []string{"iam:PutUserPermissionsBoundary"}, "it can widen the limit on a user"},
	{"update-saml-provider", []string{"iam:UpdateSAMLProvider"}, "it can sign in as the users of a SAML provider"},
	{"update-function-code", []string{"lambda:UpdateFunctionCode"}, "it can run its code with a function's role"},
	{"update-function-layers", []string{"lambda:UpdateFunctionConfiguration"}, "it can add a layer or settings that run its code with a function's role"},
	{"send-command", []string{"ssm:SendCommand"}, "it can run commands with an instance's role"},
	{"start-session", []string{"ssm:StartSession"}, "it can open a shell with an instance's role"},
	{"execute-command", []string{"ecs:ExecuteCommand"}, "it can open a shell with a task's role"},
	{"instance-connect", []string{"ec2-instance-connect:SendSSHPublicKey"}, "it can log in with an instance's role"},
	{"update-dev-endpoint", []string{"glue:UpdateDevEndpoint"}, "it can log in with a development endpoint's role"},
	{"presigned-notebook", []string{"sagemaker:CreatePresignedNotebookInstanceUrl"}, "it can use a notebook with the notebook's role"},
	{"update-stack", []string{"cloudformation:UpdateStack"}, "it can change resources with a stack's role"},
	{"start-build", []string{"codebuild:UpdateProject", "codebuild:StartBuild"}, "it can run its commands with a build's role"},
	{"user-data", []string{"ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"}, "it can change what an instance runs at start with the instance's role"},
	{"pass-to-instance", []string{"iam:PassRole", "ec2:RunInstances"}, "it can start an instance with a role of more permissions"},
	{"swap-instance-profile", []string{"iam:PassRole", "ec2:ReplaceIamInstanceProfileAssociation"}, "it can give an instance a role of more permissions"},
	{"add-instance-profile", []string{"iam:PassRole", "ec2:AssociateIamInstanceProfile"}, "it can give an instance a role of more permissions"},
	{"pass-to-function", []string{"iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"}, "it can run a function with a role of more permissions"},
	{"pass-to-triggered-function", []string{"iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"}, "it can have a function run with a role of more permissions"},
	{"pass-to-permitted-function", []string{"iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"}, "it can let others run a function with a role of more permissions"},
	{"pass-to-task", []string{"iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"}, "it can run a container with a role of more permissions"},
	{"pass-to-stack", []string{"iam:PassRole", "cloudformation:CreateStack"}, "it can have a stack make resources with a role of more permissions"},
	{"pass-to-build", []string{"iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"}, "it can run a build with a role of more permissions"},
	{"pass-to-pipeline", []string{"iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"}, "it can run a data pipeline with a role of more permissions"},
	{"pass-to-dev-endpoint", []string{"iam:PassRole", "glue:CreateDevEndpoint"}, "it can log in to an endpoint with a role of more permissions"},
	{"pass-to-job", []string{"iam:PassRole", "glue:CreateJob", "glue:StartJobRun"}, "it can run a job with a role of more permissions"},
	{"pass-to-notebook", []string{"iam:PassRole", "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"}, "it can use a notebook with a role of more permissions"},
	{"pass-to-workflow", []string{"iam:PassRole", "states:CreateStateMachine", "states:StartExecution"}, "it can call services with a role of more permissions"},
}

// EscalationOf returns the way that an action opens by itself; false where it
// opens none.
func EscalationOf(action string) (Escalation, bool) {
	for _, e := range escalations {
		if len(e.Needs) == 1 && strings.EqualFold(e.Needs[0], action) {
			return e, true
		}
	}
	return Escalation{}, false
}

// Escalations returns the ways that the document opens, those of one action
// first: all of their actions are allowed, be it on some resources only,
// and none is denied on all. Actions that a condition narrows count, as the
// condition seldom narrows what is on the other side. What can't be known does not count.
//
// An administrator has all of them; ask [Document.IsAdmin] first.
func (d *Document) Escalations() []Escalation {
	var out []Escalation
	for _, e := range escalations {
		if d.opens(e) {
			out = append(out, e)
		}
	}
	return out
}

func (d *Document) opens(e Escalation) bool {
	for _, need := range e.Needs {
		allowed := false
		for i := range d.Statements {
			s := &d.Statements[i]
			if s.coversAction(need) != graph.Yes {
				continue
			}
			switch {
			case s.Effect == Allow:
				allowed = true
			case s.Effect == Deny && len(s.Conditions) == 0 && s.WildcardResources() && len(s.NotResources) == 0:
				return false
			}
		}
		if !allowed {
			return false
		}
	}
	return true
}
