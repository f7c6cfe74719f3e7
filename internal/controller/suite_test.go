package controller_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/controller"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/driver/kube"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// server is a real API server; cluster is an administrator's access to it.
var (
	server  *testbed.Testbed
	cluster client.Client
)

// stopOperator ends the running operator.
var stopOperator func()

// definitions is the folder of the CRDs.
const definitions = "../../config/crd/bases"

func TestMain(m *testing.M) {
	os.Exit(testbed.Main(m, testbed.Options{Audit: true}))
}

func TestController(t *testing.T) {
	server = testbed.Shared(t)
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(15 * time.Second)
	SetDefaultEventuallyPollingInterval(20 * time.Millisecond)
	RunSpecs(t, "The operator against a real API server")
}

// drivers are the one for leaf Services and fakes for mesh and edge, which write ConfigMaps: every API server serves those. Among their kinds is one that guards
// pods, which nobody writes but others.
type drivers struct{}

func (drivers) Kinds() []schema.GroupVersionKind {
	return slices.Concat(kube.Driver(kube.Config{}).Kinds(), drivertest.FakeMesh().Kinds(), []schema.GroupVersionKind{v1beta3.GroupVersion.WithKind("Server")})
}

func (drivers) Routes() driver.RouteReader { return nil }

func (drivers) Reports() driver.GatewayReports { return nil }

func (drivers) Select(map[schema.GroupVersionKind]bool, map[string]bool) plan.Drivers {
	return plan.Drivers{Kube: kube.Driver(kube.Config{}), Mesh: drivertest.FakeMesh(), Edge: drivertest.FakeEdge(), MeshSettle: settle, EdgeSettle: settle}
}

func (drivers) PodAnnotations() []string { return drivertest.FakeMesh().PodAnnotations() }

func (drivers) Injector() string { return drivertest.FakeInjector }

// TakesOver is true of ConfigMaps that name a Service of their own namespace.
func (drivers) TakesOver(object client.Object) (model.Takeover, bool) {
	found, ok := object.(*corev1.ConfigMap)
	if !ok || found.Data["takes-over"] == "" {
		return model.Takeover{}, false
	}
	return model.Takeover{Namespace: found.Namespace, Service: found.Data["takes-over"], Object: "ConfigMap " + found.Name}, true
}

// settle is how long the data planes of these tests take to follow.
const settle = 100 * time.Millisecond

// operatorConfig lets the operator annotate Namespaces, restart workloads and listen nowhere. The pods of the gateway edge are those of a Service.
const operatorConfig = `
leaderElection: {namespace: default, leaseDuration: 3s, renewDeadline: 2s, retryPeriod: 500ms}
metrics: {bindAddress: "0"}
health: {bindAddress: "0"}
injection: {enabled: true, restarts: true}
edge:
  secretNamespaces: [asked]
  gateways:
  - name: default
  - {name: edge, pods: {namespace: edge, labels: {app: edge}, service: edge}}
`

var _ = BeforeSuite(func(ctx SpecContext) {
	ctrl.SetLogger(GinkgoLogr)
	Expect(server.InstallCRDs(ctx, definitions, "../driver/linkerd/testdata/crds/policy.linkerd.io_servers.yaml")).To(Succeed())
	scheme := runtime.NewScheme()
	Expect(v1beta3.AddToScheme(scheme)).To(Succeed())
	Expect(clientgoscheme.AddToScheme(scheme)).To(Succeed())
	Expect(v1alpha1.AddToScheme(scheme)).To(Succeed())
	Expect(apiextensionsv1.AddToScheme(scheme)).To(Succeed())
	var err error
	cluster, err = client.New(server.Config(), client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
	Expect(cluster.Create(ctx, injector())).To(Succeed())
	stopOperator = startOperator()
	DeferCleanup(func() { stopOperator() })
})

// injector is the webhook of the fake mesh, which is asked about nothing.
func injector() *admissionregistrationv1.MutatingWebhookConfiguration {
	return &admissionregistrationv1.MutatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: drivertest.FakeInjector}}
}

// startOperator runs the operator until the returned function is called.
func startOperator(changes ...func(*rest.Config)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := runOperator(ctx, changes...)
	return func() {
		cancel()
		var err error
		Eventually(ended).Should(Receive(&err))
		Expect(err).NotTo(HaveOccurred())
	}
}

// runOperator runs the operator, with changes to its access to the API server, until it ends.
func runOperator(ctx context.Context, changes ...func(*rest.Config)) (ended chan error) {
	cfg, err := config.Parse([]byte(strings.TrimSpace(operatorConfig)))
	Expect(err).NotTo(HaveOccurred())
	access, err := server.ConfigFor(operatorUser, "system:masters")
	Expect(err).NotTo(HaveOccurred())
	for _, change := range changes {
		change(access)
	}
	scheme := runtime.NewScheme()
	Expect(v1beta3.AddToScheme(scheme)).To(Succeed())
	manager, err := controller.NewManager(ctx, access, cfg, drivers{}, scheme)
	Expect(err).NotTo(HaveOccurred())
	ended = make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	return ended
}

// operatorUser is the operator's name at the API server, by which its requests are found in the audit log.
const operatorUser = "kubemate-under-test"
