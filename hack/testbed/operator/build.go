package operator

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/kubemate/kubemate/hack/testbed/process"
)

// Build compiles the manager into a folder and returns the program's path. It needs the module's sources, and the network when modules are
// missing, so it belongs outside the testbed's namespace.
func Build(ctx context.Context, root, dir string) (string, error) {
	return BuildCommand(ctx, root, dir, manager)
}

// BuildCommand does the same with any program of the module's folder cmd.
func BuildCommand(ctx context.Context, root, dir, name string) (string, error) {
	path, err := filepath.Abs(filepath.Join(dir, name))
	if err != nil {
		return "", err
	}
	if err := build(ctx, root, path, "./cmd/"+name); err != nil {
		return "", fmt.Errorf("building %s: %w", name, err)
	}
	return path, nil
}

// build runs Go with a temporary folder of its own: Go and its linker leave theirs behind when they are interrupted.
func build(ctx context.Context, root, path, program string) (err error) {
	temporary, err := os.MkdirTemp("", "kubemate-build-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	// Without a stamp from git a program is linked only when its sources have changed, not with each commit.
	command := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", path, program)
	command.Dir, command.Env = root, append(os.Environ(), "TMPDIR="+temporary, "GOTMPDIR="+temporary)
	// The whole group: a compiler that goes on would write into the folder that is being removed.
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := process.Begin(command); err != nil {
		return err
	}
	if err := command.Wait(); err != nil {
		return fmt.Errorf("%w\n%s", cmp.Or(context.Cause(ctx), err), output.Bytes())
	}
	return nil
}
