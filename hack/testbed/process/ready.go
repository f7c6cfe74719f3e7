package process

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

const (
	pollInterval  = 20 * time.Millisecond
	defaultWithin = 30 * time.Second
)

func (p *Process) awaitReady(ctx context.Context, r *run) error {
	if p.command.Ready == nil {
		return nil
	}
	within := p.command.Within
	if within == 0 {
		within = defaultWithin
	}
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("not ready after %s", within))
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		last := p.command.Ready(ctx)
		if last == nil {
			return nil
		}
		select {
		case <-r.exited:
			return errors.Join(errors.New("ended before it was ready"), r.err)
		case <-ctx.Done():
			return fmt.Errorf("%w; last answer: %w", context.Cause(ctx), last)
		case <-ticker.C:
		}
	}
}

// HTTP is a readiness probe: a GET of the URL answers 200. roots may be nil for plain HTTP.
func HTTP(url string, roots *x509.CertPool, token string) func(context.Context) error {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	client := &http.Client{Transport: transport, Timeout: 2 * time.Second}
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			body, err := io.ReadAll(io.LimitReader(response.Body, 2048))
			return errors.Join(fmt.Errorf("%s answered %s: %s", url, response.Status, body), err)
		}
		return nil
	}
}

// LogTail is the last lines that the server wrote.
func (p *Process) LogTail(lines int) string {
	content, err := os.ReadFile(p.command.LogFile)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(content)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
