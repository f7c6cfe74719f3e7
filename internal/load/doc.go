// Package load does all reading: it turns the manager's cache into the values that the pure core looks at. It decides nothing.
//
// Objects that it returns are shared with the cache and must never be changed.
package load
