// Package census counts the pods of a namespace by how they stand to the mesh: those that have a proxy, those that wait for a restart, those that get none and
// why. It is a pure function of values; what a pod tells is read by the mesh's driver.
package census

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// maxWorkloads is how many workloads with waiting pods are named, the bound of the schema.
const maxWorkloads = 16

// Workload is what pods belong to.
type Workload = model.Workload

// Pods are what is counted.
type Pods struct {
	// All pods of the namespace, in any order.
	All []*corev1.Pod
	// Templates are the annotations that workloads give to new pods. A missing one is not known.
	Templates map[Workload]map[string]string
	// Around is what new pods find in the namespace.
	Around model.Surroundings
}

// Counts are what came out.
type Counts struct {
	// Pods is what people are shown.
	Pods v1alpha1.PodCounts
	// Waiting are the pods that wait, by what they belong to. A missing one: none.
	Waiting map[Workload]int32
}

// Shown is what people are shown. Nil: nothing was counted.
func (c *Counts) Shown() *v1alpha1.PodCounts {
	if c == nil {
		return nil
	}
	return &c.Pods
}

// Of are the pods that have the labels of a selector.
func (p *Pods) Of(selector map[string]string) *Pods {
	some := Pods{Templates: p.Templates, Around: p.Around}
	for _, pod := range p.All {
		if selects(selector, pod.Labels) {
			some.All = append(some.All, pod)
		}
	}
	return &some
}

func selects(selector, labels map[string]string) bool {
	for key, value := range selector {
		if have, has := labels[key]; !has || have != value {
			return false
		}
	}
	return len(selector) > 0
}

// Count counts pods as a mesh's driver reads them.
func (p *Pods) Count(reader driver.PodReader) *Counts {
	var counts v1alpha1.PodCounts
	exempt := map[model.Exemption]int32{}
	waiting := map[Workload]int32{}
	for _, pod := range p.All {
		if !Runs(pod) {
			continue
		}
		owner := WorkloadOf(pod)
		state := reader.ReadPod(p.running(pod, owner), p.Around)
		counts.Total++
		if state.Meshed {
			counts.Meshed++
		}
		if state.Exempt != "" {
			exempt[state.Exempt]++
		}
		if state.Waiting {
			counts.Waiting++
			waiting[owner]++
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(exempt)) {
		counts.Exempt = append(counts.Exempt, v1alpha1.ExemptPods{Reason: v1alpha1.ExemptReason(reason), Pods: exempt[reason]})
	}
	counts.Workloads = most(waiting)
	return &Counts{counts, waiting}
}

// Runs says whether a pod runs, or is about to: it has not ended and nobody deletes it.
func Runs(pod *corev1.Pod) bool {
	return pod.DeletionTimestamp.IsZero() && pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed
}

// WorkloadOf is what a pod belongs to: a Deployment where its ReplicaSet is named after one, which the label of the template tells. A pod without controller
// is a workload of its own.
func WorkloadOf(pod *corev1.Pod) Workload {
	owner := metav1.GetControllerOf(pod)
	if owner == nil {
		return Workload{Kind: "Pod", Name: pod.Name}
	}
	hash := pod.Labels["pod-template-hash"]
	if deployment, cut := strings.CutSuffix(owner.Name, "-"+hash); owner.Kind == "ReplicaSet" && hash != "" && cut {
		return Workload{Kind: "Deployment", Name: deployment}
	}
	return Workload{Kind: owner.Kind, Name: owner.Name}
}

func (p *Pods) running(pod *corev1.Pod, owner Workload) model.RunningPod {
	running := model.RunningPod{
		Annotations: pod.Annotations, HostNetwork: pod.Spec.HostNetwork,
		Tokenless: pod.Spec.AutomountServiceAccountToken != nil && !*pod.Spec.AutomountServiceAccountToken,
	}
	for i := range pod.Spec.Containers {
		running.Containers = append(running.Containers, pod.Spec.Containers[i].Name)
	}
	for i := range pod.Spec.InitContainers {
		if policy := pod.Spec.InitContainers[i].RestartPolicy; policy != nil && *policy == corev1.ContainerRestartPolicyAlways {
			running.Containers = append(running.Containers, pod.Spec.InitContainers[i].Name)
		}
	}
	if template, known := p.Templates[owner]; known {
		running.Template = &template
	}
	return running
}

// most lists workloads, those with the most waiting pods first.
func most(waiting map[Workload]int32) []v1alpha1.WaitingWorkload {
	all := make([]v1alpha1.WaitingWorkload, 0, len(waiting))
	for workload, pods := range waiting {
		all = append(all, v1alpha1.WaitingWorkload{Kind: workload.Kind, Name: workload.Name, Pods: pods})
	}
	slices.SortFunc(all, func(a, b v1alpha1.WaitingWorkload) int {
		return cmp.Or(cmp.Compare(b.Pods, a.Pods), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	if len(all) == 0 {
		return nil
	}
	return all[:min(len(all), maxWorkloads)]
}
