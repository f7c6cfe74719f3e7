package backend

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// Answer is the body of every answer: who was called, and with what.
type Answer struct {
	Namespace string      `json:"namespace"`
	Pod       string      `json:"pod"`
	Variant   string      `json:"variant"`
	Method    string      `json:"method"`
	Host      string      `json:"host"`
	Path      string      `json:"path"`
	Headers   http.Header `json:"headers"`
}

// The answer's headers say the same in short.
const (
	PodHeader     = "X-Pod"
	VariantHeader = "X-Variant"
)

func (b *Backend) answer(w http.ResponseWriter, request *http.Request) {
	local, _ := request.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	address := local.AddrPort().Addr().Unmap()
	called := b.pods.find(request.Context(), address)
	if called == nil {
		http.Error(w, fmt.Sprintf("no pod has the address %s", address), http.StatusBadGateway)
		return
	}
	outcome := called.next()
	if outcome.latency > 0 && !pause(request, outcome.latency) {
		return
	}
	w.Header().Set(PodHeader, called.name)
	w.Header().Set(VariantHeader, called.variant)
	if strings.EqualFold(request.Header.Get("Upgrade"), "websocket") && outcome.status == http.StatusOK {
		echo(w, request)
		return
	}
	if strings.HasPrefix(request.Header.Get("Content-Type"), grpcType) {
		answerGRPC(w, outcome.grpcStatus)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(outcome.status)
	err := json.NewEncoder(w).Encode(Answer{
		Namespace: called.namespace, Pod: called.name, Variant: called.variant,
		Method: request.Method, Host: request.Host, Path: request.URL.RequestURI(), Headers: request.Header,
	})
	if err != nil && request.Context().Err() == nil {
		fmt.Fprintln(os.Stderr, "testbed backend:", err)
	}
}

const grpcType = "application/grpc"

// answerGRPC ends a call as a server of gRPC does: without a message, the status in the trailer.
func answerGRPC(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", grpcType)
	w.Header().Set("Trailer", "Grpc-Status")
	w.WriteHeader(http.StatusOK)
	if flusher, can := w.(http.Flusher); can {
		flusher.Flush() // over HTTP/1.1 only a body of unknown length has a trailer
	}
	w.Header().Set("Grpc-Status", strconv.Itoa(status))
}

// pause is the pod's latency; false means that the caller did not wait.
func pause(request *http.Request, latency time.Duration) bool {
	timer := time.NewTimer(latency)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-request.Context().Done():
		return false
	}
}
