// Command mutants asks whether the tests notice when the code is wrong: it makes small faults in a package, one at a time, and runs the tests.
//
//	go run ./hack/mutants [-files regexp] [-floor percent] [-fast] package ...     for example internal/release
//
// It fails when fewer faults than the floor are noticed, or when one that is not noticed is not explained in survivors.yaml. All faults are compiled
// into one program, and the environment turns one of them on (docs/adr/0017).
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	files := flag.String("files", ".", "make faults only in the files whose names match")
	floor := flag.Float64("floor", 90, "least per cent of faults that the tests must notice")
	fast := flag.Bool("fast", false, "leave out the slow tests, by which more faults are noticed")
	atOnce := flag.Int("p", runtime.NumCPU(), "how many are tried at once")
	flag.Parse()
	if *fast {
		for name, one := range suites {
			one.SlowSeconds = 0
			suites[name] = one
		}
	}
	if err := run(ctx, flag.Args(), *files, *floor, *atOnce); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, packages []string, files string, floor float64, atOnce int) error {
	only, err := regexp.Compile(files)
	if err != nil {
		return fmt.Errorf("reading -files: %w", err)
	}
	explained, err := readSurvivors("hack/mutants/survivors.yaml")
	if err != nil {
		return err
	}
	for _, name := range packages {
		suite, ok := suites[name]
		if !ok {
			return fmt.Errorf("no suite is listed for %s: add it in hack/mutants/suites.go", name)
		}
		found, err := unleash(ctx, ".", name, suite, only, atOnce)
		if err != nil {
			return fmt.Errorf("making faults in %s: %w", name, err)
		}
		if err := judge(name, found, explained, only, floor); err != nil {
			return err
		}
	}
	return nil
}

// unleash makes the faults of a package of the module at root, and runs its tests with each.
func unleash(ctx context.Context, root, name string, tests suite, only *regexp.Regexp, atOnce int) ([]*fault, error) {
	folder, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	faults, programs, err := build(ctx, root, name, folder, tests, only)
	if err != nil {
		return nil, err
	}
	return faults, runAll(ctx, faults, programs, tests, atOnce)
}
