package manifest

import (
	"bytes"
	"fmt"

	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"
)

// Source is a named stream of YAML or JSON documents.
type Source struct {
	// Name for people, usually the name of a file.
	Name string
	Data []byte
}

// document is one YAML document of a source.
type document struct {
	file string
	// index counts the documents of the source from 0, line is where this one begins, counted from 1.
	index, line int
	data        []byte
}

// documents splits a source at its "---" lines. Documents that hold nothing are left out.
func (s Source) documents() []document {
	var found []document
	line, index := 1, 0
	begin, beginLine := 0, 1
	flush := func(end int) {
		if data := s.Data[begin:end]; len(bytes.TrimSpace(data)) > 0 {
			found = append(found, document{file: s.Name, index: index, line: beginLine, data: data})
		}
		index++
	}
	for at := 0; at < len(s.Data); line++ {
		end := len(s.Data)
		if newline := bytes.IndexByte(s.Data[at:], '\n'); newline >= 0 {
			end = at + newline + 1
		}
		if isSeparator(s.Data[at:end]) {
			flush(at)
			begin, beginLine = end, line+1
		}
		at = end
	}
	flush(len(s.Data))
	return found
}

// isSeparator says whether a line ends a document: "---", alone or before a comment.
func isSeparator(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("---"))
	if !ok {
		return false
	}
	rest = bytes.TrimSpace(rest)
	return len(rest) == 0 || rest[0] == '#'
}

// decode reads a document as one object. Nil without error: it holds comments only. A key that stands twice is an error.
func (d document) decode() (map[string]any, error) {
	asJSON, err := yaml.YAMLToJSONStrict(d.data)
	if err != nil {
		return nil, fmt.Errorf("reading YAML: %w", err)
	}
	var value any
	if err := utiljson.Unmarshal(asJSON, &value); err != nil {
		return nil, fmt.Errorf("reading YAML: %w", err)
	}
	switch object := value.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return object, nil
	default:
		return nil, fmt.Errorf("reading YAML: the document is no object but a %T", value)
	}
}
