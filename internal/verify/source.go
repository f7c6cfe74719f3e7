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
	client    *http.Client
	address   string
	questions []driver.ReportQuestion
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
		address: strings.TrimSuffix(cfg.Address, "/"), questions: reader.ReportQuestions(),
	}, nil
}

// ask asks the gateway everything once.
func (s *source) ask(ctx context.Context) (driver.Report, error) {
	report := driver.Report{}
	for _, question := range s.questions {
		if err := s.put(ctx, question, report); err != nil {
			return nil, err
		}
	}
	return report, nil
}

// put asks one question and adds the answer to a report.
func (s *source) put(ctx context.Context, question driver.ReportQuestion, to driver.Report) error {
	url := s.address + question.Path
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNotFound && question.Optional:
		return nil
	case response.StatusCode != http.StatusOK:
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	return question.Read(http.MaxBytesReader(nil, response.Body, longest), to)
}
