// Package drivertest shows that a driver keeps the contract of package driver, and holds a fake driver for tests of the layers above.
//
// A driver's own test is two lines:
//
//	d := linkerd.Policy(linkerd.Config{})
//	drivertest.Contract(t, d, drivertest.StandardMesh(d.Features())...)
//
// Contract fails for every claimed feature that no case shows, so that a feature cannot be claimed before it is rendered.
package drivertest
