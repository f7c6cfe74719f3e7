package api

import (
	"os"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"k8s.io/client-go/dynamic"

	"github.com/kubemate/kubemate/hack/testbed"
)

const definitionsFolder = "../../config/crd/bases"

// server is the API server of the suite, with the CRDs of Kubemate, and client an administrator's access to it.
var (
	server *testbed.Testbed
	client *dynamic.DynamicClient
)

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, testbed.Options{})) }

func TestAPI(t *testing.T) {
	format.MaxLength = 0 // the answers of the API server are to be read whole
	server = testbed.Shared(t)
	RegisterFailHandler(Fail)
	RunSpecs(t, "Custom resources")
}

var _ = BeforeSuite(func(ctx SpecContext) {
	var err error
	client, err = dynamic.NewForConfig(server.Config())
	Expect(err).NotTo(HaveOccurred())
	Expect(server.InstallCRDs(ctx, definitionsFolder)).To(Succeed(), "the API server must take the CRDs as they are shipped")
})
