package testbed

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
)

// lastPort counts up below the range from which the kernel serves outgoing connections, so that no connection can take
// a port between its choice and its use. Only this process listens in its namespace.
var lastPort atomic.Int32

const (
	firstPort = 20000
	portLimit = 32000
)

func freePort() (int, error) {
	lastPort.CompareAndSwap(0, firstPort)
	for {
		port := int(lastPort.Add(1))
		if port >= portLimit {
			return 0, errors.New("no free port left in the namespace")
		}
		listener, err := net.Listen("tcp", fmt.Sprintf("0.0.0.0:%d", port))
		if err != nil {
			continue
		}
		return port, listener.Close()
	}
}

func freePorts(count int) ([]int, error) {
	ports := make([]int, count)
	for i := range ports {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		ports[i] = port
	}
	return ports, nil
}
