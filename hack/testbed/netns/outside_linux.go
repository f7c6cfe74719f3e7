package netns

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// controlDescriptor is the child's end of a socket pair over which the parent lends it listeners.
const controlDescriptor = 3

// asking keeps requests and answers in pairs.
var asking sync.Mutex

// ListenOutside listens on a loopback port of the machine, outside the namespace, for example "127.0.0.1:0". A socket
// belongs to the namespace it was made in, whoever holds it: the parent makes it, this process accepts from it.
func ListenOutside(address string) (net.Listener, error) {
	if !Inside() {
		return net.Listen("tcp", address)
	}
	asking.Lock()
	defer asking.Unlock()
	if err := unix.Sendmsg(controlDescriptor, []byte(address), nil, nil, 0); err != nil {
		return nil, fmt.Errorf("ask for a port outside: %w", err)
	}
	answer, rights := make([]byte, 1024), make([]byte, unix.CmsgSpace(4))
	n, oobn, _, _, err := unix.Recvmsg(controlDescriptor, answer, rights, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("ask for a port outside: %w", err)
	}
	if n == 0 {
		return nil, errors.New("ask for a port outside: the parent is gone")
	}
	if oobn == 0 {
		return nil, fmt.Errorf("listen outside on %s: %s", address, answer[:n])
	}
	return lentListener(rights[:oobn])
}

func lentListener(rights []byte) (net.Listener, error) {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil {
		return nil, err
	}
	descriptors, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(descriptors[0]), "lent listener")
	defer file.Close()
	return net.FileListener(file)
}

// controlPair returns the parent's and the child's end. Packets keep their boundaries.
func controlPair() (ours, theirs *os.File, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make a socket pair: %w", err)
	}
	return os.NewFile(uintptr(pair[0]), "control"), os.NewFile(uintptr(pair[1]), "control"), nil
}

// lendListeners answers requests until the child is gone.
func lendListeners(control *os.File) {
	defer control.Close()
	socket := int(control.Fd())
	request := make([]byte, 256)
	for {
		n, _, _, _, err := unix.Recvmsg(socket, request, nil, 0)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || n == 0 {
			return
		}
		if err := lend(socket, string(request[:n])); err != nil {
			if unix.Sendmsg(socket, []byte(err.Error()), nil, nil, 0) != nil {
				return // the child is gone
			}
		}
	}
}

// lend listens on a loopback address and passes the socket; this process keeps no copy.
func lend(socket int, address string) error {
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return err
	}
	if !resolved.IP.IsLoopback() {
		return fmt.Errorf("%s is not a loopback address", address)
	}
	listener, err := net.ListenTCP("tcp", resolved)
	if err != nil {
		return err
	}
	defer listener.Close()
	file, err := listener.File()
	if err != nil {
		return err
	}
	defer file.Close()
	return unix.Sendmsg(socket, []byte("ok"), unix.UnixRights(int(file.Fd())), nil, 0)
}
