// Package release shows whole releases on real servers: a rollout moves the requests that go through a real Traefik to pods that answer, judged by a
// real Prometheus, while people, machines and the operator itself fail in every way that the promises speak of.
package release
