package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// objects reads objects of one repository from one running git cat-file. What was
// read is kept: readers open most files twice, and most of a tree is the same in the next revision.
//
// Git tells each object in three writes. Through a pipe each of them wakes the reader, which takes
// as much time as git's own work, so it writes into a file, and the reader looks at it from
// time to time.
type objects struct {
	mu     sync.Mutex
	ctx    context.Context
	repo   *Repository
	in     io.WriteCloser
	ended  chan struct{} // closed once the program has ended
	status error         // that it ended with
	deaths int           // how often it ended over an object that is not there
	failed error
	answers
	// kept are contents by object, so many bytes of them; sizes are of all that was
	// ever asked for.
	kept  map[string][]byte
	bytes int64
	sizes map[string]int64
}

// objects returns the reader of the repository's objects, which the first call starts.
func (r *Repository) objects(ctx context.Context) (*objects, error) {
	if r.reader != nil {
		return r.reader, nil
	}
	o := &objects{ctx: ctx, repo: r, kept: map[string][]byte{}, sizes: map[string]int64{}}
	if err := o.start(); err != nil {
		return nil, err
	}
	r.reader = o
	return o, nil
}

func (o *objects) start() error {
	file, err := answerFile()
	if err != nil {
		return fmt.Errorf("git's answers need a temporary file; name a directory that can be written with TMPDIR: %w", err)
	}
	o.answers = answers{file: file}
	cmd, ended := o.repo.command(o.ctx, "cat-file", "--batch"), make(chan struct{})
	cmd.Stdout = file
	if o.in, err = cmd.StdinPipe(); err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("git cat-file: %w", err), o.remove())
	}
	o.ended = ended
	go func() {
		o.status = cmd.Wait()
		close(ended)
	}()
	return nil
}

const (
	// mostAhead is how many objects are asked for at once.
	mostAhead = 2048
	// mostUnasked is how large in bytes an object may be that is kept though its content was not
	// asked for, and mostKept how large all together that are kept.
	mostUnasked = 256 << 10
	mostKept    = 512 << 20
	// mostDeaths is how many objects that are not there git may end over.
	mostDeaths = 20
)

// read returns the content of an object, which must not be changed. The ones ahead are
// likely to be read next: they are asked for in the same breath, for most of the time of an
// answer goes into waiting for it.
func (o *objects) read(object string, ahead func() []string) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if content, ok := o.kept[object]; ok {
		return content, nil
	}
	var more []string
	if ahead != nil {
		more = ahead()
	}
	return o.ask(object, true, more)
}

// size returns the size of an object. Git tells it with the content, and looking twice for
// an object takes twice the time: who asks for the size of a file is likely to read it.
func (o *objects) size(object string, ahead func() []string) (int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if size, ok := o.sizes[object]; ok {
		return size, nil
	}
	_, err := o.ask(object, false, ahead())
	return o.sizes[object], err
}

// ask has git tell objects. The content of the first is returned where it is wanted.
func (o *objects) ask(object string, whole bool, ahead []string) ([]byte, error) {
	if o.failed != nil {
		return nil, o.failed
	}
	wanted := []string{object}
	seen := map[string]bool{object: true}
	if o.deaths > 0 {
		ahead = nil // one by one, so that what is asked for and not there is told apart from the rest
	}
	for _, next := range ahead[:min(len(ahead), mostAhead)] {
		if _, known := o.sizes[next]; !known && !seen[next] {
			seen[next] = true
			wanted = append(wanted, next)
		}
	}
	if o.bytes > mostKept {
		clear(o.kept)
		o.bytes = 0
	}
	if _, err := io.WriteString(o.in, strings.Join(wanted, "\n")+"\n"); err != nil {
		o.failed = fmt.Errorf("git cat-file: %w", err)
		return nil, o.failed
	}
	var content []byte
	var failure error
	for i, name := range wanted {
		most := int64(mostUnasked)
		if i == 0 && whole {
			most = -1
		}
		text, size, err := o.answer(most)
		if err == nil {
			o.sizes[name] = size
			if text != nil {
				o.kept[name] = text
				o.bytes += size
			}
		}
		if i == 0 {
			content, failure = text, err
		}
		if o.failed != nil {
			break
		}
	}
	switch {
	case o.failed == nil:
		o.failed = o.restart()
	case o.endedForLack():
		// One ahead was the reason, or this one.
		if failure == nil {
			return content, nil
		}
		if len(wanted) > 1 {
			return o.ask(object, whole, nil)
		}
		return nil, errMissing
	}
	return content, failure
}

// endedForLack reports whether git has ended because a partial clone lacks an object, and
// starts it again: until version 2.45 it can't be told not to fetch, only kept from it.
func (o *objects) endedForLack() bool {
	select {
	case <-o.ended:
	default:
		return false
	}
	if o.status == nil || !o.repo.Partial(o.ctx) {
		return false
	}
	o.status = nil
	if o.deaths++; o.deaths > mostDeaths {
		o.failed = errMissing
		return true
	}
	if o.failed = o.remove(); o.failed == nil {
		o.failed = o.start()
	}
	return o.failed == nil
}

