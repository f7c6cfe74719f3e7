package egress

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed/operator"
	"github.com/kubemate/kubemate/hack/testbed/process"
)

// The secrets, none of which may be seen anywhere but at a partner.
const (
	token    = "tok3n-0f-the-acquirer"
	password = "pa55word-0f-the-acquirer"
	key      = "k3y-0f-the-acquirer"
)

// credentialsServer is the server beside the gateway, and the folder that Secrets are mounted in.
type credentialsServer struct {
	*process.Process
	dir string
}

func startCredentials(ctx context.Context) *credentialsServer {
	GinkgoHelper()
	server := &credentialsServer{dir: GinkgoT().TempDir()}
	server.mount("acquirer-token", map[string]string{"token": token})
	server.mount("acquirer-user", map[string]string{"username": "bank", "password": password})
	server.mount("acquirer-key", map[string]string{"value": key})
	started, err := process.Start(ctx, process.Command{
		Name: "credentials", Path: operator.Program("credentials"), Args: []string{"-dir", server.dir},
		LogFile: filepath.Join(GinkgoT().TempDir(), "credentials.log"), Ready: process.HTTP("http://127.0.0.1:9091/healthz", nil, ""),
	})
	Expect(err).NotTo(HaveOccurred())
	server.Process = started
	DeferCleanup(func() error { return started.Stop(time.Second) })
	return server
}

// mount writes a Secret's keys.
func (s *credentialsServer) mount(name string, keys map[string]string) {
	GinkgoHelper()
	Expect(os.MkdirAll(filepath.Join(s.dir, name), 0o700)).To(Succeed())
	for file, value := range keys {
		Expect(os.WriteFile(filepath.Join(s.dir, name, file), []byte(value), 0o600)).To(Succeed())
	}
}

// clientKey is the private key that the gateway shows the acquirer.
var clientKey []byte

// prepareShop makes the namespace and the Secrets that its profiles name.
func prepareShop(ctx context.Context) {
	GinkgoHelper()
	Expect(admin.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop"}})).To(Succeed())
	pair, err := bank.Client("bank")
	Expect(err).NotTo(HaveOccurred())
	clientKey = pair.Key
	for _, secret := range []*corev1.Secret{
		{
			ObjectMeta: metav1.ObjectMeta{Name: "client"}, Type: corev1.SecretTypeTLS,
			Data: map[string][]byte{corev1.TLSCertKey: pair.Certificate, corev1.TLSPrivateKeyKey: pair.Key},
		},
		{ObjectMeta: metav1.ObjectMeta{Name: "ca"}, Data: map[string][]byte{"ca.crt": authority.PEM()}},
		{ObjectMeta: metav1.ObjectMeta{Name: "wrong-ca"}, Data: map[string][]byte{"ca.crt": bank.PEM()}},
	} {
		secret.Namespace = "shop"
		Expect(admin.Create(ctx, secret)).To(Succeed())
	}
}

// toAcquirer is a partner by a name, with what change makes of it.
func toAcquirer(name string, change ...func(*v1alpha1.Partner)) v1alpha1.Partner {
	partner := v1alpha1.Partner{
		Name: v1alpha1.ServiceName(name), Host: v1alpha1.PartnerHost(acquirer.host),
		TLS: v1alpha1.PartnerTLS{CASecret: "ca", ClientCertificateSecret: ptr.To(v1alpha1.ObjectName("client"))},
	}
	for _, one := range change {
		one(&partner)
	}
	return partner
}

func credential(name string) func(*v1alpha1.Partner) {
	return func(p *v1alpha1.Partner) { p.Credential = &name }
}

// open makes a profile of partners for one test, and waits until it is ready.
func open(ctx context.Context, name string, partners ...v1alpha1.Partner) *v1alpha1.EgressProfile {
	GinkgoHelper()
	profile := &v1alpha1.EgressProfile{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Spec: v1alpha1.EgressProfileSpec{Partners: partners}}
	Expect(admin.Create(ctx, profile)).To(Succeed())
	DeferCleanup(func(ctx context.Context) { Expect(client.IgnoreNotFound(admin.Delete(ctx, profile))).To(Succeed()) })
	eventually(ctx, profile, v1alpha1.ConditionReady, metav1.ConditionTrue)
	return profile
}

// eventually waits until a condition of the profile's newest generation is the one wanted.
func eventually(ctx context.Context, profile *v1alpha1.EgressProfile, condition string, status metav1.ConditionStatus) *metav1.Condition {
	GinkgoHelper()
	var found *metav1.Condition
	Eventually(func(g Gomega) {
		g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(profile), profile)).To(Succeed())
		found = meta.FindStatusCondition(profile.Status.Conditions, condition)
		g.Expect(found).NotTo(BeNil(), "no condition %s yet", condition)
		g.Expect(found.ObservedGeneration).To(Equal(profile.Generation))
		g.Expect(found.Status).To(Equal(status), "%s: %s", found.Reason, found.Message)
	}).Should(Succeed())
	return found
}

// reply is what came back to a caller.
type reply struct {
	*http.Response
	seen seen
}

type edit func(*http.Request)

func header(name, value string) edit {
	return func(request *http.Request) { request.Header.Add(name, value) }
}

func method(name string) edit { return func(request *http.Request) { request.Method = name } }

// try calls a partner the way a workload does, but for the name: there is no DNS of a cluster here, so the gateway's address is known.
func try(host, path string, edits ...edit) (reply, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, gateway.Web()+path, http.NoBody)
	if err != nil {
		return reply{}, err
	}
	request.Host = host
	for _, one := range edits {
		one(request)
	}
	response, err := (&http.Client{Timeout: 10 * time.Second}).Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	came := reply{Response: response}
	content, err := io.ReadAll(response.Body)
	if err == nil && response.Header.Get("Content-Type") == "application/json" {
		err = json.Unmarshal(content, &came.seen)
	}
	return came, err
}

// ask is try when nothing may go wrong.
func ask(host, path string, edits ...edit) reply {
	GinkgoHelper()
	came, err := try(host, path, edits...)
	Expect(err).NotTo(HaveOccurred())
	return came
}

// eventuallyAnswers waits until the gateway answers with a status: the profile is in force there.
func eventuallyAnswers(status int, host, path string, edits ...edit) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		came, err := try(host, path, edits...)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(came.StatusCode).To(Equal(status))
	}).Should(Succeed())
}
