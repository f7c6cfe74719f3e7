package cli

import (
	"io"
	"os"

	"golang.org/x/term"
)

// color is the code of an ANSI colour.
type color string

const (
	red    color = "31"
	green  color = "32"
	yellow color = "33"
	dim    color = "2"
)

// painter colours a text, or leaves it as it is.
type painter func(color, string) string

// painterFor colours only what a person looks at: a terminal, and not when NO_COLOR is set (https://no-color.org).
func painterFor(out io.Writer) painter {
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return func(_ color, text string) string { return text }
	}
	return func(with color, text string) string { return "\x1b[" + string(with) + "m" + text + "\x1b[0m" }
}
