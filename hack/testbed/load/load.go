// Package load is a plain HTTP client that sends requests at a steady rate and counts what comes back. It never
// retries: a request that fails once has failed.
package load

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options says what to send. Without Count and Duration the load runs until its context ends or it is stopped.
type Options struct {
	URL    string
	Host   string // the Host header; that of the URL when empty
	Method string // GET when empty
	Header http.Header

	Rate     float64       // requests per second; zero means as fast as Workers go
	Workers  int           // the most requests in flight; 1 without Rate, otherwise 64
	Count    int           // stop after so many requests
	Duration time.Duration // stop after so long
	Timeout  time.Duration // of one request; 5 s when zero
	// Failed decides which answers are failures; by default those with status 400 and above.
	Failed func(*http.Response) bool
}

// Load is a load in progress.
type Load struct {
	options Options
	client  *http.Client
	stop    context.CancelFunc
	done    chan struct{}
	tally   *tally
}

// Run sends the whole load and returns what came back. A failed request is a result, not an error.
func Run(ctx context.Context, options Options) (Result, error) {
	if options.Count == 0 && options.Duration == 0 {
		return Result{}, errors.New("load: Run needs Count or Duration")
	}
	load, err := Start(ctx, options)
	if err != nil {
		return Result{}, err
	}
	return load.Wait(), nil
}

// Start begins to send in the background.
func Start(ctx context.Context, options Options) (*Load, error) {
	options.setDefaults()
	if _, err := options.request(ctx); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	load := &Load{options: options, client: options.newClient(), stop: stop, done: make(chan struct{}), tally: newTally()}
	go load.run(ctx)
	return load, nil
}

// Result is what has come back so far; it may be called at any time.
func (l *Load) Result() Result { return l.tally.snapshot() }

// Wait returns when the load has ended by itself.
func (l *Load) Wait() Result {
	<-l.done
	return l.Result()
}

// Stop ends the load; requests in flight are still waited for and counted.
func (l *Load) Stop() Result {
	l.stop()
	return l.Wait()
}

func (o *Options) setDefaults() {
	if o.Workers == 0 {
		o.Workers = 1
		if o.Rate > 0 {
			o.Workers = 64
		}
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	if o.Failed == nil {
		o.Failed = func(response *http.Response) bool { return response.StatusCode >= http.StatusBadRequest }
	}
}

func (o *Options) newClient() *http.Client {
	return &http.Client{
		Timeout: o.Timeout,
		Transport: &http.Transport{
			MaxIdleConnsPerHost: o.Workers,
			// The gateway serves a certificate that it made up itself.
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (o *Options) request(ctx context.Context) (*http.Request, error) {
	var body io.Reader
	if o.Method == "" || o.Method == http.MethodGet || o.Method == http.MethodHead {
		// Go's transport sends a request again whose body it could send again. This one is empty, so none is sent, but cannot be rewound.
		body = io.NopCloser(strings.NewReader(""))
	}
	request, err := http.NewRequestWithContext(ctx, o.Method, o.URL, body)
	if err != nil {
		return nil, err
	}
	if o.Header != nil {
		request.Header = o.Header.Clone()
	}
	request.Host = o.Host
	return request, nil
}

// run hands out one token per request; workers turn tokens into requests.
func (l *Load) run(ctx context.Context) {
	defer close(l.done)
	defer l.client.CloseIdleConnections()
	defer l.stop()
	tokens := make(chan struct{})
	var workers sync.WaitGroup
	for range l.options.Workers {
		workers.Go(func() {
			for range tokens {
				l.send()
			}
		})
	}
	l.pace(ctx, tokens)
	close(tokens)
	workers.Wait()
}

// pace keeps to the rate on average: after a stall the missed requests follow at once.
func (l *Load) pace(ctx context.Context, tokens chan<- struct{}) {
	if l.options.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.options.Duration)
		defer cancel()
	}
	started := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for sent := 0; l.options.Count == 0 || sent < l.options.Count; sent++ {
		if l.options.Rate > 0 {
			due := started.Add(time.Duration(float64(sent) / l.options.Rate * float64(time.Second)))
			timer.Reset(time.Until(due))
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
		}
		select {
		case <-ctx.Done():
			return
		case tokens <- struct{}{}:
		}
	}
}
