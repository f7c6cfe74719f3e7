package testbed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/hack/testbed/process"
	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// PrometheusOptions configures the Prometheus of a testbed.
type PrometheusOptions struct {
	// ScrapeInterval is the time between two looks at a target; 1 s when zero.
	ScrapeInterval time.Duration
	// Targets besides Traefik; Scrape adds further ones.
	Targets []ScrapeTarget
	Flags   []string // further flags, for example "--log.level=debug"
}

// ScrapeTarget is where metrics are read.
type ScrapeTarget struct {
	Job     string            // one for each target
	Address string            // host:port; the path is /metrics
	Labels  map[string]string // put on every series
}

// Prometheus is a running Prometheus.
type Prometheus struct {
	process    *process.Process
	configFile string
	port       int
	interval   time.Duration
	targets    []ScrapeTarget
}

// scrapeLimit bounds the wait for a first look at new targets.
const scrapeLimit = 30 * time.Second

func (tb *Testbed) startFirstPrometheus(ctx context.Context) (err error) {
	tb.Prometheus, err = tb.StartPrometheus(ctx, "prometheus", *tb.options.Prometheus)
	return err
}

// StartPrometheus starts a further Prometheus, which scrapes the Traefik of the testbed as the first one does. Its name is that of its log.
func (tb *Testbed) StartPrometheus(ctx context.Context, name string, options PrometheusOptions) (*Prometheus, error) {
	path, err := servers.Prometheus.Path()
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	prometheus := &Prometheus{
		configFile: tb.path(name + ".yaml"), port: port, interval: options.ScrapeInterval, targets: slices.Clone(options.Targets),
	}
	if prometheus.interval == 0 {
		prometheus.interval = time.Second
	}
	if tb.Traefik != nil {
		prometheus.targets = append(prometheus.targets, ScrapeTarget{Job: "traefik", Address: tb.Traefik.APIAddress()})
	}
	if err := prometheus.configure(); err != nil {
		return nil, err
	}
	prometheus.process, err = tb.run(ctx, process.Command{
		Name: name, Path: path, Ready: process.HTTP(prometheus.URL()+"/-/ready", nil, ""),
		Args: append([]string{
			"--config.file=" + prometheus.configFile, "--storage.tsdb.path=" + tb.path(name),
			"--web.listen-address=" + prometheus.Address(), "--web.enable-lifecycle", "--log.level=warn",
		}, options.Flags...),
	})
	return prometheus, err
}

// Address is host:port of its API; URL is its URL.
func (p *Prometheus) Address() string { return fmt.Sprintf("127.0.0.1:%d", p.port) }
func (p *Prometheus) URL() string     { return "http://" + p.Address() }

// Restart ends Prometheus if it still runs, starts it again with what it has stored, and returns when it is ready.
func (p *Prometheus) Restart(ctx context.Context) error { return p.process.Restart(ctx) }

// Kill ends Prometheus as a power cut would.
func (p *Prometheus) Kill() error { return p.process.Kill() }

// Scrape adds targets and returns when all of them were read once.
func (p *Prometheus) Scrape(ctx context.Context, targets ...ScrapeTarget) error {
	p.targets = append(p.targets, targets...)
	return p.reload(ctx)
}

// Forget reads the target of a job no longer.
func (p *Prometheus) Forget(ctx context.Context, job string) error {
	p.targets = slices.DeleteFunc(p.targets, func(target ScrapeTarget) bool { return target.Job == job })
	return p.reload(ctx)
}

func (p *Prometheus) reload(ctx context.Context) error {
	if err := p.configure(); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL()+"/-/reload", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("reload Prometheus: %w", err)
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("reload Prometheus: %s\n%s", response.Status, p.process.LogTail(5))
	}
	return poll(ctx, scrapeLimit, "Prometheus to read all targets", p.allRead)
}

// allRead is an error while a target was not read.
func (p *Prometheus) allRead(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL()+"/api/v1/targets?state=active", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct {
		Data struct {
			ActiveTargets []struct{ ScrapePool, Health, LastError string }
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	read := map[string]bool{}
	var errs []error
	for _, target := range answer.Data.ActiveTargets {
		read[target.ScrapePool] = true
		if !slices.ContainsFunc(p.targets, func(t ScrapeTarget) bool { return t.Job == target.ScrapePool }) {
			continue // about to be forgotten
		}
		if target.Health != "up" {
			errs = append(errs, fmt.Errorf("%s is %s: %s", target.ScrapePool, target.Health, target.LastError))
		}
	}
	for _, target := range p.targets {
		if !read[target.Job] {
			errs = append(errs, fmt.Errorf("%s is not known yet", target.Job))
		}
	}
	return errors.Join(errs...)
}

// configure writes the configuration of the targets.
func (p *Prometheus) configure() error {
	type job = map[string]any
	jobs := []job{}
	for _, target := range p.targets {
		jobs = append(jobs, job{
			"job_name":       target.Job,
			"static_configs": []job{{"targets": []string{target.Address}, "labels": target.Labels}},
		})
	}
	interval := fmt.Sprintf("%dms", p.interval.Milliseconds())
	content, err := yaml.Marshal(map[string]any{
		"global":         job{"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": "1m"},
		"scrape_configs": jobs,
	})
	if err != nil {
		return err
	}
	return os.WriteFile(p.configFile, content, 0o600)
}
