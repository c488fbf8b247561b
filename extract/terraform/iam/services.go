package iam

import "drawbridge/graph"

// reach tells what an action does with the data of its resource.
type reach int8

const (
	control  reach = iota // it touches configuration or metadata only
	quiet                 // it touches data, but nothing moves between principal and resource by it alone
	request               // data moves by a request of the principal to the resource
	delivery              // the principal fetches what the resource has for it: the event travels to the principal
)

// action is one row: all actions of its service whose name matches a pattern.
type action struct {
	pattern string
	does    graph.Ability
	reach   reach
}

// service is the rows of one service. The first that matches counts; an action
// without a row is control, and its verb tells what it does.
type service struct {
	prefix   string
	protocol string // of its data plane; "" where it depends on the resource
	actions  []action
}

// services holds what verbs do not tell: which actions touch data, and abilities
// that are more than reading and writing. Sorted by prefix.
// Service Authorization Reference, "Actions, resources, and condition keys for AWS services".
var services = []service{
	{"acm", "https", []action{
		{"ExportCertificate", graph.AbilityReadSecret, request},
	}},
	{"aoss", "https", []action{
		{"APIAccessAll", graph.AbilityWrite, request},
		{"DashboardsAccessAll", graph.AbilityRead, request},
	}},
	{"appconfig", "https", []action{
		{"GetConfiguration", graph.AbilityRead, request},
		{"GetLatestConfiguration", graph.AbilityRead, request},
		{"StartConfigurationSession", graph.AbilityRead, quiet},
	}},
	{"appsync", "https", []action{
		{"GraphQL", graph.AbilityInvoke, request},
		{"EventConnect", graph.AbilityOther, quiet},
		{"EventPublish", graph.AbilityWrite, request},
		{"EventSubscribe", graph.AbilityRead, delivery},
	}},
	{"athena", "https", []action{
		{"StartQueryExecution", graph.AbilityInvoke, request},
		{"GetQueryResults*", graph.AbilityRead, quiet},
	}},
	{"batch", "https", []action{
		{"SubmitJob", graph.AbilityInvoke, request},
	}},
	{"bedrock", "https", []action{
		{"Invoke*", graph.AbilityInvoke, request},
		{"Retrieve*", graph.AbilityRead, request},
	}},
	{"bedrock-agentcore", "https", []action{
		{"Invoke*", graph.AbilityInvoke, request},
	}},
	{"cassandra", "cassandra", []action{
		{"Select*", graph.AbilityRead, request},
		{"Modify*", graph.AbilityWrite, request},
	}},
	{"cloudwatch", "https", []action{
		{"PutMetricData", graph.AbilityWrite, request},
		{"GetMetric*", graph.AbilityRead, quiet},
	}},
	{"codeartifact", "https", []action{
		{"ReadFromRepository", graph.AbilityRead, request},
		{"GetPackageVersionAsset", graph.AbilityRead, request},
		{"PublishPackageVersion", graph.AbilityWrite, request},
		{"GetAuthorizationToken", graph.AbilityOther, control},
	}},
	{"codebuild", "https", []action{
		{"StartBuild*", graph.AbilityInvoke, request},
	}},
	{"codecommit", "https", []action{
		{"GitPull", graph.AbilityRead, request},
		{"GetFile", graph.AbilityRead, request},
		{"GetBlob", graph.AbilityRead, request},
		{"GetFolder", graph.AbilityRead, request},
		{"GitPush", graph.AbilityWrite, request},
		{"PutFile", graph.AbilityWrite, request},
		{"DeleteFile", graph.AbilityWrite, request},
		{"CreateCommit", graph.AbilityWrite, request},
		{"Merge*", graph.AbilityWrite, request},
	}},
	{"codedeploy", "https", []action{
		{"CreateDeployment", graph.AbilityExecute, control},
	}},
	{"codepipeline", "https", []action{
		{"StartPipelineExecution", graph.AbilityInvoke, request},
		{"PutJob*Result", graph.AbilityWrite, quiet},
		{"PollForJobs", graph.AbilityRead, delivery},
	}},
	{"cognito-idp", "https", []action{
		{"AdminInitiateAuth", graph.AbilityInvoke, request},
		{"AdminRespondToAuthChallenge", graph.AbilityInvoke, request},
		{"AdminGetUser", graph.AbilityRead, request},
		{"AdminList*", graph.AbilityRead, request},
		{"ListUsers*", graph.AbilityRead, request},
		{"AdminAddUserToGroup", graph.AbilityAdminister, request},
		{"AdminSetUserPassword", graph.AbilityAdminister, request},
		{"Admin*", graph.AbilityWrite, request},
	}},
	{"comprehend", "https", []action{
		{"Detect*", graph.AbilityInvoke, request},
		{"BatchDetect*", graph.AbilityInvoke, request},
		{"Classify*", graph.AbilityInvoke, request},
		{"Contains*", graph.AbilityInvoke, request},
	}},
	{"dax", "dynamodb", dynamoActions},
	{"dynamodb", "dynamodb", dynamoActions},
	{"ebs", "https", []action{
		{"GetSnapshotBlock", graph.AbilityRead, request},
		{"ListSnapshotBlocks", graph.AbilityRead, request},
		{"ListChangedBlocks", graph.AbilityRead, request},
		{"PutSnapshotBlock", graph.AbilityWrite, request},
	}},
	{"ec2", "https", []action{
		{"GetPasswordData", graph.AbilityReadSecret, control},
		{"GetConsoleOutput", graph.AbilityRead, quiet},
		{"GetConsoleScreenshot", graph.AbilityRead, quiet},
		{"AssociateIamInstanceProfile", graph.AbilityAdminister, control},
		{"AttachVolume", graph.AbilityAdminister, control},
		{"AuthorizeSecurityGroupIngress", graph.AbilityAdminister, control},
		{"CreateReplaceRootVolumeTask", graph.AbilityAdminister, control},
		{"ModifyImage*", graph.AbilityAdminister, control},
		{"ModifyInstance*", graph.AbilityAdminister, control},
		{"ModifyNetworkInterfaceAttribute", graph.AbilityAdminister, control},
		{"ModifySnapshot*", graph.AbilityAdminister, control},
		{"ReplaceIamInstanceProfileAssociation", graph.AbilityAdminister, control},
		{"DeleteTags", graph.AbilityOther, control},
		{"Delete*", graph.AbilityDelete, control},
		{"Deregister*", graph.AbilityDelete, control},
		{"Detach*", graph.AbilityDelete, control},
		{"RebootInstances", graph.AbilityDelete, control},
		{"StopInstances", graph.AbilityDelete, control},
		{"TerminateInstances", graph.AbilityDelete, control},
		{"Describe*", graph.AbilityRead, control},
		{"Get*", graph.AbilityRead, control},
		{"Search*", graph.AbilityRead, control},
		// The service's other actions are on networks, addresses and many more things, none
		// of which gives the machine or the disk.
		{"*", graph.AbilityOther, control},
	}},
	{"ec2-instance-connect", "ssh", []action{
		{"SendSSHPublicKey", graph.AbilityExecute, request},
		{"SendSerialConsoleSSHPublicKey", graph.AbilityExecute, request},
		{"OpenTunnel", graph.AbilityExecute, request},
	}},
	{"ec2messages", "https", []action{
		{"*", graph.AbilityOther, control}, // the agent's own channel
	}},
	{"ecr", "https", registryActions},
	{"ecr-public", "https", registryActions},
	{"ecs", "https", []action{
		{"ExecuteCommand", graph.AbilityExecute, request},
		{"RunTask", graph.AbilityInvoke, request},
		{"StartTask", graph.AbilityInvoke, request},
		// The agent of a container instance: it reports and asks for work.
		{"Poll", graph.AbilityOther, control},
		{"Submit*StateChange*", graph.AbilityOther, control},
		{"StartTelemetrySession", graph.AbilityOther, control},
		{"DiscoverPollEndpoint", graph.AbilityOther, control},
		{"*ContainerInstance*", graph.AbilityOther, control},
	}},
	{"eks", "https", []action{
		{"AccessKubernetesApi", graph.AbilityInvoke, request},
		{"CreateAccessEntry", graph.AbilityAdminister, control}, // of the caller, with the rights of an administrator
	}},
	{"eks-auth", "https", []action{
		{"AssumeRoleForPodIdentity", graph.AbilityAssume, control},
	}},
	{"elasticache", "redis", []action{
		{"Connect", graph.AbilityWrite, request},
	}},
	{"elasticfilesystem", "nfs", []action{
		{"ClientMount", graph.AbilityRead, request},
		{"ClientWrite", graph.AbilityWrite, request},
		{"ClientRootAccess", graph.AbilityAdminister, request},
	}},
	{"elasticloadbalancing", "https", []action{
		{"CreateListener", graph.AbilityAdminister, control},
		{"CreateRule", graph.AbilityAdminister, control},
		{"RegisterTargets", graph.AbilityAdminister, control},
		{"RegisterInstancesWithLoadBalancer", graph.AbilityAdminister, control},
	}},
	{"elasticmapreduce", "https", []action{
		{"AddJobFlowSteps", graph.AbilityExecute, request},
		{"GetClusterSessionCredentials", graph.AbilityReadSecret, control},
	}},
	{"es", "https", []action{
		{"ESHttpGet", graph.AbilityRead, request},
		{"ESHttpHead", graph.AbilityRead, request},
		{"ESHttp*", graph.AbilityWrite, request},
	}},
	{"events", "https", []action{
		{"PutEvents", graph.AbilityWrite, request},
		{"PutPartnerEvents", graph.AbilityWrite, request},
		{"InvokeApiDestination", graph.AbilityInvoke, request},
		{"RetrieveConnectionCredentials", graph.AbilityReadSecret, control},
	}},
	{"execute-api", "https", []action{
		{"Invoke", graph.AbilityInvoke, request},
		{"ManageConnections", graph.AbilityWrite, request},
		{"InvalidateCache", graph.AbilityAdminister, control},
	}},
	{"firehose", "https", []action{
		{"PutRecord*", graph.AbilityWrite, request},
	}},
	{"glue", "https", []action{
		{"StartJobRun", graph.AbilityInvoke, request},
		{"BatchStopJobRun", graph.AbilityOther, control},
		{"StartCrawler", graph.AbilityInvoke, request},
		{"StartWorkflowRun", graph.AbilityInvoke, request},
		{"StartTrigger", graph.AbilityInvoke, request},
		{"GetConnection*", graph.AbilityReadSecret, control}, // with the passwords in it
	}},
	{"iam", "https", []action{
		{"PassRole", graph.AbilityPass, control},
		{"CreateAccessKey", graph.AbilityAssume, control}, // who makes a user's credentials is the user
		{"CreateLoginProfile", graph.AbilityAssume, control},
		{"UpdateLoginProfile", graph.AbilityAssume, control},
		{"AddUserToGroup", graph.AbilityAssume, control},
		{"UpdateAssumeRolePolicy", graph.AbilityAssume, control}, // it says who may assume the role
		// These give their resource more permissions, see permissionChanges.
		{"AttachGroupPolicy", graph.AbilityAdminister, control},
		{"AttachRolePolicy", graph.AbilityAdminister, control},
		{"AttachUserPolicy", graph.AbilityAdminister, control},
		{"CreatePolicyVersion", graph.AbilityAdminister, control},
		{"DeleteRolePermissionsBoundary", graph.AbilityAdminister, control},
		{"DeleteUserPermissionsBoundary", graph.AbilityAdminister, control},
		{"PutGroupPolicy", graph.AbilityAdminister, control},
		{"PutRolePolicy", graph.AbilityAdminister, control},
		{"PutUserPolicy", graph.AbilityAdminister, control},
		{"SetDefaultPolicyVersion", graph.AbilityAdminister, control},
		{"Delete*", graph.AbilityDelete, control},
		{"Detach*", graph.AbilityDelete, control},
		{"Remove*", graph.AbilityDelete, control},
		{"Generate*", graph.AbilityRead, control},
		{"Get*", graph.AbilityRead, control},
		{"List*", graph.AbilityRead, control},
		{"Simulate*", graph.AbilityRead, control},
		{"*", graph.AbilityOther, control},
	}},
	{"identitystore", "https", []action{
		{"CreateGroupMembership", graph.AbilityAssume, control},
	}},
	{"iot", "mqtt", []action{
		{"Connect", graph.AbilityOther, quiet},
		{"Publish", graph.AbilityWrite, request},
		{"RetainPublish", graph.AbilityWrite, request},
		{"Receive", graph.AbilityRead, delivery},
		{"Subscribe", graph.AbilityRead, delivery},
		{"GetThingShadow", graph.AbilityRead, request},
		{"UpdateThingShadow", graph.AbilityWrite, request},
		{"DeleteThingShadow", graph.AbilityWrite, request},
	}},
	{"kafka-cluster", "kafka", []action{
		{"Connect", graph.AbilityOther, quiet},
		{"ReadData", graph.AbilityRead, delivery},
		{"WriteData*", graph.AbilityWrite, request},
		{"AlterGroup", graph.AbilityRead, quiet}, // joining a consumer group
		{"AlterTransactionalId", graph.AbilityWrite, quiet},
		{"Alter*", graph.AbilityAdminister, control},
	}},
	{"kinesis", "kinesis", []action{
		{"PutRecord*", graph.AbilityWrite, request},
		{"GetRecords", graph.AbilityRead, delivery},
		{"GetShardIterator", graph.AbilityRead, delivery},
		{"SubscribeToShard", graph.AbilityRead, delivery},
	}},
	{"kms", "kms", []action{
		{"CreateGrant", graph.AbilityAdminister, control},
		{"Decrypt", graph.AbilityReadSecret, request},
		{"ReEncryptFrom", graph.AbilityReadSecret, request},
		{"ReEncrypt*", graph.AbilityReadSecret, request},
		{"DeriveSharedSecret", graph.AbilityReadSecret, request},
		{"Encrypt", graph.AbilityWrite, request},
		{"GenerateDataKey*", graph.AbilityWrite, request},
		{"GenerateMac", graph.AbilityInvoke, request},
		{"Sign", graph.AbilityInvoke, request},
		{"Verify*", graph.AbilityRead, request},
		{"GetPublicKey", graph.AbilityRead, request},
		{"GenerateRandom", graph.AbilityOther, control},
		{"RetireGrant", graph.AbilityOther, control},
	}},
	{"lambda", "https", []action{
		{"Invoke*", graph.AbilityInvoke, request},
		{"GetFunction", graph.AbilityRead, quiet}, // with a link to the code
		{"GetLayerVersion", graph.AbilityRead, quiet},
		{"AddPermission", graph.AbilityAdminister, control},
		{"UpdateFunctionCode", graph.AbilityAdminister, control},
		{"UpdateFunctionConfiguration", graph.AbilityAdminister, control},
		{"Delete*", graph.AbilityDelete, control},
		{"RemovePermission", graph.AbilityDelete, control},
		{"Get*", graph.AbilityRead, control},
		{"List*", graph.AbilityRead, control},
		{"*", graph.AbilityOther, control}, // versions, aliases, limits: none of them is other code
	}},
	{"lightsail", "https", []action{
		{"GetInstanceAccessDetails", graph.AbilityExecute, control},
		{"DownloadDefaultKeyPair", graph.AbilityReadSecret, control},
	}},
	{"logs", "https", []action{
		{"PutLogEvents*", graph.AbilityWrite, request},
		// What every writer of logs is given on its way to PutLogEvents.
		{"CreateLogGroup", graph.AbilityWrite, quiet},
		{"CreateLogStream", graph.AbilityWrite, quiet},
		{"FilterLogEvents", graph.AbilityRead, request},
		{"GetLog*", graph.AbilityRead, request},
		{"GetQueryResults", graph.AbilityRead, request},
		{"StartQuery", graph.AbilityRead, request},
		{"StopQuery", graph.AbilityOther, control},
		{"StartLiveTail", graph.AbilityRead, request},
		{"StopLiveTail", graph.AbilityOther, control},
		{"Unmask", graph.AbilityReadSecret, quiet},
	}},
	{"memorydb", "redis", []action{
		{"Connect", graph.AbilityWrite, request},
	}},
	{"neptune-db", "https", []action{
		{"connect", graph.AbilityWrite, request},
		{"ReadDataViaQuery", graph.AbilityRead, request},
		{"WriteDataViaQuery", graph.AbilityWrite, request},
		{"DeleteDataViaQuery", graph.AbilityWrite, request},
	}},
	{"polly", "https", []action{
		{"SynthesizeSpeech", graph.AbilityInvoke, request},
	}},
	{"qldb", "https", []action{
		{"SendCommand", graph.AbilityOther, quiet}, // opens the session; what it may do is told by the others
		{"PartiQLSelect", graph.AbilityRead, request},
		{"PartiQLHistoryFunction", graph.AbilityRead, request},
		{"PartiQLInsert", graph.AbilityWrite, request},
		{"PartiQLUpdate", graph.AbilityWrite, request},
		{"PartiQLDelete", graph.AbilityWrite, request},
	}},
	{"rds", "https", []action{
		{"DownloadDBLogFilePortion", graph.AbilityRead, request},
		{"DownloadCompleteDBLogFile", graph.AbilityRead, request},
		{"AuthorizeDBSecurityGroupIngress", graph.AbilityOther, control}, // it opens a way there, no more
		{"RestoreDB*", graph.AbilityRead, quiet},                         // into one of the caller's own
		{"StartExportTask", graph.AbilityRead, quiet},
	}},
	{"rds-data", "https", []action{
		{"ExecuteStatement", graph.AbilityWrite, request},
		{"BatchExecuteStatement", graph.AbilityWrite, request},
		{"ExecuteSql", graph.AbilityWrite, request},
		{"*Transaction", graph.AbilityWrite, quiet},
	}},
	{"rds-db", "", []action{
		{"connect", graph.AbilityWrite, request},
	}},
	{"redshift", "https", []action{
		{"GetClusterCredentials*", graph.AbilityReadSecret, control},
	}},
	{"redshift-data", "https", []action{
		{"ExecuteStatement", graph.AbilityWrite, request},
		{"BatchExecuteStatement", graph.AbilityWrite, request},
		{"GetStatementResult*", graph.AbilityRead, quiet},
	}},
	{"redshift-serverless", "https", []action{
		{"GetCredentials", graph.AbilityReadSecret, control},
	}},
	{"rekognition", "https", []action{
		{"Detect*", graph.AbilityInvoke, request},
		{"Recognize*", graph.AbilityInvoke, request},
		{"Compare*", graph.AbilityInvoke, request},
		{"Search*", graph.AbilityInvoke, request},
		{"IndexFaces", graph.AbilityWrite, request},
	}},
	{"s3", "s3", []action{
		{"PutObjectAcl", graph.AbilityAdminister, control},
		{"PutObjectVersionAcl", graph.AbilityAdminister, control},
		{"ObjectOwnerOverrideToBucketOwner", graph.AbilityOther, control},
		{"BypassGovernanceRetention", graph.AbilityAdminister, control},
		{"GetObject*", graph.AbilityRead, request},
		{"ListBucket*", graph.AbilityRead, request},
		{"ListMultipartUploadParts", graph.AbilityRead, request},
		{"PutObject*", graph.AbilityWrite, request},
		{"DeleteObject*", graph.AbilityWrite, request},
		{"RestoreObject", graph.AbilityWrite, request},
		{"AbortMultipartUpload", graph.AbilityWrite, quiet},
		{"Replicate*", graph.AbilityWrite, request},
	}},
	{"s3express", "s3", []action{
		{"CreateSession", graph.AbilityWrite, request},
	}},
	{"sagemaker", "https", []action{
		{"InvokeEndpoint*", graph.AbilityInvoke, request},
		{"CreatePresigned*Url", graph.AbilityExecute, control},
		{"GetRecord", graph.AbilityRead, request},
		{"PutRecord", graph.AbilityWrite, request},
	}},
	{"sdb", "https", []action{
		{"Select", graph.AbilityRead, request},
		{"GetAttributes", graph.AbilityRead, request},
		{"PutAttributes", graph.AbilityWrite, request},
		{"BatchPutAttributes", graph.AbilityWrite, request},
		{"DeleteAttributes", graph.AbilityWrite, request},
	}},
	{"secretsmanager", "https", []action{
		{"GetSecretValue", graph.AbilityReadSecret, request},
		{"BatchGetSecretValue", graph.AbilityReadSecret, request},
		{"PutSecretValue", graph.AbilityWrite, request},
		{"UpdateSecret", graph.AbilityWrite, request},
		{"UpdateSecretVersionStage", graph.AbilityWrite, request},
		{"GetRandomPassword", graph.AbilityOther, control},
	}},
	{"servicediscovery", "https", []action{
		{"DiscoverInstances", graph.AbilityRead, request},
	}},
	{"ses", "https", []action{
		{"Send*", graph.AbilityWrite, request},
	}},
	{"sns", "https", []action{
		{"Publish", graph.AbilityWrite, request},
		{"Subscribe", graph.AbilityRead, quiet},
		{"ConfirmSubscription", graph.AbilityOther, control},
	}},
	{"sqs", "sqs", []action{
		{"SendMessage*", graph.AbilityWrite, request},
		{"ReceiveMessage", graph.AbilityRead, delivery},
		// What a consumer does with a message that it has.
		{"DeleteMessage*", graph.AbilityWrite, quiet},
		{"ChangeMessageVisibility*", graph.AbilityWrite, quiet},
		{"PurgeQueue", graph.AbilityWrite, quiet},
		{"StartMessageMoveTask", graph.AbilityWrite, quiet},
	}},
	{"ssm", "https", []action{
		{"GetParameter*", graph.AbilityReadSecret, request},
		{"PutParameter", graph.AbilityWrite, request},
		{"DeleteParameter*", graph.AbilityWrite, request},
		{"SendCommand", graph.AbilityExecute, request},
		{"StartSession", graph.AbilityExecute, request},
		{"ResumeSession", graph.AbilityExecute, request},
		{"CreateAssociation*", graph.AbilityExecute, request},
		{"UpdateAssociation", graph.AbilityExecute, request},
		{"StartAssociationsOnce", graph.AbilityExecute, request},
		{"StartAutomationExecution", graph.AbilityExecute, request},
		{"TerminateSession", graph.AbilityOther, control},
		// The agent's own reports.
		{"UpdateInstance*", graph.AbilityOther, control},
		{"UpdateAssociationStatus", graph.AbilityOther, control},
		{"PutInventory", graph.AbilityOther, control},
		{"PutComplianceItems", graph.AbilityOther, control},
		{"PutConfigurePackageResult", graph.AbilityOther, control},
	}},
	{"ssmmessages", "https", []action{
		{"*", graph.AbilityOther, control}, // the agent's own channel
	}},
	{"sso", "https", []action{
		{"CreateAccountAssignment", graph.AbilityAssume, control},
	}},
	{"states", "https", []action{
		{"StartExecution", graph.AbilityInvoke, request},
		{"StartSyncExecution", graph.AbilityInvoke, request},
		{"RedriveExecution", graph.AbilityInvoke, request},
		{"InvokeHTTPEndpoint", graph.AbilityInvoke, request},
		{"SendTask*", graph.AbilityWrite, request},
		{"GetActivityTask", graph.AbilityRead, delivery},
		{"GetExecutionHistory", graph.AbilityRead, quiet},
		{"DescribeExecution", graph.AbilityRead, quiet},
	}},
	{"sts", "https", []action{
		{"AssumeRo*", graph.AbilityAssume, control}, // AssumeRole, its variants, AssumeRoot
		{"GetFederationToken", graph.AbilityOther, control},
		{"GetSessionToken", graph.AbilityOther, control},
		{"GetServiceBearerToken", graph.AbilityOther, control},
		{"TagSession", graph.AbilityOther, control},
		{"SetSourceIdentity", graph.AbilityOther, control},
		{"SetContext", graph.AbilityOther, control},
	}},
	{"textract", "https", []action{
		{"Analyze*", graph.AbilityInvoke, request},
		{"Detect*", graph.AbilityInvoke, request},
		{"Start*", graph.AbilityInvoke, request},
	}},
	{"timestream", "https", []action{
		{"Select", graph.AbilityRead, request},
		{"WriteRecords", graph.AbilityWrite, request},
	}},
	{"transcribe", "https", []action{
		{"Start*", graph.AbilityInvoke, request},
	}},
	{"translate", "https", []action{
		{"Translate*", graph.AbilityInvoke, request},
	}},
	{"xray", "https", []action{
		{"PutTraceSegments", graph.AbilityWrite, request},
		{"PutTelemetryRecords", graph.AbilityWrite, request},
		{"GetSampling*", graph.AbilityRead, control},
		{"GetTrace*", graph.AbilityRead, request},
		{"BatchGetTraces", graph.AbilityRead, request},
	}},
}

