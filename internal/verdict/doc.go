// Package verdict judges measurements against what a release asks of them: a pure function of values. Where they come from is the concern of
// package analysis, and what follows from them that of package release.
package verdict
