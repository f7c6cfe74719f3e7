package netns

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Both are read first of all: whoever started this program may be gone a moment later, and once anybody handles SIGHUP
// it no longer tells whether the program was started to outlive its terminal.
var (
	starter = os.Getppid()
	nohup   = signal.Ignored(syscall.SIGHUP)
)

// reexecute runs this program again inside a new namespace and returns its exit code.
func reexecute() (int, error) {
	// The child is told to die with the thread that started it, so this thread must live as long as the process.
	runtime.LockOSThread()
	dir, err := runDirectory()
	if err != nil {
		return 1, err
	}
	defer dir.remove()
	ours, theirs, err := controlPair()
	if err != nil {
		return 1, err
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT)
	if !nohup {
		signal.Notify(signals, syscall.SIGHUP)
	}
	child, err := start(dir.path, theirs)
	if err != nil {
		return 1, fmt.Errorf("no network namespace: %w\n%s", err, advice)
	}
	theirs.Close()
	go lendListeners(ours)
	go relay(signals, child.Process)
	return exitCode(child.Wait())
}

// start tries a user namespace first, which needs no privilege, and then, for root where those are refused, a network
// namespace alone.
func start(dir string, control *os.File) (*exec.Cmd, error) {
	child := command(dir, control, unix.CLONE_NEWUSER|unix.CLONE_NEWNET)
	err := child.Start()
	if err == nil || os.Geteuid() != 0 {
		return child, err
	}
	child = command(dir, control, unix.CLONE_NEWNET)
	if second := child.Start(); second != nil {
		return nil, errors.Join(err, second)
	}
	return child, nil
}

func command(dir string, control *os.File, namespaces uintptr) *exec.Cmd {
	child := exec.Command("/proc/self/exe", os.Args[1:]...)
	child.Args[0] = os.Args[0]
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	if _, err := unix.IoctlGetTermios(int(os.Stdin.Fd()), unix.TCGETS); err != nil {
		child.Stdin = os.Stdin // a terminal would stop a reader that is not in its foreground process group
	}
	child.Env = append(os.Environ(), parentVariable+"="+current(), dirVariable+"="+dir)
	child.ExtraFiles = []*os.File{control}
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: namespaces,
		Pdeathsig:  syscall.SIGKILL,
		Setpgid:    true, // a Ctrl-C reaches the child once, through relay, not twice
	}
	if namespaces&unix.CLONE_NEWUSER != 0 {
		child.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		child.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return child
}

// relay passes signals on to the child; the second request to end is not left to its good will. When whoever started
// this process is gone, so is the reason to run, unless nohup says otherwise.
func relay(signals <-chan os.Signal, child *os.Process) {
	asked := false
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case received := <-signals:
			if asked && received != syscall.SIGQUIT {
				received = syscall.SIGKILL
			}
			asked = true
			signalChild(child, received)
		case <-ticker.C:
			if os.Getppid() != starter && !asked && !nohup {
				asked = true
				signalChild(child, syscall.SIGTERM)
			}
		}
	}
}

func signalChild(child *os.Process, received os.Signal) {
	if err := child.Signal(received); err != nil && !errors.Is(err, os.ErrProcessDone) {
		fmt.Fprintln(os.Stderr, "testbed: pass on", received, "-", err)
	}
}

// exitCode is what a shell would report.
func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		if err != nil {
			return 1, err
		}
		return 0, nil
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
