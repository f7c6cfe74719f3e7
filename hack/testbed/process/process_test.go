package process_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubemate/kubemate/hack/testbed/process"
)

// The test binary also plays a program that starts servers, to be killed.
const role = "KUBEMATE_TEST_ROLE"

func TestMain(m *testing.M) {
	if os.Getenv(role) == "parent" {
		actAsParent()
	}
	os.Exit(m.Run())
}

// actAsParent starts two servers, prints their process ids and waits for its end.
func actAsParent() {
	for range 2 {
		started, err := process.Start(context.Background(), process.Command{
			Name: "sleep", Path: "/bin/sleep", Args: []string{"600"}, LogFile: os.DevNull,
		})
		if err != nil {
			panic(err)
		}
		fmt.Println(started.PID())
	}
	select {}
}

func TestServersDieWithAKilledParent(t *testing.T) {
	parent := exec.Command("/proc/self/exe")
	parent.Env = append(os.Environ(), role+"=parent")
	output, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var servers []int
	lines := bufio.NewScanner(output)
	for len(servers) < 2 && lines.Scan() {
		pid, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatal(err)
		}
		servers = append(servers, pid)
	}
	if len(servers) != 2 {
		t.Fatalf("the parent started %d servers, want 2", len(servers))
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := parent.Wait(); err == nil {
		t.Fatal("the parent was not killed")
	}
	for _, pid := range servers {
		eventually(t, fmt.Sprintf("server %d to die", pid), func() bool { return !alive(pid) })
	}
}

// alive is false for a zombie: whoever adopted it may take its time to notice.
func alive(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(status), ") ")
	return !strings.HasPrefix(rest, "Z")
}

func TestStartFailsWithTheLog(t *testing.T) {
	_, err := process.Start(t.Context(), process.Command{
		Name: "broken", Path: "/bin/sh", Args: []string{"-c", "echo no such flag; exit 3"},
		LogFile: filepath.Join(t.TempDir(), "log"),
		Ready:   func(context.Context) error { return errors.New("no answer") },
	})
	for _, part := range []string{"broken", "exit status 3", "no such flag"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
}

func TestStartGivesUp(t *testing.T) {
	_, err := process.Start(t.Context(), process.Command{
		Name: "slow", Path: "/bin/sleep", Args: []string{"600"}, LogFile: os.DevNull,
		Ready:  func(context.Context) error { return errors.New("no answer yet") },
		Within: 50 * time.Millisecond,
	})
	if err == nil || !strings.Contains(err.Error(), "not ready after 50ms") || !strings.Contains(err.Error(), "no answer yet") {
		t.Errorf("unexpected error: %v", err)
	}
}

func TestStopKillsTheStubborn(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	stubborn, err := process.Start(t.Context(), process.Command{
		Name: "stubborn", Path: "/bin/sh", Args: []string{"-c", "trap '' TERM; echo ready; while :; do sleep 1; done"}, LogFile: log,
		Ready: func(context.Context) error { return contains(log, "ready") },
	})
	if err != nil {
		t.Fatal(err)
	}
	pid := stubborn.PID()
	if err := stubborn.Stop(50 * time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if alive(pid) {
		t.Error("it still runs")
	}
	if err := stubborn.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if stubborn.PID() == pid || !alive(stubborn.PID()) {
		t.Error("it was not started again")
	}
	if err := stubborn.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-stubborn.Exited()
}

func contains(path, text string) error {
	content, err := os.ReadFile(path)
	if err == nil && !strings.Contains(string(content), text) {
		err = fmt.Errorf("%q is not there yet", text)
	}
	return err
}

func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline, ticker := time.After(10*time.Second), time.NewTicker(5*time.Millisecond)
	defer ticker.Stop()
	for !happened() {
		select {
		case <-deadline:
			t.Fatalf("waited 10 s for %s", what)
		case <-ticker.C:
		}
	}
}