// errMissing tells of an object that a partial clone has not fetched.
var errMissing = errors.New("its object is not in the clone")

// answer reads the next object that was asked for: its size, and its content unless that is
// larger than so many bytes; a negative number is no limit. After an answer that is no answer,
// the program is not asked again: what it would say next belongs to nothing.
func (o *objects) answer(most int64) (content []byte, size int64, err error) {
	head, err := o.line(o.ended)
	fields := strings.Fields(head)
	if err == nil && len(fields) == 2 && fields[1] == "missing" {
		return nil, 0, errMissing
	}
	if err == nil && len(fields) == 3 {
		size, err = strconv.ParseInt(fields[2], 10, 64)
	}
	if err != nil || len(fields) != 3 || size < 0 {
		o.failed = fmt.Errorf("git cat-file ended, or answered %q", strings.TrimSpace(head))
		return nil, 0, o.failed
	}
	if most >= 0 && size > most {
		err = o.skip(size+1, o.ended) // and the end of the line
	} else {
		content, err = o.next(int(size)+1, o.ended)
		content = content[:max(0, len(content)-1)]
	}
	if err != nil {
		o.failed = fmt.Errorf("git cat-file: %w", err)
		return nil, 0, o.failed
	}
	return content, size, nil
}

func (o *objects) close() error {
	o.in.Close() // its reader ends for it
	<-o.ended
	return errors.Join(o.status, o.remove())
}

// answers reads from a file what a program writes into it at the same time.
type answers struct {
	file *os.File
	at   int64  // where in the file what was not read begins
	text []byte // what was read and not taken
	room []byte // behind text, in the same array
}

// answerFile makes a file to which each write appends, wherever that is after it was cut.
func answerFile() (*os.File, error) {
	f, err := os.CreateTemp("", "drawbridge-*")
	if err != nil {
		return nil, err
	}
	name := f.Name()
	if err := f.Close(); err != nil {
		return nil, err
	}
	if f, err = os.OpenFile(name, os.O_RDWR|os.O_APPEND, 0o600); err != nil {
		return nil, errors.Join(err, os.Remove(name))
	}
	return f, nil
}

func (a *answers) remove() error {
	return errors.Join(a.file.Close(), os.Remove(a.file.Name()))
}

// mostFile is how large the file gets before it is cut, once all of it was read.
const mostFile = 64 << 20

// restart makes room in the file where all that was asked for was read: nothing is written now.
func (a *answers) restart() error {
	if a.at < mostFile || len(a.text) > 0 {
		return nil
	}
	a.at = 0
	return a.file.Truncate(0)
}

// line takes the next line.
func (a *answers) line(ended <-chan struct{}) (string, error) {
	looked := 0
	for {
		if i := bytes.IndexByte(a.text[looked:], '\n'); i >= 0 {
			line, err := a.next(looked+i+1, ended)
			return string(line), err
		}
		looked = len(a.text)
		if err := a.more(looked+1, ended); err != nil {
			return string(a.text), err
		}
	}
}

// next takes so many bytes, which nobody else will write into.
func (a *answers) next(n int, ended <-chan struct{}) ([]byte, error) {
	if err := a.more(n, ended); err != nil {
		return nil, err
	}
	out := a.text[:n:n]
	a.text = a.text[n:]
	return out, nil
}

// skip leaves out so many bytes.
func (a *answers) skip(n int64, ended <-chan struct{}) error {
	if have := int64(len(a.text)); n > have {
		// All but the last must not be read, but must have been written.
		a.text, a.at, n = a.room[:0], a.at+n-have-1, 1
	}
	_, err := a.next(int(n), ended)
	return err
}

// more reads until there are so many bytes.
func (a *answers) more(n int, ended <-chan struct{}) error {
	const slab = 1 << 20
	if missing := n - len(a.text); missing > len(a.room) {
		room := make([]byte, max(slab, n+slab/4))
		copy(room, a.text)
		a.text, a.room = room[:len(a.text)], room[len(a.text):]
	}
	pause := 20 * time.Microsecond
	for last := false; len(a.text) < n; {
		got, err := a.file.ReadAt(a.room, a.at)
		a.text, a.room, a.at = a.text[:len(a.text)+got], a.room[got:], a.at+int64(got)
		switch {
		case got > 0:
		case err != nil && err != io.EOF:
			return err
		case last:
			return io.ErrUnexpectedEOF
		default:
			select {
			case <-ended:
				last = true // it may have written since
			case <-time.After(pause):
				pause = min(2*pause, time.Millisecond)
			}
		}
	}
	return nil
}
