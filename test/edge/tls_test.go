package edge

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	certmanagerv1 "github.com/kubemate/kubemate/internal/driver/certmanager/api/v1"
)

// authority signs certificates.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pem  []byte
}

func newAuthority(name string) authority {
	GinkgoHelper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Expect(err).NotTo(HaveOccurred())
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	Expect(err).NotTo(HaveOccurred())
	cert, err := x509.ParseCertificate(der)
	Expect(err).NotTo(HaveOccurred())
	return authority{key, cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// issue signs a certificate for a name, of a server and a client.
func (a authority) issue(name string) (certificate, key []byte) {
	GinkgoHelper()
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Expect(err).NotTo(HaveOccurred())
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &own.PublicKey, a.key)
	Expect(err).NotTo(HaveOccurred())
	private, err := x509.MarshalPKCS8PrivateKey(own)
	Expect(err).NotTo(HaveOccurred())
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
}

func (a authority) secret(name, host string) *corev1.Secret {
	certificate, key := a.issue(host)
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: name}, Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{corev1.TLSCertKey: certificate, corev1.TLSPrivateKeyKey: key},
	}
}

// secure is a client that trusts the authority; change makes it a special one.
func (a authority) secure(change ...func(*tls.Config)) *http.Client {
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	for _, one := range change {
		one(config)
	}
	dialer := &net.Dialer{}
	return &http.Client{
		Timeout: 5 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig: config, DisableKeepAlives: true, ForceAttemptHTTP2: true,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, world.Traefik.WebSecureAddress())
			},
		},
	}
}

func secured(name string, change func(*v1alpha1.IngressTLS), routes ...v1alpha1.IngressRoute) *v1alpha1.IngressProfile {
	p := profile(name, routes...)
	p.Spec.TLS = &v1alpha1.IngressTLS{SecretName: v1alpha1.ObjectName(name + "-tls")}
	change(p.Spec.TLS)
	return p
}

// answersOverTLS is the status of an answer, or 0 when there is none.
func answersOverTLS(client *http.Client, name, path string) int {
	came, err := send(client, "https://"+hostOf(name)+path, hostOf(name))
	if err != nil {
		return 0
	}
	return came.StatusCode
}

