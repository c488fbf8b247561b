package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Reading HCL allocates 80 to 90 bytes for each byte of source, nearly all of
// it short-lived: with the collector's default a third of the time goes into
// collecting. Against 400 percent, scanning 10,000 blocks took up to a tenth less
// processor time, and in some runs as much. The limit keeps the larger heap from growing without bound:
// near it the collector works as often as it must.
const (
	collectorPercent = 800
	memoryLimit      = 800 << 20
	// What is live leaves the collector at least this much room, in percent of it:
	// an input that does not fit into the limit is read all the same, and the collector
	// does not run on end for it.
	leastRoom = 60
)

// tuneCollector sets the collector for a short run, unless the user did.
func tuneCollector(env map[string]string) {
	if _, set := env["GOGC"]; !set {
		debug.SetGCPercent(collectorPercent)
	}
	if _, set := env["GOMEMLIMIT"]; !set {
		debug.SetMemoryLimit(memoryLimit)
		raiseLimit(nil)
	}
}

// raiseLimit sets the limit after each collection by what that left. An object that
// nothing holds tells of the next one.
func raiseLimit(live []metrics.Sample) {
	if live == nil {
		live = []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	}
	metrics.Read(live)
	if n := live[0].Value; n.Kind() == metrics.KindUint64 {
		debug.SetMemoryLimit(max(memoryLimit, int64(n.Uint64())*(100+leastRoom)/100))
	}
	runtime.AddCleanup(&[64]byte{}, raiseLimit, live)
}
