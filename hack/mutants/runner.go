package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// Gremlins runs the tests with the first "go" of its path, and judges by its exit status. A plain go test would mislead it: a fault that does not
// compile ends like a failed test, and the time that tests take on a busy machine passes for an endless loop. So the first "go" of its path is
// this program, which tells these apart. It also runs every fault, whether covered or not: coverage counts statements, and a condition of a
// case is in none.

const runnerName = "go"

// Exit statuses, as gremlins reads them.
const (
	exitLived     = 0
	exitNoticed   = 1
	exitNotViable = 2
	exitBroken    = 3 // gremlins takes it for lived, and a whole run fails by it
)

// memoryBytes is what a test program may take before it passes for one that never ends: far more than any takes.
const memoryBytes = 6 << 30

// task is what the runner gets to know, by the environment.
type task struct {
	Go      string `json:"go"`      // the real go
	Module  string `json:"module"`  // its path
	Package string `json:"package"` // the folder of what is mutated
	Suite   suite  `json:"suite"`
}

const taskVariable = "MUTANTS_TASK"

// runner stands in for go.
func runner(arguments []string) int {
	ctx := context.Background() // gremlins ends it with its process
	var t task
	if err := json.Unmarshal([]byte(os.Getenv(taskVariable)), &t); err != nil {
		fmt.Fprintln(os.Stderr, "reading", taskVariable+":", err)
		return exitBroken
	}
	if len(arguments) == 0 || arguments[0] != "test" {
		return status(command(ctx, ".", t.Go, arguments...).Run())
	}
	root, err := moduleRoot()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitBroken
	}
	outcome := t.test(ctx, root)
	at := slices.Index(arguments, "-coverprofile")
	if at < 0 || outcome != exitLived {
		return outcome
	}
	if err := t.writeProfile(root, arguments[at+1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitBroken
	}
	return exitLived
}

// test builds the tests and runs them: the slow ones when the others notice nothing.
func (t task) test(ctx context.Context, root string) int {
	folder, err := os.MkdirTemp("", "tests-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitBroken
	}
	defer os.RemoveAll(folder)
	programs := make([]string, len(t.Suite.Tests))
	for i, name := range t.Suite.Tests {
		programs[i] = filepath.Join(folder, fmt.Sprint(i)+".test")
		if err := command(ctx, root, t.Go, "test", "-c", "-ldflags=-s -w", "-o", programs[i], "./"+name).Run(); err != nil {
			return exitNotViable
		}
		if outcome := runTests(ctx, filepath.Join(root, name), programs[i], t.Suite.FastSeconds, "-test.skip="+t.Suite.Slow); outcome != exitLived {
			return outcome
		}
	}
	for i, name := range t.Suite.Tests {
		if outcome := runTests(ctx, filepath.Join(root, name), programs[i], t.Suite.SlowSeconds, "-test.run="+t.Suite.Slow); outcome != exitLived {
			return outcome
		}
	}
	return exitLived
}

// runTests runs a test program. One that uses up its processor time or memory has noticed the fault: the kernel ends it.
func runTests(ctx context.Context, folder, program string, seconds uint64, selection string) int {
	tests := command(ctx, folder, program, "-test.failfast", "-test.timeout=1h", selection)
	if err := tests.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitBroken
	}
	for resource, limit := range map[int]uint64{unix.RLIMIT_CPU: seconds, unix.RLIMIT_DATA: memoryBytes} {
		// No such process: it is over already.
		if err := unix.Prlimit(tests.Process.Pid, resource, &unix.Rlimit{Cur: limit, Max: limit}, nil); err != nil && !errors.Is(err, unix.ESRCH) {
			fmt.Fprintln(os.Stderr, "limiting the tests:", err)
			return exitBroken
		}
	}
	if err := tests.Wait(); err != nil {
		return exitNoticed
	}
	return exitLived
}

func command(ctx context.Context, folder, name string, arguments ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, arguments...)
	c.Dir, c.Stdout, c.Stderr = folder, os.Stdout, os.Stderr
	return c
}

func status(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	default:
		fmt.Fprintln(os.Stderr, err)
		return exitBroken
	}
}

// writeProfile says that every line of the package is covered.
func (t task) writeProfile(root, path string) error {
	files, err := filepath.Glob(filepath.Join(root, t.Package, "*.go"))
	if err != nil {
		return err
	}
	profile := bytes.NewBufferString("mode: set\n")
	for _, file := range files {
		fmt.Fprintf(profile, "%s/%s/%s:1.1,1000000.1 1 1\n", t.Module, t.Package, filepath.Base(file))
	}
	return os.WriteFile(path, profile.Bytes(), 0o600)
}

// moduleRoot is the folder at or above the working directory that holds go.mod.
func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", errors.New("the tests run outside of a module")
		}
		folder = filepath.Dir(folder)
	}
}
