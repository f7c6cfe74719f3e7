package releases

import (
	"strings"
	"unicode/utf8"

	"github.com/kubemate/kubemate/internal/cli/paint"
)

// cell is a word or some in a column of a tree.
type cell struct {
	text  string
	color paint.Color
}

// node is a line of a tree and what hangs below it. The lines below one node stand in columns.
type node struct {
	cells    []cell
	children []node
}

// line makes a node of plain texts.
func line(texts ...string) node {
	cells := make([]cell, len(texts))
	for i, text := range texts {
		cells[i] = cell{text: text}
	}
	return node{cells: cells}
}

// glyphs draw a tree and mark its lines.
type glyphs struct {
	branch, last, down, blank string
	done, current, coming     string
	bad, unknown              string
}

var (
	unicodeGlyphs = glyphs{"├─ ", "└─ ", "│  ", "   ", "✔", "●", "○", "✘", "?"}
	asciiGlyphs   = glyphs{"|- ", "`- ", "|  ", "   ", "+", "*", "o", "x", "?"}
)

// glyphsFor are those that the terminal can show: the locale says which letters it knows.
func glyphsFor(getenv func(string) string) glyphs {
	locale := getenv("LC_ALL")
	for _, name := range []string{"LC_CTYPE", "LANG"} {
		if locale == "" {
			locale = getenv(name)
		}
	}
	if utf := strings.ToUpper(locale); getenv("TERM") != "dumb" && (strings.Contains(utf, "UTF-8") || strings.Contains(utf, "UTF8")) {
		return unicodeGlyphs
	}
	return asciiGlyphs
}

// drawing is a tree being drawn.
type drawing struct {
	glyphs glyphs
	paint  paint.Painter
	text   strings.Builder
}

func (d *drawing) draw(root node) string {
	d.cells(root.cells, nil)
	d.below(root.children, "")
	return d.text.String()
}

func (d *drawing) below(nodes []node, indent string) {
	widths := columns(nodes)
	for i, one := range nodes {
		mark, deeper := d.glyphs.branch, indent+d.glyphs.down
		if i == len(nodes)-1 {
			mark, deeper = d.glyphs.last, indent+d.glyphs.blank
		}
		d.text.WriteString(d.paint(paint.Dim, indent+mark))
		d.cells(one.cells, widths)
		d.below(one.children, deeper)
	}
}

// cells writes a line, in columns that are two blanks apart. The last cell is as long as it is.
func (d *drawing) cells(cells []cell, widths []int) {
	end := len(cells)
	for end > 0 && cells[end-1].text == "" {
		end--
	}
	for i, one := range cells[:end] {
		if one.color == "" {
			d.text.WriteString(one.text)
		} else {
			d.text.WriteString(d.paint(one.color, one.text))
		}
		if i == end-1 {
			break
		}
		width := utf8.RuneCountInString(one.text)
		if i < len(widths) {
			width = widths[i]
		}
		d.text.WriteString(strings.Repeat(" ", width-utf8.RuneCountInString(one.text)+2))
	}
	d.text.WriteByte('\n')
}

// columns are the widths of the columns of some lines. The last cell of a line, where sentences stand, makes no column wider.
func columns(nodes []node) []int {
	var widths []int
	for _, one := range nodes {
		for i, cell := range one.cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if i < len(one.cells)-1 {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell.text))
			}
		}
	}
	return widths
}
