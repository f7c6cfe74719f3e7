package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asDemoVariable makes the test program the demo itself.
const asDemoVariable = "KUBEMATE_DEMO_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(asDemoVariable) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a demo that runs as a person would run it.
type process struct {
	t       *testing.T
	command *exec.Cmd
	lines   chan string
	said    []string
	tmp     string
}

// startDemo starts a demo whose temporary files are all in a folder.
func startDemo(t *testing.T, tmp string, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	p := &process{t: t, command: exec.CommandContext(ctx, "/proc/self/exe", args...), lines: make(chan string, 1000), tmp: tmp}
	p.command.Env = append(os.Environ(), asDemoVariable+"=1", "TMPDIR="+tmp)
	reader, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.command.Stderr = p.command.Stdout
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for scanner := bufio.NewScanner(reader); scanner.Scan(); {
			p.lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("the demo said:\n" + strings.Join(p.said, "\n"))
		}
	})
	return p
}

// until reads lines until one matches, and returns its groups.
func (p *process) until(pattern string) []string {
	p.t.Helper()
	expression := regexp.MustCompile(pattern)
	for line := range p.lines {
		p.said = append(p.said, line)
		if groups := expression.FindStringSubmatch(line); groups != nil {
			return groups
		}
	}
	p.t.Fatalf("ended without saying %s", pattern)
	return nil
}

// end reads to the end and returns the exit code.
func (p *process) end() int {
	p.t.Helper()
	for line := range p.lines {
		p.said = append(p.said, line)
	}
	err := p.command.Wait()
	if p.command.ProcessState == nil {
		p.t.Fatal(err)
	}
	return p.command.ProcessState.ExitCode()
}

// wantNothingLeft checks that no process of the demo lives, and waits for those that the kernel is about to end.
func (p *process) wantNothingLeft() {
	p.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for left := p.processes(); len(left) > 0; left = p.processes() {
		if time.Now().After(deadline) {
			p.t.Fatalf("still running: %q", left)
		}
		time.Sleep(20 * time.Millisecond) // processes that are not children cannot be waited for
	}
}

// processes lists those that have to do with the temporary folder.
func (p *process) processes() []string {
	p.t.Helper()
	candidates, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		p.t.Fatal(err)
	}
	var found []string
	for _, candidate := range candidates {
		line, err := os.ReadFile(filepath.Join(candidate, "cmdline"))
		environment, _ := os.ReadFile(filepath.Join(candidate, "environ")) // others' processes are no business of ours
		if err == nil && strings.Contains(string(line)+string(environment), p.tmp) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

// wantEmpty checks that nothing is left in the temporary folder.
func wantEmpty(t *testing.T, tmp string) {
	t.Helper()
	entries, err := os.ReadDir(tmp)
	if err != nil || len(entries) > 0 {
		t.Errorf("left behind in the temporary folder: %v, %v", entries, err)
	}
}
