// Package egress shows an EgressProfile on real servers: the operator under the chart's roles, Traefik as an egress gateway, the credentials
// server beside it, and partners that speak TLS. What is asserted is what a partner was asked and what a caller got.
package egress

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/operator"
	"github.com/kubemate/kubemate/hack/testbed/pki"
)

// The gateway that leads into the cluster is there to show that it takes nothing of the other's.
var servers = testbed.Options{Traefik: &testbed.TraefikOptions{LabelSelector: "kubemate.io/gateway=default"}}

// outward is the egress gateway as docs/egress.md says that it should run, and with every log that it can write.
var outward = testbed.TraefikOptions{
	LabelSelector: "kubemate.io/gateway=egress", AccessLog: true,
	Env:   []string{"SSL_CERT_FILE=/dev/null", "SSL_CERT_DIR=/dev/null"},
	Flags: []string{"--providers.kubernetescrd.allowexternalnameservices=true", "--log.level=DEBUG"},
}

// configuration is the operator's.
const configuration = `
edge:
  gateways:
  - {name: default}
  - name: egress
    egress:
      address: egress.gateways.svc.cluster.local
      partners:
      - host: api.acquirer.example
        namespaces: [shop]
        credentials: [{name: acquirer-token}, {name: acquirer-user}, {name: acquirer-key, header: X-Api-Key}, {name: not-mounted}]
      - {host: api.rates.example, namespaces: [shop]}
`

var (
	world    *testbed.Testbed
	admin    client.Client
	kubemate *operator.Operator
	gateway  *testbed.Traefik
	beside   *credentialsServer

	// acquirer asks for a client's certificate, rates does not.
	acquirer, rates *partner
	// authority signs the partners' certificates, and bank those of the bank.
	authority, bank *pki.Authority
)

func TestMain(m *testing.M) {
	os.Exit(operator.Main(m, "../..", servers, "credentials"))
}

func TestEgress(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(20 * time.Second)
	SetDefaultEventuallyPollingInterval(20 * time.Millisecond)
	RunSpecs(t, "the way out")
}

var _ = BeforeSuite(func(ctx SpecContext) {
	world = testbed.Shared(GinkgoTB())
	var err error
	admin, err = testbed.NewClient(world.Config(), v1alpha1.AddToScheme, traefikio.AddToScheme)
	Expect(err).NotTo(HaveOccurred())
	Expect(operator.Install(ctx, world, filepath.Join("..", ".."), operator.Values{})).To(Succeed())
	kubemate, err = operator.Start(ctx, world, operator.Options{Binary: operator.Binary(), Dir: GinkgoT().TempDir(), Config: configuration})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() {
		if err := kubemate.Stop(10 * time.Second); err != nil {
			GinkgoWriter.Println("stopping the operator:", err)
		}
	})
	authority, err = pki.NewAuthority()
	Expect(err).NotTo(HaveOccurred())
	bank, err = pki.NewAuthority()
	Expect(err).NotTo(HaveOccurred())
	acquirer = startPartner("api.acquirer.example", "10.244.254.10", authority, bank.Pool())
	rates = startPartner("api.rates.example", "10.244.254.11", authority, nil)
	answerNames(map[string]netip.Addr{acquirer.host: acquirer.address, rates.host: rates.address})
	beside = startCredentials(ctx)
	gateway, err = world.StartTraefik(ctx, "egress", outward)
	Expect(err).NotTo(HaveOccurred())
	prepareShop(ctx)
})

var _ = ReportAfterEach(func(report SpecReport) {
	if report.Failed() && kubemate != nil {
		GinkgoWriter.Println(kubemate.LogTail(40))
	}
})
