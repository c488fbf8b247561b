package iam

import (
	"slices"
	"strings"
)

// ManagedPolicy is a policy that AWS keeps, or what of it matters here.
type ManagedPolicy struct {
	Name string
	// Path is what stands before the name in its ARN: "", "service-role/", "job-function/".
	Path       string
	Statements []Statement
	// Brief is true where the statements sum up a longer list; those of others are
	// whole, as of writing. AWS widens its policies from time to time.
	Brief bool
}

// ARN returns the policy's ARN in the public partition.
func (p *ManagedPolicy) ARN() string { return "arn:aws:iam::aws:policy/" + p.Path + p.Name }

// Document returns the policy as a document of its own.
func (p *ManagedPolicy) Document() *Document {
	return &Document{Version: "2012-10-17", Statements: slices.Clone(p.Statements)}
}

// Managed finds a policy by its name or by its ARN in any partition. False for
// a customer's own policy, and for one that is not in the table.
func Managed(nameOrARN string) (*ManagedPolicy, bool) {
	name := nameOrARN
	if arn, ok := ParseARN(nameOrARN); ok {
		path, isPolicy := strings.CutPrefix(arn.Resource, "policy/")
		if arn.Account != "aws" || !isPolicy {
			return nil, false
		}
		name = path
	}
	name = name[strings.LastIndexByte(name, '/')+1:]
	i, found := slices.BinarySearchFunc(managed, name, func(p ManagedPolicy, n string) int { return strings.Compare(p.Name, n) })
	if !found {
		return nil, false
	}
	return &managed[i], true
}

// IsManagedARN reports whether an ARN names a policy that AWS keeps, be it in the table or not.
func IsManagedARN(text string) bool {
	arn, ok := ParseARN(text)
	return ok && arn.Service == "iam" && arn.Account == "aws" && strings.HasPrefix(arn.Resource, "policy/")
}

func allow(actions ...string) Statement { return allowOn("*", actions...) }

// allowOn takes resources separated by spaces.
func allowOn(resources string, actions ...string) Statement {
	return Statement{Effect: Allow, Actions: actions, Resources: strings.Fields(resources)}
}

// only narrows a statement by a condition.
func (s Statement) only(test, variable string, values ...string) Statement {
	s.Conditions = append(slices.Clone(s.Conditions), Condition{test, variable, values})
	return s
}

func passTo(services ...string) Statement {
	return allow("iam:PassRole").only("StringEquals", "iam:PassedToService", services...)
}

func logsOf(more ...string) Statement {
	return allow(slices.Concat([]string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}, more)...)
}

var (
	tracing = []string{
		"xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
		"xray:GetSamplingStatisticSummaries",
	}
	pullImages = []string{
		"ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
	}
	readRegistry = append(slices.Clone(pullImages),
		"ecr:GetRepositoryPolicy", "ecr:DescribeRepositories", "ecr:ListImages", "ecr:DescribeImages", "ecr:GetLifecyclePolicy",
		"ecr:GetLifecyclePolicyPreview", "ecr:ListTagsForResource", "ecr:DescribeImageScanFindings")
	pushImages = []string{"ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"}
	interfaces = []string{
		"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface",
		"ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
	}
	instanceCore = []string{
		"ssm:DescribeAssociation", "ssm:GetDeployablePatchSnapshotForInstance", "ssm:GetDocument", "ssm:DescribeDocument",
		"ssm:GetManifest", "ssm:GetParameter", "ssm:GetParameters", "ssm:ListAssociations", "ssm:ListInstanceAssociations",
		"ssm:PutInventory", "ssm:PutComplianceItems", "ssm:PutConfigurePackageResult", "ssm:UpdateAssociationStatus",
		"ssm:UpdateInstanceAssociationStatus", "ssm:UpdateInstanceInformation",
		"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
		"ssmmessages:OpenDataChannel",
		"ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage", "ec2messages:GetEndpoint",
		"ec2messages:GetMessages", "ec2messages:SendReply",
	}
	agent = append(slices.Clone(tracing),
		"cloudwatch:PutMetricData", "ec2:DescribeVolumes", "ec2:DescribeTags", "logs:PutLogEvents", "logs:PutRetentionPolicy",
		"logs:DescribeLogStreams", "logs:DescribeLogGroups", "logs:CreateLogStream", "logs:CreateLogGroup")
)

