package chart

import (
	"fmt"
	"sync/atomic"
	"time"
)

// What rendering one chart may cost.
const (
	maxOutput = 16 << 20 // bytes of all its templates
	maxText   = 16 << 20 // bytes of one value that a function makes
	maxSteps  = 1_000_000
	maxTime   = 20 * time.Second
	maxFailed = 100 // templates that fail, for each of which the chart is rendered again
)

// budget is what a rendering has used. Steps and bytes end it at the same place
// in every run; the clock is for what they do not see.
type budget struct {
	steps, bytes int
	late         *atomic.Bool
}

// spend counts one step, and returns why it is one too many.
func (b *budget) spend(bytes int) error {
	b.steps++
	b.bytes += bytes
	return b.exhausted()
}

func (b *budget) exhausted() error {
	switch {
	case b.steps > maxSteps:
		return fmt.Errorf("more than %d steps", maxSteps)
	case b.bytes > maxOutput:
		return fmt.Errorf("more than %d bytes of output", maxOutput)
	case b.late.Load():
		return fmt.Errorf("not done after %v", maxTime)
	}
	return nil
}
