package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/operator"
	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// programs is the folder of the checkout for the demo's programs, apart from those that make build makes.
var programs = filepath.Join("bin", "demo")

// pieces are the servers that the demo needs.
func pieces(steps *steps) testbed.Options {
	return testbed.Options{
		Controllers: true, Nodes: 2,
		Traefik: &testbed.TraefikOptions{},
		Backend: &backend.Options{DownWhenGone: true},
		Log:     func(line string) { steps.done("%s", line) },
	}
}

// prepare builds what is missing. It may use the network, so it comes before the namespace.
func prepare(ctx context.Context, steps *steps) error {
	root, err := servers.Root()
	if err != nil {
		return err
	}
	steps.done("building the servers that are not built yet (20 minutes when none is)")
	if err := testbed.Prepare(ctx, pieces(steps)); err != nil {
		return err
	}
	steps.done("building manager and kubectl-kubemate")
	bin := filepath.Join(root, programs)
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return fmt.Errorf("the folder for programs: %w", err)
	}
	if _, err := operator.Build(ctx, root, bin); err != nil {
		return err
	}
	if _, err := operator.BuildCommand(ctx, root, bin, "kubectl-kubemate"); err != nil {
		return err
	}
	steps.done("everything is built")
	return nil
}
