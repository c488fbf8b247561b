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

// defaultTimeout bounds all attempts to lay out one picture.
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
	// Timeout bounds all attempts together, each to half of what is left; 0 means half a
	// minute.
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
	// instead of what the drawing says of the layout: in some pictures Graphviz fails to
	// route a flow ("triangulation failed"), and does not with other distances.
	replace, instead string
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
	left, slow := l.Timeout, map[string]bool{}
	if left == 0 {
		left = defaultTimeout
	}
	for i, a := range attempts {
		if slow[a.path] && i+1 < len(attempts) {
			continue // it was too slow: asking for a little else does not help
		}
		limit, start := left, time.Now()
		if i+1 < len(attempts) {
			limit = left / 2
		}
		out, err := l.try(ctx, a, dot, limit)
		left = max(time.Second, left-time.Since(start))
		slow[a.path] = errors.Is(err, context.DeadlineExceeded)
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
		out = append(out, attempt{name: dotProgram, path: path, args: []string{"-T" + format}})
	}
	if len(out) == 0 {
		return l.ownAttempt(format)
	}
	narrow, wide := out[0], out[0]
	narrow.name, narrow.replace, narrow.instead = "dot with less room", "margin=14;", "margin=9;"
	wide.name, wide.replace, wide.instead = "dot with more room", "margin=14;", "margin=19;"
	out = append(out, narrow)
	out = append(out, l.ownAttempt(format)...)
	return append(out, wide)
}

// ownAttempt is that of drawbridge-layout, none where it is not there or cannot do it.
func (l Layouter) ownAttempt(format string) []attempt {
	if format != "svg" {
		return nil
	}
	if l.Executable != nil {
		if self, err := l.Executable(); err == nil {
			name := layoutProgram
			if runtime.GOOS == "windows" {
				name += ".exe"
			}
			if path, err := exec.LookPath(filepath.Join(filepath.Dir(self), name)); err == nil {
				return []attempt{{name: layoutProgram, path: path}}
			}
		}
	}
	if path, ok := l.find(layoutProgram); ok {
		return []attempt{{name: layoutProgram, path: path}}
	}
	return nil
}

func (l Layouter) find(name string) (string, bool) {
	if l.LookPath == nil {
		return "", false
	}
	path, err := l.LookPath(name)
	return path, err == nil
}

func (l Layouter) try(ctx context.Context, a attempt, dot []byte, limit time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if a.replace != "" {
		dot = bytes.ReplaceAll(dot, []byte(a.replace), []byte(a.instead))
	}
	var out, complaints bytes.Buffer
	cmd := exec.CommandContext(ctx, a.path, a.args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(dot), &out, &complaints
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("%s did not finish within %s: %w", a.name, limit.Round(time.Second), context.DeadlineExceeded)
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
