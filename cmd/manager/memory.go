package main

import (
	"math"
	"runtime/debug"
)

// leaveRoom keeps a tenth of GOMEMLIMIT for what Go's runtime does not count. The chart sets it to the memory limit of the container: garbage is then
// collected more often before that is reached, instead of as often as ever until the kernel ends the process. Without GOMEMLIMIT nothing changes.
func leaveRoom() {
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		debug.SetMemoryLimit(limit / 10 * 9)
	}
}
