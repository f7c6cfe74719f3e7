package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"time"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/backend"
)

// requestTimeout is longer than any pod of the demo takes.
const requestTimeout = 5 * time.Second

// errRetried ends a request that Go's transport was about to send a second time: what failed once has failed.
var errRetried = errors.New("the connection was lost before an answer")

// gateway is Traefik as a client sees it: hosts have names, and all names lead to it.
type gateway struct{ client *http.Client }

func newGateway(traefik *testbed.Traefik, roots *x509.CertPool) *gateway {
	addresses := map[string]string{"80": traefik.WebAddress(), "443": traefik.WebSecureAddress()}
	var dialer net.Dialer
	return &gateway{client: &http.Client{
		Timeout: requestTimeout,
		Transport: &http.Transport{
			MaxIdleConnsPerHost: 2 * streamWorkers,
			TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				_, port, err := net.SplitHostPort(address)
				if err != nil {
					return nil, err
				}
				return dialer.DialContext(ctx, network, addresses[port])
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// ask sends one request and says how it went; false means that the demo itself was in the way, because it ends.
func (g *gateway) ask(ctx context.Context, r route) (answer, bool) {
	status, header, err := g.send(ctx, r)
	if err != nil {
		return answer{failure: err.Error()}, ctx.Err() == nil
	}
	a := answer{pod: header.Get(backend.PodHeader), version: header.Get(backend.VariantHeader)}
	if status >= http.StatusMultipleChoices {
		a.failure = fmt.Sprintf("%d %s", status, http.StatusText(status))
	}
	return a, true
}

func (g *gateway) send(ctx context.Context, r route) (status int, header http.Header, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	connections := 0
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		if connections++; connections > 1 {
			cancel(errRetried)
		}
	}})
	request, err := http.NewRequestWithContext(ctx, r.method, r.url(), http.NoBody)
	if err != nil {
		return 0, nil, err
	}
	if r.header != nil {
		request.Header = r.header.Clone()
	}
	response, err := g.client.Do(request)
	if err != nil {
		return 0, nil, cmp.Or(context.Cause(ctx), err)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, response.Header, errors.Join(err, response.Body.Close())
}
