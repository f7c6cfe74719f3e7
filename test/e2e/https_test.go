package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/hack/testbed/backend"
)

// secureClient calls the shop's host through Traefik's TLS entry point, as a browser would.
type secureClient struct {
	shop   *shop
	client *http.Client
}

func (s *shop) overTLS(roots *x509.CertPool) secureClient {
	dialer := &net.Dialer{}
	return secureClient{shop: s, client: &http.Client{
		Timeout: 5 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, world.Traefik.WebSecureAddress())
			},
		},
	}}
}

func (c secureClient) do(path string) (*http.Response, backend.Answer, error) {
	var answer backend.Answer
	request, err := http.NewRequestWithContext(c.shop.ctx, http.MethodGet, "https://"+c.shop.host()+path, http.NoBody)
	if err != nil {
		return nil, answer, err
	}
	response, err := c.client.Do(request)
	if err != nil {
		return nil, answer, err
	}
	defer func() { Expect(response.Body.Close()).To(Succeed()) }()
	if response.StatusCode == http.StatusOK {
		err = json.NewDecoder(response.Body).Decode(&answer)
	}
	return response, answer, err
}

func (c secureClient) get(path string) *http.Response {
	GinkgoHelper()
	response, _, err := c.do(path)
	Expect(err).NotTo(HaveOccurred())
	return response
}

func (c secureClient) status(path string) (int, error) {
	response, _, err := c.do(path)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, nil
}

// answer is what the pod says it was asked.
func (c secureClient) answer(path string) backend.Answer {
	GinkgoHelper()
	_, answer, err := c.do(path)
	Expect(err).NotTo(HaveOccurred())
	return answer
}
