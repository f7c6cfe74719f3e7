package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Command describes a server. Nothing of this program's environment reaches it: a server must not find a kubeconfig or
// a cluster by accident.
type Command struct {
	Name    string
	Path    string
	Args    []string
	Env     []string
	LogFile string                      // both outputs, appended
	Ready   func(context.Context) error // polled until it returns nil; nil means ready at once
	Within  time.Duration               // the longest wait for Ready; 30 s when zero
}

// Process is a running server.
type Process struct {
	command Command
	mu      sync.Mutex
	current *run
}

// run is one life of the server; Restart begins another.
type run struct {
	exec   *exec.Cmd
	exited chan struct{}
	err    error // why it ended; read it after exited is closed
}

// Start starts the server and returns when it is ready. Its error ends with the last lines of the server's log.
func Start(ctx context.Context, command Command) (*Process, error) {
	p := &Process{command: command}
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Process) start(ctx context.Context) error {
	r, err := p.command.begin()
	if err != nil {
		return fmt.Errorf("start %s: %w", p.command.Name, err)
	}
	p.mu.Lock()
	p.current = r
	p.mu.Unlock()
	if err := p.awaitReady(ctx, r); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", p.command.Name, err), p.Kill(), errors.New(p.LogTail(20)))
	}
	return nil
}

func (c Command) begin() (*run, error) {
	log, err := os.OpenFile(c.LogFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the child has its own copy
	command := exec.Command(c.Path, c.Args...)
	command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.TempDir()}, c.Env...)
	command.Stdout, command.Stderr = log, log
	if err := Begin(command); err != nil {
		return nil, err
	}
	r := &run{exec: command, exited: make(chan struct{})}
	go func() {
		r.err = command.Wait()
		close(r.exited)
	}()
	return r, nil
}

// PID is the process id of the current life.
func (p *Process) PID() int { return p.life().exec.Process.Pid }

// Exited is closed when the current life ends.
func (p *Process) Exited() <-chan struct{} { return p.life().exited }

func (p *Process) life() *run {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.current
}

// Signal sends a signal, for example SIGSTOP and SIGCONT.
func (p *Process) Signal(signal os.Signal) error {
	if err := p.life().exec.Process.Signal(signal); err != nil {
		return fmt.Errorf("signal %s: %w", p.command.Name, err)
	}
	return nil
}

// Stop asks the server to end and kills it when it has not after the grace period.
func (p *Process) Stop(grace time.Duration) error {
	r := p.life()
	if err := r.exec.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.command.Name, err)
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-r.exited:
		return nil
	case <-timer.C:
		return p.Kill()
	}
}

// Kill ends the server as a power cut would, and returns when it is gone.
func (p *Process) Kill() error {
	r := p.life()
	if err := r.exec.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", p.command.Name, err)
	}
	<-r.exited
	return nil
}

// Restart ends the server if it still runs, starts it again and returns when it is ready.
func (p *Process) Restart(ctx context.Context) error {
	if err := p.Stop(2 * time.Second); err != nil {
		return err
	}
	return p.start(ctx)
}
