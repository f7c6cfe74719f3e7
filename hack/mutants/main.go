// Command mutants asks whether the tests notice when the code is wrong: gremlins makes small faults in a package, one at a time, and has the
// tests run.
//
//	go run ./hack/mutants [-files regexp] [-floor percent] package ...     for example internal/release
//
// It fails when fewer faults than the floor are noticed, or when one that is not noticed is not explained in survivors.yaml. Whether the tests
// run, and which, is not left to gremlins: see runner.go.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
)

func main() {
	if filepath.Base(os.Args[0]) == runnerName {
		os.Exit(runner(os.Args[1:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	files := flag.String("files", ".", "mutate only the files whose names match")
	floor := flag.Float64("floor", 90, "least per cent of mutants that the tests must notice")
	flag.Parse()
	if err := run(ctx, flag.Args(), *files, *floor); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, packages []string, files string, floor float64) error {
	only, err := regexp.Compile(files)
	if err != nil {
		return fmt.Errorf("reading -files: %w", err)
	}
	explained, err := readSurvivors("hack/mutants/survivors.yaml")
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := prepare(ctx, folder); err != nil {
		return err
	}
	for _, name := range packages {
		suite, ok := suites[name]
		if !ok {
			return fmt.Errorf("no suite is listed for %s: add it in hack/mutants/suites.go", name)
		}
		found, err := unleash(ctx, folder, ".", name, suite, only)
		if err != nil {
			return fmt.Errorf("mutating %s: %w", name, err)
		}
		if err := judge(name, found, explained, only, floor); err != nil {
			return err
		}
	}
	return nil
}
