package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// world is what the custom resources say: of each the version that was last accepted, because that one is in force.
type world struct {
	profiles map[string]v1alpha1.IngressProfile
	// releases are by namespace and Service, not by their own name: what a deleted one leaves behind belongs to its Service.
	releases map[string]release
	// remarks are about objects that are not in force.
	remarks []string
}

type release struct {
	v1alpha1.CanaryRelease
	// gone is set when the release was deleted; its last word may still hold.
	gone bool
}

func newWorld() *world {
	return &world{profiles: map[string]v1alpha1.IngressProfile{}, releases: map[string]release{}}
}

// update takes over what is in force now.
func (w *world) update(found objects) {
	profiles, releases, present := found.profiles, found.releases, map[string]bool{}
	w.remarks = found.remarks()
	for i := range profiles {
		key := profiles[i].Namespace + "/" + profiles[i].Name
		present[key] = true
		if inForce(&profiles[i].ObjectMeta, &profiles[i].Status.CommonStatus) {
			w.profiles[key] = profiles[i]
		}
	}
	for key := range w.profiles {
		if !present[key] {
			delete(w.profiles, key)
		}
	}
	clear(present)
	for i := range releases {
		w.updateRelease(&releases[i], present)
	}
	for key, known := range w.releases {
		known.gone = !present[key]
		if w.releases[key] = known; known.gone && known.Spec.OnDelete == v1alpha1.OnDeleteRelease {
			delete(w.releases, key)
		}
	}
}

func (w *world) updateRelease(found *v1alpha1.CanaryRelease, present map[string]bool) {
	key := found.Namespace + "/" + string(found.Spec.Service.Name)
	if inForce(&found.ObjectMeta, &found.Status.CommonStatus) {
		w.releases[key] = release{CanaryRelease: *found}
		present[key] = true
	} else if known, ok := w.releases[key]; ok && known.UID == found.UID {
		known.Status = found.Status // shares still follow the pods while the edit is refused
		w.releases[key] = known
		present[key] = true
	}
}

// inForce says whether the newest generation of an object is what the generated objects show.
func inForce(object *metav1.ObjectMeta, status *v1alpha1.CommonStatus) bool {
	return status.ObservedGeneration == object.Generation &&
		meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionAccepted)
}

// routes lists what to send, sorted by host and path; requests with something special follow those without.
func (w *world) routes() []route {
	var list []route
	for _, profile := range w.profiles {
		for _, host := range profile.Spec.Hosts {
			for i := range profile.Spec.Routes {
				list = append(list, w.routesOf(&profile, string(host), &profile.Spec.Routes[i])...)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b route) int {
		return cmp.Or(cmp.Compare(a.host, b.host), cmp.Compare(a.path, b.path), cmp.Compare(len(a.special), len(b.special)))
	})
	return slices.CompactFunc(list, func(a, b route) bool { return a.key() == b.key() })
}

func (w *world) routesOf(profile *v1alpha1.IngressProfile, host string, in *v1alpha1.IngressRoute) []route {
	plain := route{host: strings.Replace(host, "*", "any", 1), path: pathOf(in), tls: profile.Spec.TLS != nil, method: "GET"}
	found, ok := w.releases[profile.Namespace+"/"+string(in.To.Service)]
	if !ok {
		return []route{plain}
	}
	plain.answerers = answerersOf(&found.CanaryRelease)
	plain.remark = withheld(plain.answerers)
	if found.gone {
		plain.answerers = everythingTo(plain.answerers, string(stableOf(&found.CanaryRelease)))
		plain.remark = fmt.Sprintf("release %s is gone: after 5 s its stable version has all requests", found.Name)
		return []route{plain}
	}
	list := []route{plain}
	for i := range found.Spec.Matches {
		if special, ok := specialRoute(plain, in.StripPrefix, &found.Spec.Matches[i]); ok {
			special.answerers, special.remark = matched(&found.CanaryRelease, plain.answerers, found.Spec.Matches[i].To)
			list = append(list, special)
		}
	}
	return list
}

func pathOf(in *v1alpha1.IngressRoute) string {
	switch {
	case in.Match == nil || in.Match.Path == nil:
		return "/"
	case in.Match.Path.Exact != nil:
		return string(*in.Match.Path.Exact)
	case in.Match.Path.Prefix != nil:
		return string(*in.Match.Path.Prefix)
	}
	return "/"
}

func answerersOf(found *v1alpha1.CanaryRelease) []answerer {
	var list []answerer
	for i := range found.Spec.Variants {
		one := answerer{name: string(found.Spec.Variants[i].Name)}
		if deployment := found.Spec.Variants[i].Deployment; deployment != nil {
			one.deployment = string(*deployment)
		}
		for _, status := range found.Status.Variants {
			if string(status.Name) == one.name {
				one.wanted, one.programmed, one.ready = percent(status.Wanted), percent(status.Programmed), status.Ready
			}
		}
		list = append(list, one)
	}
	return list
}

// matched gives the requests of a match to its variant, or to the stable one while the variant has no ready pod.
func matched(found *v1alpha1.CanaryRelease, answerers []answerer, to v1alpha1.VariantName) ([]answerer, string) {
	for _, one := range answerers {
		if one.name == string(to) && !one.ready {
			return everythingTo(answerers, string(stableOf(found))), one.name + " should answer, but no pod of it is ready"
		}
	}
	return everythingTo(answerers, string(to)), ""
}

// withheld says which variant does not have the share that it should have.
func withheld(answerers []answerer) string {
	for _, one := range answerers {
		if one.wanted > one.programmed {
			return fmt.Sprintf("%s should have %s %%%s", one.name, short(one.wanted), map[bool]string{false: ", but no pod of it is ready"}[one.ready])
		}
	}
	return ""
}

func stableOf(found *v1alpha1.CanaryRelease) v1alpha1.VariantName {
	return cmp.Or(found.Status.Stable, found.Spec.Stable)
}

// percent reads a share of the status, "12.5%". Empty means none.
func percent(share string) float64 {
	value, err := strconv.ParseFloat(strings.TrimSuffix(share, "%"), 64)
	if err != nil {
		return 0
	}
	return value
}
