package chart

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	logf "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/netns"
)

const (
	root      = "../.."
	chartPath = root + "/charts/kubemate"
	// helmVariable tells the tests in the namespace where the program is that was built outside.
	helmVariable = "KUBEMATE_TEST_HELM"
)

var server *testbed.Testbed

func TestMain(m *testing.M) {
	if !netns.Inside() {
		path, err := buildHelm()
		if err != nil {
			fmt.Fprintln(os.Stderr, "building helm:", err)
			os.Exit(1)
		}
		os.Setenv(helmVariable, path)
	}
	os.Exit(testbed.Main(m, testbed.Options{Controllers: true}))
}

// buildHelm leaves the program in Go's build cache and returns its path.
func buildHelm() (string, error) {
	command := exec.Command("go", "tool", "-n", "-modfile=hack/tools/helm/go.mod", "helm")
	command.Dir, command.Stderr = root, os.Stderr
	path, err := command.Output()
	return strings.TrimSpace(string(path)), err
}

func TestChart(t *testing.T) {
	format.MaxLength = 0
	logf.SetLogger(GinkgoLogr)
	server = testbed.Shared(t)
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(15 * time.Second) // the API server reads new kinds and policies when it gets to it
	SetDefaultEventuallyPollingInterval(20 * time.Millisecond)
	RunSpecs(t, "Helm chart")
}

var _ = BeforeSuite(func(ctx SpecContext) {
	traefik, err := testbed.TraefikCRDs()
	Expect(err).NotTo(HaveOccurred())
	gateway, err := testbed.GatewayCRDs()
	Expect(err).NotTo(HaveOccurred())
	linkerd, certificates := root+"/internal/driver/linkerd/testdata/crds", root+"/internal/driver/certmanager/testdata/crds"
	Expect(server.InstallCRDs(ctx, append(append(traefik, gateway...), linkerd, certificates)...)).To(Succeed())
})

// helm runs the real program inside the testbed and returns what it printed.
func helm(ctx context.Context, arguments ...string) (string, error) {
	GinkgoHelper()
	command := exec.CommandContext(ctx, os.Getenv(helmVariable), arguments...)
	home := GinkgoT().TempDir()
	command.Env = []string{"HOME=" + home, "KUBECONFIG=" + server.Kubeconfig(), "PATH="}
	output, err := command.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("helm %s: %w\n%s", arguments[0], err, output)
	}
	return string(output), err
}
