package graph

import (
	"cmp"
	"strings"
)

// Decision is what people decided on findings, and whether it still says anything.
type Decision struct {
	Rule string `json:"rule"` // "*" for all
	// Address is the pattern of what it is about, "" of one that stands beside the code.
	Address string        `json:"address,omitempty"`
	Status  Status        `json:"status"`
	Reason  string        `json:"reason,omitempty"`
	Owner   string        `json:"owner,omitempty"` // who decided
	Ticket  string        `json:"ticket,omitempty"`
	Date    string        `json:"date,omitempty"`  // the day on which it was made
	Until   string        `json:"until,omitempty"` // the last day on which it holds ("2027-01-31")
	State   DecisionState `json:"state"`
	Source  Source        `json:"source,omitzero"` // where it was written
}

// DecisionState tells whether a decision still says anything.
type DecisionState string

// The states.
const (
	DecisionHolds   DecisionState = "holds"
	DecisionUnused  DecisionState = "unused"  // it is about nothing that was found
	DecisionExpired DecisionState = "expired" // it is past its date, and what it is about is open again
)

// DecisionStates lists the states in the order above.
var DecisionStates = []DecisionState{DecisionHolds, DecisionUnused, DecisionExpired}

// ID names a decision for people; of several that say the same it is the same.
func (d Decision) ID() string {
	if d.Address == "" {
		return d.Rule + "@" + d.Source.File
	}
	return d.Rule + "@" + d.Address
}

func compareDecision(a, b Decision) int {
	return cmp.Or(a.Source.Compare(b.Source), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Address, b.Address),
		strings.Compare(string(a.Status), string(b.Status)), strings.Compare(a.Reason, b.Reason), strings.Compare(a.Until, b.Until),
		strings.Compare(a.Owner, b.Owner), strings.Compare(a.Ticket, b.Ticket), strings.Compare(a.Date, b.Date),
		strings.Compare(string(a.State), string(b.State)))
}
