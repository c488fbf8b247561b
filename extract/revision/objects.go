package revision

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// objects reads objects of one repository from one running git cat-file. What was
// read is kept: readers open most files twice.
type objects struct {
	mu     sync.Mutex
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	failed error
	kept   map[string][]byte
}

func (r *Repository) objects(ctx context.Context) (*objects, error) {
	o := &objects{cmd: r.command(ctx, "cat-file", "--batch"), kept: map[string][]byte{}}
	in, err := o.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	o.in, o.out = in, bufio.NewReaderSize(out, 1<<16)
	if err := o.cmd.Start(); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return o, nil
}

// read returns the content of an object, which must not be changed. The ones ahead are
// likely to be read next: they are asked for in the same breath, for most of the time of an
// answer goes into waiting for it.
func (o *objects) read(object string, ahead []string) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if content, ok := o.kept[object]; ok {
		return content, nil
	}
	if o.failed != nil {
		return nil, o.failed
	}
	wanted := []string{object}
	for _, next := range ahead {
		if _, ok := o.kept[next]; !ok && !slices.Contains(wanted, next) {
			wanted = append(wanted, next)
		}
	}
	// So few names fit into the pipe at once, whether git reads them or waits for us.
	if _, err := io.WriteString(o.in, strings.Join(wanted, "\n")+"\n"); err != nil {
		o.failed = fmt.Errorf("git cat-file: %w", err)
		return nil, o.failed
	}
	var failure error
	for i, name := range wanted {
		content, err := o.answer()
		switch {
		case err == nil:
			o.kept[name] = content
		case i == 0:
			failure = err
		}
		if o.failed != nil {
			break
		}
	}
	if failure != nil {
		return nil, failure
	}
	return o.kept[object], nil
}

// mostAhead is how many objects are asked for at once, and mostAheadSize how large they
// may be in bytes.
const (
	mostAhead     = 64
	mostAheadSize = 256 << 10
)

// errMissing tells of an object that a partial clone has not fetched.
var errMissing = errors.New("its object is not in the clone; make the clone complete (git fetch --refetch --no-filter)")

// answer reads the content of the next object that was asked for. After an answer that
// is no answer, the program is not asked again: what it would say next belongs to nothing.
func (o *objects) answer() ([]byte, error) {
	head, err := o.out.ReadString('\n')
	fields := strings.Fields(head)
	if err == nil && len(fields) == 2 && fields[1] == "missing" {
		return nil, errMissing
	}
	if err != nil || len(fields) != 3 {
		o.failed = fmt.Errorf("git cat-file ended, or answered %q", strings.TrimSpace(head))
		return nil, o.failed
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil {
		o.failed = fmt.Errorf("git cat-file told a size of %q", fields[2])
		return nil, o.failed
	}
	content := make([]byte, size+1) // and the end of the line
	if _, err := io.ReadFull(o.out, content); err != nil {
		o.failed = fmt.Errorf("git cat-file: %w", err)
		return nil, o.failed
	}
	return content[:size:size], nil
}

func (o *objects) close() error {
	o.in.Close() // its reader ends for it
	return o.cmd.Wait()
}
