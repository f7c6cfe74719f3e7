package credentials

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"time"
)

// Paths of the server.
const (
	// Prefix begins the path of a question: Prefix, the credential's name, a slash and the name of the header.
	Prefix = "/v1/"
	// HealthPath answers 200 while the server runs.
	HealthPath = "/healthz"
)

// headerPattern is what the names of headers are made of.
var headerPattern = regexp.MustCompile(`^[A-Za-z0-9-]{1,128}$`)

// Handler answers GET /v1/NAME/HEADER with an empty body and the credential's value in that header, and anything else without. The gateway
// copies the header onto the request and passes every other answer than 2xx on to the caller, so what cannot be answered is never sent on.
func Handler(store Store, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+HealthPath, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET "+Prefix+"{name}/{header}", func(w http.ResponseWriter, request *http.Request) {
		name := request.PathValue("header")
		if !headerPattern.MatchString(name) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		value, err := store.Header(request.PathValue("name"))
		if err != nil {
			log.Error("a request was not sent on, because its credential could not be read", "error", err)
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set(name, value)
		w.WriteHeader(http.StatusOK)
	})
	return mux
}

// Serve answers on an address until the context ends. The address must be on the loopback device: whoever reaches it reads every credential,
// so that has to be the gateway's pod alone.
func Serve(ctx context.Context, address string, handler http.Handler) error {
	if err := checkLoopback(address); err != nil {
		return err
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listening for the gateway: %w", err)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving the gateway: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = server.Shutdown(last)
	if ended := <-ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("the address %q: %w; write one such as 127.0.0.1:9091", address, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("the address %q is not on the loopback device, so others than the gateway could read credentials; write one such as 127.0.0.1:9091", address)
	}
	return nil
}

// Check asks a server on an address whether it runs.
func Check(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+HealthPath, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		err = fmt.Errorf("it answers %s", response.Status)
	}
	return errors.Join(err, response.Body.Close())
}
