package testbed

import (
	"context"
	_ "embed"
	"os"

	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/process"
	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// stages tell kwok how nodes and pods live. They are kwok's own "fast" stages with two annotations added, by which a
// test chooses a pod that never becomes ready and a pod that takes its time to end.
//
//go:embed manifests/stages.yaml
var stages []byte

// neededControllers are those that turn Deployments into pods and endpoints, that clean up, and that check admission policies.
const neededControllers = "deployment-controller,replicaset-controller,endpointslice-controller," +
	"garbage-collector-controller,namespace-controller,serviceaccount-controller,node-lifecycle-controller," +
	"validatingadmissionpolicy-status-controller"

// startControllers starts the three programs side by side; that they work shows when nodes become ready.
func (tb *Testbed) startControllers(ctx context.Context) error {
	if err := os.WriteFile(tb.path("stages.yaml"), stages, 0o600); err != nil {
		return err
	}
	kubeconfig := "--kubeconfig=" + tb.Kubeconfig()
	for _, server := range []struct {
		program servers.Program
		args    []string
	}{
		{servers.ControllerManager, []string{
			kubeconfig, "--controllers=" + neededControllers, "--leader-elect=false", "--secure-port=0",
			// A test creates in a second what a cluster creates in an hour.
			"--kube-api-qps=1000", "--kube-api-burst=2000",
		}},
		{servers.Scheduler, []string{
			kubeconfig, "--leader-elect=false", "--secure-port=0", "--kube-api-qps=1000", "--kube-api-burst=2000",
		}},
		{servers.Kwok, []string{
			kubeconfig, "--manage-all-nodes=true", "--node-lease-duration-seconds=40", "--config=" + tb.path("stages.yaml"),
		}},
	} {
		path, err := server.program.Path()
		if err != nil {
			return err
		}
		if _, err := tb.run(ctx, process.Command{Name: server.program.Name, Path: path, Args: server.args}); err != nil {
			return err
		}
	}
	return nil
}

func (tb *Testbed) startBackend(ctx context.Context) error {
	answering, err := backend.Start(ctx, tb.client, *tb.options.Backend)
	tb.Backend = answering
	return err
}
