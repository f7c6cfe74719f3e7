package egress

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/hack/testbed/pki"
)

// partner is a server outside of the cluster: it speaks TLS on port 443, and tells what it was asked.
type partner struct {
	host    string
	address netip.Addr

	mu   sync.Mutex
	seen []seen
	// complaints are what the server logs, failed handshakes among it.
	complaints []string
	// plain counts connections to port 80.
	plain int
	// certificate that is shown.
	certificate *tls.Certificate
	authority   *pki.Authority
	// held is closed when requests for /hold may be answered.
	held chan struct{}
}

// seen is a request as it came to a partner.
type seen struct {
	Method, Host, Path string
	Header             http.Header
	// Client is the name on the client's certificate.
	Client string
}

// startPartner starts a partner whose certificate is signed by an authority, and which asks for one signed by clients, nil for none.
func startPartner(host, address string, authority *pki.Authority, clients *x509.CertPool) *partner {
	GinkgoHelper()
	p := &partner{host: host, address: netip.MustParseAddr(address), authority: authority}
	p.present(host)
	settings := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.certificate, nil
	}}
	if clients != nil {
		settings.ClientAuth, settings.ClientCAs = tls.RequireAndVerifyClientCert, clients
	}
	listener, err := net.Listen("tcp", netip.AddrPortFrom(p.address, 443).String())
	Expect(err).NotTo(HaveOccurred())
	server := &http.Server{Handler: p, TLSConfig: settings, ReadHeaderTimeout: 5 * time.Second, ErrorLog: log.New(p, "", 0)}
	go func() {
		defer GinkgoRecover()
		if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			Expect(err).NotTo(HaveOccurred())
		}
	}()
	DeferCleanup(func(ctx context.Context) error { return server.Shutdown(ctx) })
	p.countPlain()
	return p
}

// countPlain listens for who comes without TLS.
func (p *partner) countPlain() {
	GinkgoHelper()
	listener, err := net.Listen("tcp", netip.AddrPortFrom(p.address, 80).String())
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(listener.Close)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.plain++
			p.mu.Unlock()
			_ = connection.Close()
		}
	}()
}

// Write takes a line of the server's log.
func (p *partner) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.complaints = append(p.complaints, string(line))
	return len(line), nil
}

// withoutTLS says who came without TLS, to either port.
func (p *partner) withoutTLS() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.plain > 0 {
		return fmt.Sprintf("%d connections to port 80", p.plain)
	}
	for _, line := range p.complaints {
		if strings.Contains(line, "HTTP request") {
			return line
		}
	}
	return ""
}

// present shows a certificate for a name from the next connection on, until what is returned is called, and ends connections after each answer.
func (p *partner) present(name string) (restore func()) {
	GinkgoHelper()
	pair, err := p.authority.Server(name)
	Expect(err).NotTo(HaveOccurred())
	certificate, err := tls.X509KeyPair(pair.Certificate, pair.Key)
	Expect(err).NotTo(HaveOccurred())
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.certificate
	p.certificate = &certificate
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.certificate = before
	}
}

// hold keeps requests for /hold waiting until what is returned is called.
func (p *partner) hold() (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	held := make(chan struct{})
	p.held = held
	return sync.OnceFunc(func() { close(held) })
}

// wait keeps a request waiting, for /hold until it is released and for /wait until the caller has enough of it.
func (p *partner) wait(request *http.Request) {
	p.mu.Lock()
	held := p.held
	p.mu.Unlock()
	switch request.URL.Path {
	case "/hold":
		select {
		case <-held:
		case <-request.Context().Done():
		}
	case "/wait":
		<-request.Context().Done()
	}
}

func (p *partner) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	one := seen{Method: request.Method, Host: request.Host, Path: request.URL.Path, Header: request.Header.Clone()}
	if chain := request.TLS.PeerCertificates; len(chain) > 0 {
		one.Client = chain[0].Subject.CommonName
	}
	p.mu.Lock()
	p.seen = append(p.seen, one)
	p.mu.Unlock()
	p.wait(request)
	w.Header().Set("Connection", "close") // each request shows a certificate
	w.Header().Set("Content-Type", "application/json")
	// The credential is not sent back: a partner that did would tell it to whoever called.
	one.Header = nil
	if err := json.NewEncoder(w).Encode(one); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// last is the last request that came.
func (p *partner) last() seen {
	GinkgoHelper()
	p.mu.Lock()
	defer p.mu.Unlock()
	Expect(p.seen).NotTo(BeEmpty(), "nothing came to %s", p.host)
	return p.seen[len(p.seen)-1]
}

// count is how many requests came.
func (p *partner) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.seen)
}
