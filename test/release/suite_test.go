package release

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/operator"
)

// servers is what this suite needs: everything.
var servers = testbed.Options{
	Controllers: true, Nodes: 2,
	Traefik:    &testbed.TraefikOptions{},
	Prometheus: &testbed.PrometheusOptions{ScrapeInterval: 500 * time.Millisecond},
	Backend:    &backend.Options{DownWhenGone: true},
}

var (
	// world is the running testbed, admin an administrator's access to it, kubemate the running operator.
	world    *testbed.Testbed
	admin    client.Client
	kubemate *operator.Operator
	// mortalPrometheus is a metric source of its own, for releases that lose it.
	mortalPrometheus *testbed.Prometheus
)

const (
	// root is the module's folder.
	root = "../.."
	// atOnce is how many tests run at once: most of them wait most of the time.
	atOnce = "4"
	// settle is how long the operator waits for proxies and gateways; the Traefik of the testbed collects changes for 100 ms twice.
	settle = 500 * time.Millisecond
)

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", atOnce); err != nil {
		panic(err)
	}
	os.Exit(operator.Main(m, root, servers))
}

// TestReleases runs the stories that leave the servers alone side by side, each in a namespace of its own, and then those that do not.
func TestReleases(t *testing.T) {
	begin(t)
	t.Run("side by side", func(t *testing.T) {
		for _, one := range stories {
			t.Run(one.name, func(t *testing.T) {
				t.Parallel()
				one.tell(newShop(t))
			})
		}
	})
	for _, one := range disasters {
		t.Run(one.name, func(t *testing.T) { one.tell(newShop(t)) })
	}
}

// story is one test, named by a sentence.
type story struct {
	name string
	tell func(*shop)
}

// begin starts the world and the operator in it.
func begin(t *testing.T) {
	world = testbed.Shared(t)
	g := NewWithT(t)
	var err error
	admin, err = testbed.NewClient(world.Config(), v1alpha1.AddToScheme)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(operator.Install(t.Context(), world, filepath.FromSlash(root), operator.Values{})).To(Succeed())
	pair, err := shipped()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(admin.Create(t.Context(), pair.Policy)).To(Succeed())
	g.Expect(admin.Create(t.Context(), pair.Binding)).To(Succeed())
	mortalPrometheus, err = world.StartPrometheus(t.Context(), mortal, *servers.Prometheus)
	g.Expect(err).NotTo(HaveOccurred())
	kubemate, err = operator.Start(t.Context(), world, operator.Options{Binary: operator.Binary(), Dir: t.TempDir(), Config: configuration()})
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(kubemate.LogTail(60))
		}
		if err := kubemate.Stop(10 * time.Second); err != nil {
			t.Log("stopping the operator:", err)
		}
	})
}

// configuration of the operator. Without leader election a killed operator is back at once; who may write is shown elsewhere.
func configuration() string {
	return fmt.Sprintf(`
leaderElection: {enabled: false}
mesh: {settle: %[1]s}
edge: {settle: %[1]s}
analysis: {sources: [{name: default, address: %[2]q, timeout: 2s}, {name: %[3]s, address: %[4]q, timeout: 2s}]}
`, settle, world.Prometheus.URL(), mortal, mortalPrometheus.URL())
}
