package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// startedVariable carries the moment of the start into the network namespace.
const startedVariable = "KUBEMATE_DEMO_STARTED"

// steps shows each step of the start with the time that has passed.
type steps struct {
	screen  *screen
	started time.Time
}

func newSteps(screen *screen) (*steps, error) {
	s := &steps{screen: screen, started: time.Now()}
	if text := os.Getenv(startedVariable); text != "" {
		milliseconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", startedVariable, err)
		}
		s.started = time.UnixMilli(milliseconds)
	}
	return s, os.Setenv(startedVariable, strconv.FormatInt(s.started.UnixMilli(), 10))
}

// done shows a step that is over.
func (s *steps) done(format string, args ...any) {
	s.screen.say(fmt.Sprintf("%6.1fs  ", time.Since(s.started).Seconds()) + fmt.Sprintf(format, args...))
}
