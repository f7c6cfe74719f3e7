package backend

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"k8s.io/client-go/kubernetes"
)

// Options configures a backend.
type Options struct {
	// Port is where every pod listens; 8080 when zero.
	Port int
	// AdminPort serves the behaviours on the loopback address; 0 means none.
	AdminPort int
	// VariantLabels are the pod labels of which the first present is the variant's name;
	// by default version, app.kubernetes.io/version, app.
	VariantLabels []string
	// DownWhenGone makes deleted pods refuse connections, at once when deleted by force, otherwise after their
	// termination grace. Without it the address of a pod that is gone answers on.
	DownWhenGone bool
}

// Backend answers for pods.
type Backend struct {
	options Options
	pods    *registry
	servers []*http.Server
	stop    context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	conns  map[netip.Addr]map[net.Conn]struct{}
	broken error // why a server ended by itself
}

// Start begins to answer. It returns when the backend knows all pods that exist.
func Start(ctx context.Context, client kubernetes.Interface, options Options) (*Backend, error) {
	if options.Port == 0 {
		options.Port = 8080
	}
	if options.VariantLabels == nil {
		options.VariantLabels = []string{"version", "app.kubernetes.io/version", "app"}
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	b := &Backend{options: options, stop: stop, conns: map[netip.Addr]map[net.Conn]struct{}{}}
	b.pods = newRegistry(options, b.reset)
	if err := b.pods.follow(ctx, life, client); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	if err := b.listen(); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Backend) listen() error {
	listener, err := net.Listen("tcp4", fmt.Sprintf("0.0.0.0:%d", b.options.Port))
	if err != nil {
		return fmt.Errorf("backend (only one testbed at a time can have one): %w", err)
	}
	both := &http.Protocols{} // gRPC comes as HTTP/2 without TLS
	both.SetHTTP1(true)
	both.SetUnencryptedHTTP2(true)
	b.serve(&http.Server{Handler: http.HandlerFunc(b.answer), ConnState: b.track, Protocols: both}, &refusing{listener, b.pods})
	if b.options.AdminPort == 0 {
		return nil
	}
	admin, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", b.options.AdminPort))
	if err != nil {
		return fmt.Errorf("backend admin: %w", err)
	}
	b.serve(&http.Server{Handler: b.admin()}, admin)
	return nil
}

func (b *Backend) serve(server *http.Server, listener net.Listener) {
	b.servers = append(b.servers, server)
	b.running.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.broken = errors.Join(b.broken, err)
		}
	})
}

// Close ends all connections. Its error tells when the backend had stopped by itself before.
func (b *Backend) Close() error {
	b.stop()
	var errs []error
	for _, server := range b.servers {
		errs = append(errs, server.Close())
	}
	b.running.Wait()
	b.pods.close()
	return errors.Join(append(errs, b.broken)...)
}

// track remembers the open connections of each pod, so that a pod that goes down takes them with it.
func (b *Backend) track(conn net.Conn, state http.ConnState) {
	address := localAddress(conn)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch state {
	case http.StateNew:
		if b.conns[address] == nil {
			b.conns[address] = map[net.Conn]struct{}{}
		}
		b.conns[address][conn] = struct{}{}
	case http.StateClosed, http.StateHijacked:
		delete(b.conns[address], conn)
	}
}

// reset breaks the open connections of a pod.
func (b *Backend) reset(address netip.Addr) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for conn := range b.conns[address] {
		abort(conn)
	}
}

// refusing is a listener that turns away connections to pods that are down. The kernel has accepted them already; a
// reset at once is the nearest to a refusal.
type refusing struct {
	net.Listener
	pods *registry
}

func (r *refusing) Accept() (net.Conn, error) {
	for {
		conn, err := r.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if !r.pods.down(localAddress(conn)) {
			return conn, nil
		}
		abort(conn)
	}
}

// abort closes with a reset instead of an orderly end. An error means that the connection is closed already.
func abort(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func localAddress(conn net.Conn) netip.Addr {
	return conn.LocalAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
}
