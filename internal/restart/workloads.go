package restart

import (
	"cmp"
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/census"
)

// Sets are the objects that make pods and can be restarted.
type Sets struct {
	Deployments  []*appsv1.Deployment
	StatefulSets []*appsv1.StatefulSet
	DaemonSets   []*appsv1.DaemonSet
}

// Templates are the annotations that each gives to new pods.
func (s Sets) Templates() map[census.Workload]map[string]string {
	templates := map[census.Workload]map[string]string{}
	for _, one := range s.Deployments {
		templates[census.Workload{Kind: "Deployment", Name: one.Name}] = one.Spec.Template.Annotations
	}
	for _, one := range s.StatefulSets {
		templates[census.Workload{Kind: "StatefulSet", Name: one.Name}] = one.Spec.Template.Annotations
	}
	for _, one := range s.DaemonSets {
		templates[census.Workload{Kind: "DaemonSet", Name: one.Name}] = one.Spec.Template.Annotations
	}
	return templates
}

// Wanted is what Kubemate is to have in the pod template of a workload.
type Wanted struct {
	// Annotations. Empty: none.
	Annotations map[string]string
	// Kept: whatever it has there stays.
	Kept bool
}

// Workloads reads how each stands, given how many of the pods of each wait, and what is wanted in its pod template.
func (s Sets) Workloads(waiting map[census.Workload]int32, wanted func(census.Workload) Wanted) []Workload {
	all := make([]Workload, 0, len(s.Deployments)+len(s.StatefulSets)+len(s.DaemonSets))
	for _, one := range s.Deployments {
		all = append(all, workload("Deployment", one, &one.Spec.Template, waiting, wanted, rolledOut(one)))
	}
	for _, one := range s.StatefulSets {
		all = append(all, workload("StatefulSet", one, &one.Spec.Template, waiting, wanted, renewed(one)))
	}
	for _, one := range s.DaemonSets {
		all = append(all, workload("DaemonSet", one, &one.Spec.Template, waiting, wanted, spread(one)))
	}
	return all
}

func workload(kind string, object metav1.Object, template *corev1.PodTemplateSpec, waiting map[census.Workload]int32, wanted func(census.Workload) Wanted, is unready) Workload {
	name := census.Workload{Kind: kind, Name: object.GetName()}
	made := Workload{
		Workload: name, UID: object.GetUID(), Waiting: waiting[name], Mark: template.Annotations[v1alpha1.AnnotationRestarted], Unready: is.why, Stuck: is.stuck,
	}
	here := written(template.Annotations)
	switch wants := wanted(name); {
	case wants.Kept:
		made.Annotations = here
	default:
		made.Annotations, made.Outdated = wants.Annotations, outdated(template.Annotations, here, wants.Annotations)
	}
	return made
}

// written are the annotations of a pod template that Kubemate wrote there, as they are now.
func written(annotations map[string]string) map[string]string {
	here := map[string]string{}
	for _, key := range strings.Split(annotations[v1alpha1.AnnotationBorrowed], ",") {
		if value, there := annotations[key]; there {
			here[key] = value
		}
	}
	return here
}

// outdated says whether an annotation is missing or another, or Kubemate wrote one that nobody wants any more.
func outdated(annotations, here, wanted map[string]string) bool {
	for key, value := range wanted {
		if have, there := annotations[key]; !there || have != value {
			return true
		}
	}
	for key := range here {
		if _, still := wanted[key]; !still {
			return true
		}
	}
	return false
}

// unready is why pods are missing or out of date. The zero value: none is.
type unready struct {
	why   string
	stuck bool
}

// notSeen is a workload whose controller has not looked at its newest template yet.
var notSeen = unready{why: "its controller has not seen it yet"}

// rolledOut is what kubectl rollout status asks of a Deployment.
func rolledOut(of *appsv1.Deployment) unready {
	wanted, status := number(of.Spec.Replicas), &of.Status
	switch {
	case of.Spec.Paused:
		return unready{"it is paused", true}
	case status.ObservedGeneration < of.Generation:
		return notSeen
	}
	for _, condition := range status.Conditions {
		if condition.Type == appsv1.DeploymentProgressing && condition.Status == corev1.ConditionFalse {
			return unready{cmp.Or(condition.Message, condition.Reason), true}
		}
	}
	if status.UpdatedReplicas < wanted || status.Replicas > status.UpdatedReplicas || status.AvailableReplicas < wanted {
		return unready{why: fmt.Sprintf("of %d pods %d are new, and %d are available", wanted, status.UpdatedReplicas, status.AvailableReplicas)}
	}
	return unready{}
}

// renewed is what kubectl rollout status asks of a StatefulSet. A partition keeps pods old.
func renewed(of *appsv1.StatefulSet) unready {
	wanted, status, strategy := number(of.Spec.Replicas), &of.Status, of.Spec.UpdateStrategy
	switch {
	case strategy.Type == appsv1.OnDeleteStatefulSetStrategyType:
		return unready{"its update strategy is OnDelete, restart it by hand", true}
	case strategy.RollingUpdate != nil && strategy.RollingUpdate.Partition != nil && *strategy.RollingUpdate.Partition > 0:
		return unready{"its update strategy has a partition, restart it by hand", true}
	case status.ObservedGeneration < of.Generation:
		return notSeen
	case status.UpdatedReplicas < wanted || status.AvailableReplicas < wanted:
		return unready{why: fmt.Sprintf("of %d pods %d are new, and %d are available", wanted, status.UpdatedReplicas, status.AvailableReplicas)}
	}
	return unready{}
}

// spread is what kubectl rollout status asks of a DaemonSet.
func spread(of *appsv1.DaemonSet) unready {
	status := &of.Status
	switch {
	case of.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType:
		return unready{"its update strategy is OnDelete, restart it by hand", true}
	case status.ObservedGeneration < of.Generation:
		return notSeen
	case status.UpdatedNumberScheduled < status.DesiredNumberScheduled || status.NumberAvailable < status.DesiredNumberScheduled:
		return unready{why: fmt.Sprintf("of %d pods %d are new, and %d are available",
			status.DesiredNumberScheduled, status.UpdatedNumberScheduled, status.NumberAvailable)}
	}
	return unready{}
}

// number is a count of replicas, of which empty means one.
func number(of *int32) int32 {
	if of == nil {
		return 1
	}
	return *of
}
