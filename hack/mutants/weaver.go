package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strings"
)

// switchName is the function by which woven code asks whether a fault is on.
const switchName = "mutantIsOn"

// weaver writes the files of a package so that they hold all faults, of which the environment turns one on: a package is compiled once, not once for
// each fault.
type weaver struct {
	folder string // of the package, from the root of the module
	fset   *token.FileSet
	info   *types.Info
	types  *types.Package
	faults []*fault

	// Of the file at hand.
	file   *ast.File
	source string
	stack  []ast.Node
	pieces []piece
}

// piece is a part of the source that is written otherwise, with all that is inside.
type piece struct {
	from, to token.Pos
	text     string
}

// weave is the source of a file with its faults.
func (w *weaver) weave(file *ast.File, source string) string {
	w.file, w.source, w.stack, w.pieces = file, source, nil, nil
	ast.Inspect(file, func(node ast.Node) bool {
		if node != nil {
			if w.fixed(node) {
				return false
			}
			w.stack = append(w.stack, node)
			return true
		}
		last := w.stack[len(w.stack)-1] // all that is in it was visited
		w.stack = w.stack[:len(w.stack)-1]
		if text := w.rewrite(last); text != "" {
			w.replace(last, text)
		}
		return true
	})
	return w.text(file.FileStart, file.FileEnd)
}

// fixed says whether what a node holds must be constant: a fault that can be turned on is not.
func (w *weaver) fixed(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.GenDecl:
		return n.Tok == token.CONST || n.Tok == token.IMPORT
	case ast.Expr:
		array, inArray := w.parent().(*ast.ArrayType)
		return inArray && array.Len == n
	}
	return false
}

func (w *weaver) parent() ast.Node {
	if len(w.stack) == 0 {
		return nil
	}
	return w.stack[len(w.stack)-1]
}

// replace puts a text in the place of a node.
func (w *weaver) replace(node ast.Node, text string) {
	kept := w.pieces[:0]
	for _, p := range w.pieces {
		if p.from < node.Pos() || p.to > node.End() {
			kept = append(kept, p)
		}
	}
	w.pieces = append(kept, piece{node.Pos(), node.End(), text})
}

// text is a part of the file as it is written so far.
func (w *weaver) text(from, to token.Pos) string {
	var out strings.Builder
	for _, p := range w.pieces {
		if p.from >= from && p.to <= to {
			out.WriteString(w.plain(from, p.from) + p.text)
			from = p.to
		}
	}
	return out.String() + w.plain(from, to)
}

func (w *weaver) plain(from, to token.Pos) string {
	return w.source[from-w.file.FileStart : to-w.file.FileStart]
}

func (w *weaver) of(node ast.Node) string { return w.text(node.Pos(), node.End()) }

// on makes a fault at a token, and is code that is true when it is turned on.
func (w *weaver) on(kind string, at token.Pos) string {
	position := w.fset.Position(at)
	rest, _, _ := strings.Cut(w.source[at-w.file.FileStart:], "\n")
	w.faults = append(w.faults, &fault{
		Number: len(w.faults) + 1, File: path.Join(w.folder, path.Base(position.Filename)), Kind: kind, At: strings.TrimSpace(rest), Line: position.Line,
	})
	return fmt.Sprintf("%s(%d)", switchName, len(w.faults))
}

// typeOf is the type of an expression as the file would write it. Empty: it is constant, or the file does not know the name.
func (w *weaver) typeOf(expression ast.Expr) string {
	known, ok := w.info.Types[expression]
	if !ok || known.Value != nil || known.Type == nil {
		return ""
	}
	foreign := false
	text := types.TypeString(known.Type, func(other *types.Package) string {
		if other == w.types {
			return ""
		}
		name := w.nameOf(other)
		foreign = foreign || name == ""
		return name
	})
	if foreign {
		return ""
	}
	return text
}

// nameOf is how the file calls another package. Empty: it does not import it.
func (w *weaver) nameOf(other *types.Package) string {
	for _, spec := range w.file.Imports {
		if strings.Trim(spec.Path.Value, `"`) != other.Path() {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return other.Name()
	}
	return ""
}
