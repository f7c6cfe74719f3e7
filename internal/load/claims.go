package load

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
)

// indexHosts finds IngressProfiles of the whole cluster, and HostClaims, by gateway and host.
const indexHosts = "kubemate.hosts"

// Values of indexHosts: the host itself, and for a host that a wildcard stands for that wildcard in another form, so that who asks for a
// wildcard finds all hosts under it, and who asks for a host does not find its siblings.
func itself(key model.HostKey) string { return key.Gateway + "/" + key.Host }
func under(key model.HostKey) string  { return "under " + itself(key) }

// hostValues are the values of indexHosts for some hosts.
func hostValues(keys ...model.HostKey) []string {
	var values []string
	for _, key := range keys {
		values = append(values, itself(key))
		if wildcard := key.Wildcard(); wildcard != key {
			values = append(values, under(wildcard))
		}
	}
	return values
}

// overlapping are the values of indexHosts that find the hosts that overlap with some.
func overlapping(keys ...model.HostKey) []string {
	values := map[string]bool{}
	for _, key := range keys {
		values[itself(key)], values[itself(key.Wildcard())] = true, true
		if strings.HasPrefix(key.Host, "*.") {
			values[under(key)] = true
		}
	}
	return slices.Sorted(maps.Keys(values))
}

// claims reads who else claims the hosts of a namespace's profiles, and which of them are recorded as the namespace's.
func (r *Reader) claims(ctx context.Context, view *View) error {
	var keys []model.HostKey
	for _, profile := range view.Profiles {
		keys = append(keys, compose.HostKeys(profile)...)
	}
	own := model.NewHostSet(keys...)
	claims, recorded := map[compose.Claim]bool{}, map[compose.Claim]bool{}
	for _, value := range overlapping(keys...) {
		profiles, records, err := r.claimants(ctx, value)
		if err != nil {
			return err
		}
		for i := range profiles {
			if profiles[i].Namespace == view.Namespace || !profiles[i].DeletionTimestamp.IsZero() {
				continue
			}
			for _, claim := range compose.ProfileClaims(&profiles[i], own) {
				claims[claim] = true
			}
		}
		for i := range records {
			claim := compose.RecordClaim(&records[i])
			if claim.Namespace == view.Namespace {
				recorded[claim] = true
			} else {
				claims[claim] = true
			}
		}
	}
	view.Claims = slices.Collect(maps.Keys(claims))
	sortBy(view.Claims, compose.Claim.Compare)
	view.Recorded = slices.Collect(maps.Keys(recorded))
	sortBy(view.Recorded, compose.Claim.Compare)
	return nil
}

// claimants are the profiles and records with a value of indexHosts.
func (r *Reader) claimants(ctx context.Context, value string) ([]v1alpha1.IngressProfile, []v1alpha1.HostClaim, error) {
	var profiles v1alpha1.IngressProfileList
	if err := r.cache.List(ctx, &profiles, client.MatchingFields{indexHosts: value}); err != nil {
		return nil, nil, fmt.Errorf("listing the IngressProfiles that claim %s: %w", value, err)
	}
	var records v1alpha1.HostClaimList
	if err := r.cache.List(ctx, &records, client.MatchingFields{indexHosts: value}); err != nil {
		return nil, nil, fmt.Errorf("listing the HostClaims of %s: %w", value, err)
	}
	return profiles.Items, records.Items, nil
}

// HostClaims are the recorded claims that overlap with a host.
func (r *Reader) HostClaims(ctx context.Context, key model.HostKey) ([]v1alpha1.HostClaim, error) {
	var all []v1alpha1.HostClaim
	for _, value := range overlapping(key) {
		var records v1alpha1.HostClaimList
		if err := r.cache.List(ctx, &records, client.MatchingFields{indexHosts: value}); err != nil {
			return nil, fmt.Errorf("listing the HostClaims of %s: %w", value, err)
		}
		all = append(all, records.Items...)
	}
	return all, nil
}

// Rivals are the namespaces whose profiles ask for hosts that overlap with some.
func (r *Reader) Rivals(ctx context.Context, keys ...model.HostKey) ([]string, error) {
	namespaces := map[string]bool{}
	for _, value := range overlapping(keys...) {
		profiles, _, err := r.claimants(ctx, value)
		if err != nil {
			return nil, err
		}
		for i := range profiles {
			namespaces[profiles[i].Namespace] = true
		}
	}
	return slices.Sorted(maps.Keys(namespaces)), nil
}
