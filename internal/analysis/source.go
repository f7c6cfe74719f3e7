package analysis

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/api"
	prometheus "github.com/prometheus/client_golang/api/prometheus/v1"
	"golang.org/x/sync/semaphore"

	"github.com/kubemate/kubemate/internal/analysis/query"
	"github.com/kubemate/kubemate/internal/config"
)

// Reader asks the metric sources of the operator's configuration. It is safe for concurrent use.
type Reader struct {
	sources map[string]*source
	// first is the name of the source of releases that name none. Empty: there is no source at all.
	first string
}

// source is one Prometheus.
type source struct {
	config config.MetricSource
	api    prometheus.API
	free   *semaphore.Weighted
}

// New prepares the sources. It reads the files with certificates, and asks nobody.
func New(sources []config.MetricSource) (*Reader, error) {
	reader := &Reader{sources: make(map[string]*source, len(sources))}
	for i, one := range sources {
		opened, err := open(one)
		if err != nil {
			return nil, fmt.Errorf("metric source %s: %w", one.Name, err)
		}
		reader.sources[one.Name] = opened
		if i == 0 {
			reader.first = one.Name
		}
	}
	return reader, nil
}

func open(cfg config.MetricSource) (*source, error) {
	http, err := httpClient(cfg)
	if err != nil {
		return nil, err
	}
	client, err := api.NewClient(api.Config{Address: cfg.Address, Client: http})
	if err != nil {
		return nil, err
	}
	return &source{config: cfg, api: prometheus.NewAPI(client), free: semaphore.NewWeighted(int64(cfg.MaxConcurrent))}, nil
}

// find gives the source of a name. Empty: the first of the configuration.
func (r *Reader) find(name string) (*source, error) {
	if name == "" {
		name = r.first
	}
	if found := r.sources[name]; found != nil {
		return found, nil
	}
	if r.first == "" {
		return nil, errors.New("the operator's configuration has no metric source: add one to analysis.sources")
	}
	return nil, fmt.Errorf("the operator's configuration has no metric source %q in analysis.sources", name)
}

// scope is what queries for releases of a namespace may see here.
func (s *source) scope(namespace string) query.Scope {
	if s.config.NamespaceExempt {
		namespace = ""
	}
	return query.Scope{
		Namespace: namespace, NamespaceLabel: s.config.NamespaceLabel, Matchers: s.config.Matchers, Renamed: s.config.RenamedLabels,
	}
}
