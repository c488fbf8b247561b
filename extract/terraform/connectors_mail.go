package terraform

import "drawbridge/graph"

// mailService is the platform's mail service, which no resource makes.
func (b *builder) mailService() *component { return b.serviceComponent(apiServiceNamed("ses")) }

// readReceiptRule is the semantic of what happens with mail that comes in.
func readReceiptRule(b *builder, r *resource) {
	senders := b.outside("mail senders", "mail senders", "mail senders", graph.TechUser, r.Source)
	b.flow(senders, b.mailService(), graph.Flow{Protocol: "smtp", Port: 25, Carries: "mail"}, at(r, "rule on mail that comes in"))
	for _, path := range []string{"s3_action.bucket_name", "lambda_action.function_arn", "sns_action.topic_arn", "s3_action.topic_arn", "bounce_action.topic_arn"} {
		for _, v := range r.Body.All(path) {
			for _, c := range b.reached(v, "mail action") {
				b.flow(b.mailService(), c, graph.Flow{Carries: "mail"}, atValue(r, v, "action of the receipt rule"))
			}
		}
	}
}

// readMailEvents is the semantic of where news of sent mail go.
func readMailEvents(b *builder, r *resource) {
	for _, path := range []string{
		"sns_destination.topic_arn", "kinesis_destination.stream_arn", "event_destination.sns_destination.topic_arn",
		"event_destination.kinesis_firehose_destination.delivery_stream_arn", "event_destination.event_bridge_destination.event_bus_arn", "topic_arn",
	} {
		for _, v := range r.Body.All(path) {
			for _, c := range b.reached(v, "mail events") {
				b.flow(b.mailService(), c, graph.Flow{Carries: "mail events"}, atValue(r, v, "events of mail go there"))
			}
		}
	}
}
