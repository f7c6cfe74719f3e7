package load

import (
	"context"
	"errors"
	"io"
	"net/http/httptrace"
	"time"

	"github.com/kubemate/kubemate/hack/testbed/backend"
)

// errRetried ends a request that Go's transport was about to send a second time, after its connection broke.
var errRetried = errors.New("the connection was lost before an answer")

// send does one request. It is not bound to the load's context: stopping the load must not look like a failure.
func (l *Load) send() {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	connections := 0
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		if connections++; connections > 1 {
			cancel(errRetried)
		}
	}})
	began := time.Now()
	outcome := l.exchange(ctx)
	outcome.Took, outcome.At = time.Since(began), began
	if errors.Is(context.Cause(ctx), errRetried) {
		outcome.Err = errRetried
	}
	l.tally.add(outcome)
}

func (l *Load) exchange(ctx context.Context) outcome {
	request, err := l.options.request(ctx)
	if err != nil {
		return outcome{Failure: Failure{Err: err}}
	}
	response, err := l.client.Do(request)
	if err != nil {
		return outcome{Failure: Failure{Err: err}}
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return outcome{
		Failure: Failure{
			Status: response.StatusCode, Err: err,
			Variant: response.Header.Get(backend.VariantHeader), Pod: response.Header.Get(backend.PodHeader),
		},
		refused: l.options.Failed(response),
	}
}
