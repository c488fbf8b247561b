package main

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

func TestRun(t *testing.T) {
	tests := []struct {
		name      string
		args      []string
		in        string
		status    int
		out, says string
	}{
		{"a diagram", nil, `digraph { a -> b [label=<<B>x</B>>] }`, exitOK, "</svg>", ""},
		{"clusters with newrank", nil, `digraph { newrank=true; subgraph cluster_x { a } subgraph cluster_y { b } a -> b }`, exitOK, "</svg>", ""},
		{"no DOT", nil, "digraph {", exitLayout, "", "reading DOT"},
		{"nothing", nil, " \n", exitLayout, "", "standard input is empty"},
		{"an argument", []string{"x.dot"}, "", exitUsage, "", "usage:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, complaints strings.Builder
			status := run(tt.args, strings.NewReader(tt.in), &out, &complaints)
			if status != tt.status {
				t.Errorf("exit status %d, want %d", status, tt.status)
			}
			if !strings.Contains(out.String(), tt.out) || tt.out == "" && out.Len() > 0 {
				t.Errorf("wrote %q, want %q", out.String(), tt.out)
			}
			if !strings.Contains(complaints.String(), tt.says) || tt.says == "" && complaints.Len() > 0 {
				t.Errorf("said %q, want %q", complaints.String(), tt.says)
			}
		})
	}
}

func TestRunCannotRead(t *testing.T) {
	var out, complaints strings.Builder
	status := run(nil, iotest.ErrReader(errors.New("the pipe is broken")), &out, &complaints)
	if status != exitUsage || !strings.Contains(complaints.String(), "the pipe is broken") {
		t.Errorf("exit status %d, said %q", status, complaints.String())
	}
}
