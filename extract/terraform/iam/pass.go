package iam

import (
	"slices"
	"strings"

	"drawbridge/graph"
)

// pass is a way to have a service act, or run a program, as a role that the caller
// hands to it.
type pass struct {
	service string // as roles name whom they trust
	// needs are the actions that it takes beside iam:PassRole, all of them; | parts
	// those of which one will do.
	needs []string
}

// passes lists the ways, sorted by service. Sources: Rhino Security Labs, "AWS IAM Privilege
// Escalation - Methods and Mitigation"; Bishop Fox, "Privilege Escalation in AWS"; Datadog,
// "pathfinding.cloud"; MITRE ATT&CK T1098.003 and T1548.005.
var passes = []pass{
	{"apprunner.amazonaws.com", []string{"apprunner:CreateService|apprunner:UpdateService"}},
	{"autoscaling.amazonaws.com", []string{"autoscaling:CreateAutoScalingGroup"}},
	{"batch.amazonaws.com", []string{"batch:CreateComputeEnvironment"}},
	{"bedrock-agentcore.amazonaws.com", []string{"bedrock-agentcore:CreateCodeInterpreter|bedrock-agentcore:CreateAgentRuntime|bedrock-agentcore:UpdateAgentRuntime"}},
	{"bedrock.amazonaws.com", []string{"bedrock:CreateAgent|bedrock:UpdateAgent"}},
	{"cloudformation.amazonaws.com", []string{"cloudformation:CreateStack|cloudformation:UpdateStack|cloudformation:CreateChangeSet|cloudformation:CreateStackSet|cloudformation:UpdateStackSet"}},
	{"codebuild.amazonaws.com", []string{"codebuild:CreateProject|codebuild:UpdateProject", "codebuild:StartBuild|codebuild:StartBuildBatch"}},
	{"codepipeline.amazonaws.com", []string{"codepipeline:CreatePipeline|codepipeline:UpdatePipeline"}},
	{"cognito-identity.amazonaws.com", []string{"cognito-identity:SetIdentityPoolRoles"}},
	{"datapipeline.amazonaws.com", []string{"datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"}},
	{"ec2.amazonaws.com", []string{"ec2:RunInstances"}},
	{"ec2.amazonaws.com", []string{"ec2:AssociateIamInstanceProfile|ec2:ReplaceIamInstanceProfileAssociation"}},
	{"ec2.amazonaws.com", []string{"ec2:RequestSpotInstances|ec2:RequestSpotFleet|ec2:CreateFleet"}},
	{"ec2.amazonaws.com", []string{"ec2:CreateLaunchTemplate|ec2:CreateLaunchTemplateVersion|autoscaling:CreateLaunchConfiguration", "autoscaling:CreateAutoScalingGroup|autoscaling:UpdateAutoScalingGroup"}},
	{"ecs-tasks.amazonaws.com", []string{"ecs:RunTask|ecs:StartTask"}},
	{"ecs-tasks.amazonaws.com", []string{"ecs:RegisterTaskDefinition", "ecs:CreateService|ecs:UpdateService"}},
	{"ecs-tasks.amazonaws.com", []string{"batch:RegisterJobDefinition", "batch:SubmitJob"}},
	{"eks.amazonaws.com", []string{"eks:CreateCluster"}},
	{"elasticmapreduce.amazonaws.com", []string{"elasticmapreduce:RunJobFlow"}},
	{"events.amazonaws.com", []string{"events:PutTargets"}},
	{"glue.amazonaws.com", []string{"glue:CreateDevEndpoint"}},
	{"glue.amazonaws.com", []string{"glue:CreateJob|glue:UpdateJob", "glue:StartJobRun|glue:CreateTrigger|glue:StartTrigger"}},
	{"glue.amazonaws.com", []string{"glue:CreateSession", "glue:RunStatement"}},
	{"lambda.amazonaws.com", []string{"lambda:CreateFunction", "lambda:InvokeFunction|lambda:CreateEventSourceMapping|lambda:AddPermission|lambda:CreateFunctionUrlConfig|events:PutTargets"}},
	{"lambda.amazonaws.com", []string{"lambda:UpdateFunctionConfiguration"}},
	{"pods.eks.amazonaws.com", []string{"eks:CreatePodIdentityAssociation|eks:UpdatePodIdentityAssociation"}},
	{"rolesanywhere.amazonaws.com", []string{"rolesanywhere:CreateProfile|rolesanywhere:UpdateProfile"}},
	{"sagemaker.amazonaws.com", []string{"sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"}},
	{"sagemaker.amazonaws.com", []string{"sagemaker:CreateTrainingJob|sagemaker:CreateProcessingJob|sagemaker:CreateHyperParameterTuningJob|sagemaker:CreateModel"}},
	{"sagemaker.amazonaws.com", []string{"sagemaker:CreateDomain|sagemaker:CreateUserProfile|sagemaker:UpdateDomain|sagemaker:UpdateUserProfile", "sagemaker:CreatePresignedDomainUrl"}},
	{"scheduler.amazonaws.com", []string{"scheduler:CreateSchedule|scheduler:UpdateSchedule"}},
	{"ssm.amazonaws.com", []string{"ssm:StartAutomationExecution"}},
	{"states.amazonaws.com", []string{"states:CreateStateMachine|states:UpdateStateMachine", "states:StartExecution|states:StartSyncExecution"}},
	{"tasks.apprunner.amazonaws.com", []string{"apprunner:CreateService|apprunner:UpdateService"}},
}

