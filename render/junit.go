package render

import (
	"encoding/xml"
	"io"

	"drawbridge/graph"
)

// JUnit writes the findings of a model as test results in the form that most
// continuous integration shows (of JUnit's Ant task, with a file and line as pytest and
// GitLab have them). Each finding is a case: an open one fails, one of severity info
// passes with its text, what is mitigated or accepted is skipped.
// Below is where the model's directory lies in the repository.
func JUnit(w io.Writer, g *graph.Graph, below string) error {
	return testResults(w, "the model was read", problemsOf(g, below))
}

// ChangeJUnit writes a change as test results: what gets worse fails, what gets better
// passes. The first case is the verdict.
func ChangeJUnit(w io.Writer, c *graph.Change, below string) error {
	return testResults(w, c.Verdict(), changeProblems(c, below))
}

// The parts of the format that are written.
type (
	testSuites struct {
		XMLName xml.Name  `xml:"testsuites"`
		Suite   testSuite `xml:"testsuite"`
	}
	testSuite struct {
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Time     string     `xml:"time,attr"`
		Cases    []testCase `xml:"testcase"`
	}
	testCase struct {
		Class   string       `xml:"classname,attr"`
		Name    string       `xml:"name,attr"`
		File    string       `xml:"file,attr,omitempty"`
		Line    int          `xml:"line,attr,omitempty"`
		Time    string       `xml:"time,attr"`
		Failure *testFailure `xml:"failure"`
		Skipped *testSkipped `xml:"skipped"`
		Out     string       `xml:"system-out,omitempty"`
	}
	testFailure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	testSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// testResults writes problems as cases, behind one for the whole, which passes: a run in
// which nothing is wrong is no empty suite.
func testResults(w io.Writer, verdict string, list []problem) error {
	s := testSuite{Name: "drawbridge", Time: "0", Cases: []testCase{{Class: "drawbridge.verdict", Name: printable(verdict), Time: "0"}}}
	for _, p := range list {
		t := testCase{Class: "drawbridge." + printable(p.kind), Name: printable(p.title), File: printable(p.at.File), Line: p.at.Line, Time: "0"}
		text := printable(p.line())
		if !p.at.IsZero() {
			text += "\n" + printable(p.at.String())
		}
		switch {
		case p.state == problemSuppressed:
			t.Skipped = &testSkipped{printable(p.why)}
			s.Skipped++
		case p.state == problemSolved, p.severity == graph.Info:
			t.Out = text
		default:
			t.Failure = &testFailure{string(p.severity), printable(p.title), text}
			s.Failures++
		}
		s.Cases = append(s.Cases, t)
	}
	s.Tests = len(s.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(testSuites{Suite: s}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
