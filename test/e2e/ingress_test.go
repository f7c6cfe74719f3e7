package e2e

import (
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
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

var _ = Describe("an IngressProfile", func() {
	It("redirects to HTTPS, sets security headers, strips a prefix and limits the rate, on real responses", func(ctx SpecContext) {
		s := newShop(ctx, "edge")
		s.service("web", "v1")
		s.service("orders", "v1", "v2")
		roots := s.certificate("edge-tls")
		strict, prefix := v1alpha1.SecurityStrict, v1alpha1.PathValue("/api/orders")
		profile := s.ingress("web")
		profile.Spec.TLS = &v1alpha1.IngressTLS{SecretName: "edge-tls", RedirectHTTP: true}
		profile.Spec.Security = &v1alpha1.SecurityHeaders{Preset: &strict}
		limited := v1alpha1.PathValue("/limited")
		profile.Spec.Routes = append(profile.Spec.Routes,
			v1alpha1.IngressRoute{
				Match: &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Prefix: &prefix}}, StripPrefix: true,
				To: v1alpha1.IngressBackend{Service: "orders", Port: 80},
			},
			v1alpha1.IngressRoute{
				Match: &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Exact: &limited}},
				To:    v1alpha1.IngressBackend{Service: "web", Port: 80}, RateLimit: &v1alpha1.RateLimit{Average: 1, Period: ptr.To(v1alpha1.Duration("1m")), Burst: ptr.To(int64(3))},
			})
		canary := release("orders", "v1", 100, "v2", 0)
		api := v1alpha1.PathValue("/new")
		canary.Spec.Matches = []v1alpha1.ReleaseMatch{{To: "v2", Any: []v1alpha1.RequestMatch{{Path: &v1alpha1.PathMatch{Prefix: &api}}}}}
		s.create(profile, canary)
		s.eventuallyIsReady(profile)
		s.eventuallyIsReady(canary)
		https := s.overTLS(roots)

		By("redirecting plain HTTP for good")
		Eventually(func(g Gomega) {
			response, err := s.try("/basket?x=1")
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(response.StatusCode).To(Equal(http.StatusMovedPermanently))
			g.Expect(response.Header.Get("Location")).To(HavePrefix("https://" + s.host()))
		}).Should(Succeed())

		By("setting the headers that an auditor looks for")
		Eventually(func() (int, error) { return https.status("/") }).Should(Equal(http.StatusOK))
		response := https.get("/")
		Expect(response.Header).To(HaveKeyWithValue("Strict-Transport-Security", ConsistOf("max-age=31536000; includeSubDomains")))
		Expect(response.Header).To(HaveKeyWithValue("X-Frame-Options", ConsistOf("DENY")))
		Expect(response.Header).To(HaveKeyWithValue("X-Content-Type-Options", ConsistOf("nosniff")))
		Expect(response.Header).To(HaveKeyWithValue("Content-Security-Policy", ConsistOf("default-src 'self'")))

		By("stripping the prefix, also in front of a release's own paths")
		variants := func(path string) func() []string {
			return func() (met []string) {
				for range 10 {
					met = append(met, https.get(path).Header.Get("X-Variant"))
				}
				return met
			}
		}
		// Before Traefik has loaded the split, the Service itself answers with one variant or the other.
		Eventually(variants("/api/orders/newer")).Should(HaveEach("v1"))
		Eventually(variants("/api/orders/new/1")).Should(HaveEach("v2"))
		Expect(https.answer("/api/orders/new/1").Path).To(Equal("/new/1"))
		Expect(https.answer("/api/orders").Path).To(Equal("/"))
		Expect(https.answer("/api/orders-archive").Path).To(Equal("/api/orders-archive"), "a prefix is whole segments")

		By("limiting the rate, with the headers on the refusal too")
		var refused *http.Response
		for range 10 {
			if response := https.get("/limited"); response.StatusCode == http.StatusTooManyRequests {
				refused = response
			}
		}
		Expect(refused).NotTo(BeNil(), "ten requests at once, three allowed")
		Expect(refused.Header).To(HaveKeyWithValue("X-Frame-Options", ConsistOf("DENY")))
	})

	It("refuses the handshake instead of serving another certificate when its secret is missing", func(ctx SpecContext) {
		s := newShop(ctx, "no-secret")
		s.service("web", "v1")
		profile := s.ingress("web")
		profile.Spec.TLS = &v1alpha1.IngressTLS{SecretName: "missing"}
		s.create(profile)
		s.eventuallyIsReady(profile)
		Eventually(func(g Gomega) {
			_, err := tls.Dial("tcp", world.Traefik.WebSecureAddress(), &tls.Config{ServerName: s.host(), InsecureSkipVerify: true}) //nolint:gosec // the point is that no certificate is served at all
			g.Expect(err).To(HaveOccurred())
		}).Should(Succeed())
	})
})

// certificate makes a Secret with a certificate for the shop's host and returns who signed it.
func (s *shop) certificate(secret string) *x509.CertPool {
	GinkgoHelper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Expect(err).NotTo(HaveOccurred())
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: s.host()}, DNSNames: []string{s.host()}, IPAddresses: []net.IP{},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	Expect(err).NotTo(HaveOccurred())
	private, err := x509.MarshalPKCS8PrivateKey(key)
	Expect(err).NotTo(HaveOccurred())
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	s.create(&corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: secret}, Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{
			corev1.TLSCertKey:       certificate,
			corev1.TLSPrivateKeyKey: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		},
	})
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	return roots
}
