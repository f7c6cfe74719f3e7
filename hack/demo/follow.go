package main

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// follower watches the custom resources.
type follower struct {
	cache   cache.Cache
	changed chan struct{} // holds a token while something may be new
	ended   chan error    // tells why watching ended
}

// follow begins to watch; it returns when everything that exists is known. It ends with the context.
func follow(ctx context.Context, config *rest.Config) (*follower, error) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	watched, err := cache.New(config, cache.Options{Scheme: scheme})
	if err != nil {
		return nil, err
	}
	f := &follower{cache: watched, changed: make(chan struct{}, 1), ended: make(chan error, 1)}
	for _, kind := range []client.Object{&v1alpha1.CanaryRelease{}, &v1alpha1.IngressProfile{}, &v1alpha1.MeshPolicy{}} {
		informer, err := watched.GetInformer(ctx, kind, cache.BlockUntilSynced(false))
		if err != nil {
			return nil, fmt.Errorf("watching: %w", err)
		}
		if _, err := informer.AddEventHandler(f.handler()); err != nil {
			return nil, fmt.Errorf("watching: %w", err)
		}
	}
	go func() { f.ended <- watched.Start(ctx) }()
	if !watched.WaitForCacheSync(ctx) {
		return nil, errors.Join(errors.New("the custom resources cannot be read"), context.Cause(ctx))
	}
	return f, nil
}

func (f *follower) handler() toolscache.ResourceEventHandler {
	return toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { f.wake() },
		UpdateFunc: func(any, any) { f.wake() },
		DeleteFunc: func(any) { f.wake() },
	}
}

func (f *follower) wake() {
	select {
	case f.changed <- struct{}{}:
	default: // a token is there already
	}
}

// objects are the custom resources of all namespaces.
type objects struct {
	releases []v1alpha1.CanaryRelease
	profiles []v1alpha1.IngressProfile
	policies []v1alpha1.MeshPolicy
}

func (f *follower) objects(ctx context.Context) (objects, error) {
	var releases v1alpha1.CanaryReleaseList
	var profiles v1alpha1.IngressProfileList
	var policies v1alpha1.MeshPolicyList
	for _, list := range []client.ObjectList{&releases, &profiles, &policies} {
		if err := f.cache.List(ctx, list); err != nil {
			return objects{}, fmt.Errorf("listing: %w", err)
		}
	}
	return objects{releases: releases.Items, profiles: profiles.Items, policies: policies.Items}, nil
}

// await returns when the operator has answered for every custom resource. Its error names those that it has not.
func (f *follower) await(ctx context.Context) error {
	for {
		found, err := f.objects(ctx)
		if err != nil {
			return err
		}
		open := found.remarks()
		if len(open) == 0 && len(found.profiles) > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the sample shop does not become ready: %w: %q", context.Cause(ctx), open)
		case err := <-f.ended:
			return fmt.Errorf("watching ended: %w", err)
		case <-f.changed:
		}
	}
}
