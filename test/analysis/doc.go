// Package analysis runs what releases are measured with against a real Prometheus: the queries of the mesh drivers over metrics by the names and
// labels of Linkerd's proxies, and those of the edge driver over a real Traefik under traffic.
package analysis
