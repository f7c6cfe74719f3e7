package census

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// byName reads a pod by the name of its last container: "proxy" has one, "late" waits; a pod on the node's network is exempt.
type byName struct{ asked *[]model.RunningPod }

func (byName) PodAnnotations() []string { return nil }

func (r byName) ReadPod(pod model.RunningPod, _ model.Surroundings) model.PodState {
	*r.asked = append(*r.asked, pod)
	state := model.PodState{Meshed: slices.Contains(pod.Containers, "proxy"), Waiting: slices.Contains(pod.Containers, "late")}
	if pod.HostNetwork {
		state.Exempt = model.ExemptHostNetwork
	}
	if pod.Tokenless {
		state.Exempt = model.ExemptNoToken
	}
	return state
}

func pod(name string, change func(*corev1.Pod), containers ...string) *corev1.Pod {
	made := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}}
	for _, container := range containers {
		made.Spec.Containers = append(made.Spec.Containers, corev1.Container{Name: container})
	}
	if change != nil {
		change(made)
	}
	return made
}

func ownedBy(kind, name, hash string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		yes := true
		p.OwnerReferences = []metav1.OwnerReference{{Kind: kind, Name: name, Controller: &yes}}
		if hash != "" {
			p.Labels = map[string]string{"pod-template-hash": hash}
		}
	}
}

func TestPodsAreCountedByHowTheyStandToTheMesh(t *testing.T) {
	always, no := corev1.ContainerRestartPolicyAlways, false
	deleted := metav1.Now()
	pods := &Pods{Templates: map[Workload]map[string]string{{Kind: "Deployment", Name: "orders"}: {"a": "b"}}, All: []*corev1.Pod{
		pod("orders-7d4-1", ownedBy("ReplicaSet", "orders-7d4", "7d4"), "app", "late"),
		pod("orders-7d4-2", ownedBy("ReplicaSet", "orders-7d4", "7d4"), "app", "late", "proxy"),
		pod("db-0", ownedBy("StatefulSet", "db", ""), "app", "late"),
		pod("alone", nil, "app", "late"),
		pod("native", func(p *corev1.Pod) {
			p.Spec.InitContainers = []corev1.Container{{Name: "setup"}, {Name: "proxy", RestartPolicy: &always}}
		}, "app"),
		pod("once", func(p *corev1.Pod) { p.Spec.InitContainers = []corev1.Container{{Name: "proxy"}} }, "app"),
		pod("node", func(p *corev1.Pod) { p.Spec.HostNetwork = true }, "app"),
		pod("anonymous", func(p *corev1.Pod) { p.Spec.AutomountServiceAccountToken = &no }, "app"),
		pod("ended", func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded }, "late"),
		pod("failed", func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed }, "late"),
		pod("leaving", func(p *corev1.Pod) { p.DeletionTimestamp = &deleted }, "late"),
	}}
	var asked []model.RunningPod
	counted := pods.Count(byName{&asked})
	got := &counted.Pods
	want := &v1alpha1.PodCounts{
		Total: 8, Meshed: 2, Waiting: 4,
		Exempt: []v1alpha1.ExemptPods{{Reason: v1alpha1.ExemptHostNetwork, Pods: 1}, {Reason: v1alpha1.ExemptNoToken, Pods: 1}},
		Workloads: []v1alpha1.WaitingWorkload{
			{Kind: "Deployment", Name: "orders", Pods: 2}, {Kind: "Pod", Name: "alone", Pods: 1}, {Kind: "StatefulSet", Name: "db", Pods: 1},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("counted %+v, want %+v", got, want)
	}
	if counted.Waiting[Workload{Kind: "Deployment", Name: "orders"}] != 2 || len(counted.Waiting) != 3 {
		t.Errorf("waiting are %v", counted.Waiting)
	}
	if asked[0].Template == nil || (*asked[0].Template)["a"] != "b" || asked[2].Template != nil {
		t.Error("a pod is not compared with the template of its own workload")
	}
}

func TestPodsOfAServiceAreThoseWithItsLabels(t *testing.T) {
	labelled := func(name string, labels map[string]string) *corev1.Pod {
		return pod(name, func(p *corev1.Pod) { p.Labels = labels }, "app", "late")
	}
	pods := &Pods{All: []*corev1.Pod{
		labelled("users-1", map[string]string{"app": "users", "version": "v1"}), labelled("users-2", map[string]string{"app": "users"}), labelled("other", map[string]string{"version": "v1"}),
	}}
	for name, one := range map[string]struct {
		selector map[string]string
		want     int32
	}{
		"one label": {map[string]string{"app": "users"}, 2}, "two labels": {map[string]string{"app": "users", "version": "v1"}, 1}, "no selector": {nil, 0},
	} {
		var asked []model.RunningPod
		if got := pods.Of(one.selector).Count(byName{&asked}).Pods; got.Total != one.want || got.Waiting != one.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAReplicaSetOfItsOwnIsNoDeployment(t *testing.T) {
	if got := WorkloadOf(pod("x", ownedBy("ReplicaSet", "orders-7d4", ""))); got != (Workload{Kind: "ReplicaSet", Name: "orders-7d4"}) {
		t.Errorf("it is %v", got)
	}
}

func TestNoMoreWorkloadsAreNamedThanTheSchemaAllows(t *testing.T) {
	pods := &Pods{}
	for i := range 40 {
		pods.All = append(pods.All, pod(fmt.Sprintf("pod-%02d", i), nil, "late"))
	}
	pods.All = append(pods.All, pod("db-0", ownedBy("StatefulSet", "db", ""), "late"), pod("db-1", ownedBy("StatefulSet", "db", ""), "late"))
	var asked []model.RunningPod
	got := pods.Count(byName{&asked}).Pods
	if len(got.Workloads) != maxWorkloads || got.Workloads[0].Name != "db" || got.Waiting != 42 {
		t.Errorf("counted %+v", got)
	}
}
