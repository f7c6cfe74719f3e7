// Package forward passes TCP connections from one address to another.
package forward

import (
	"errors"
	"io"
	"net"
	"sync"
)

// Forward accepts connections on a listener and passes each on to a target, until it is closed.
type Forward struct {
	listener net.Listener
	target   string
	running  sync.WaitGroup
	broken   error // why it stopped by itself; read it when nothing runs

	mu     sync.Mutex
	conns  map[net.Conn]struct{}
	closed bool
}

// Start begins to pass connections on to target, a host:port.
func Start(listener net.Listener, target string) *Forward {
	f := &Forward{listener: listener, target: target, conns: map[net.Conn]struct{}{}}
	f.running.Go(f.accept)
	return f
}

// Addr is where connections are accepted.
func (f *Forward) Addr() string { return f.listener.Addr().String() }

// Close ends all connections and returns when none is left.
func (f *Forward) Close() error {
	f.mu.Lock()
	f.closed = true
	err := f.listener.Close()
	for conn := range f.conns {
		conn.Close()
	}
	f.mu.Unlock()
	f.running.Wait()
	return errors.Join(err, f.broken)
}

func (f *Forward) accept() {
	for {
		client, err := f.listener.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				f.broken = err
			}
			return
		}
		f.running.Go(func() { f.pass(client) })
	}
}

// pass copies both ways and closes each direction when it ends, so that half-closed connections work.
func (f *Forward) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", f.target)
	if err != nil {
		return // the client sees a closed connection, as if it had dialled the target itself
	}
	defer server.Close()
	if !f.keep(client, server) {
		return
	}
	defer f.forget(client, server)
	var answers sync.WaitGroup
	answers.Go(func() { copyAndClose(client, server) })
	copyAndClose(server, client)
	answers.Wait()
}

func copyAndClose(to, from net.Conn) {
	_, err := io.Copy(to, from)
	if half, ok := to.(interface{ CloseWrite() error }); ok && err == nil {
		err = half.CloseWrite()
	}
	if err != nil { // broken in this direction: nothing can come of the other
		to.Close()
		from.Close()
	}
}

func (f *Forward) keep(conns ...net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, conn := range conns {
		f.conns[conn] = struct{}{}
	}
	return !f.closed
}

func (f *Forward) forget(conns ...net.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, conn := range conns {
		delete(f.conns, conn)
	}
}
