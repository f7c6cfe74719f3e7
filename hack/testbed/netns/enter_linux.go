package netns

import (
	"fmt"
	"os"
	"syscall"
)

const (
	// parentVariable carries the parent's namespace; it proves that the process was started by Enter and not merely by
	// a shell that inherited the variable.
	parentVariable = "KUBEMATE_NETNS_PARENT"
	dirVariable    = "KUBEMATE_NETNS_DIR"

	// setupFailed is the child's exit code when the namespace exists but cannot be configured.
	setupFailed = 125
)

// Enter returns only inside a namespace. The first call in a program (or in a TestMain) re-executes it there: that
// process, the parent, first runs prepare, which may still use the network, then waits for its child, passes signals
// on and exits with the child's exit code.
func Enter(prepare func() error) {
	if Inside() {
		if err := configure(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(setupFailed)
		}
		return
	}
	if prepare != nil {
		if err := prepare(); err != nil {
			fmt.Fprintln(os.Stderr, "testbed:", err)
			os.Exit(1)
		}
	}
	code, err := reexecute()
	if err != nil {
		fmt.Fprintln(os.Stderr, "testbed:", err)
	}
	os.Exit(code)
}

// Inside reports whether this process runs in a namespace made by Enter.
func Inside() bool {
	parent := os.Getenv(parentVariable)
	return parent != "" && parent != current()
}

// Dir is a folder private to this run. The parent removes it after the child's end, however that came.
func Dir() string { return os.Getenv(dirVariable) }

// current identifies the network namespace of this process.
func current() string {
	link, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return "unknown"
	}
	return link
}

// configure makes the new namespace usable: its loopback device is down at first.
func configure() error {
	// The control socket is for this process alone; servers that it starts must not inherit it.
	syscall.CloseOnExec(controlDescriptor)
	if err := ownAddresses(); err != nil {
		return fmt.Errorf("testbed: the network namespace cannot be configured: %w\n%s", err, advice)
	}
	return nil
}

const advice = `The testbed needs a network namespace of its own. Any one of these gives it one:
  - allow user namespaces:    sudo sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000
  - on Ubuntu 24.04 or later: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
  - in a container:           run it with --security-opt seccomp=unconfined or --cap-add SYS_ADMIN
  - or run as root.`
