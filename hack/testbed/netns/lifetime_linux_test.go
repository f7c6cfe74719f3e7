package netns_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestExitCodes(t *testing.T) {
	for part, want := range map[string]int{"exit 7": 7, "killed": 128 + 9} {
		err := outside(t, part).Run()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != want {
			t.Errorf("%s: got %v, want exit code %d", part, err, want)
		}
	}
}

// TestServersDieWithTheParent covers the parent's whole family: parent, child in the namespace, server.
func TestServersDieWithTheParent(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			parent := outside(t, "serve")
			output, err := parent.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := parent.Start(); err != nil {
				t.Fatal(err)
			}
			var server int
			if _, err := fmt.Fscan(output, &server); err != nil {
				t.Fatal(err)
			}
			if err := parent.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := parent.Wait(); err == nil {
				t.Error("the parent ended as if nothing had happened")
			}
			awaitDeath(t, server)
		})
	}
}

// TestServersDieWithTheStarter: a killed make or go test leaves nothing behind either.
func TestServersDieWithTheStarter(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The tests themselves may run under nohup; a signal that is handled here is no longer ignored in the starter.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)
	starter := outside(t, "serve")
	starter.Path, starter.Args = "/bin/sh", []string{"sh", "-c", `"$0" & wait`, program}
	output, err := starter.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := starter.Start(); err != nil {
		t.Fatal(err)
	}
	var server int
	if _, err := fmt.Fscan(output, &server); err != nil {
		t.Fatal(err)
	}
	if err := starter.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	awaitDeath(t, server)
	if err := starter.Wait(); err == nil {
		t.Error("the starter was not killed")
	}
}

// awaitDeath polls: a process that is no child of ours cannot be waited for.
func awaitDeath(t *testing.T, pid int) {
	t.Helper()
	deadline, ticker := time.After(10*time.Second), time.NewTicker(5*time.Millisecond)
	defer ticker.Stop()
	for {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if os.IsNotExist(err) || strings.Contains(string(status), ") Z ") {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("server %d still runs: %s", pid, status)
		case <-ticker.C:
		}
	}
}
