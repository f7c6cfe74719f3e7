// The credentials server stands beside an egress gateway, in the same pod, and gives it the credentials that go to partners.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/kubemate/kubemate/internal/credentials"
)

const usage = `Kubemate's credentials server. It runs as a container of an egress gateway's pod and tells the gateway, over the
loopback device, which header goes with a request to a partner. Each folder of -dir is a mounted Secret, named like the
credential in the operator's configuration, with the key token (sent as "Bearer TOKEN"), the keys username and password
(sent as "Basic ..."), or the key value (sent as it is). It needs no rights in the cluster.

Flags:
`

func main() {
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usage)
		flag.PrintDefaults()
	}
	address := flag.String("listen", "127.0.0.1:9091", "where the gateway asks; on the loopback device")
	dir := flag.String("dir", "/credentials.d", "the folder with a folder for each credential")
	check := flag.Bool("check", false, "ask a running server whether it is well, and end: for probes")
	flag.Parse()
	if err := run(*address, *dir, *check); err != nil {
		fmt.Fprintln(os.Stderr, "credentials:", err)
		os.Exit(1)
	}
}

func run(address, dir string, check bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if check {
		return credentials.Check(ctx, address)
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	return credentials.Serve(ctx, address, credentials.Handler(credentials.Store{Dir: dir}, log))
}
