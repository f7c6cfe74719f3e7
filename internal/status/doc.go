// Package status turns a plan and what became of it into the status of custom resources. Pure functions of values.
//
// What it returns never flaps: conditions change their transition time only with their status, and everything that is the same comes out
// the same.
package status
