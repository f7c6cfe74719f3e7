// Package query makes the text that is sent to a metric source: a pure function of values.
//
// A query of a release is user text. It never becomes code here: the only templates are five names in double braces, each replaced by a value
// that is checked to be a name or a duration. What comes out is parsed with Prometheus's own parser, bounded, and every selector is confined on
// the parsed expression; what is sent is that expression, printed and parsed again.
package query
