package cli

import (
	"fmt"
	"io"
	"time"
)

// progress shows on a terminal that something takes its time: a line that
// appears after a second, counts on, and is wiped at the end. Call the function
// that it returns before anything else is written.
func progress(w io.Writer, what string) (stop func()) {
	if !isTerminal(w) {
		return func() {}
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		start := time.Now()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		shown := false
		for {
			select {
			case <-tick.C:
				fmt.Fprintf(w, "\r%s, %d s", what, int(time.Since(start).Seconds()))
				shown = true
			case <-quit:
				if shown {
					fmt.Fprint(w, "\r\x1b[K") // erase the line
				}
				return
			}
		}
	}()
	return func() { close(quit); <-done }
}
