package operator

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/netns"
)

// programsVariable carries the folder of the programs, which are built outside of the network namespace, into it.
const programsVariable = "KUBEMATE_TEST_PROGRAMS"

// manager is the program that every suite of the whole operator runs.
const manager = "manager"

// Main is testbed.Main for suites that run the manager, too: it and other programs of the folder cmd are built from the module at root, and removed
// with the tests.
func Main(m *testing.M, root string, servers testbed.Options, others ...string) int {
	if !netns.Inside() {
		if err := prepare(root, append(others, manager)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	code := testbed.Main(m, servers)
	if dir := os.Getenv(programsVariable); dir != "" {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, "removing the programs:", err)
			return max(code, 1)
		}
	}
	return code
}

// prepare builds programs into a folder of their own.
func prepare(root string, programs []string) error {
	dir, err := os.MkdirTemp("", "kubemate-programs-")
	if err != nil {
		return err
	}
	for _, program := range programs {
		if _, err := BuildCommand(context.Background(), filepath.FromSlash(root), dir, program); err != nil {
			return errors.Join(err, os.RemoveAll(dir))
		}
	}
	return os.Setenv(programsVariable, dir)
}

// Binary is the path of the manager that Main has built.
func Binary() string { return Program(manager) }

// Program is the path of a program that Main has built.
func Program(name string) string { return filepath.Join(os.Getenv(programsVariable), name) }