// dynamoActions serve the database and its accelerator alike.
var dynamoActions = []action{
	{"GetItem", graph.AbilityRead, request},
	{"BatchGetItem", graph.AbilityRead, request},
	{"TransactGetItems", graph.AbilityRead, request},
	{"Query", graph.AbilityRead, request},
	{"Scan", graph.AbilityRead, request},
	{"ConditionCheckItem", graph.AbilityRead, request},
	{"PartiQLSelect", graph.AbilityRead, request},
	{"ExportTableToPointInTime", graph.AbilityRead, quiet},
	{"PutItem", graph.AbilityWrite, request},
	{"UpdateItem", graph.AbilityWrite, request},
	{"DeleteItem", graph.AbilityWrite, request},
	{"BatchWriteItem", graph.AbilityWrite, request},
	{"TransactWriteItems", graph.AbilityWrite, request},
	{"PartiQL*", graph.AbilityWrite, request},
	{"GetRecords", graph.AbilityRead, delivery},
	{"GetShardIterator", graph.AbilityRead, delivery},
}

var registryActions = []action{
	{"GetAuthorizationToken", graph.AbilityOther, control},
	{"BatchGetImage", graph.AbilityRead, request},
	{"GetDownloadUrlForLayer", graph.AbilityRead, request},
	{"BatchCheckLayerAvailability", graph.AbilityRead, quiet},
	{"PutImage", graph.AbilityWrite, request},
	{"InitiateLayerUpload", graph.AbilityWrite, request},
	{"UploadLayerPart", graph.AbilityWrite, request},
	{"CompleteLayerUpload", graph.AbilityWrite, request},
	{"BatchDeleteImage", graph.AbilityWrite, request},
}

