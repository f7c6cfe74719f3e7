package main

import (
	"math"
	"runtime/debug"
	"testing"
)

func TestATenthOfTheMemoryLimitIsLeftForTheRest(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	for name, test := range map[string]struct{ set, want int64 }{
		"a limit of the container": {500 << 20, 450 << 20},
		"no limit":                 {math.MaxInt64, math.MaxInt64},
	} {
		t.Run(name, func(t *testing.T) {
			debug.SetMemoryLimit(test.set)
			leaveRoom()
			if got := debug.SetMemoryLimit(-1); got != test.want {
				t.Errorf("the limit is %d, want %d", got, test.want)
			}
		})
	}
}