// managed holds the policies in commonest use, sorted by name.
// AWS Managed Policy Reference Guide.
var managed = []ManagedPolicy{
	{Name: "AWSAppRunnerServicePolicyForECRAccess", Path: "service-role/", Statements: []Statement{
		allow(append(slices.Clone(pullImages), "ecr:DescribeImages")...),
	}},
	{Name: "AWSAppSyncPushToCloudWatchLogs", Path: "service-role/", Statements: []Statement{logsOf()}},
	{Name: "AWSBatchServiceRole", Path: "service-role/", Brief: true, Statements: []Statement{
		allow("ec2:Describe*", "ec2:CreateLaunchTemplate", "ec2:DeleteLaunchTemplate", "ec2:RequestSpotFleet", "ec2:CancelSpotFleetRequests",
			"ec2:ModifySpotFleetRequest", "ec2:TerminateInstances", "ec2:RunInstances", "autoscaling:*AutoScalingGroup*", "autoscaling:*LaunchConfiguration*",
			"ecs:*Cluster*", "ecs:*TaskDefinition*", "ecs:RunTask", "ecs:StartTask", "ecs:StopTask", "ecs:Describe*", "ecs:List*", "logs:CreateLogGroup",
			"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "iam:GetInstanceProfile", "iam:GetRole"),
		passTo("ec2.amazonaws.com", "ecs-tasks.amazonaws.com"),
	}},
	{Name: "AWSCloudFormationFullAccess", Statements: []Statement{allow("cloudformation:*")}},
	{Name: "AWSCodeBuildAdminAccess", Brief: true, Statements: []Statement{
		allow("codebuild:*", "codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetRepository", "codecommit:ListBranches",
			"codecommit:ListRepositories", "cloudwatch:GetMetricStatistics", "ec2:DescribeVpcs", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
			"ecr:DescribeRepositories", "ecr:ListImages", "elasticfilesystem:DescribeFileSystems", "events:*Rule*", "events:*Targets*", "logs:GetLogEvents",
			"s3:GetBucketLocation", "s3:ListAllMyBuckets"),
		allowOn("arn:aws:logs:*:*:log-group:/aws/codebuild/*:log-stream:*", "logs:DeleteLogGroup"),
		allowOn("arn:aws:ssm:*:*:parameter/CodeBuild/*", "ssm:PutParameter"),
		allowOn("arn:aws:ecs:*:*:task/*/*", "ssm:StartSession"),
	}},
	{Name: "AWSCodeBuildDeveloperAccess", Brief: true, Statements: []Statement{
		allow("codebuild:StartBuild", "codebuild:StopBuild", "codebuild:StartBuildBatch", "codebuild:StopBuildBatch", "codebuild:RetryBuild",
			"codebuild:RetryBuildBatch", "codebuild:BatchGet*", "codebuild:Get*", "codebuild:List*", "codebuild:Describe*",
			"codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetRepository", "codecommit:ListBranches",
			"cloudwatch:GetMetricStatistics", "events:DescribeRule", "events:ListTargetsByRule", "events:ListRuleNamesByTarget",
			"logs:GetLogEvents", "s3:GetBucketLocation", "s3:ListAllMyBuckets"),
		allowOn("arn:aws:ssm:*:*:parameter/CodeBuild/*", "ssm:PutParameter"),
		allowOn("arn:aws:ecs:*:*:task/*/*", "ssm:StartSession"),
	}},
	{Name: "AWSCodeDeployRole", Path: "service-role/", Brief: true, Statements: []Statement{
		allow("autoscaling:*AutoScalingGroup*", "autoscaling:*LifecycleHook*", "autoscaling:*LifecycleAction", "autoscaling:*Processes",
			"autoscaling:*Policies", "autoscaling:*ScheduledActions", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus", "ec2:TerminateInstances", "tag:GetResources",
			"sns:Publish", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm", "elasticloadbalancing:Describe*",
			"elasticloadbalancing:RegisterInstancesWithLoadBalancer", "elasticloadbalancing:DeregisterInstancesFromLoadBalancer",
			"elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"),
	}},
	{Name: "AWSCodeDeployRoleForECS", Statements: []Statement{
		allow("ecs:DescribeServices", "ecs:CreateTaskSet", "ecs:UpdateServicePrimaryTaskSet", "ecs:DeleteTaskSet", "cloudwatch:DescribeAlarms",
			"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:ModifyListener",
			"elasticloadbalancing:DescribeRules", "elasticloadbalancing:ModifyRule"),
		allowOn("arn:aws:sns:*:*:CodeDeployTopic_*", "sns:Publish"),
		allowOn("arn:aws:lambda:*:*:function:CodeDeployHook_*", "lambda:InvokeFunction"),
		allow("s3:GetObject", "s3:GetObjectVersion").only("StringEquals", "s3:ExistingObjectTag/UseWithCodeDeploy", "true"),
		allow("iam:PassRole").only("StringLike", "iam:PassedToService", "ecs-tasks.amazonaws.com"),
	}},
	{Name: "AWSElasticBeanstalkMulticontainerDocker", Brief: true, Statements: []Statement{
		allow("ecs:Poll", "ecs:StartTask", "ecs:StopTask", "ecs:DiscoverPollEndpoint", "ecs:StartTelemetrySession",
			"ecs:RegisterContainerInstance", "ecs:DeregisterContainerInstance", "ecs:DescribeContainerInstances", "ecs:Submit*", "ecs:DescribeTasks"),
	}},
	{Name: "AWSElasticBeanstalkWebTier", Statements: []Statement{
		allowOn("arn:aws:s3:::elasticbeanstalk-* arn:aws:s3:::elasticbeanstalk-*/*", "s3:Get*", "s3:List*", "s3:PutObject"),
		allow(tracing...),
		allowOn("arn:aws:logs:*:*:log-group:/aws/elasticbeanstalk*",
			"logs:PutLogEvents", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:DescribeLogGroups"),
		allowOn("arn:aws:elasticbeanstalk:*:*:application/* arn:aws:elasticbeanstalk:*:*:environment/*", "elasticbeanstalk:PutInstanceStatistics"),
	}},
	{Name: "AWSElasticBeanstalkWorkerTier", Statements: []Statement{
		allow("cloudwatch:PutMetricData"),
		allow(tracing...),
		allow("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage"),
		allowOn("arn:aws:s3:::elasticbeanstalk-* arn:aws:s3:::elasticbeanstalk-*/*", "s3:Get*", "s3:List*", "s3:PutObject"),
		allowOn("arn:aws:dynamodb:*:*:table/*-stack-AWSEBWorkerCronLeaderRegistry*", "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem",
			"dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"),
		allowOn("arn:aws:logs:*:*:log-group:/aws/elasticbeanstalk*", "logs:PutLogEvents", "logs:CreateLogStream"),
		allowOn("arn:aws:elasticbeanstalk:*:*:application/* arn:aws:elasticbeanstalk:*:*:environment/*", "elasticbeanstalk:PutInstanceStatistics"),
	}},
	{Name: "AWSGlueServiceRole", Path: "service-role/", Statements: []Statement{
		allow("glue:*", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListAllMyBuckets", "s3:GetBucketAcl", "ec2:DescribeVpcEndpoints",
			"ec2:DescribeRouteTables", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
			"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcAttribute", "iam:ListRolePolicies", "iam:GetRole",
			"iam:GetRolePolicy", "cloudwatch:PutMetricData"),
		allowOn("arn:aws:s3:::aws-glue-*", "s3:CreateBucket"),
		allowOn("arn:aws:s3:::aws-glue-*/* arn:aws:s3:::*/*aws-glue-*/*", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
		allowOn("arn:aws:s3:::crawler-public* arn:aws:s3:::aws-glue-*", "s3:GetObject"),
		allowOn("arn:aws:logs:*:*:*:/aws-glue/*", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
		allowOn("arn:aws:ec2:*:*:network-interface/* arn:aws:ec2:*:*:security-group/* arn:aws:ec2:*:*:instance/*", "ec2:CreateTags", "ec2:DeleteTags").
			only("ForAllValues:StringEquals", "aws:TagKeys", "aws-glue-service-resource"),
	}},
	{Name: "AWSKeyManagementServicePowerUser", Statements: []Statement{
		allow("kms:CreateAlias", "kms:CreateKey", "kms:DeleteAlias", "kms:Describe*", "kms:GenerateRandom", "kms:Get*", "kms:List*",
			"kms:TagResource", "kms:UntagResource", "iam:ListGroups", "iam:ListRoles", "iam:ListUsers"),
	}},
	{Name: "AWSLambdaBasicDurableExecutionRolePolicy", Path: "service-role/", Statements: []Statement{
		logsOf("lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"),
	}},
	{Name: "AWSLambdaBasicExecutionRole", Path: "service-role/", Statements: []Statement{logsOf()}},
	{Name: "AWSLambdaDynamoDBExecutionRole", Path: "service-role/", Statements: []Statement{
		logsOf("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"),
	}},
	{Name: "AWSLambdaENIManagementAccess", Path: "service-role/", Statements: []Statement{allow(interfaces...)}},
	{Name: "AWSLambdaExecute", Statements: []Statement{
		allowOn("arn:aws:logs:*:*:*", "logs:*"),
		allowOn("arn:aws:s3:::*", "s3:GetObject", "s3:PutObject"),
	}},
	{Name: "AWSLambdaFullAccess", Brief: true, Statements: []Statement{
		allow("cloudformation:DescribeStacks", "cloudwatch:*", "dynamodb:*", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
			"events:*", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
			"iam:ListRolePolicies", "iam:ListRoles", "iam:PassRole", "kinesis:DescribeStream", "kinesis:ListStreams", "kinesis:PutRecord",
			"kms:ListAliases", "lambda:*", "logs:*", "s3:*", "sns:*", "sqs:*", "tag:GetResources", "xray:PutTraceSegments",
			"xray:PutTelemetryRecords"),
	}},
	{Name: "AWSLambdaKinesisExecutionRole", Path: "service-role/", Statements: []Statement{
		logsOf("kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator",
			"kinesis:ListShards", "kinesis:ListStreams", "kinesis:SubscribeToShard"),
	}},
	{Name: "AWSLambdaMSKExecutionRole", Path: "service-role/", Statements: []Statement{
		logsOf("kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers", "ec2:CreateNetworkInterface",
			"ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DeleteNetworkInterface", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"),
	}},
	{Name: "AWSLambdaRole", Path: "service-role/", Statements: []Statement{allow("lambda:InvokeFunction")}},
	{Name: "AWSLambdaSQSQueueExecutionRole", Path: "service-role/", Statements: []Statement{
		logsOf("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
	}},
	{Name: "AWSLambdaVPCAccessExecutionRole", Path: "service-role/", Statements: []Statement{
		logsOf(append(slices.Clone(interfaces), "ec2:DescribeSubnets")...),
	}},
	{Name: "AWSLambda_FullAccess", Statements: []Statement{
		allow("cloudformation:DescribeStacks", "cloudformation:ListStackResources", "cloudwatch:ListMetrics", "cloudwatch:GetMetricData",
			"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "kms:ListAliases", "iam:GetPolicy", "iam:GetPolicyVersion",
			"iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:ListRoles", "lambda:*",
			"logs:DescribeLogGroups", "states:DescribeStateMachine", "states:ListStateMachines", "tag:GetResources",
			"xray:GetTraceSummaries", "xray:BatchGetTraces"),
		passTo("lambda.amazonaws.com"),
		allowOn("arn:aws:logs:*:*:log-group:/aws/lambda/*", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:FilterLogEvents"),
	}},
	{Name: "AWSLambda_ReadOnlyAccess", Brief: true, Statements: []Statement{
		allow("lambda:Get*", "lambda:List*", "cloudformation:DescribeStacks", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics",
			"iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole", "iam:GetRolePolicy", "iam:ListRoles", "logs:DescribeLogGroups", "tag:GetResources"),
		allowOn("arn:aws:logs:*:*:log-group:/aws/lambda/*", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:FilterLogEvents"),
	}},
	{Name: "AWSStepFunctionsFullAccess", Statements: []Statement{allow("states:*")}},
	{Name: "AWSXRayDaemonWriteAccess", Statements: []Statement{allow(tracing...)}},
	{Name: "AWSXrayFullAccess", Brief: true, Statements: []Statement{allow("xray:*")}},
	{Name: "AWSXrayWriteOnlyAccess", Statements: []Statement{allow(tracing...)}},
	{Name: "AWS_ConfigRole", Path: "service-role/", Brief: true, Statements: []Statement{
		allow("config:Put*", "config:Get*", "config:List*", "config:Describe*", "config:BatchGet*", "config:Select*", "ec2:Describe*", "iam:Get*", "iam:List*", "iam:GenerateCredentialReport", "s3:GetBucket*", "s3:ListAllMyBuckets",
			"rds:Describe*", "lambda:GetPolicy", "lambda:List*", "kms:Describe*", "kms:GetKey*", "kms:List*", "dynamodb:Describe*", "sns:Get*Attributes",
			"sns:List*", "sqs:GetQueueAttributes", "sqs:ListQueues", "tag:GetResources"),
	}},
	{Name: "AdministratorAccess", Statements: []Statement{allow("*")}},
	{Name: "AmazonAPIGatewayAdministrator", Statements: []Statement{allowOn("arn:aws:apigateway:*::/*", "apigateway:*")}},
	{Name: "AmazonAPIGatewayInvokeFullAccess", Statements: []Statement{
		allowOn("arn:aws:execute-api:*:*:*", "execute-api:Invoke", "execute-api:ManageConnections"),
	}},
	{Name: "AmazonAPIGatewayPushToCloudWatchLogs", Path: "service-role/", Statements: []Statement{
		logsOf("logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:FilterLogEvents"),
	}},
	{Name: "AmazonAthenaFullAccess", Brief: true, Statements: []Statement{
		allow("athena:*", "glue:CreateDatabase", "glue:DeleteDatabase", "glue:GetDatabase*", "glue:UpdateDatabase", "glue:CreateTable", "glue:DeleteTable",
			"glue:BatchDeleteTable", "glue:UpdateTable", "glue:GetTable*", "glue:*Partition*", "s3:ListBucket", "s3:GetBucketLocation",
			"s3:ListAllMyBuckets", "sns:ListTopics", "sns:GetTopicAttributes", "cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms",
			"cloudwatch:DeleteAlarms", "cloudwatch:GetMetricData", "lakeformation:GetDataAccess"),
		allowOn("arn:aws:s3:::aws-athena-query-results-*", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket",
			"s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload", "s3:CreateBucket", "s3:PutObject"),
		allowOn("arn:aws:s3:::athena-examples*", "s3:GetObject", "s3:ListBucket"),
		passTo("athena.amazonaws.com"),
	}},
	{Name: "AmazonBedrockFullAccess", Brief: true, Statements: []Statement{
		allow("bedrock:*", "kms:DescribeKey", "iam:ListRoles", "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"),
		allowOn("arn:aws:iam::*:role/*AmazonBedrock*", "iam:PassRole").only("StringEquals", "iam:PassedToService", "bedrock.amazonaws.com"),
	}},
	{Name: "AmazonCognitoPowerUser", Brief: true, Statements: []Statement{
		allow("cognito-identity:*", "cognito-idp:*", "cognito-sync:*", "iam:ListRoles", "iam:ListOpenIdConnectProviders", "iam:GetRole",
			"iam:ListSAMLProviders", "iam:GetSAMLProvider", "kinesis:ListStreams", "lambda:GetPolicy", "lambda:ListFunctions", "sns:GetSMSSandboxAccountStatus",
			"sns:ListPlatformApplications", "ses:ListIdentities", "ses:GetIdentityVerificationAttributes", "mobiletargeting:GetApps",
			"acm:ListCertificates"),
	}},
	{Name: "AmazonDMSCloudWatchLogsRole", Path: "service-role/", Brief: true, Statements: []Statement{
		allow("logs:DescribeLogGroups"),
		allowOn("arn:aws:logs:*:*:log-group:dms-tasks-*", "logs:CreateLogGroup", "logs:DescribeLogStreams", "logs:CreateLogStream", "logs:PutLogEvents"),
	}},
	{Name: "AmazonDMSVPCManagementRole", Path: "service-role/", Brief: true, Statements: []Statement{
		allow("ec2:CreateNetworkInterface", "ec2:DescribeAvailabilityZones", "ec2:DescribeInternetGateways", "ec2:DescribeSecurityGroups",
			"ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DeleteNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"),
	}},
	{Name: "AmazonDynamoDBFullAccess", Brief: true, Statements: []Statement{
		allow("dynamodb:*", "dax:*", "application-autoscaling:*Scal*", "cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarm*", "cloudwatch:GetMetric*",
			"cloudwatch:ListMetrics", "cloudwatch:PutMetricAlarm", "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "iam:GetRole",
			"iam:ListRoles", "kms:DescribeKey", "kms:ListAliases", "sns:CreateTopic", "sns:DeleteTopic", "sns:ListSubscriptions",
			"sns:ListSubscriptionsByTopic", "sns:ListTopics", "sns:Subscribe", "sns:Unsubscribe", "sns:SetTopicAttributes",
			"lambda:CreateFunction", "lambda:ListFunctions", "lambda:ListEventSourceMappings", "lambda:CreateEventSourceMapping",
			"lambda:DeleteEventSourceMapping", "lambda:GetFunctionConfiguration", "lambda:DeleteFunction", "kinesis:ListStreams",
			"kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "tag:GetResources"),
		passTo("application-autoscaling.amazonaws.com", "application-autoscaling.amazonaws.com.cn", "dax.amazonaws.com"),
	}},
	{Name: "AmazonDynamoDBReadOnlyAccess", Brief: true, Statements: []Statement{
		allow("dynamodb:BatchGetItem", "dynamodb:Describe*", "dynamodb:List*", "dynamodb:GetItem", "dynamodb:GetResourcePolicy", "dynamodb:Query",
			"dynamodb:Scan", "dynamodb:PartiQLSelect", "dax:Describe*", "dax:List*", "dax:GetItem", "dax:BatchGetItem", "dax:Query", "dax:Scan",
			"cloudwatch:DescribeAlarm*", "cloudwatch:GetMetric*", "cloudwatch:ListMetrics", "iam:GetRole", "iam:ListRoles", "kms:DescribeKey",
			"kms:ListAliases", "tag:GetResources"),
	}},
	{Name: "AmazonEBSCSIDriverPolicy", Path: "service-role/", Brief: true, Statements: []Statement{
		allow("ec2:CreateSnapshot", "ec2:AttachVolume", "ec2:DetachVolume", "ec2:ModifyVolume", "ec2:EnableFastSnapshotRestores", "ec2:Describe*"),
		allowOn("arn:aws:ec2:*:*:volume/* arn:aws:ec2:*:*:snapshot/*", "ec2:CreateTags").only("StringEquals", "ec2:CreateAction", "CreateVolume", "CreateSnapshot"),
		allow("ec2:CreateVolume").only("StringLike", "aws:RequestTag/ebs.csi.aws.com/cluster", "true"),
		allow("ec2:DeleteVolume").only("StringLike", "ec2:ResourceTag/ebs.csi.aws.com/cluster", "true"),
		allow("ec2:DeleteSnapshot").only("StringLike", "ec2:ResourceTag/ebs.csi.aws.com/cluster", "true"),
	}},
	{Name: "AmazonEC2ContainerRegistryFullAccess", Statements: []Statement{
		allow("ecr:*", "cloudtrail:LookupEvents"),
		allow("iam:CreateServiceLinkedRole").only("StringEquals", "iam:AWSServiceName", "replication.ecr.amazonaws.com"),
	}},
	{Name: "AmazonEC2ContainerRegistryPowerUser", Statements: []Statement{allow(slices.Concat(readRegistry, pushImages)...)}},
	{Name: "AmazonEC2ContainerRegistryPullOnly", Statements: []Statement{
		allow("ecr:GetAuthorizationToken", "ecr:BatchImportUpstreamImage", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
	}},
	{Name: "AmazonEC2ContainerRegistryReadOnly", Statements: []Statement{allow(readRegistry...)}},
	{Name: "AmazonEC2ContainerServiceAutoscaleRole", Path: "service-role/", Statements: []Statement{
		allow("ecs:DescribeServices", "ecs:UpdateService", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"),
	}},
	{Name: "AmazonEC2ContainerServiceEventsRole", Path: "service-role/", Statements: []Statement{
		allow("ecs:RunTask"),
		passTo("ecs-tasks.amazonaws.com"),
		allow("ecs:TagResource").only("StringEquals", "ecs:CreateAction", "RunTask"),
	}},
	{Name: "AmazonEC2ContainerServiceRole", Path: "service-role/", Statements: []Statement{
		allow("ec2:AuthorizeSecurityGroupIngress", "ec2:Describe*", "elasticloadbalancing:DeregisterInstancesFromLoadBalancer",
			"elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:Describe*",
			"elasticloadbalancing:RegisterInstancesWithLoadBalancer", "elasticloadbalancing:RegisterTargets"),
	}},
	{Name: "AmazonEC2ContainerServiceforEC2Role", Path: "service-role/", Statements: []Statement{
		allow(append(slices.Clone(pullImages), "ec2:DescribeTags", "ecs:CreateCluster", "ecs:DeregisterContainerInstance", "ecs:DiscoverPollEndpoint",
			"ecs:Poll", "ecs:RegisterContainerInstance", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState", "ecs:Submit*",
			"logs:CreateLogStream", "logs:PutLogEvents")...),
		allow("ecs:TagResource").only("StringEquals", "ecs:CreateAction", "CreateCluster", "RegisterContainerInstance"),
	}},
	{Name: "AmazonEC2FullAccess", Brief: true, Statements: []Statement{
		allow("ec2:*", "elasticloadbalancing:*", "cloudwatch:*", "autoscaling:*"),
		allow("iam:CreateServiceLinkedRole").only("StringEquals", "iam:AWSServiceName", "autoscaling.amazonaws.com",
			"ec2scheduled.amazonaws.com", "elasticloadbalancing.amazonaws.com", "spot.amazonaws.com", "spotfleet.amazonaws.com", "transitgateway.amazonaws.com"),
	}},
	{Name: "AmazonEC2ReadOnlyAccess", Brief: true, Statements: []Statement{
		allow("ec2:Describe*", "elasticloadbalancing:Describe*", "cloudwatch:ListMetrics", "cloudwatch:GetMetricStatistics", "cloudwatch:Describe*",
			"autoscaling:Describe*"),
	}},
	{Name: "AmazonEC2RoleforSSM", Path: "service-role/", Brief: true, Statements: []Statement{
		allow(instanceCore...),
		allow("cloudwatch:PutMetricData", "ec2:DescribeInstanceStatus", "ds:CreateComputer", "ds:DescribeDirectories", "logs:CreateLogGroup",
			"logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents", "s3:GetBucketLocation",
			"s3:PutObject", "s3:GetObject", "s3:GetEncryptionConfiguration", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts",
			"s3:ListBucket", "s3:ListBucketMultipartUploads"),
	}},
	{Name: "AmazonECSTaskExecutionRolePolicy", Path: "service-role/", Statements: []Statement{
		allow(append(slices.Clone(pullImages), "logs:CreateLogStream", "logs:PutLogEvents")...),
	}},
	{Name: "AmazonECS_FullAccess", Brief: true, Statements: []Statement{
		allow("ecs:*", "application-autoscaling:*Scal*", "autoscaling:*AutoScalingGroup*", "autoscaling:*LaunchConfiguration*", "autoscaling:Describe*", "cloudformation:CreateStack", "cloudformation:DeleteStack",
			"cloudformation:Describe*", "cloudformation:UpdateStack", "cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricStatistics",
			"cloudwatch:PutMetricAlarm", "codedeploy:*Deployment*", "codedeploy:*Application*", "ec2:Describe*", "ec2:RunInstances", "ec2:CreateLaunchTemplate",
			"elasticloadbalancing:Create*", "elasticloadbalancing:Delete*", "elasticloadbalancing:Describe*",
			"events:DeleteRule", "events:DescribeRule", "events:ListTargetsByRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets",
			"iam:ListAttachedRolePolicies", "iam:ListInstanceProfiles", "iam:ListRoles", "lambda:ListFunctions", "logs:CreateLogGroup",
			"logs:DescribeLogGroups", "logs:FilterLogEvents", "route53:*HostedZone*", "servicediscovery:*Service*", "servicediscovery:*Namespace*", "sns:ListTopics"),
		passTo("ecs-tasks.amazonaws.com"),
		allowOn("arn:aws:iam::*:role/ecsInstanceRole*", "iam:PassRole").only("StringLike", "iam:PassedToService", "ec2.amazonaws.com", "ec2.amazonaws.com.cn"),
		allowOn("arn:aws:iam::*:role/ecsAutoscaleRole*", "iam:PassRole").only("StringLike", "iam:PassedToService", "application-autoscaling.amazonaws.com"),
	}},
	{Name: "AmazonEFSCSIDriverPolicy", Path: "service-role/", Brief: true, Statements: []Statement{
		allow("elasticfilesystem:DescribeAccessPoints", "elasticfilesystem:DescribeFileSystems", "elasticfilesystem:DescribeMountTargets",
			"ec2:DescribeAvailabilityZones"),
		allow("elasticfilesystem:CreateAccessPoint", "elasticfilesystem:TagResource").only("StringLike", "aws:RequestTag/efs.csi.aws.com/cluster", "true"),
		allow("elasticfilesystem:DeleteAccessPoint").only("StringEquals", "aws:ResourceTag/efs.csi.aws.com/cluster", "true"),
	}},
	{Name: "AmazonEKSClusterPolicy", Brief: true, Statements: []Statement{
		allow("autoscaling:DescribeAutoScalingGroups", "autoscaling:UpdateAutoScalingGroup", "ec2:AttachVolume", "ec2:AuthorizeSecurityGroupIngress",
			"ec2:CreateRoute", "ec2:CreateSecurityGroup", "ec2:CreateTags", "ec2:CreateVolume", "ec2:DeleteRoute", "ec2:DeleteSecurityGroup",
			"ec2:DeleteVolume", "ec2:Describe*", "ec2:DetachVolume", "ec2:ModifyInstanceAttribute", "ec2:ModifyVolume",
			"ec2:RevokeSecurityGroupIngress", "elasticloadbalancing:*LoadBalancer*", "elasticloadbalancing:*Listener*",
			"elasticloadbalancing:*Target*", "elasticloadbalancing:Describe*", "kms:DescribeKey"),
		allow("iam:CreateServiceLinkedRole").only("StringEquals", "iam:AWSServiceName", "elasticloadbalancing.amazonaws.com"),
	}},
	{Name: "AmazonEKSFargatePodExecutionRolePolicy", Statements: []Statement{allow(pullImages...)}},
	{Name: "AmazonEKSServicePolicy", Brief: true, Statements: []Statement{
		allow("ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DescribeInstances",
			"ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:ModifyNetworkInterfaceAttribute",
			"iam:ListAttachedRolePolicies", "eks:UpdateClusterVersion", "route53:AssociateVPCWithHostedZone", "logs:CreateLogGroup",
			"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
		allow("iam:CreateServiceLinkedRole").only("StringLike", "iam:AWSServiceName", "eks.amazonaws.com"),
	}},
	{Name: "AmazonEKSVPCResourceController", Statements: []Statement{
		allow("ec2:CreateNetworkInterfacePermission").only("ForAnyValue:StringEquals", "ec2:ResourceTag/eks:eni:owner", "eks-vpc-resource-controller"),
		allow("ec2:CreateNetworkInterface", "ec2:DetachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute", "ec2:DeleteNetworkInterface",
			"ec2:AttachNetworkInterface", "ec2:UnassignPrivateIpAddresses", "ec2:AssignPrivateIpAddresses"),
	}},
	{Name: "AmazonEKSWorkerNodePolicy", Statements: []Statement{
		allow("ec2:DescribeInstances", "ec2:DescribeInstanceTypes", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
			"ec2:DescribeVolumes", "ec2:DescribeVolumesModifications", "ec2:DescribeVpcs", "eks:DescribeCluster", "eks-auth:AssumeRoleForPodIdentity"),
	}},
	{Name: "AmazonEKS_CNI_Policy", Statements: []Statement{
		allow("ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
			"ec2:DescribeInstances", "ec2:DescribeTags", "ec2:DescribeNetworkInterfaces", "ec2:DescribeInstanceTypes", "ec2:DescribeSubnets",
			"ec2:DetachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute", "ec2:UnassignPrivateIpAddresses"),
		allowOn("arn:aws:ec2:*:*:network-interface/*", "ec2:CreateTags"),
	}},
	{Name: "AmazonElastiCacheFullAccess", Brief: true, Statements: []Statement{
		allow("elasticache:*", "ec2:Describe*", "cloudwatch:GetMetricStatistics", "cloudwatch:DescribeAlarms", "sns:ListTopics", "kms:DescribeKey",
			"kms:ListAliases", "logs:DescribeLogGroups", "firehose:ListDeliveryStreams"),
	}},
	{Name: "AmazonElasticFileSystemClientFullAccess", Statements: []Statement{
		allow("elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite",
			"elasticfilesystem:DescribeMountTargets"),
	}},
	{Name: "AmazonElasticFileSystemClientReadOnlyAccess", Statements: []Statement{
		allow("elasticfilesystem:ClientMount", "elasticfilesystem:DescribeMountTargets"),
	}},
	{Name: "AmazonElasticFileSystemClientReadWriteAccess", Statements: []Statement{
		allow("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "elasticfilesystem:DescribeMountTargets"),
	}},
	{Name: "AmazonElasticMapReduceforEC2Role", Path: "service-role/", Brief: true, Statements: []Statement{
		allow("cloudwatch:*", "dynamodb:*", "ec2:Describe*", "elasticmapreduce:Describe*", "elasticmapreduce:ListBootstrapActions",
			"elasticmapreduce:ListClusters", "elasticmapreduce:ListInstanceGroups", "elasticmapreduce:ListInstances", "elasticmapreduce:ListSteps",
			"kinesis:CreateStream", "kinesis:DeleteStream", "kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator",
			"kinesis:MergeShards", "kinesis:PutRecord", "kinesis:SplitShard", "rds:Describe*", "s3:*", "sdb:*", "sns:*", "sqs:*",
			"glue:*Database*", "glue:*Table*", "glue:*Partition*", "glue:*UserDefinedFunction*"),
	}},
	{Name: "AmazonEventBridgeFullAccess", Brief: true, Statements: []Statement{
		allow("events:*", "schemas:*", "scheduler:*", "pipes:*"),
		passTo("events.amazonaws.com"),
		passTo("scheduler.amazonaws.com"),
		passTo("pipes.amazonaws.com"),
	}},
	{Name: "AmazonKinesisFirehoseFullAccess", Statements: []Statement{allow("firehose:*")}},
	{Name: "AmazonKinesisFullAccess", Statements: []Statement{allow("kinesis:*")}},
	{Name: "AmazonKinesisReadOnlyAccess", Statements: []Statement{allow("kinesis:Get*", "kinesis:List*", "kinesis:Describe*")}},
	{Name: "AmazonMSKFullAccess", Brief: true, Statements: []Statement{
		allow("kafka:*", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeSecurityGroups", "ec2:DescribeRouteTables", "ec2:DescribeVpcEndpoints",
			"ec2:DescribeVpcAttribute", "kms:DescribeKey", "kms:CreateGrant", "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery",
			"logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
			"s3:GetBucketPolicy", "firehose:TagDeliveryStream"),
	}},
	{Name: "AmazonOpenSearchServiceFullAccess", Statements: []Statement{allow("es:*")}},
	{Name: "AmazonOpenSearchServiceReadOnlyAccess", Statements: []Statement{allow("es:Describe*", "es:List*", "es:Get*")}},
	{Name: "AmazonPrometheusQueryAccess", Statements: []Statement{
		allow("aps:GetLabels", "aps:GetMetricMetadata", "aps:GetSeries", "aps:QueryMetrics"),
	}},
	{Name: "AmazonPrometheusRemoteWriteAccess", Statements: []Statement{allow("aps:RemoteWrite")}},
	{Name: "AmazonRDSDataFullAccess", Brief: true, Statements: []Statement{
		allowOn("arn:aws:secretsmanager:*:*:secret:rds-db-credentials/*", "secretsmanager:GetSecretValue", "secretsmanager:PutResourcePolicy",
			"secretsmanager:PutSecretValue", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret", "secretsmanager:TagResource"),
		allow("dbqms:*Quer*", "rds-data:ExecuteSql", "rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement", "rds-data:BeginTransaction",
			"rds-data:CommitTransaction", "rds-data:RollbackTransaction", "secretsmanager:CreateSecret", "secretsmanager:ListSecrets",
			"secretsmanager:GetRandomPassword", "tag:GetResources"),
	}},
	{Name: "AmazonRDSEnhancedMonitoringRole", Path: "service-role/", Statements: []Statement{
		allowOn("arn:aws:logs:*:*:log-group:RDS*", "logs:CreateLogGroup", "logs:PutRetentionPolicy"),
		allowOn("arn:aws:logs:*:*:log-group:RDS*:log-stream:*", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"),
	}},
	{Name: "AmazonRDSFullAccess", Brief: true, Statements: []Statement{
		allow("rds:*", "application-autoscaling:*Scal*", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetric*", "cloudwatch:PutMetricAlarm",
			"cloudwatch:DeleteAlarms", "cloudwatch:ListMetrics", "ec2:Describe*", "logs:DescribeLogStreams", "logs:GetLogEvents",
			"sns:ListSubscriptions", "sns:ListTopics", "sns:Publish", "outposts:GetOutpostInstanceTypes"),
		allowOn("arn:aws:pi:*:*:metrics/rds/*", "pi:*"),
		allow("iam:CreateServiceLinkedRole").only("StringLike", "iam:AWSServiceName", "rds.amazonaws.com", "rds.application-autoscaling.amazonaws.com"),
	}},
	{Name: "AmazonRDSReadOnlyAccess", Brief: true, Statements: []Statement{
		allow("rds:Describe*", "rds:ListTagsForResource", "ec2:Describe*", "cloudwatch:GetMetric*", "cloudwatch:ListMetrics", "logs:DescribeLogStreams",
			"logs:GetLogEvents"),
	}},
	{Name: "AmazonRedshiftFullAccess", Brief: true, Statements: []Statement{
		allow("redshift:*", "redshift-serverless:*", "ec2:Describe*", "sns:CreateTopic", "sns:Get*", "sns:List*", "cloudwatch:Describe*", "cloudwatch:Get*",
			"cloudwatch:List*", "cloudwatch:PutMetricAlarm", "cloudwatch:EnableAlarmActions", "cloudwatch:DisableAlarmActions", "tag:GetResources",
			"redshift-data:ExecuteStatement", "redshift-data:BatchExecuteStatement", "redshift-data:CancelStatement",
			"redshift-data:DescribeStatement", "redshift-data:GetStatementResult", "redshift-data:List*"),
	}},
	{Name: "AmazonRekognitionFullAccess", Statements: []Statement{allow("rekognition:*")}},
	{Name: "AmazonRoute53FullAccess", Brief: true, Statements: []Statement{
		allow("route53:*", "route53domains:*", "cloudfront:ListDistributions", "elasticloadbalancing:DescribeLoadBalancers",
			"elasticbeanstalk:DescribeEnvironments", "s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetBucketWebsite", "ec2:DescribeVpcs",
			"ec2:DescribeVpcEndpoints", "ec2:DescribeRegions", "sns:ListTopics", "sns:ListSubscriptionsByTopic", "cloudwatch:DescribeAlarms",
			"cloudwatch:GetMetricStatistics"),
		allowOn("arn:aws:apigateway:*::/domainnames", "apigateway:GET"),
	}},
	{Name: "AmazonS3FullAccess", Statements: []Statement{allow("s3:*", "s3-object-lambda:*")}},
	{Name: "AmazonS3ReadOnlyAccess", Statements: []Statement{
		allow("s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"),
	}},
	{Name: "AmazonSESFullAccess", Statements: []Statement{allow("ses:*")}},
	{Name: "AmazonSNSFullAccess", Brief: true, Statements: []Statement{allow("sns:*")}},
	{Name: "AmazonSNSReadOnlyAccess", Brief: true, Statements: []Statement{allow("sns:GetTopicAttributes", "sns:List*", "sns:CheckIfPhoneNumberIsOptedOut")}},
	{Name: "AmazonSNSRole", Path: "service-role/", Statements: []Statement{logsOf("logs:PutMetricFilter", "logs:PutRetentionPolicy")}},
	{Name: "AmazonSQSFullAccess", Statements: []Statement{allow("sqs:*")}},
	{Name: "AmazonSQSReadOnlyAccess", Statements: []Statement{
		allow("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListDeadLetterSourceQueues", "sqs:ListQueues", "sqs:ListMessageMoveTasks", "sqs:ListQueueTags"),
	}},
	{Name: "AmazonSSMFullAccess", Brief: true, Statements: []Statement{
		allow("cloudwatch:PutMetricData", "ds:CreateComputer", "ds:DescribeDirectories", "ec2:DescribeInstanceStatus", "logs:*", "ssm:*", "ec2messages:*"),
		allow("ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"),
	}},
	{Name: "AmazonSSMManagedInstanceCore", Statements: []Statement{allow(instanceCore...)}},
	{Name: "AmazonSSMReadOnlyAccess", Statements: []Statement{allow("ssm:Describe*", "ssm:Get*", "ssm:List*")}},
	{Name: "AmazonSageMakerFullAccess", Brief: true, Statements: []Statement{
		allow("sagemaker:*", "application-autoscaling:*Scal*", "cloudwatch:GetMetric*", "cloudwatch:ListMetrics", "cloudwatch:PutMetricData",
			"cloudwatch:PutMetricAlarm", "codecommit:BatchGetRepositories", "codecommit:CreateRepository", "codecommit:GetRepository",
			"codecommit:ListRepositories", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:CreateNetworkInterfacePermission",
			"ec2:Describe*", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CreateRepository", "ecr:Describe*",
			"ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer", "glue:GetTable*", "glue:GetDatabase*", "iam:ListRoles", "kms:DescribeKey",
			"kms:ListAliases", "lambda:ListFunctions", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:Describe*",
			"logs:GetLogEvents", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListAllMyBuckets", "s3:CreateBucket", "sns:ListTopics", "tag:GetResources"),
		allowOn("arn:aws:s3:::*SageMaker* arn:aws:s3:::*Sagemaker* arn:aws:s3:::*sagemaker* arn:aws:s3:::*aws-glue*",
			"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"),
		allowOn("arn:aws:lambda:*:*:function:*SageMaker* arn:aws:lambda:*:*:function:*sagemaker*", "lambda:InvokeFunction"),
		allowOn("arn:aws:secretsmanager:*:*:secret:AmazonSageMaker-*", "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue",
			"secretsmanager:CreateSecret"),
		allowOn("arn:aws:iam::*:role/*AmazonSageMaker*", "iam:PassRole").only("StringEquals", "iam:PassedToService", "glue.amazonaws.com",
			"robomaker.amazonaws.com", "states.amazonaws.com"),
		allowOn("arn:aws:iam::*:role/*", "iam:PassRole").only("StringEquals", "iam:PassedToService", "sagemaker.amazonaws.com"),
	}},
	{Name: "AmazonTextractFullAccess", Statements: []Statement{allow("textract:*")}},
	{Name: "AmazonVPCFullAccess", Brief: true, Statements: []Statement{
		allow("ec2:Describe*", "ec2:*Vpc*", "ec2:*Subnet*", "ec2:*Route*", "ec2:*NetworkAcl*", "ec2:*SecurityGroup*", "ec2:*InternetGateway*",
			"ec2:*NatGateway*", "ec2:*NetworkInterface*", "ec2:*Address*", "ec2:*DhcpOptions*", "ec2:*FlowLogs*", "ec2:*VpnConnection*",
			"ec2:*VpnGateway*", "ec2:*CustomerGateway*", "ec2:CreateTags", "ec2:DeleteTags"),
	}},
	{Name: "AmazonVPCReadOnlyAccess", Brief: true, Statements: []Statement{allow("ec2:Describe*")}},
	{Name: "CloudWatchAgentAdminPolicy", Statements: []Statement{
		allow(agent...),
		allowOn("arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*", "ssm:GetParameter", "ssm:PutParameter"),
	}},
	{Name: "CloudWatchAgentServerPolicy", Statements: []Statement{
		allow(agent...),
		allowOn("arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*", "ssm:GetParameter"),
	}},
	{Name: "CloudWatchEventsFullAccess", Brief: true, Statements: []Statement{
		allow("events:*", "schemas:*", "scheduler:*", "pipes:*"),
		allowOn("arn:aws:iam::*:role/AWS_Events_Invoke_Targets", "iam:PassRole"),
	}},
	{Name: "CloudWatchFullAccess", Brief: true, Statements: []Statement{
		allow("autoscaling:Describe*", "cloudwatch:*", "logs:*", "sns:*", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole", "oam:ListSinks"),
	}},
	{Name: "CloudWatchLogsFullAccess", Brief: true, Statements: []Statement{allow("logs:*", "cloudwatch:GenerateQuery")}},
	{Name: "CloudWatchLogsReadOnlyAccess", Brief: true, Statements: []Statement{
		allow("logs:Describe*", "logs:Get*", "logs:List*", "logs:StartQuery", "logs:StopQuery", "logs:TestMetricFilter", "logs:FilterLogEvents",
			"logs:StartLiveTail", "logs:StopLiveTail", "cloudwatch:GenerateQuery"),
	}},
	{Name: "CloudWatchReadOnlyAccess", Brief: true, Statements: []Statement{
		allow("autoscaling:Describe*", "cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*", "logs:Get*", "logs:List*", "logs:StartQuery",
			"logs:StopQuery", "logs:Describe*", "logs:TestMetricFilter", "logs:FilterLogEvents", "sns:Get*", "sns:List*"),
	}},
	{Name: "ComprehendFullAccess", Brief: true, Statements: []Statement{
		allow("comprehend:*", "iam:ListRoles", "iam:GetRole", "s3:ListAllMyBuckets", "s3:ListBucket", "s3:GetBucketLocation"),
	}},
	{Name: "ElasticLoadBalancingFullAccess", Brief: true, Statements: []Statement{
		allow("elasticloadbalancing:*", "ec2:Describe*", "cognito-idp:DescribeUserPoolClient"),
		allow("iam:CreateServiceLinkedRole").only("StringEquals", "iam:AWSServiceName", "elasticloadbalancing.amazonaws.com"),
	}},
	{Name: "IAMFullAccess", Brief: true, Statements: []Statement{
		allow("iam:*", "organizations:DescribeAccount", "organizations:DescribeOrganization", "organizations:DescribeOrganizationalUnit",
			"organizations:DescribePolicy", "organizations:ListChildren", "organizations:ListParents", "organizations:ListPolicies",
			"organizations:ListPoliciesForTarget", "organizations:ListRoots", "organizations:ListTargetsForPolicy"),
	}},
	{Name: "IAMReadOnlyAccess", Statements: []Statement{
		allow("iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails", "iam:Get*", "iam:List*", "iam:SimulateCustomPolicy",
			"iam:SimulatePrincipalPolicy"),
	}},
	{Name: "IAMUserChangePassword", Statements: []Statement{
		allowOn("arn:aws:iam::*:user/${aws:username}", "iam:ChangePassword"),
		allow("iam:GetAccountPasswordPolicy"),
	}},
	{Name: "PowerUserAccess", Statements: []Statement{
		{Effect: Allow, NotActions: []string{"iam:*", "organizations:*", "account:*"}, Resources: []string{"*"}},
		allow("account:GetAccountInformation", "account:GetPrimaryEmail", "account:ListRegions", "iam:CreateServiceLinkedRole",
			"iam:DeleteServiceLinkedRole", "iam:ListRoles", "organizations:DescribeOrganization"),
	}},
	{Name: "ReadOnlyAccess", Brief: true, Statements: []Statement{
		allow("acm:Describe*", "acm:Get*", "acm:List*", "apigateway:GET", "athena:BatchGet*", "athena:Get*", "athena:List*", "autoscaling:Describe*",
			"cloudformation:Describe*", "cloudformation:Get*", "cloudformation:List*", "cloudfront:Get*", "cloudfront:List*", "cloudtrail:Get*",
			"cloudtrail:LookupEvents", "cloudwatch:Get*", "cloudwatch:List*", "codebuild:BatchGet*", "codebuild:List*", "codecommit:BatchGet*",
			"codecommit:Get*", "codecommit:GitPull", "cognito-idp:AdminGetUser", "cognito-idp:AdminList*", "cognito-idp:List*", "config:Get*", "dynamodb:BatchGet*",
			"dynamodb:Describe*", "dynamodb:Get*", "dynamodb:List*", "dynamodb:Query", "dynamodb:Scan", "ec2:Describe*", "ec2:Get*", "ecr:BatchCheckLayerAvailability",
			"ecr:BatchGet*", "ecr:Describe*", "ecr:Get*", "ecr:List*", "ecs:Describe*", "ecs:List*", "eks:Describe*", "eks:List*",
			"elasticache:Describe*", "elasticfilesystem:Describe*", "elasticloadbalancing:Describe*", "es:ESHttpGet", "es:ESHttpHead", "es:Describe*",
			"events:Describe*", "events:List*", "firehose:Describe*", "glue:BatchGet*", "glue:Get*", "iam:Generate*", "iam:Get*", "iam:List*",
			"iam:Simulate*", "kafka:Describe*", "kafka:Get*", "kinesis:Describe*", "kinesis:Get*", "kinesis:List*", "kms:Describe*", "kms:Get*",
			"kms:List*", "lambda:Get*", "lambda:List*", "logs:Describe*", "logs:FilterLogEvents", "logs:Get*", "logs:StartQuery", "rds:Describe*",
			"rds:Download*", "rds:List*", "redshift:Describe*", "route53:Get*", "route53:List*", "s3:Get*", "s3:List*", "secretsmanager:Describe*",
			"secretsmanager:GetResourcePolicy", "secretsmanager:List*", "ses:Get*", "ses:List*", "sns:Get*", "sns:List*", "sqs:Get*", "sqs:List*",
			"sqs:Receive*", "ssm:Describe*", "ssm:Get*", "ssm:List*", "states:Describe*", "states:Get*", "states:List*", "sts:GetAccessKeyInfo",
			"sts:GetCallerIdentity", "tag:Get*", "xray:BatchGet*", "xray:Get*"),
	}},
	{Name: "SecretsManagerReadWrite", Brief: true, Statements: []Statement{
		allow("secretsmanager:*", "cloudformation:CreateChangeSet", "cloudformation:DescribeChangeSet", "cloudformation:DescribeStackResource",
			"cloudformation:DescribeStacks", "cloudformation:ExecuteChangeSet", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
			"kms:DescribeKey", "kms:ListAliases", "kms:ListKeys", "lambda:ListFunctions", "rds:DescribeDBClusters", "rds:DescribeDBInstances",
			"redshift:DescribeClusters", "tag:GetResources"),
		allowOn("arn:aws:lambda:*:*:function:SecretsManager*", "lambda:AddPermission", "lambda:CreateFunction", "lambda:GetFunction",
			"lambda:InvokeFunction", "lambda:UpdateFunctionConfiguration"),
		allowOn("arn:aws:serverlessrepo:*:*:applications/SecretsManager*", "serverlessrepo:CreateCloudFormationChangeSet", "serverlessrepo:GetApplication"),
		allowOn("arn:aws:s3:::awsserverlessrepo-changesets* arn:aws:s3:::secrets-manager-rotation-apps-*/*", "s3:GetObject"),
	}},
	{Name: "SecurityAudit", Brief: true, Statements: []Statement{
		allow("acm:Describe*", "acm:List*", "apigateway:GET", "cloudformation:Describe*", "cloudfront:Get*", "cloudfront:List*", "cloudtrail:Describe*",
			"cloudtrail:Get*", "cloudwatch:Describe*", "config:Describe*", "config:Get*", "dynamodb:Describe*", "dynamodb:List*", "ec2:Describe*",
			"ecr:Describe*", "ecr:GetRepositoryPolicy", "ecs:Describe*", "ecs:List*", "eks:Describe*", "eks:List*", "elasticloadbalancing:Describe*",
			"iam:Generate*", "iam:Get*", "iam:List*", "iam:Simulate*", "kms:Describe*", "kms:Get*", "kms:List*", "lambda:GetPolicy", "lambda:List*",
			"logs:Describe*", "rds:Describe*", "route53:Get*", "route53:List*", "s3:GetBucket*", "s3:GetAccountPublicAccessBlock",
			"s3:ListAllMyBuckets", "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:ListSecrets",
			"sns:Get*Attributes", "sns:List*", "sqs:GetQueueAttributes", "sqs:ListQueues", "ssm:Describe*", "ssm:List*", "tag:GetResources"),
	}},
	{Name: "TranslateFullAccess", Brief: true, Statements: []Statement{
		allow("translate:*", "comprehend:DetectDominantLanguage", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics"),
	}},
	{Name: "ViewOnlyAccess", Path: "job-function/", Brief: true, Statements: []Statement{
		allow("acm:ListCertificates", "athena:List*", "autoscaling:Describe*", "cloudformation:Describe*", "cloudformation:List*", "cloudfront:List*",
			"cloudtrail:DescribeTrails", "cloudtrail:LookupEvents", "cloudwatch:Get*", "cloudwatch:List*", "dynamodb:DescribeTable", "dynamodb:ListTables",
			"ec2:Describe*", "ecs:Describe*", "ecs:List*", "elasticloadbalancing:Describe*", "iam:Get*", "iam:List*", "kinesis:List*", "kms:List*",
			"lambda:List*", "logs:Describe*", "rds:Describe*", "route53:Get*", "route53:List*", "s3:ListAllMyBuckets", "s3:ListBucket", "sns:List*", "sqs:ListQueues",
			"ssm:DescribeParameters", "ssm:List*"),
	}},
}
