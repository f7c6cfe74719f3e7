package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"
)

// screen shows views: a table that is drawn over itself on a terminal, lines elsewhere.
type screen struct {
	out   io.Writer
	file  *os.File // nil unless it is a terminal that can be drawn on
	paint paint
	drawn int // lines of the table that stands on the terminal
	err   error
}

// newScreen looks at the output and at what its owner asks for. What is no terminal, is narrower than the table or calls itself dumb is not
// drawn on; NO_COLOR (https://no-color.org) is respected.
func newScreen(out *os.File, plain bool) *screen {
	s := &screen{out: out}
	if width, _, err := term.GetSize(int(out.Fd())); !plain && err == nil && width >= tableWidth && !slices.Contains([]string{"", "dumb"}, os.Getenv("TERM")) {
		s.file = out
		s.paint = paint(os.Getenv("NO_COLOR") == "")
	}
	return s
}

// terminal says whether the table is drawn.
func (s *screen) terminal() bool { return s.file != nil }

// say writes lines above the table.
func (s *screen) say(lines ...string) {
	s.write(s.over() + strings.Join(lines, "\n") + "\n")
	s.drawn = 0
}

// write keeps the first error: whoever shows things goes on until the main loop looks at it.
func (s *screen) write(text string) {
	if _, err := io.WriteString(s.out, text); err != nil && s.err == nil {
		s.err = fmt.Errorf("showing: %w", err)
	}
}

// show draws the view over the last one, in one write so that it does not flicker.
func (s *screen) show(v view) {
	if !s.terminal() {
		s.write(strings.Join(v.plainLines(time.Now()), "\n") + "\n")
		return
	}
	lines := s.clip(v.lines(s.paint))
	var frame strings.Builder
	frame.WriteString(s.over())
	for _, line := range lines {
		frame.WriteString(line + "\n")
	}
	s.drawn = len(lines)
	s.write(frame.String())
}

// over moves the cursor to where the table began and clears from there.
func (s *screen) over() string {
	if s.drawn == 0 {
		return ""
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", s.drawn)
}

// clip leaves out what a small terminal cannot show: lines that scrolled away could not be drawn over.
func (s *screen) clip(lines []string) []string {
	_, height, err := term.GetSize(int(s.file.Fd()))
	if err != nil || len(lines) < height {
		return lines
	}
	most := max(2, height-1)
	left := len(lines) - most + 1
	return append(lines[:most-1:most-1], s.paint.dim(fmt.Sprintf("… %d more lines: make the window higher", left)))
}
