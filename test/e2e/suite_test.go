// Package e2e shows the main job on real servers: custom resources are applied, the operator runs under the chart's roles, and requests go
// through a real Traefik to pods that answer.
package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/operator"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

// servers is what this suite needs: everything.
var servers = testbed.Options{
	Controllers: true, Nodes: 2, Audit: true,
	Traefik: &testbed.TraefikOptions{},
	Backend: &backend.Options{DownWhenGone: true},
}

var (
	// world is the running testbed, client an administrator's access to it, kubemate the running operator.
	world    *testbed.Testbed
	admin    client.Client
	kubemate *operator.Operator
)

func TestMain(m *testing.M) {
	os.Exit(operator.Main(m, "../..", servers))
}

func TestEndToEnd(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(15 * time.Second)
	SetDefaultEventuallyPollingInterval(20 * time.Millisecond)
	RunSpecs(t, "end to end")
}

var _ = BeforeSuite(func(ctx SpecContext) {
	world = testbed.Shared(GinkgoTB())
	var err error
	admin, err = testbed.NewClient(world.Config(), v1alpha1.AddToScheme, v1beta3.AddToScheme)
	Expect(err).NotTo(HaveOccurred())
	Expect(operator.Install(ctx, world, filepath.Join("..", ".."), operator.Values{Injection: true})).To(Succeed())
	kubemate, err = operator.Start(ctx, world, operator.Options{
		Binary: operator.Binary(), Dir: GinkgoT().TempDir(), Config: "injection:\n  enabled: true\nedge:\n  gateways:\n  - {name: default, hardened: true, pods: {namespace: " + gatewayNamespace + ", labels: {app: traefik}, service: traefik}}\n",
	})
	Expect(err).NotTo(HaveOccurred())
	accepting, stop := context.WithCancel(context.Background())
	DeferCleanup(stop)
	go acceptRoutes(accepting)
	DeferCleanup(func() {
		if err := kubemate.Stop(10 * time.Second); err != nil {
			GinkgoWriter.Println("stopping the operator:", err)
		}
	})
})

var _ = ReportAfterEach(func(report SpecReport) {
	if report.Failed() && kubemate != nil {
		GinkgoWriter.Println(kubemate.LogTail(40))
	}
})
