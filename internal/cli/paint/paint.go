// Package paint colours text for terminals.
package paint

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Color is the code of an ANSI colour.
type Color string

// The colours that mean something: wrong, well, beware, beside the point.
const (
	Red    Color = "31"
	Green  Color = "32"
	Yellow Color = "33"
	Dim    Color = "2"
)

// Painter colours a text, or leaves it as it is.
type Painter func(Color, string) string

// For colours only what a person looks at: a terminal, and not when NO_COLOR is set (https://no-color.org).
func For(out io.Writer) Painter {
	if !Terminal(out) || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return None
	}
	return func(with Color, text string) string { return "\x1b[" + string(with) + "m" + text + "\x1b[0m" }
}

// None leaves every text as it is.
func None(_ Color, text string) string { return text }

// Terminal says whether a person looks at what is written.
func Terminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
