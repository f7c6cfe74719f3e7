package analysis

import (
	"errors"
	"net/http"

	httpconfig "github.com/prometheus/common/config"

	"github.com/kubemate/kubemate/internal/config"
)

// errRedirected says that a source sent us elsewhere. An address comes from the operator's configuration alone, also at second hand.
var errRedirected = errors.New("redirected")

// httpClient speaks to one source as its configuration says. No proxy is taken from the environment.
func httpClient(cfg config.MetricSource) (*http.Client, error) {
	settings := httpconfig.HTTPClientConfig{EnableHTTP2: true, TLSConfig: httpconfig.TLSConfig{CAFile: cfg.CAFile}}
	if cfg.TokenFile != "" {
		settings.Authorization = &httpconfig.Authorization{Type: "Bearer", CredentialsFile: cfg.TokenFile}
	}
	if cfg.BasicAuth != nil {
		settings.BasicAuth = &httpconfig.BasicAuth{Username: cfg.BasicAuth.Username, PasswordFile: cfg.BasicAuth.PasswordFile}
	}
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	transport, err := httpconfig.NewRoundTripperFromConfig(settings, cfg.Name)
	if err != nil {
		return nil, err
	}
	return &http.Client{
		Transport:     capped{transport, cfg.MaxResponseBytes},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirected },
	}, nil
}

// capped breaks answers off that are too long. None is compressed: the transport does not ask for it.
type capped struct {
	next  http.RoundTripper
	limit int64
}

// RoundTrip implements http.RoundTripper.
func (c capped) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := c.next.RoundTrip(request)
	if err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, c.limit)
	}
	return response, err
}
