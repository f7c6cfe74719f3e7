package netns

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Address is the one address of the pod network that is no pod's: servers advertise it.
var Address = netip.MustParseAddr("10.244.255.1")

// ownAddresses brings the loopback device up and gives it Address with the mask of the whole pod network. On a loopback
// device the kernel then treats every address under the mask as local, as it does for 127.0.0.0/8.
func ownAddresses() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open a socket: %w", err)
	}
	defer unix.Close(socket)
	if err := bringUp(socket, "lo"); err != nil {
		return err
	}
	// The alias keeps 127.0.0.1 in place. The address comes first: setting it resets the mask.
	if err := setAddress(socket, unix.SIOCSIFADDR, "lo:pods", Address); err != nil {
		return err
	}
	if err := setAddress(socket, unix.SIOCSIFNETMASK, "lo:pods", netip.MustParseAddr("255.255.0.0")); err != nil {
		return err
	}
	if name := NameServer(); name.Is4() && !name.IsLoopback() {
		return setAddress(socket, unix.SIOCSIFADDR, "lo:names", name)
	}
	return nil
}

func bringUp(socket int, device string) error {
	request, err := unix.NewIfreq(device)
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(socket, unix.SIOCGIFFLAGS, request); err != nil {
		return fmt.Errorf("read the flags of %s: %w", device, err)
	}
	request.SetUint16(request.Uint16() | unix.IFF_UP)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("bring %s up: %w", device, err)
	}
	return nil
}

func setAddress(socket int, operation uint, device string, address netip.Addr) error {
	request, err := unix.NewIfreq(device)
	if err != nil {
		return err
	}
	if err := request.SetInet4Addr(address.AsSlice()); err != nil {
		return err
	}
	if err := unix.IoctlIfreq(socket, operation, request); err != nil {
		return fmt.Errorf("set %s on %s: %w", address, device, err)
	}
	return nil
}
