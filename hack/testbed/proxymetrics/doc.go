// Package proxymetrics exposes metrics by the names and labels of Linkerd's proxies, for a testbed that has none: what the proxy of a caller would
// count for the backends that it calls. Rates, failures and latencies are set from Go or over an admin port and hold until they are changed.
//
// Names, labels and buckets are those of linkerd2-proxy: endpoint metrics of every version (response_total and its kin), and the metrics of
// policy routes from Linkerd 2.16 on. Labels that nobody asks for, such as the server's identity, are there too, so that a query that forgets to
// sum is found out.
package proxymetrics
