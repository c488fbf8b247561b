package graph

import "fmt"

// Truth is a three-valued fact. The zero value is Unknown, so that a fact that
// nobody established is never mistaken for a weakness: rules fire on No, never
// on "not Yes".
type Truth int8

// The three values of a fact.
const (
	Unknown Truth = iota
	No
	Yes
)

// Of turns a decided boolean into a Truth.
func Of(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

// Not inverts Yes and No; Unknown stays Unknown.
func (t Truth) Not() Truth {
	switch t {
	case Yes:
		return No
	case No:
		return Yes
	}
	return Unknown
}

// String returns "unknown", "no" or "yes".
func (t Truth) String() string {
	switch t {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// ParseTruth is the inverse of String.
func ParseTruth(s string) (Truth, error) {
	switch s {
	case "unknown":
		return Unknown, nil
	case "no":
		return No, nil
	case "yes":
		return Yes, nil
	}
	return Unknown, fmt.Errorf("%q is none of unknown, no, yes", s)
}

// MarshalText writes the form of String.
func (t Truth) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the form of String.
func (t *Truth) UnmarshalText(b []byte) error {
	v, err := ParseTruth(string(b))
	*t = v
	return err
}
