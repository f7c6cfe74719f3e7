package load

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// annotationHosts is what the cache keeps of a route that somebody else wrote: its hosts. It stands in no cluster.
const annotationHosts = "kubemate.io/cached-hosts"

// strangers are routes that somebody else wrote, as far as routes understands them. Nil routes: none are.
type strangers struct{ routes driver.RouteReader }

// generated is the transform of that name, but that it keeps the hosts of routes.
func (s strangers) generated(obj any) (any, error) {
	var hosts []string
	if object, ok := obj.(client.Object); ok && s.routes != nil && !labelled(object) {
		hosts = s.routes.RouteHosts(object)
	}
	kept, err := generated(obj)
	if object, ok := kept.(client.Object); ok && err == nil && len(hosts) > 0 {
		object.SetAnnotations(map[string]string{annotationHosts: strings.Join(hosts, " ")})
	}
	return kept, err
}

// hosts of a route in the cache. None: it is ours, or asks for none.
func (s strangers) hosts(object client.Object) []string {
	switch kept, known := object.GetAnnotations()[annotationHosts]; {
	case s.routes == nil || Ours(object):
		return nil
	case known && !labelled(object):
		return strings.Fields(kept)
	default: // it has our label, and was not written by us all the same
		return s.routes.RouteHosts(object)
	}
}

// hostKeys are hosts on any gateway: a route that somebody else wrote does not say which one it is for.
func hostKeys(gateway string, hosts []string) []model.HostKey {
	keys := make([]model.HostKey, 0, len(hosts))
	for _, host := range hosts {
		keys = append(keys, model.HostKey{Gateway: gateway, Host: host})
	}
	return keys
}

// strangers reads which routes of others ask for hosts of the namespace's profiles.
func (r *Reader) strangers(ctx context.Context, view *View) error {
	if r.config.Routes == nil || !slices.Contains(r.Kinds(), r.config.Routes.RouteKind()) {
		return nil
	}
	var hosts []string
	for _, profile := range view.Profiles {
		for _, host := range profile.Spec.Hosts {
			hosts = append(hosts, string(host))
		}
	}
	own, seen := model.NewHostSet(hostKeys("", hosts)...), map[compose.Stranger]bool{}
	for _, value := range overlapping(hostKeys("", hosts)...) {
		routes, err := r.routes(ctx, value)
		if err != nil {
			return err
		}
		for _, route := range routes {
			for _, key := range hostKeys("", strangers{r.config.Routes}.hosts(route)) {
				one := compose.Stranger{Kind: r.config.Routes.RouteKind().Kind, Namespace: route.GetNamespace(), Name: route.GetName(), Host: key.Host}
				if own.Overlaps(key) && !seen[one] {
					seen[one] = true
					view.Strangers = append(view.Strangers, one)
				}
			}
		}
	}
	sortBy(view.Strangers, compose.Stranger.Compare)
	return nil
}

// routes are the routes of others with a value of indexHosts.
func (r *Reader) routes(ctx context.Context, value string) ([]client.Object, error) {
	kind := r.config.Routes.RouteKind()
	made, err := r.scheme.New(kind.GroupVersion().WithKind(kind.Kind + "List"))
	if err != nil {
		return nil, fmt.Errorf("making a list of %s: %w", kind, err)
	}
	list, ok := made.(client.ObjectList)
	if !ok {
		return nil, fmt.Errorf("making a list of %s: %T is no list", kind, made)
	}
	if err := r.cache.List(ctx, list, client.MatchingFields{indexHosts: value}); err != nil {
		return nil, fmt.Errorf("listing the objects %s of others that ask for %s: %w", kind.Kind, value, err)
	}
	var found []client.Object
	err = meta.EachListItem(list, func(item runtime.Object) error {
		object, ok := item.(client.Object)
		if !ok {
			return fmt.Errorf("listing %s: %T is no object", kind, item)
		}
		found = append(found, object)
		return nil
	})
	return found, err
}

// StrangerHosts are the hosts that an object of a kind asks for, if it is a route that somebody else wrote.
func (r *Reader) StrangerHosts(kind schema.GroupVersionKind, object client.Object) []string {
	if r.config.Routes == nil || kind != r.config.Routes.RouteKind() {
		return nil
	}
	return strangers{r.config.Routes}.hosts(object)
}

// Disturbed are the namespaces whose profiles ask for hosts that overlap with some, on whatever gateway.
func (r *Reader) Disturbed(ctx context.Context, hosts []string) ([]string, error) {
	var keys []model.HostKey
	for gateway := range r.config.Gateways {
		keys = append(keys, hostKeys(gateway, hosts)...)
	}
	return r.Rivals(ctx, keys...)
}
