package main

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// paint colours text on terminals that want it.
type paint bool

func (p paint) wrap(code, text string) string {
	if !p {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p paint) bold(text string) string   { return p.wrap("1", text) }
func (p paint) dim(text string) string    { return p.wrap("2", text) }
func (p paint) red(text string) string    { return p.wrap("31", text) }
func (p paint) green(text string) string  { return p.wrap("32", text) }
func (p paint) yellow(text string) string { return p.wrap("33", text) }

// fit pads or cuts text to a width.
func fit(text string, width int) string {
	length := utf8.RuneCountInString(text)
	if length <= width {
		return text + strings.Repeat(" ", width-length)
	}
	return string([]rune(text)[:width-1]) + "…"
}

// wrap breaks text between words into at most so many lines.
func wrap(text string, width, most int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = "  " + word
		}
	}
	lines = append(lines, line)
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] += " …"
	}
	for i := range lines {
		lines[i] = strings.TrimRight(fit(lines[i], width), " ")
	}
	return lines
}

// bar draws a share of 0 to 100 in eighths of a character.
func bar(share float64) string {
	eighths := int(share/100*barWidth*8 + 0.5)
	text := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		text += string([]rune(" ▏▎▍▌▋▊▉")[rest])
	}
	return text
}

// short writes a share with as many decimals as it needs.
func short(share float64) string { return strconv.FormatFloat(share, 'f', -1, 64) }

// thousands writes 12345 as 12,345.
func thousands(number int) string {
	text := strconv.Itoa(number)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