// readVerbs, changeVerbs and endVerbs, in lower case, begin the names of actions without a
// row: those that read, that change what is there, and that remove or stop it. A name with none is
// AbilityOther: what makes or starts something gives nothing of what is there already.
var (
	readVerbs = []string{
		"batchcheck", "batchdescribe", "batchget", "batchlist", "check", "describe", "discover", "download", "estimate",
		"export", "filter", "get", "head", "list", "lookup", "preview", "query", "read", "retrieve", "scan", "search",
		"select", "simulate", "validate", "verify", "view",
	}
	changeVerbs = []string{
		"accept", "activate", "add", "admin", "apply", "approve", "assign", "associate", "attach",
		"authorize", "batchassociate", "batchenable",
		"batchimport", "batchmodify", "batchput", "batchupdate", "batchwrite", "change", "configure",
		"copy", "decrease", "deploy", "enable", "execute", "grant", "import", "increase", "initiate", "install", "invite", "manage",
		"merge", "modify", "move", "patch", "post", "promote", "provision", "publish", "put", "rebuild",
		"refresh", "replace", "reset", "restore", "rollback", "rotate", "schedule", "set", "share", "split", "subscribe",
		"swap", "transfer", "update", "upgrade", "upload",
	}
	endVerbs = []string{
		"abort", "batchdelete", "batchdisable", "batchdisassociate", "cancel", "deactivate", "delete", "deregister", "detach",
		"disable", "disassociate", "reboot", "reject", "release", "remove", "revoke", "stop", "suspend", "terminate", "unassign",
		"unsubscribe",
	}
)
