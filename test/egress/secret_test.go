package egress

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A credential", Ordered, func() {
	const rotated = "tok3n-0f-t0morrow"

	It("is what the partner sees, whatever the caller sends", func(ctx SpecContext) {
		profile := open(ctx, "secret",
			toAcquirer("by-token", credential("acquirer-token")), toAcquirer("by-user", credential("acquirer-user")), toAcquirer("by-key", credential("acquirer-key")))
		for host, want := range map[string]struct{ header, value string }{
			"by-token.shop": {"Authorization", "Bearer " + token},
			"by-user.shop":  {"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("bank:"+password))},
			"by-key.shop":   {"X-Api-Key", key},
		} {
			eventuallyAnswers(200, host, "/")
			came := ask(host, "/", header(want.header, "mine"), header("Connection", want.header), header("X-Secret", "1"))
			Expect(came.StatusCode).To(Equal(200))
			Expect(came.Header).NotTo(HaveKey(want.header), "the caller was told")
			// A caller may have a header dropped on the way as one of the connection: the partner then refuses, and learns nothing of the caller's.
			Expect(acquirer.last().Header.Values(want.header)).To(Or(Equal([]string{want.value}), BeEmpty()))
			ask(host, "/", header(want.header, "mine"), header(want.header, "mine too"))
			Expect(acquirer.last().Header.Values(want.header)).To(Equal([]string{want.value}))
		}
		By("changing with its Secret from the next request on")
		beside.mount("acquirer-token", map[string]string{"token": rotated})
		DeferCleanup(func() { beside.mount("acquirer-token", map[string]string{"token": token}) })
		ask("by-token.shop", "/")
		Expect(acquirer.last().Header.Get("Authorization")).To(Equal("Bearer " + rotated))

		By("standing in no object of any kind but Secrets")
		kinds, err := world.Kubectl(ctx, "api-resources", "--verbs=list", "--output=name")
		Expect(err).NotTo(HaveOccurred())
		listed := 0
		for _, kind := range strings.Fields(kinds) {
			if kind == "secrets" {
				continue
			}
			objects, err := world.Kubectl(ctx, "get", "--all-namespaces", "--output=yaml", "--show-managed-fields", kind)
			Expect(err).NotTo(HaveOccurred(), kind)
			expectNoSecret("kubectl get -A "+kind, []byte(objects))
			listed++
		}
		Expect(listed).To(BeNumerically(">", 30), "kinds were listed")
		Expect(profile.Name).NotTo(BeEmpty())

		By("in no log, with Traefik's at its most talkative")
		for _, log := range []struct{ name, text string }{
			{"the operator", kubemate.LogTail(1 << 20)}, {"Traefik", gateway.Process().LogTail(1 << 20)}, {"the credentials server", beside.LogTail(1 << 20)},
		} {
			expectNoSecret("the log of "+log.name, []byte(log.text))
		}
		Expect(gateway.Process().LogTail(1<<20)).To(ContainSubstring("by-token"), "the log is Traefik's configuration, too")

		By("and nowhere in Traefik's API")
		for _, path := range []string{"/api/rawdata", "/api/http/middlewares?per_page=1000", "/api/http/services?per_page=1000", "/api/overview", "/api/support-dump", "/metrics"} {
			expectNoSecret(path, fetch(gateway.API()+path))
		}
		Expect(string(fetch(gateway.API()+"/api/rawdata"))).To(ContainSubstring("by-token"), "the API shows the configuration")
	})

	It("leaves the access log with who called whom, and without a secret", func(ctx SpecContext) {
		open(ctx, "logged", toAcquirer("logged", credential("acquirer-token")))
		eventuallyAnswers(200, "logged.shop", "/")
		ask("logged.shop", "/statement")
		var content []byte
		Eventually(func(g Gomega) {
			var err error
			content, err = os.ReadFile(gateway.AccessLogPath())
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(string(content)).To(ContainSubstring("/statement"))
		}).Should(Succeed())
		expectNoSecret("the access log", content)
		for line := range strings.Lines(string(content)) {
			if strings.Contains(line, "/statement") {
				Expect(line).To(And(
					ContainSubstring(`"RouterName":"shop-logged-logged-route-`), ContainSubstring(`"ServiceAddr":"api.acquirer.example:443"`),
					ContainSubstring(`"DownstreamStatus":200`), ContainSubstring(`"ClientHost":"127.0.0.1"`),
				))
			}
		}
	})
})

// expectNoSecret looks for the secrets, and for what they become on the way.
func expectNoSecret(where string, content []byte) {
	GinkgoHelper()
	private, _ := pem.Decode(clientKey)
	for _, secret := range [][]byte{[]byte(token), []byte(password), []byte(key), []byte("tok3n-0f-t0morrow"), private.Bytes[len(private.Bytes)-24:]} {
		for _, form := range [][]byte{secret, []byte(base64.StdEncoding.EncodeToString(secret)), []byte(base64.StdEncoding.EncodeToString(append([]byte("bank:"), secret...)))} {
			Expect(bytes.Contains(content, form)).To(BeFalse(), "%s shows a secret", where)
		}
	}
	// The key's own PEM has lines of its own.
	for line := range strings.Lines(string(clientKey)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") {
			Expect(string(content)).NotTo(ContainSubstring(line), "%s shows the client's key", where)
		}
	}
}

func fetch(url string) []byte {
	GinkgoHelper()
	response, err := http.Get(url)
	Expect(err).NotTo(HaveOccurred())
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	Expect(err).NotTo(HaveOccurred())
	Expect(content).NotTo(BeEmpty(), url)
	return content
}
