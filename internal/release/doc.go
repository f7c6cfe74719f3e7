// Package release decides how a CanaryRelease moves: Decide is a pure function of the time, the spec, what was decided before and what is
// observed. It has no clock, no client and no memory; status.release holds all that it needs after a crash. The states and the transitions
// between them are drawn in docs/release-states.md, which a test keeps equal to this code.
//
// Some rules hold everywhere. What goes to stable goes at once and asks nobody. What raises the share of another variant is one step of the spec
// after the one before, decided on when that one is over: programmed in mesh and edge, settled, held, judged, approved, and with pods enough.
// Nothing moves because an operator restarted, a clock was set back, or an object was labelled.
package release
