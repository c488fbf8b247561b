package graph

// Question is something that the input does not say and whose answer decides a
// finding: what to ask those who know the system.
type Question struct {
	ID string `json:"id"`
	// Rule is the ID of the rule that would find something if the answer is bad.
	Rule    string `json:"rule"`
	Subject string `json:"subject"` // ID of the component or boundary that it is about
	Address string `json:"address"`
	Text    string `json:"text"` // the question, with a question mark
	// Why says what hangs on the answer, one sentence.
	Why string `json:"why"`
	// Severity is that of the finding if the answer is bad.
	Severity Severity `json:"severity"`
	// Asks is the fact that is asked for: a property of the subject, or
	// [AsksEncrypted] and its like of the flows to it.
	Asks string `json:"asks,omitempty"`
}

// What a question may ask for of flows; of components and boundaries it is a [Property].
const (
	AsksEncrypted     = "flow.encrypted"
	AsksAuthenticated = "flow.authenticated"
	AsksPeers         = "flow.peers" // the address ranges that it is opened to
)
