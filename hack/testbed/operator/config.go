package operator

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"

	"sigs.k8s.io/yaml"
)

// complete adds to a configuration what a pod would bring along: the namespace of the lease, and ports of its own.
func complete(config, metrics, health string) ([]byte, error) {
	document := map[string]any{}
	if err := yaml.UnmarshalStrict([]byte(config), &document); err != nil {
		return nil, fmt.Errorf("reading the operator's configuration: %w", err)
	}
	for _, setting := range []struct{ section, field, value string }{
		{"leaderElection", "namespace", Namespace},
		{"metrics", "bindAddress", metrics},
		{"health", "bindAddress", health},
	} {
		section, ok := document[setting.section].(map[string]any)
		if !ok {
			section = map[string]any{}
			document[setting.section] = section
		}
		section[setting.field] = setting.value
	}
	return yaml.Marshal(document)
}

// Ports for operators lie between those of the servers, which the testbed hands out up to 32000, and those that the kernel serves outgoing
// connections from: no connection can take a port between its choice and its use.
const (
	firstPort = 32000
	portLimit = 32700
)

var lastPort atomic.Int32

// freeAddresses finds addresses that nobody in the namespace listens on.
func freeAddresses(count int) ([]string, error) {
	lastPort.CompareAndSwap(0, firstPort)
	var found []string
	for len(found) < count {
		port := lastPort.Add(1)
		if port >= portLimit {
			return nil, errors.New("no free port left for an operator")
		}
		address := fmt.Sprintf("127.0.0.1:%d", port)
		listener, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		if err := listener.Close(); err != nil {
			return nil, fmt.Errorf("finding a free port: %w", err)
		}
		found = append(found, address)
	}
	return found, nil
}
