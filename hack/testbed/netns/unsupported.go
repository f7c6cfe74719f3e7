//go:build !linux

package netns

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
)

// Address is the one address of the pod network that is no pod's: servers advertise it.
var Address = netip.MustParseAddr("10.244.255.1")

var errUnsupported = errors.New("testbed: network namespaces exist only on Linux: use a Linux machine or container")

// Enter says what is missing and ends the program.
func Enter(func() error) {
	fmt.Fprintln(os.Stderr, errUnsupported)
	os.Exit(1)
}

// Inside is false.
func Inside() bool { return false }

// Dir is empty.
func Dir() string { return "" }

// ListenOutside fails.
func ListenOutside(string) (net.Listener, error) { return nil, errUnsupported }
