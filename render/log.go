package render

import (
	"io"
	"regexp"
	"strings"
)

// What makes a platform take a line of a job's log for a command to itself: "::" at its
// beginning (GitHub), or one of these anywhere (GitHub's older form, Azure, TeamCity).
var (
	commandLine = regexp.MustCompile(`(?m)^([ \t]*):(:)`)
	commandMark = strings.NewReplacer("##[", "# #[", "##vso[", "# #vso[", "##teamcity[", "# #teamcity[")
)

// writeForLogs writes a text that may end up in a job's log: no name in it is a command
// to the platform.
func writeForLogs(w io.Writer, text string) error {
	_, err := io.WriteString(w, commandMark.Replace(commandLine.ReplaceAllString(text, "$1: $2")))
	return err
}
