package revision

import (
	"strings"
	"testing"
)

// TestAnswersSkipsWhatIsStillWritten leaves out an object of which a part was read already,
// while the rest is yet to come.
func TestAnswersSkipsWhatIsStillWritten(t *testing.T) {
	f, err := answerFile()
	if err != nil {
		t.Fatal(err)
	}
	a := &answers{file: f}
	defer func() {
		if err := a.remove(); err != nil {
			t.Error(err)
		}
	}()
	write := func(text string) {
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	ended := make(chan struct{})
	close(ended)

	write("first\n" + strings.Repeat("x", 100))
	if line, err := a.line(ended); line != "first\n" || err != nil {
		t.Fatalf("first line: %q, %v", line, err)
	}
	write(strings.Repeat("x", 400) + "\nsecond\n")
	if err := a.skip(501, ended); err != nil {
		t.Fatal(err)
	}
	if line, err := a.line(ended); line != "second\n" || err != nil {
		t.Errorf("line after what was skipped: %q, %v", line, err)
	}
}
