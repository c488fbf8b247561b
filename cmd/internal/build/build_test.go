package build

import (
	"regexp"
	"testing"
)

func TestVersionIsOneLine(t *testing.T) {
	if got := Version(); !regexp.MustCompile(`^drawbridge .+ go1\.\d+\S* \w+/\w+\n$`).MatchString(got) {
		t.Errorf("Version() = %q", got)
	}
}

// Anything but the bare command is left to the application: help, mistakes, tests.
func TestOnlyTheBareCommandIsAnswered(t *testing.T) {
	for _, args := range [][]string{nil, {"drawbridge"}, {"drawbridge", "scan"}, {"drawbridge", "version", "--help"}, {"drawbridge", "scan", "version"}} {
		if answered(args) {
			t.Errorf("%q was answered", args)
		}
	}
}
