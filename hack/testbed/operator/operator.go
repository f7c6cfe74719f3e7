// Package operator runs Kubemate on a testbed the way a cluster runs it: the manager's own program, the chart's roles, the ServiceAccount's
// own powers.
package operator

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/process"
)

// Namespace is where the operator is installed.
const Namespace = "kubemate-system"

// serviceAccount is the identity that the chart gives the operator.
const serviceAccount = "kubemate"

// UserName is the operator's name at the API server.
const UserName = "system:serviceaccount:" + Namespace + ":" + serviceAccount

// readyWithin is how long a start may take on a machine that is busy with everything else.
const readyWithin = time.Minute

// Options says how the operator is run.
type Options struct {
	// Config is the operator's configuration file. Empty: its defaults.
	Config string
	// Binary is the path of the manager's program, see Build.
	Binary string
	// Dir is an existing folder for the operator's files and log.
	Dir string
}

// Operator is a running manager.
type Operator struct {
	*process.Process
	// Metrics is the URL of its metrics.
	Metrics string
}

// Start runs the manager with the powers of its ServiceAccount; Install must have come before. It returns when the manager is ready.
func Start(ctx context.Context, tb *testbed.Testbed, options Options) (*Operator, error) {
	access, err := tb.ServiceAccountConfig(ctx, Namespace, serviceAccount)
	if err != nil {
		return nil, fmt.Errorf("becoming the operator's ServiceAccount: %w", err)
	}
	kubeconfig := filepath.Join(options.Dir, "operator.kubeconfig")
	if err := testbed.WriteKubeconfig(kubeconfig, access); err != nil {
		return nil, fmt.Errorf("writing the operator's access: %w", err)
	}
	addresses, err := freeAddresses(2)
	if err != nil {
		return nil, err
	}
	text, err := complete(options.Config, addresses[0], addresses[1])
	if err != nil {
		return nil, err
	}
	config := filepath.Join(options.Dir, "operator.yaml")
	if err := os.WriteFile(config, text, 0o600); err != nil {
		return nil, fmt.Errorf("writing the operator's configuration: %w", err)
	}
	started, err := process.Start(ctx, process.Command{
		Name: "kubemate", Path: options.Binary,
		Args:    []string{"--config=" + config, "--kubeconfig=" + kubeconfig},
		Env:     []string{"HOME=" + options.Dir},
		LogFile: filepath.Join(options.Dir, "operator.log"),
		Ready:   process.HTTP("http://"+addresses[1]+"/readyz", nil, ""),
		Within:  readyWithin,
	})
	if err != nil {
		return nil, err
	}
	return &Operator{Process: started, Metrics: "http://" + addresses[0] + "/metrics"}, nil
}
