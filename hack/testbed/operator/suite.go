package operator

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/netns"
)

// binaryVariable carries the path of the manager, which is built outside of the network namespace, into it.
const binaryVariable = "KUBEMATE_TEST_MANAGER"

// Main is testbed.Main for suites that run the manager, too: it is built from the module at root, and removed with the tests.
func Main(m *testing.M, root string, servers testbed.Options) int {
	if !netns.Inside() {
		if err := prepare(root); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	code := testbed.Main(m, servers)
	if path := Binary(); path != "" {
		if err := os.RemoveAll(filepath.Dir(path)); err != nil {
			fmt.Fprintln(os.Stderr, "removing the manager:", err)
			return max(code, 1)
		}
	}
	return code
}

// prepare builds the manager into a folder of its own.
func prepare(root string) error {
	dir, err := os.MkdirTemp("", "kubemate-manager-")
	if err != nil {
		return err
	}
	path, err := Build(context.Background(), filepath.FromSlash(root), dir)
	if err != nil {
		return err
	}
	return os.Setenv(binaryVariable, path)
}

// Binary is the path of the manager that Main has built.
func Binary() string { return os.Getenv(binaryVariable) }
