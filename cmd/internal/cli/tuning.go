package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Reading HCL allocates 80 to 90 bytes for each byte of source, nearly all of
// it short-lived: with the collector's default a third of the time goes into
// collecting. More room than this costs as much as it saves: memory that is touched for
// the first time has a price, too (scanning 10,000 blocks, 200 to 400 percent took the
// same, 100 and 800 percent a tenth more). The limit keeps the larger heap from growing
// without bound: near it the collector works as often as it must, and a root of 100,000
// blocks comes near it. It stays below a gigabyte, with the program itself.
const (
	collectorPercent = 400
	memoryLimit      = 850 << 20
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
