package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// run is one call of this program.
type run struct {
	ctx       context.Context
	out       io.Writer
	flags     []string // of go test
	arguments []string // of the test binaries
	total     summary
	suites    map[string]bool // the tests that are ginkgo suites
}

// event is a line of go test -json.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
	FailedBuild                               string
}

// test runs go test, shows a line for each package and the output of what failed. The error is about go itself: failed
// tests are counted.
func (r *run) test(arguments []string) error {
	arguments = append(append([]string{"test", "-json"}, arguments...), r.arguments...)
	command := exec.CommandContext(r.ctx, "go", arguments...)
	command.Env = append(os.Environ(), "GINKGO_NO_COLOR=TRUE")
	command.Stderr = os.Stderr
	// Interrupted, go passes the signal on and the testbeds stop their servers.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = time.Minute
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	before := r.total.failed
	readErr := r.read(output)
	err = command.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && r.total.failed > before {
		err = nil // told already
	}
	return errors.Join(readErr, err)
}

// read follows the events to their end.
func (r *run) read(events io.Reader) error {
	outputs := map[string]*strings.Builder{}
	r.suites = map[string]bool{}
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				fmt.Fprint(r.out, line) // not an event: go says something itself
			} else {
				r.handle(e, outputs)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading the events of go test: %w", err)
		}
	}
}

// handle keeps the output of each test until its end is known.
func (r *run) handle(e event, outputs map[string]*strings.Builder) {
	key := e.Package + e.ImportPath + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		if outputs[key] == nil {
			outputs[key] = &strings.Builder{}
		}
		outputs[key].WriteString(e.Output)
		if r.total.specs(e.Output) {
			r.suites[key] = true
		}
	case "pass", "fail", "skip":
		r.finish(e, outputs[key], r.suites[key])
		delete(outputs, key)
	case "build-fail":
		fmt.Fprint(r.out, outputs[key])
	}
}

// patience is how long a test may take unmentioned.
const patience = 2 // seconds

// progress shows that something moves in a package that takes minutes.
func (r *run) progress(e event) {
	if e.Elapsed >= patience && !strings.Contains(e.Test, "/") {
		fmt.Fprintf(r.out, "      \t%s %s\t%.1fs\n", e.Action, e.Test, e.Elapsed)
	}
}

func (r *run) finish(e event, output *strings.Builder, suite bool) {
	if told := e.Action == "fail" || e.Action == "skip" && e.Test != ""; told && output != nil { // why a test is skipped is never hidden
		fmt.Fprint(r.out, output.String())
	}
	name := strings.TrimPrefix(e.Package, module+"/")
	if e.Test != "" {
		if suite {
			r.total.suiteEnded(e.Action, name+"."+e.Test)
		} else {
			r.total.count(e.Action, name+"."+e.Test)
		}
		r.progress(e)
		return
	}
	switch e.Action {
	case "fail":
		r.total.packageFailed(name) // go test has shown its own line
	case "pass":
		fmt.Fprintf(r.out, "ok  \t%s\t%.1fs\n", e.Package, e.Elapsed)
	}
}
