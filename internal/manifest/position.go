package manifest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// Position is a place in a source. The zero Position is nowhere: the object does not come from a file.
type Position struct {
	// File is the name of the source.
	File string
	// Document counts the documents of the source from 0.
	Document int
	// Line counts from 1.
	Line int
}

// String is "FILE:LINE", empty for nowhere.
func (p Position) String() string {
	if p.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// lineOf is how the YAML parser says where it stopped.
var lineOf = regexp.MustCompile(`line (\d+): `)

// complain makes a problem's place and words of a parser's error: the line counts from the beginning of the file, not of the document.
func (d document) complain(err error) (Position, string) {
	at := Position{File: d.file, Document: d.index, Line: d.line}
	message := strings.Join(strings.Fields(err.Error()), " ")
	if found := lineOf.FindStringSubmatch(message); found != nil {
		if line, err := strconv.Atoi(found[1]); err == nil {
			at.Line = d.line + line - 1
			message = strings.Replace(message, found[0], "", 1)
		}
	}
	return at, message
}

// locate finds the line of a path such as "spec.matches[0].to", or of the deepest part of it that is written there.
func (d document) locate(path string) Position {
	at := Position{File: d.file, Document: d.index, Line: d.line}
	var root yaml.Node
	if err := yaml.Unmarshal(d.data, &root); err != nil || len(root.Content) == 0 {
		return at // the document as a whole is the best that can be said
	}
	node, line := root.Content[0], root.Content[0].Line
	for _, step := range steps(path) {
		next, found := child(node, step)
		if next == nil {
			break
		}
		node, line = next, found
	}
	at.Line = d.line + line - 1
	return at
}

// steps splits a path into names and indexes.
func steps(path string) []string {
	var out []string
	for path != "" {
		if rest, ok := strings.CutPrefix(path, "["); ok {
			index, after, _ := strings.Cut(rest, "]")
			out, path = append(out, index), strings.TrimPrefix(after, ".")
			continue
		}
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			end = len(path)
		}
		out, path = append(out, path[:end]), strings.TrimPrefix(path[end:], ".")
	}
	return out
}

// child is the value below a node, and the line where it is written: of a field, the line of its name. Nil: there is none.
func child(node *yaml.Node, step string) (*yaml.Node, int) {
	switch node.Kind {
	case yaml.AliasNode:
		return child(node.Alias, step)
	case yaml.SequenceNode:
		index, err := strconv.Atoi(step)
		if err != nil || index < 0 || index >= len(node.Content) {
			return nil, 0
		}
		return node.Content[index], node.Content[index].Line
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i+1], node.Content[i].Line
			}
		}
	}
	return nil, 0
}
