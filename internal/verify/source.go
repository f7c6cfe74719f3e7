package verify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	httpconfig "github.com/prometheus/common/config"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver"
)

const (
	// timeout of one question.
	timeout = 10 * time.Second
	// longest answer in bytes. A router of Traefik takes less than 1 KiB.
	longest = 64 << 20
)

// errRedirected says that a gateway sent us elsewhere. An address comes from the operator's configuration alone, also at second hand.
var errRedirected = errors.New("redirected")

// source is the API of one gateway.
type source struct {
	client *http.Client
	url    string
	reader driver.GatewayReports
}

func newSource(cfg config.Verification, reader driver.GatewayReports) (*source, error) {
	settings := httpconfig.HTTPClientConfig{TLSConfig: httpconfig.TLSConfig{CAFile: cfg.CAFile}} // no proxy is taken from the environment
	transport, err := httpconfig.NewRoundTripperFromConfig(settings, "verification")
	if err != nil {
		return nil, err
	}
	return &source{
		client: &http.Client{
			Transport: transport, Timeout: timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirected },
		},
		url: strings.TrimSuffix(cfg.Address, "/") + reader.ReportPath(), reader: reader,
	}, nil
}

// ask asks the gateway once.
func (s *source) ask(ctx context.Context) (driver.Report, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", s.url, response.Status)
	}
	return s.reader.ReadReport(http.MaxBytesReader(nil, response.Body, longest))
}
