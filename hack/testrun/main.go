// Command testrun runs the tests of Kubemate in stages and sums them up: make test.
//
//	go run ./hack/testrun [flags] [stage ...]     stages: unit servers e2e golden; none means unit servers e2e
//
// A package belongs to the stage e2e when its tests run the operator as a program, to servers when they use hack/testbed without it, else to unit.
// The stage golden is the part of unit that compares with golden files, for -update.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// stage is a set of packages and how they are tested.
type stage struct {
	name   string
	title  string
	pick   func(testedPackage) bool
	flags  []string
	builds bool // needs the servers of the testbed
}

// Suites with an API server of their own mostly wait, so two run at once. Those of the whole operator run one after the other: what they count
// under load is told by the second, and two cores are soon busy.
var stages = []stage{
	{name: "unit", title: "tests without servers", pick: testedPackage.unit, flags: []string{"-p=2", "-timeout=10m"}},
	{name: "servers", title: "suites on real servers", pick: testedPackage.servers, flags: []string{"-p=2", "-count=1", "-timeout=20m"}, builds: true},
	{name: "e2e", title: "whole operator on real servers", pick: testedPackage.endToEnd, flags: []string{"-p=1", "-count=1", "-timeout=30m"}, builds: true},
	{name: "golden", title: "golden files", pick: testedPackage.golden, flags: []string{"-p=2"}},
}

func main() {
	update := flag.Bool("update", false, "rewrite the golden files (stage golden)")
	race := flag.Bool("race", false, "run with the race detector")
	list := flag.Bool("list", false, "print the packages of the stages and run nothing")
	only := flag.String("run", "", "run only the tests that match")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	r := run{ctx: ctx, out: os.Stdout}
	if *race {
		r.flags = append(r.flags, "-race")
	}
	if *only != "" {
		r.flags = append(r.flags, "-run="+*only)
	}
	if *update {
		r.arguments = []string{"-update"}
	}
	if err := r.stages(flag.Args(), *list); err != nil {
		fmt.Fprintln(os.Stderr, "testrun:", err)
		os.Exit(1)
	}
}

// stages runs the named stages to their end, also when an earlier one has failed, and prints the sum of all.
func (r *run) stages(names []string, listOnly bool) error {
	chosen, err := choose(names)
	if err != nil {
		return err
	}
	packages, err := listPackages(r.ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	for _, s := range chosen {
		var paths []string
		for _, p := range packages {
			if s.pick(p) {
				paths = append(paths, p.path)
			}
		}
		if listOnly {
			for _, path := range paths {
				fmt.Fprintln(r.out, s.name, path)
			}
			continue
		}
		if err := r.stage(s, paths); err != nil {
			return err
		}
	}
	if listOnly {
		return nil
	}
	fmt.Fprintf(r.out, "\n%s in %s\n", r.total, time.Since(began).Round(time.Second))
	if r.total.failed > 0 {
		return fmt.Errorf("failed: %v", r.total.names)
	}
	return r.ctx.Err()
}

func choose(names []string) ([]stage, error) {
	if len(names) == 0 {
		names = []string{"unit", "servers", "e2e"}
	}
	var chosen []stage
	for _, name := range names {
		found := false
		for _, s := range stages {
			if s.name == name {
				chosen, found = append(chosen, s), true
			}
		}
		if !found {
			return nil, fmt.Errorf("there is no stage %q: choose among unit, servers, e2e and golden", name)
		}
	}
	return chosen, nil
}

func (r *run) stage(s stage, paths []string) error {
	fmt.Fprintf(r.out, "\n== %s: %s (%d packages)\n", s.name, s.title, len(paths))
	if len(paths) == 0 {
		return nil
	}
	if s.builds {
		if err := servers.Build(r.ctx, os.Stderr, servers.All()...); err != nil {
			return err
		}
		if err := servers.FetchDefinitions(r.ctx); err != nil {
			return err
		}
	}
	return r.test(append(append(s.flags, r.flags...), paths...))
}
