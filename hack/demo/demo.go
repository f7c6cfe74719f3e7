package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/netns"
	"github.com/kubemate/kubemate/hack/testbed/operator"
	"github.com/kubemate/kubemate/hack/testbed/pki"
	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// readyWithin bounds the wait for the operator's answer to the sample shop.
const readyWithin = time.Minute

// demo is everything that runs.
type demo struct {
	screen *screen
	steps  *steps

	root      string
	testbed   *testbed.Testbed
	kubemate  *operator.Operator
	authority *pki.Authority // of the shop's certificates
	follower  *follower
}

// run starts everything and shows it until the context ends or the chosen time is over.
func (d *demo) run(ctx context.Context, chosen settings) error {
	if err := d.start(ctx); err != nil {
		return err
	}
	if err := d.guide(ctx); err != nil {
		return err
	}
	return d.show(ctx, chosen)
}

func (d *demo) start(ctx context.Context) (err error) {
	if d.root, err = servers.Root(); err != nil {
		return err
	}
	if d.testbed, err = testbed.Start(ctx, pieces(d.steps)); err != nil {
		return err
	}
	if err := logElsewhere(filepath.Join(d.testbed.LogDir(), "demo.log")); err != nil {
		return err
	}
	if err := operator.Install(ctx, d.testbed, d.root, operator.Values{Injection: true}); err != nil {
		return err
	}
	d.steps.done("Kubemate's kinds and roles are installed")
	both, bothCtx := errgroup.WithContext(ctx)
	both.Go(func() error { return d.startOperator(bothCtx) })
	both.Go(func() error { return d.openShop(bothCtx) })
	if err := both.Wait(); err != nil {
		return err
	}
	if d.follower, err = follow(ctx, d.testbed.Config()); err != nil {
		return err
	}
	ready, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	if err := d.follower.await(ready); err != nil {
		return fmt.Errorf("%w\nthe operator's last lines:\n%s", err, d.kubemate.LogTail(20))
	}
	found, err := d.follower.objects(ctx)
	if err != nil {
		return err
	}
	if err := d.certificates(ctx, found.profiles); err != nil {
		return err
	}
	d.steps.done("the operator has programmed the shop")
	return nil
}

func (d *demo) startOperator(ctx context.Context) (err error) {
	d.kubemate, err = operator.Start(ctx, d.testbed, operator.Options{
		Binary: filepath.Join(d.root, programs, "manager"), Dir: netns.Dir(), Config: "injection:\n  enabled: true\nedge:\n  gateways:\n  - {name: default, hardened: true}\n",
	})
	if err == nil {
		d.steps.done("Kubemate runs, under the roles of its chart")
	}
	return err
}

// end stops everything. It returns what went wrong before, and on the way.
func (d *demo) end(err error) error {
	errs := []error{err}
	if d.kubemate != nil {
		errs = append(errs, d.kubemate.Stop(operatorGrace))
	}
	if d.testbed != nil {
		errs = append(errs, d.testbed.Stop())
	}
	return errors.Join(append(errs, d.screen.err)...)
}

// operatorGrace is enough for the operator to give its lease back.
const operatorGrace = 5 * time.Second