// creates are the verbs of actions that hand a role to a service that has no row.
var creates = []string{"Create", "Put", "Register", "Run", "Start", "Submit", "Update"}

// PassedTo returns the actions that, with iam:PassRole, have one of the services act as
// the role that is passed; nil where none of what is permitted does. Services that have
// no row are taken to act for whoever may make something of theirs.
func PassedTo(services []string, permitted func(action string) bool) []string {
	for _, service := range services {
		known := false
		for _, p := range passes {
			if p.service != service {
				continue
			}
			known = true
			if with := p.opened(permitted); with != nil {
				return with
			}
		}
		if known {
			continue
		}
		prefix, _, _ := strings.Cut(service, ".")
		for _, verb := range creates {
			if action := prefix + ":" + verb + "*"; permitted(action) {
				return []string{action}
			}
		}
	}
	return nil
}

// PassServices lists the services that a role is passed to to run a program of the caller's.
func PassServices() []string {
	var out []string
	for _, p := range passes {
		out = append(out, p.service)
	}
	return slices.Compact(out)
}

// opened returns the permitted actions that a way takes, nil where one is missing.
func (p pass) opened(permitted func(action string) bool) []string {
	var out []string
	for _, need := range p.needs {
		alternatives := strings.Split(need, "|")
		i := slices.IndexFunc(alternatives, permitted)
		if i < 0 {
			return nil
		}
		out = append(out, alternatives[i])
	}
	return out
}

// Speaks reports whether a statement certainly covers an action, or some that a
// pattern of actions covers, on something.
func (s *Statement) Speaks(action string) bool {
	if !strings.ContainsAny(action, "*?") {
		return s.coversAction(action) == graph.Yes
	}
	return slices.ContainsFunc(s.Actions, func(a string) bool { return MatchAction(a, action) || MatchAction(action, a) })
}

// identityWords are words in the names of the actions that
// are used on one kind of identity.
var identityWords = []struct{ word, kind string }{
	{"assumerolepolicy", "role"},
	{"role", "role"},
	{"instanceprofile", "role"},
	{"usertogroup", "group"},
	{"userfromgroup", "group"},
	{"group", "group"},
	{"user", "user"},
	{"accesskey", "user"},
	{"loginprofile", "user"},
	{"mfadevice", "user"},
	{"sshpublickey", "user"},
	{"servicespecificcredential", "user"},
	{"signingcertificate", "user"},
}

// UsedOn returns the kind of identity that an action of IAM is used on: "user", "role"
// or "group"; "" where it may be any, as for patterns that end in the verb.
func UsedOn(action string) string {
	service, name, _ := strings.Cut(strings.ToLower(action), ":")
	if service != "iam" {
		return ""
	}
	for _, w := range identityWords {
		if strings.Contains(name, w.word) {
			return w.kind
		}
	}
	return ""
}
