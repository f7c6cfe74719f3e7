package process

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// The kernel kills a child with Pdeathsig when the *thread* that forked it ends, and Go ends threads at will. All
// children are therefore forked by one goroutine that keeps its thread for as long as the program runs.
var forks = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for fork := range work {
			fork()
		}
	}()
	return work
})

// Begin starts the command such that the kernel kills it when this program ends, however that comes. The child leads
// a process group of its own, so that a Ctrl-C in the terminal leaves the order of stopping to us.
func Begin(command *exec.Cmd) error {
	if command.SysProcAttr == nil {
		command.SysProcAttr = &syscall.SysProcAttr{}
	}
	command.SysProcAttr.Pdeathsig = syscall.SIGKILL
	command.SysProcAttr.Setpgid = true
	result := make(chan error)
	forks() <- func() { result <- command.Start() }
	return <-result
}
