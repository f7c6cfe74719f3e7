// Package analysis measures what a release's variants do: it asks metric sources (Prometheus, or what speaks its API) and gives typed samples,
// each with the exact query that was sent. It knows no mesh: the built-in metrics are computed from the signals of drivers.
//
// It decides nothing about steps. Whether a sample is good is said by the pure package verdict, what follows from that by package release.
package analysis
