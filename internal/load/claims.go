package load

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
)

// indexHosts finds IngressProfiles of the whole cluster by gateway and host.
const indexHosts = "kubemate.hosts"

// defaultGateway serves profiles that name none.
const defaultGateway = "default"

// hostKeys are the values of indexHosts for a profile.
func hostKeys(profile *v1alpha1.IngressProfile) []string {
	keys := make([]string, 0, len(profile.Spec.Hosts))
	for _, host := range profile.Spec.Hosts {
		keys = append(keys, gatewayOf(profile)+"/"+strings.ToLower(string(host)))
	}
	return keys
}

func gatewayOf(profile *v1alpha1.IngressProfile) string {
	if profile.Spec.Gateway == nil {
		return defaultGateway
	}
	return *profile.Spec.Gateway
}

// claims lists the hosts of a namespace's profiles that profiles of other namespaces claimed earlier.
func (r *Reader) claims(ctx context.Context, namespace string, own []*v1alpha1.IngressProfile) ([]compose.Claim, error) {
	oldest := map[string]*v1alpha1.IngressProfile{}
	for _, profile := range own {
		for _, key := range hostKeys(profile) {
			if first := oldest[key]; first == nil || older(profile, first) {
				oldest[key] = profile
			}
		}
	}
	var claims []compose.Claim
	for key, first := range oldest {
		rivals, err := r.claimants(ctx, key)
		if err != nil {
			return nil, err
		}
		gateway, host, _ := strings.Cut(key, "/")
		for i := range rivals {
			rival := &rivals[i]
			if rival.Namespace != namespace && rival.DeletionTimestamp.IsZero() && older(rival, first) {
				claims = append(claims, compose.Claim{Gateway: gateway, Host: host, Namespace: rival.Namespace, Name: rival.Name})
			}
		}
	}
	sortBy(claims, func(a, b compose.Claim) int {
		return cmp.Or(cmp.Compare(a.Gateway, b.Gateway), cmp.Compare(a.Host, b.Host),
			cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return claims, nil
}

func (r *Reader) claimants(ctx context.Context, key string) ([]v1alpha1.IngressProfile, error) {
	var list v1alpha1.IngressProfileList
	if err := r.cache.List(ctx, &list, client.MatchingFields{indexHosts: key}); err != nil {
		return nil, fmt.Errorf("listing the IngressProfiles that claim %s: %w", key, err)
	}
	return list.Items, nil
}

// Rivals are the other namespaces that a profile shares a host with.
func (r *Reader) Rivals(ctx context.Context, profile *v1alpha1.IngressProfile) ([]string, error) {
	var namespaces []string
	for _, key := range hostKeys(profile) {
		claimants, err := r.claimants(ctx, key)
		if err != nil {
			return nil, err
		}
		for i := range claimants {
			if claimants[i].Namespace != profile.Namespace {
				namespaces = append(namespaces, claimants[i].Namespace)
			}
		}
	}
	return namespaces, nil
}

// older orders claims across namespaces: by age, then by name.
func older(a, b *v1alpha1.IngressProfile) bool {
	return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time),
		cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name)) < 0
}
