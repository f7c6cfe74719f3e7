package analysis

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"unicode"

	prometheus "github.com/prometheus/client_golang/api/prometheus/v1"
)

// explain says in words why a query has no answer, without addresses and without repeating what was answered: the cause has all that, and the
// words are shown in every namespace that uses the source. outer is the context of the caller, without the source's own timeout.
func (s *source) explain(outer context.Context, err error) string {
	name := "the metric source " + s.config.Name
	var tooLong *http.MaxBytesError
	var answered *prometheus.Error
	switch {
	case outer.Err() != nil:
		return name + " was not asked to the end, because the operator gave up waiting"
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("%s did not answer within %s", name, s.config.Timeout.Duration)
	case errors.As(err, &tooLong):
		return fmt.Sprintf("%s answered with more than %d bytes: aggregate more, or raise maxResponseBytes of the source", name, tooLong.Limit)
	case errors.Is(err, errRedirected):
		return name + " redirects, and that is not followed: configure its final address"
	case errors.As(err, &answered):
		return name + " " + refusal(answered)
	}
	return name + " " + unreachable(err)
}

// noAnswer is said of a source that answers, and not as Prometheus does.
const noAnswer = "answered with something that is not an answer of Prometheus"

// refusal is what the source itself says. Only the API's own errors have words that are meant to be read; the rest may repeat a page of HTML.
func refusal(err *prometheus.Error) string {
	switch err.Type {
	case prometheus.ErrBadData:
		return "refuses the query: " + brief(err.Msg)
	case prometheus.ErrTimeout, prometheus.ErrCanceled, prometheus.ErrExec:
		return "could not carry the query out: " + brief(err.Msg)
	case prometheus.ErrServer, prometheus.ErrClient:
		return "answered with a " + brief(err.Msg) // "client error: 403"
	case prometheus.ErrBadResponse:
	}
	return noAnswer
}

// unreachable sorts errors of the network.
func unreachable(err error) string {
	var transport *url.Error
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &dns):
		return "cannot be asked: the name in its address is not known"
	case errors.As(err, &certificate):
		return "cannot be asked: its certificate is not trusted"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "cannot be asked: it refuses connections"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "cannot be asked: it broke the connection"
	case errors.As(err, &transport):
		return "cannot be asked; the operator's log says why"
	}
	return noAnswer
}

// maxBrief is how much of somebody else's words is repeated.
const maxBrief = 200

// brief makes one short line of somebody else's words.
func brief(text string) string {
	text = strings.ToValidUTF8(text[:min(len(text), maxBrief)], "")
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}
