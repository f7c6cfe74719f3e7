//go:build !linux

package process

import (
	"errors"
	"os/exec"
)

// Begin fails: only Linux can promise that the child does not outlive this program.
func Begin(*exec.Cmd) error {
	return errors.New("servers are started only on Linux, where the kernel ends them with their parent")
}
