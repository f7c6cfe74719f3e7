// Package apply does all writing of generated objects: it compares a plan with the cache, and sends only what differs, in order, by
// server-side apply; it deletes what is no longer wanted, and lays annotations over objects that users own. Groups of a plan are written
// independently of each other, each with its own back-off.
//
// In steady state it sends nothing and reads nothing but the cache.
package apply
