package main

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// remarks lists the custom resources that are not ready, and why, in the operator's own words.
func (o objects) remarks() []string {
	var list []string
	add := func(kind string, object *metav1.ObjectMeta, status *v1alpha1.CommonStatus) {
		if text := remark(object, status); text != "" {
			list = append(list, fmt.Sprintf("%s %s/%s: %s", kind, object.Namespace, object.Name, text))
		}
	}
	for i := range o.releases {
		add(v1alpha1.KindCanaryRelease, &o.releases[i].ObjectMeta, &o.releases[i].Status.CommonStatus)
	}
	for i := range o.profiles {
		add(v1alpha1.KindIngressProfile, &o.profiles[i].ObjectMeta, &o.profiles[i].Status.CommonStatus)
	}
	for i := range o.policies {
		add(v1alpha1.KindMeshPolicy, &o.policies[i].ObjectMeta, &o.policies[i].Status.CommonStatus)
	}
	return list
}

// remark is empty for an object that is ready.
func remark(object *metav1.ObjectMeta, status *v1alpha1.CommonStatus) string {
	ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	switch {
	case ready == nil || status.ObservedGeneration != object.Generation:
		return "the operator has not answered yet"
	case ready.Status != metav1.ConditionTrue:
		return ready.Reason + ": " + ready.Message
	}
	return ""
}
