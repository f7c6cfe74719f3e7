package testbed

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/kubemate/kubemate/hack/testbed/process"
	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// Kubectl runs kubectl as the administrator and returns what it printed.
func (tb *Testbed) Kubectl(ctx context.Context, args ...string) (string, error) {
	path, err := servers.Kubectl.Path()
	if err != nil {
		return "", err
	}
	var output strings.Builder
	command := exec.CommandContext(ctx, path, append([]string{"--kubeconfig=" + tb.Kubeconfig()}, args...)...)
	command.Stdout, command.Stderr = &output, &output
	command.Env = []string{"HOME=" + tb.dir, "PATH="}
	if err = process.Begin(command); err == nil {
		err = command.Wait()
	}
	if err != nil {
		return output.String(), fmt.Errorf("kubectl %v: %w\n%s", args, err, output.String())
	}
	return output.String(), nil
}
