// Package edge shows each field of an IngressProfile on the responses of a real Traefik: the operator runs under the chart's roles, and what
// is asserted is what came back, never what was written.
package edge

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/operator"
	"github.com/kubemate/kubemate/hack/testbed/services"
	certmanagerv1 "github.com/kubemate/kubemate/internal/driver/certmanager/api/v1"
)

var servers = testbed.Options{
	Controllers: true, Nodes: 1,
	Traefik: &testbed.TraefikOptions{LabelSelector: v1alpha1.LabelGateway + " in (default,asked)", Flags: []string{
		"--entrypoints.web.forwardedheaders.trustedips=127.0.0.0/8", "--entrypoints.websecure.forwardedheaders.trustedips=127.0.0.0/8",
	}},
	Backend: &backend.Options{DownWhenGone: true},
	Flags:   map[string][]string{"kube-apiserver": services.ClusterIPs},
}

// configuration is the operator's. The gateways default and asked are one Traefik, and lost is one that loads nothing.
const configuration = `
edge:
  gateways:
  - {name: default, clientAddress: ForwardedFor, clientAddressDepth: 1, clientCertificates: true, hardened: true}
  - {name: intranet, meshed: true}
  - {name: asked, clientCertificates: true, verification: {address: "%[1]s", interval: 1s}}
  - {name: lost, verification: {address: "%[1]s", interval: 1s}}
  reservations:
  - {host: reserved.example, namespaces: [nobody]}
`

var (
	world    *testbed.Testbed
	admin    client.Client
	kubemate *operator.Operator
	// intranet is a second gateway, which is meshed: it calls Services by their cluster IPs.
	intranet *testbed.Traefik
	// asked is what the operator looks through when it asks the first gateway.
	asked *window
	// cluster answers for Services by cluster IP and by name.
	cluster *services.Services
	// shop has the Services that most profiles lead to.
	shop *namespace
)

func TestMain(m *testing.M) {
	os.Exit(operator.Main(m, "../..", servers))
}

func TestEdge(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(20 * time.Second)
	SetDefaultEventuallyPollingInterval(20 * time.Millisecond)
	RunSpecs(t, "the edge")
}

var _ = BeforeSuite(func(ctx SpecContext) {
	world = testbed.Shared(GinkgoTB())
	var err error
	admin, err = testbed.NewClient(world.Config(), v1alpha1.AddToScheme, traefikio.AddToScheme, certmanagerv1.AddToScheme)
	Expect(err).NotTo(HaveOccurred())
	Expect(operator.Install(ctx, world, filepath.Join("..", ".."), operator.Values{})).To(Succeed())
	asked = newWindow(world.Traefik.API())
	kubemate, err = operator.Start(ctx, world, operator.Options{
		Binary: operator.Binary(), Dir: GinkgoT().TempDir(), Config: fmt.Sprintf(configuration, asked.URL),
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() {
		if err := kubemate.Stop(10 * time.Second); err != nil {
			GinkgoWriter.Println("stopping the operator:", err)
		}
	})
	intranet, err = world.StartTraefik(ctx, "intranet", testbed.TraefikOptions{LabelSelector: v1alpha1.LabelGateway + "=intranet"})
	Expect(err).NotTo(HaveOccurred())
	cluster, err = services.Start(kubernetes.NewForConfigOrDie(world.Config()))
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() { Expect(cluster.Close()).To(Succeed()) })
	shop = newNamespace(context.Background(), "shop")
	shop.service("web", "web")
	shop.service("orders", "v1", "v2")
	shop.service("slow", "slow")
	shop.service("sso", "sso")
	shop.eventuallyReady("web-web", "orders-v1", "orders-v2", "slow-slow", "sso-sso")
})

var _ = ReportAfterEach(func(report SpecReport) {
	if report.Failed() && kubemate != nil {
		GinkgoWriter.Println(kubemate.LogTail(40))
	}
})
