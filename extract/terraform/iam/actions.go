package iam

import (
	"slices"
	"strings"

	"drawbridge/graph"
)

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
		// What the network plugin, the load balancer and the like need for themselves is
		// still a change of configuration, so no row says otherwise.
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
	}},
	{"eks", "https", []action{
		{"AccessKubernetesApi", graph.AbilityInvoke, request},
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
		{"GetConnection*", graph.AbilityReadSecret, control}, // with the passwords in it
	}},
	{"iam", "https", []action{
		{"PassRole", graph.AbilityPass, control},
		{"Generate*", graph.AbilityRead, control},
		{"Simulate*", graph.AbilityRead, control},
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
	{"rds", "https", []action{
		{"DownloadDBLogFilePortion", graph.AbilityRead, request},
		{"DownloadCompleteDBLogFile", graph.AbilityRead, request},
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
	{"states", "https", []action{
		{"StartExecution", graph.AbilityInvoke, request},
		{"StartSyncExecution", graph.AbilityInvoke, request},
		{"RedriveExecution", graph.AbilityInvoke, request},
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

// readVerbs and changeVerbs begin the names of actions without a row. A name
// with neither is AbilityOther.
var (
	readVerbs = []string{
		"BatchCheck", "BatchDescribe", "BatchGet", "BatchList", "Check", "Describe", "Discover", "Download", "Estimate",
		"Export", "Filter", "Get", "Head", "List", "Lookup", "Preview", "Query", "Read", "Retrieve", "Scan", "Search",
		"Select", "Simulate", "Validate", "Verify", "View",
	}
	changeVerbs = []string{
		"Abort", "Accept", "Activate", "Add", "Admin", "Allocate", "Apply", "Approve", "Assign", "Associate", "Attach",
		"Authorize", "BatchAssociate", "BatchCreate", "BatchDelete", "BatchDisable", "BatchDisassociate", "BatchEnable",
		"BatchImport", "BatchModify", "BatchPut", "BatchUpdate", "BatchWrite", "Cancel", "Change", "Configure", "Continue",
		"Copy", "Create", "Deactivate", "Decrease", "Delete", "Deploy", "Deregister", "Detach", "Disable", "Disassociate",
		"Enable", "Execute", "Failover", "Grant", "Import", "Increase", "Initiate", "Install", "Invite", "Issue", "Manage",
		"Merge", "Modify", "Move", "Patch", "Post", "Promote", "Provision", "Publish", "Purchase", "Put", "Reboot", "Rebuild",
		"Refresh", "Register", "Reject", "Release", "Remove", "Replace", "Request", "Reset", "Restore", "Resume", "Retry",
		"Revoke", "Rollback", "Rotate", "Run", "Schedule", "Set", "Share", "Signal", "Split", "Start", "Stop", "Subscribe",
		"Suspend", "Swap", "Tag", "Terminate", "Transfer", "Unassign", "Unsubscribe", "Untag", "Update", "Upgrade", "Upload",
	}
)

// AbilityOf classifies an action. Of a pattern it gives the strongest ability
// that it covers: "sqs:*" administers. See [AbilitiesOf] for all of them.
func AbilityOf(pattern string) graph.Ability {
	all := AbilitiesOf(pattern)
	for _, a := range strongest {
		if slices.Contains(all, a) {
			return a
		}
	}
	return graph.AbilityOther
}

var strongest = []graph.Ability{
	graph.AbilityAdminister, graph.AbilityExecute, graph.AbilityAssume, graph.AbilityPass, graph.AbilityReadSecret,
	graph.AbilityInvoke, graph.AbilityWrite, graph.AbilityRead,
}

// abilities is the order of AbilitiesOf, which is the vocabulary's.
var abilities = []graph.Ability{
	graph.AbilityRead, graph.AbilityWrite, graph.AbilityInvoke, graph.AbilityAssume, graph.AbilityPass,
	graph.AbilityReadSecret, graph.AbilityExecute, graph.AbilityAdminister, graph.AbilityOther,
}

// AbilitiesOf returns every ability that an action or pattern covers, in the
// vocabulary's order: "sqs:*" reads, writes and administers.
func AbilitiesOf(pattern string) []graph.Ability {
	has := map[graph.Ability]bool{}
	for _, m := range meanings(pattern) {
		has[m.does] = true
	}
	var out []graph.Ability
	for _, a := range abilities {
		if has[a] {
			out = append(out, a)
		}
	}
	return out
}

// DataAction reports whether an action, or any that a pattern covers, touches
// the data of its resource, as opposed to its configuration and metadata.
func DataAction(pattern string) bool {
	return slices.ContainsFunc(meanings(pattern), func(m meaning) bool { return m.reach != control })
}

// DataFlow is the data that moves when an action is used.
type DataFlow struct {
	Protocol string // "" where it depends on the resource
	// ToResource is true for a request by the principal to the resource, whichever
	// way the data goes; false where the principal fetches events that the resource
	// has for it (sqs:ReceiveMessage): these travel to the principal.
	ToResource bool
}

// Flow returns what moves between principal and resource when an action is used;
// false for actions that move nothing. A pattern that covers both directions
// counts as a request: see [Flows].
func Flow(pattern string) (protocol string, toResource, ok bool) {
	all := Flows(pattern)
	if len(all) == 0 {
		return "", false, false
	}
	return all[0].Protocol, all[0].ToResource, true
}

// Flows returns the flows of an action or pattern: at most one in each direction,
// the request first.
func Flows(pattern string) []DataFlow {
	var out []DataFlow
	for _, r := range []reach{request, delivery} {
		protocols := map[string]bool{}
		var last string
		for _, m := range meanings(pattern) {
			if m.reach == r {
				protocols[m.protocol], last = true, m.protocol
			}
		}
		switch len(protocols) {
		case 0:
		case 1:
			out = append(out, DataFlow{last, r == request})
		default:
			out = append(out, DataFlow{"", r == request})
		}
	}
	return out
}

// Within narrows an action pattern to one service: "*" within "sqs" is "sqs:*".
// False where the pattern covers none of the service's actions. With the service
// of a target's ARN it says what a broad statement means for that target.
func Within(pattern, service string) (string, bool) {
	prefix, name, cut := strings.Cut(pattern, ":")
	if !cut {
		prefix, name = pattern, "*"
	}
	if !glob(strings.ToLower(prefix), strings.ToLower(service)) {
		return "", false
	}
	return service + ":" + name, true
}

// meaning is what some of a pattern's actions do.
type meaning struct {
	does     graph.Ability
	reach    reach
	protocol string
}

// meanings returns what the actions do that a pattern covers, with repetitions.
func meanings(pattern string) []meaning {
	pattern = strings.ToLower(pattern)
	prefix, name, cut := strings.Cut(pattern, ":")
	if !cut {
		if strings.Trim(pattern, "*") != "" || pattern == "" {
			return []meaning{{does: graph.AbilityOther}}
		}
		name = "*"
	}
	var out []meaning
	covered := false // true where a row holds all that the name covers
	for i := range services {
		s := &services[i]
		if !glob(prefix, s.prefix) {
			continue
		}
		for _, a := range s.actions {
			row := strings.ToLower(a.pattern)
			if !overlap(name, row) {
				continue
			}
			out = append(out, meaning{a.does, a.reach, s.protocol})
			// A row that holds the whole pattern leaves nothing to the later ones: the
			// stars of the pattern are mere characters here.
			if glob(row, name) {
				covered = prefix == s.prefix
				break
			}
		}
	}
	if covered {
		return out
	}
	return append(out, byVerb(name)...)
}

func byVerb(name string) []meaning {
	begins := func(verb string) bool { return overlap(name, strings.ToLower(verb)+"*") }
	reads := slices.ContainsFunc(readVerbs, begins)
	wild := strings.ContainsAny(name, "*?")
	var out []meaning
	if reads {
		out = append(out, meaning{does: graph.AbilityRead})
	}
	if (!reads || wild) && slices.ContainsFunc(changeVerbs, begins) {
		out = append(out, meaning{does: graph.AbilityAdminister})
	}
	if len(out) == 0 {
		out = append(out, meaning{does: graph.AbilityOther})
	}
	return out
}