var _ = Describe("a profile with TLS", func() {
	It("speaks the chosen version and suites, and HSTS over TLS only", func() {
		ca := newAuthority("bank")
		suite := "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
		modern := secured("modern", func(t *v1alpha1.IngressTLS) { t.MinVersion = ptr.To("1.3") }, route("/", "web"))
		chosen := secured("chosen", func(t *v1alpha1.IngressTLS) {
			t.CipherSuites, t.RedirectHTTP = []v1alpha1.CipherSuite{v1alpha1.CipherSuite(suite)}, true
		}, route("/", "web"))
		shop.create(ca.secret("modern-tls", hostOf("modern")), ca.secret("chosen-tls", hostOf("chosen")))
		shop.publish(modern)
		shop.publish(withStrict(chosen))
		old := func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }
		Eventually(func() int { return answersOverTLS(ca.secure(), "modern", "/") }).Should(Equal(http.StatusOK))
		Expect(answersOverTLS(ca.secure(old), "modern", "/")).To(BeZero(), "TLS 1.2 is refused")

		Eventually(func() int { return answersOverTLS(ca.secure(old), "chosen", "/") }).Should(Equal(http.StatusOK))
		other := func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
		}
		Expect(answersOverTLS(ca.secure(other), "chosen", "/")).To(BeZero(), "another suite is refused")
		came, err := send(ca.secure(), "https://"+hostOf("chosen")+"/", hostOf("chosen"))
		Expect(err).NotTo(HaveOccurred())
		Expect(came.Header.Get("Strict-Transport-Security")).To(Equal("max-age=31536000; includeSubDomains"))

		By("redirecting plain HTTP: 301 for GET, 308 for what has a body")
		eventuallyAnswers(http.StatusMovedPermanently, hostOf("chosen"), "/basket?x=1")
		redirected := ask(hostOf("chosen"), "/basket?x=1", body(3))
		Expect(redirected.StatusCode).To(Equal(http.StatusPermanentRedirect))
		Expect(redirected.Header.Get("Location")).To(HavePrefix("https://" + hostOf("chosen") + "/basket?x=1"))
		Expect(redirected.Header).NotTo(HaveKey("Strict-Transport-Security"))
	})

	It("is served under a wildcard of one label, with an HSTS of its own", func() {
		ca := newAuthority("bank")
		branches := secured("branches", func(*v1alpha1.IngressTLS) {}, route("/", "web"))
		branches.Spec.Hosts = []v1alpha1.Host{"*.branches.example"}
		branches.Spec.Security = &v1alpha1.SecurityHeaders{HSTS: &v1alpha1.HSTS{MaxAge: "17520h", IncludeSubDomains: true, Preload: true}}
		shop.create(ca.secret("branches-tls", "*.branches.example"))
		shop.publish(branches)
		Eventually(func() int { return answersOverTLS(ca.secure(), "zurich.branches", "/") }).Should(Equal(http.StatusOK))
		came, err := send(ca.secure(), "https://zurich.branches.example/", "zurich.branches.example")
		Expect(err).NotTo(HaveOccurred())
		Expect(came.Header.Get("Strict-Transport-Security")).To(Equal("max-age=63072000; includeSubDomains; preload"))
		Expect(answersOverTLS(ca.secure(), "branches", "/")).To(BeZero(), "the parent is none of its hosts")
	})

	It("asks for a certificate that the authority has signed", func() {
		ca, partners, strangers := newAuthority("bank"), newAuthority("partners"), newAuthority("strangers")
		shop.create(ca.secret("mutual-tls", hostOf("mutual")),
			&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "partners"}, Data: map[string][]byte{"ca.crt": partners.pem}})
		shop.publish(secured("mutual", func(t *v1alpha1.IngressTLS) {
			t.ClientAuth = &v1alpha1.ClientAuth{Mode: v1alpha1.ClientAuthRequire, CASecret: "partners"}
		}, route("/", "web")))
		shows := func(from authority) func(*tls.Config) {
			certificate, key := from.issue("client")
			pair, err := tls.X509KeyPair(certificate, key)
			Expect(err).NotTo(HaveOccurred())
			return func(c *tls.Config) {
				c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
			}
		}
		Eventually(func() int { return answersOverTLS(ca.secure(shows(partners)), "mutual", "/") }).Should(Equal(http.StatusOK))
		Expect(answersOverTLS(ca.secure(), "mutual", "/")).To(BeZero(), "no certificate")
		Expect(answersOverTLS(ca.secure(shows(strangers)), "mutual", "/")).To(BeZero(), "another's certificate")

		By("asking for one only of those who have one")
		shop.create(ca.secret("optional-tls", hostOf("optional")))
		shop.publish(secured("optional", func(t *v1alpha1.IngressTLS) {
			t.ClientAuth = &v1alpha1.ClientAuth{Mode: v1alpha1.ClientAuthIfGiven, CASecret: "partners"}
		}, route("/", "web")))
		Expect(answersOverTLS(ca.secure(shows(partners)), "optional", "/")).To(Equal(http.StatusOK))
		Expect(answersOverTLS(ca.secure(), "optional", "/")).To(Equal(http.StatusOK), "no certificate")
		Expect(answersOverTLS(ca.secure(shows(strangers)), "optional", "/")).To(BeZero(), "another's certificate")
	})

	It("gets its certificate from cert-manager when there is one, and says what that waits for", Serial, func() {
		asking := profile("issued", route("/", "web"))
		asking.Spec.TLS = &v1alpha1.IngressTLS{Certificate: &v1alpha1.IngressCertificate{Issuer: v1alpha1.CertificateIssuer{Kind: "ClusterIssuer", Name: "bank"}}}
		shop.create(asking)
		refused := shop.eventually(asking, v1alpha1.ConditionAccepted, metav1.ConditionFalse)
		Expect(refused.Reason).To(Equal(v1alpha1.ReasonUnsupported))
		Expect(refused.Message).To(ContainSubstring("cert-manager"))

		By("installing cert-manager's kind")
		Expect(world.InstallCRDs(shop.ctx, filepath.Join("..", "..", "internal", "driver", "certmanager", "testdata", "crds"))).To(Succeed())
		waiting := shop.eventually(asking, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse)
		Expect(waiting.Reason).To(Equal(v1alpha1.ReasonNotIssued))
		var certificates certmanagerv1.CertificateList
		Expect(admin.List(shop.ctx, &certificates, client.InNamespace(shop.name))).To(Succeed())
		Expect(certificates.Items).To(HaveLen(1))
		certificate := &certificates.Items[0]
		Expect(certificate.Spec.DNSNames).To(Equal([]string{hostOf("issued")}))
		Expect(certificate.Spec.IssuerRef).To(Equal(certmanagerv1.IssuerReference{Group: "cert-manager.io", Kind: "ClusterIssuer", Name: "bank"}))

		By("passing on what cert-manager says")
		say := func(status metav1.ConditionStatus, message string) {
			certificate.Status.Conditions = []certmanagerv1.Condition{{
				Type: certmanagerv1.ConditionReady, Status: status, Message: message, ObservedGeneration: certificate.Generation,
			}}
			Expect(admin.Status().Update(shop.ctx, certificate)).To(Succeed())
		}
		say(metav1.ConditionFalse, "the issuer bank is not ready")
		Eventually(func() string { return shop.eventually(asking, v1alpha1.ConditionReady, metav1.ConditionFalse).Message }).
			Should(ContainSubstring("the issuer bank is not ready"))
		ca := newAuthority("bank")
		Expect(answersOverTLS(ca.secure(), "issued", "/")).To(BeZero(), "no connection is accepted before")
		shop.create(ca.secret(certificate.Spec.SecretName, hostOf("issued")))
		say(metav1.ConditionTrue, "issued")
		shop.eventually(asking, v1alpha1.ConditionSecretsReady, metav1.ConditionTrue)
		shop.eventually(asking, v1alpha1.ConditionReady, metav1.ConditionTrue)
		Eventually(func() int { return answersOverTLS(ca.secure(), "issued", "/") }).Should(Equal(http.StatusOK))
	})

	It("accepts no connection without its own certificate, whatever the gateway has for others", func() {
		shop.publish(secured("uncertified", func(*v1alpha1.IngressTLS) {}, route("/", "web")))
		connect := func() error {
			connection, err := tls.Dial("tcp", world.Traefik.WebSecureAddress(), &tls.Config{ServerName: hostOf("uncertified"), InsecureSkipVerify: true}) //nolint:gosec // no certificate at all may be served
			if err == nil {
				connection.Close()
			}
			return err
		}
		Eventually(connect).Should(HaveOccurred())
		Consistently(connect, "1s", "100ms").Should(HaveOccurred())
	})
})
