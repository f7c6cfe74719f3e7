package e2e

import (
	"context"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/hack/testbed/load"
)

// try sends one request through Traefik.
func (s *shop) try(path string, edit ...func(*http.Request)) (*http.Response, error) {
	request, err := http.NewRequestWithContext(s.ctx, http.MethodGet, world.Traefik.Web()+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Host = s.host()
	for _, one := range edit {
		one(request)
	}
	response, err := noRedirects.Do(request)
	if err != nil {
		return nil, err
	}
	return response, response.Body.Close()
}

// noRedirects shows redirects instead of following them.
var noRedirects = &http.Client{
	Timeout:       5 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// count sends so many requests and returns what came back.
func (s *shop) count(requests int, edit ...func(*load.Options)) load.Result {
	GinkgoHelper()
	options := load.Options{URL: world.Traefik.Web() + "/", Host: s.host(), Count: requests, Workers: 8}
	for _, one := range edit {
		one(&options)
	}
	result, err := load.Run(s.ctx, options)
	Expect(err).NotTo(HaveOccurred())
	Expect(result.Err()).NotTo(HaveOccurred())
	return result
}

// eventuallyShares waits until a sample of requests is shared out as wanted, within a few per cent: the split is in force.
func (s *shop) eventuallyShares(wanted map[string]float64) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		result, err := load.Run(s.ctx, load.Options{URL: world.Traefik.Web() + "/", Host: s.host(), Count: 200, Workers: 4})
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(result.Failed).To(BeZero())
		for variant, share := range wanted {
			g.Expect(result.Share(variant)).To(BeNumerically("~", share, 0.03), "share of %s: %v", variant, result.ByVariant)
		}
	}).Should(Succeed())
}

// underLoad sends 200 requests a second while something happens, and returns what came back.
func (s *shop) underLoad(ctx context.Context, happens func()) load.Result {
	GinkgoHelper()
	running, err := load.Start(ctx, load.Options{URL: world.Traefik.Web() + "/", Host: s.host(), Rate: 200, Duration: 3 * time.Minute})
	Expect(err).NotTo(HaveOccurred())
	happens()
	return running.Stop()
}
