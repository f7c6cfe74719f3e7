// Package bench measures releases, and profiles at a real Traefik: the whole operator, in this process, against a real API server that serves the kinds of Linkerd and Traefik.
// There are no tests here, for what is measured depends on the machine; make bench runs it. Nothing but the operator's own requests is
// measured, as they leave the process (calls_test.go), so the figures do not rest on what the operator says of itself. Only for releases that stand
// (standing_test.go) the manager is a process of its own, and the API server's audit log and the kernel tell what it takes.
//
//	go test -run='^$' -bench=. -benchtime=1x ./test/bench
package bench
