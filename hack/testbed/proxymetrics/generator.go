package proxymetrics

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Generator is one pretended proxy of a caller.
type Generator struct {
	now func() time.Time

	mu      sync.Mutex
	streams map[key]*stream
	order   []key

	server  *http.Server
	address string
}

// New is a generator with a clock, which serves nothing yet.
func New(now func() time.Time) *Generator { return &Generator{now: now, streams: map[key]*stream{}} }

// Start is a generator that serves on an address, such as 127.0.0.1:0: GET /metrics, and PUT /traffic with a Traffic in JSON.
func Start(address string) (*Generator, error) {
	generator := New(time.Now)
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("proxy metrics: %w", err)
	}
	generator.address = listener.Addr().String()
	generator.server = &http.Server{Handler: generator.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := generator.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "testbed proxy metrics:", err)
		}
	}()
	return generator, nil
}

// Address is host:port that Start serves on.
func (g *Generator) Address() string { return g.address }

// Close ends serving.
func (g *Generator) Close() error { return g.server.Close() }

// Set makes a stream of requests flow from now on; it replaces the one to the same backend. What was counted stays.
func (g *Generator) Set(traffic Traffic) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	running, known := g.streams[traffic.key()]
	if !known {
		running = &stream{since: now, latencies: map[float64]float64{}}
		g.streams[traffic.key()] = running
		g.order = append(g.order, traffic.key())
	}
	running.advance(now)
	running.Traffic = traffic
}

// Handler serves the metrics and the admin port.
func (g *Generator) Handler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{g})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}))
	mux.HandleFunc("PUT /traffic", func(w http.ResponseWriter, request *http.Request) {
		var traffic Traffic
		decoder := json.NewDecoder(http.MaxBytesReader(w, request.Body, 1<<16))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&traffic); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		g.Set(traffic)
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}
