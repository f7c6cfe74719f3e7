package servers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// plainInterval spaces the lines where the output is not a terminal, such as a CI log.
const plainInterval = 15 * time.Second

// progress shows that one long step is alive: a line that is rewritten each second on a terminal, a new line now and
// then elsewhere.
type progress struct {
	out      io.Writer
	title    string
	expected string
	terminal bool
	started  time.Time
	done     chan struct{}
	finished sync.WaitGroup

	mu       sync.Mutex
	packages int
	remark   string
}

func newProgress(out io.Writer, title, minutes string) *progress {
	p := &progress{out: out, title: title, expected: minutes, started: time.Now(), done: make(chan struct{})}
	file, isFile := out.(*os.File)
	p.terminal = isFile && term.IsTerminal(int(file.Fd()))
	if !p.terminal {
		p.show()
	}
	p.finished.Go(p.tick)
	return p
}

func (p *progress) tick() {
	interval := plainInterval
	if p.terminal {
		interval = time.Second
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-ticker.C:
			p.show()
		}
	}
}

func (p *progress) show() {
	p.mu.Lock()
	line := fmt.Sprintf("%s: %s, %d packages (about %s min when nothing is compiled yet) %s",
		p.title, p.elapsed(), p.packages, p.expected, p.remark)
	p.mu.Unlock()
	p.print(line, false)
}

func (p *progress) print(line string, last bool) {
	line = strings.TrimRight(line, " ")
	switch {
	case !p.terminal:
		fmt.Fprintln(p.out, line)
	case last:
		fmt.Fprintf(p.out, "\r\x1b[K%s\n", line)
	default:
		fmt.Fprintf(p.out, "\r\x1b[K%s", line)
	}
}

func (p *progress) note(remark string) {
	p.mu.Lock()
	p.remark = remark
	p.mu.Unlock()
	p.show()
}

func (p *progress) end(err error) {
	close(p.done)
	p.finished.Wait()
	outcome := "built"
	if err != nil {
		outcome = "FAILED"
	}
	p.print(fmt.Sprintf("%s: %s in %s", p.title, outcome, p.elapsed()), true)
}

func (p *progress) elapsed() time.Duration { return time.Since(p.started).Round(time.Second) }

// packageCounter reads the output of `go build -v`: package names count as progress, the rest is kept for the error.
type packageCounter struct {
	progress *progress
	partial  []byte
	messages []string
}

// keptMessages is how many of the last lines an error shows.
const keptMessages = 30

func (c *packageCounter) Write(chunk []byte) (int, error) {
	c.partial = append(c.partial, chunk...)
	for {
		line, rest, complete := bytes.Cut(c.partial, []byte("\n"))
		if !complete {
			return len(chunk), nil
		}
		c.take(string(line))
		c.partial = rest
	}
}

func (c *packageCounter) take(line string) {
	if isPackage := !strings.ContainsAny(line, " \t:#"); isPackage {
		c.progress.mu.Lock()
		c.progress.packages++
		c.progress.mu.Unlock()
		return
	}
	c.messages = append(c.messages, line)
	if len(c.messages) > keptMessages {
		c.messages = c.messages[1:]
	}
}

func (c *packageCounter) problem() error {
	return errors.New(strings.Join(append(c.messages, string(c.partial)), "\n"))
}
