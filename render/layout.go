package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// The programs that lay a diagram out.
const (
	dotProgram    = "dot"
	layoutProgram = "drawbridge-layout"
)

// defaultTimeout bounds one attempt of one program.
const defaultTimeout = 30 * time.Second

// Layouter finds and runs the programs that lay a diagram out: Graphviz's dot, or
// else drawbridge-layout, which is built with drawbridge and needs nothing
// installed. Where the first fails, the second is tried.
type Layouter struct {
	// LookPath finds a program, as exec.LookPath does. Nil finds none.
	LookPath func(name string) (string, error)
	// Executable returns the running program's path, as os.Executable does:
	// drawbridge-layout is looked for beside it. Nil knows none.
	Executable func() (string, error)
	// Timeout bounds each attempt; 0 means half a minute.
	Timeout time.Duration
	// Memory keeps what was laid out, for whoever draws nearly the same pictures again
	// and again. Nil keeps nothing.
	Memory *LayoutMemory
}

// LayoutMemory holds pictures by what they were laid out from. The zero value is empty.
// One goroutine at a time may use it.
type LayoutMemory struct {
	known, used map[string][]byte
}

// Forget drops what was not asked for since the last call.
func (m *LayoutMemory) Forget() { m.known, m.used = m.used, nil }

// recall returns what a picture was laid out to, and makes it where it is new.
func (m *LayoutMemory) recall(key string, layOut func() ([]byte, error)) ([]byte, error) {
	out, ok := m.used[key]
	if !ok {
		out, ok = m.known[key]
	}
	if !ok {
		var err error
		if out, err = layOut(); err != nil {
			return nil, err
		}
	}
	if m.used == nil {
		m.used = map[string][]byte{}
	}
	m.used[key] = out
	return out, nil
}

// attempt is one way to lay out.
type attempt struct {
	name, path string
	args       []string
}

// run lays out in a format, "svg", "png" or "pdf".
func (l Layouter) run(ctx context.Context, dot []byte, format string) ([]byte, error) {
	if l.Memory == nil {
		return l.layOut(ctx, dot, format)
	}
	return l.Memory.recall(format+"\x00"+string(dot), func() ([]byte, error) { return l.layOut(ctx, dot, format) })
}

func (l Layouter) layOut(ctx context.Context, dot []byte, format string) ([]byte, error) {
	attempts := l.attempts(format)
	if len(attempts) == 0 {
		if format != "svg" {
			return nil, errors.New("no program makes " + strings.ToUpper(format) + ": install Graphviz, so that dot is on PATH (apt install graphviz, brew install graphviz), or ask for SVG")
		}
		return nil, errors.New("no program lays the diagram out: install Graphviz, so that dot is on PATH, or put " +
			layoutProgram + " beside drawbridge (go build -o . ./cmd/...)")
	}
	var failures []error
	for _, a := range attempts {
		out, err := l.try(ctx, a, dot)
		if err == nil {
			return out, nil
		}
		failures = append(failures, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("laying the diagram out: %w", errors.Join(failures...))
}

func (l Layouter) attempts(format string) []attempt {
	var out []attempt
	if path, ok := l.find(dotProgram); ok {
		out = append(out, attempt{dotProgram, path, []string{"-T" + format}})
	}
	if format != "svg" {
		return out
	}
	if l.Executable != nil {
		if self, err := l.Executable(); err == nil {
			name := layoutProgram
			if runtime.GOOS == "windows" {
				name += ".exe"
			}
			if path, err := exec.LookPath(filepath.Join(filepath.Dir(self), name)); err == nil {
				return append(out, attempt{layoutProgram, path, nil})
			}
		}
	}
	if path, ok := l.find(layoutProgram); ok {
		out = append(out, attempt{layoutProgram, path, nil})
	}
	return out
}

func (l Layouter) find(name string) (string, bool) {
	if l.LookPath == nil {
		return "", false
	}
	path, err := l.LookPath(name)
	return path, err == nil
}

func (l Layouter) try(ctx context.Context, a attempt, dot []byte) ([]byte, error) {
	limit := l.Timeout
	if limit == 0 {
		limit = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var out, complaints bytes.Buffer
	cmd := exec.CommandContext(ctx, a.path, a.args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(dot), &out, &complaints
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("%s did not finish within %s", a.name, limit)
	case err != nil:
		return nil, fmt.Errorf("%s: %w: %s", a.name, err, firstLine(complaints.String()))
	case grave(complaints.String()) != "":
		return nil, fmt.Errorf("%s drew only a part: %s", a.name, grave(complaints.String()))
	case out.Len() == 0:
		return nil, fmt.Errorf("%s wrote nothing", a.name)
	}
	return out.Bytes(), nil
}

// grave returns the first complaint that means a wrong picture, though dot ends
// with success: it drops edges it cannot place, and text it cannot parse. Others,
// about fonts or sizes, are harmless.
func grave(complaints string) string {
	for line := range strings.Lines(complaints) {
		lower := strings.ToLower(line)
		for _, sign := range []string{"error", "lost ", "trouble in", "syntax", "not well-formed", "is not a known"} {
			if strings.Contains(lower, sign) {
				return strings.TrimSpace(printable(strings.TrimRight(line, "\r\n")))
			}
		}
	}
	return ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return printable(line)
}
