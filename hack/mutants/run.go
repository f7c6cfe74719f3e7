package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// memoryBytes is what a test program may take before it passes for one that never ends: far more than any takes.
	memoryBytes = 6 << 30
	// told is how often the progress is.
	told = 10 * time.Second
)

// runAll runs the tests with each fault, as many at once as are given, and notes what became of it.
func runAll(ctx context.Context, faults []*fault, programs []program, tests suite, atOnce int) error {
	if outcome, err := noticed(ctx, 0, programs, tests); err != nil || outcome {
		return errors.Join(err, errors.New("the tests fail without any fault"))
	}
	var mu sync.Mutex
	var errs []error
	done, survived, last := 0, 0, time.Now()
	next := make(chan *fault)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for one := range next {
				outcome, err := noticed(ctx, one.Number, programs, tests)
				mu.Lock()
				one.Status = killed
				if !outcome {
					one.Status, survived = lived, survived+1
					fmt.Fprintln(os.Stderr, one)
				}
				if done++; time.Since(last) > told || done == len(faults) {
					fmt.Fprintf(os.Stderr, "%d of %d faults tried, %d lived\n", done, len(faults), survived)
					last = time.Now()
				}
				errs = append(errs, err)
				mu.Unlock()
			}
		})
	}
	for _, one := range faults {
		next <- one
	}
	close(next)
	workers.Wait()
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return err
	}
	if outcome, err := noticed(ctx, 0, programs, tests); err != nil || outcome {
		return errors.Join(err, errors.New("the tests fail without any fault by now: has the module changed meanwhile? All was in vain"))
	}
	return nil
}

// noticed runs the tests with a fault: the slow ones when the others notice nothing.
func noticed(ctx context.Context, number int, programs []program, tests suite) (bool, error) {
	for _, one := range programs {
		if failed, err := one.fails(ctx, number, tests.FastSeconds, "-test.skip="+tests.Slow); failed || err != nil {
			return failed, err
		}
	}
	if tests.SlowSeconds == 0 {
		return false, nil
	}
	for _, one := range programs {
		if failed, err := one.fails(ctx, number, tests.SlowSeconds, "-test.run="+tests.Slow); failed || err != nil {
			return failed, err
		}
	}
	return false, nil
}

// fails runs a test program. One that uses up its processor time or memory fails too: the kernel ends it.
func (p program) fails(ctx context.Context, number int, seconds uint64, selection string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	run := exec.CommandContext(ctx, p.path, "-test.failfast", "-test.timeout=10m", selection)
	run.Dir, run.Env = p.folder, append(os.Environ(), variable+"="+strconv.Itoa(number))
	if err := run.Start(); err != nil {
		return false, fmt.Errorf("starting the tests: %w", err)
	}
	for resource, limit := range map[int]uint64{unix.RLIMIT_CPU: seconds, unix.RLIMIT_DATA: memoryBytes} {
		// No such process: it is over already.
		if err := unix.Prlimit(run.Process.Pid, resource, &unix.Rlimit{Cur: limit, Max: limit}, nil); err != nil && !errors.Is(err, unix.ESRCH) {
			return false, errors.Join(fmt.Errorf("limiting the tests: %w", err), run.Process.Kill(), run.Wait())
		}
	}
	var exit *exec.ExitError
	err := run.Wait()
	if err == nil || errors.As(err, &exit) {
		return err != nil, nil
	}
	return false, fmt.Errorf("running the tests: %w", err)
}
