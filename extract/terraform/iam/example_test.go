package iam_test

import (
	"fmt"

	"drawbridge/extract/terraform/iam"
)

// What a role's policy means for the diagram: a flow for each action that moves
// data, between the role's holder and the instances that the tokens name.
func Example() {
	d, err := iam.Parse(`{
	  "Version": "2012-10-17",
	  "Statement": {
	    "Effect": "Allow",
	    "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:GetQueueUrl"],
	    "Resource": "arn:aws:sqs:REGION:ACCOUNT:⟦aws_sqs_queue.orders⟧"
	  }
	}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range d.Statements {
		for _, target := range s.Targets() {
			for _, action := range s.Actions {
				protocol, toResource, moves := iam.Flow(action)
				switch {
				case !moves:
					fmt.Println(action, "moves nothing")
				case toResource:
					fmt.Println(action, "->", target.Named, protocol)
				default:
					fmt.Println(action, "<-", target.Named, protocol)
				}
			}
		}
	}
	// Output:
	// sqs:SendMessage -> [aws_sqs_queue.orders] sqs
	// sqs:ReceiveMessage <- [aws_sqs_queue.orders] sqs
	// sqs:GetQueueUrl moves nothing
}

// Who may assume a role, and what stands in the way.
func ExampleStatement_Narrowing() {
	d, err := iam.Parse(`{"Statement": [{
	  "Effect": "Allow",
	  "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
	  "Action": "sts:AssumeRoleWithWebIdentity",
	  "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:*"}}
	}]}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	s := d.Statements[0]
	for _, p := range s.Principals {
		fmt.Println(p.Kind(), p.Name())
	}
	for _, n := range s.Narrowing() {
		fmt.Printf("%s: %s\n", n.Kind, n.Weak)
	}
	// Output:
	// oidc token.actions.githubusercontent.com
	// oidc-subject: a value matches subjects of any owner
}

func ExampleAbilitiesOf() {
	for _, action := range []string{"s3:GetObject", "secretsmanager:GetSecretValue", "iam:PassRole", "dynamodb:*"} {
		fmt.Println(action, iam.AbilitiesOf(action))
	}
	// Output:
	// s3:GetObject [read]
	// secretsmanager:GetSecretValue [read-secret]
	// iam:PassRole [pass]
	// dynamodb:* [read write administer delete]
}

// A statement of broad actions, seen from one of its targets.
func ExampleWithin() {
	target := iam.TargetOf("arn:aws:sns:REGION:ACCOUNT:⟦aws_sns_topic.t⟧")
	for _, action := range []string{"*", "sns:Pub*", "sqs:*"} {
		narrow, ok := iam.Within(action, target.ARN.Service)
		fmt.Println(narrow, ok)
	}
	// Output:
	// sns:* true
	// sns:Pub* true
	//  false
}

func ExampleManaged() {
	p, _ := iam.Managed("arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole")
	fmt.Println(p.Document().Allows("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:123456789012:orders"))
	// Output: yes
}
