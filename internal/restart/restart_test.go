package restart

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/census"
)

var (
	asks = []Ask{{Name: "mesh", UID: "u", Generation: 3}}
	mark = markOf(asks)
)

func deployment(name string, waiting int32, mark, unready string) Workload {
	return Workload{Workload: census.Workload{Kind: "Deployment", Name: name}, Waiting: waiting, Mark: mark, Unready: unready}
}

func TestOneWorkloadIsRestartedAtATime(t *testing.T) {
	stuck := deployment("orders", 0, mark, "its deadline is over")
	stuck.Stuck = true
	for name, one := range map[string]struct {
		workloads []Workload
		others    int32
		next      string
		phase     v1alpha1.RestartPhase
		says      string
	}{
		"nothing waits":         {[]Workload{deployment("orders", 0, "", "")}, 0, "", v1alpha1.RestartDone, "no workload waits"},
		"the first by its name": {[]Workload{deployment("users", 1, "", ""), deployment("orders", 2, "", "")}, 0, "orders", v1alpha1.RestartRunning, "orders is being restarted"},
		"none while one comes up": {
			[]Workload{deployment("orders", 1, mark, "1 of 2"), deployment("users", 1, "", "")}, 0, "", v1alpha1.RestartRunning, "orders is being restarted: 1 of 2",
		},
		"none before the pods of the last are as they should be": {
			[]Workload{deployment("users", 1, mark, ""), deployment("orders", 1, "", "")}, 0, "", v1alpha1.RestartStopped, "injector",
		},
		"none after one that does not come up": {[]Workload{stuck, deployment("users", 1, "", "")}, 0, "", v1alpha1.RestartStopped, "its deadline is over"},
		"the next after one that did":          {[]Workload{deployment("orders", 0, mark, ""), deployment("users", 1, "", "")}, 0, "users", v1alpha1.RestartRunning, "users"},
		"none that is not ready before": {
			[]Workload{deployment("orders", 1, "", "1 of 2"), deployment("users", 1, "", "")}, 0, "", v1alpha1.RestartStopped, "before its restart: 1 of 2",
		},
		"one that was restarted for another generation": {[]Workload{deployment("orders", 1, "other", "")}, 0, "orders", v1alpha1.RestartRunning, "orders"},
		"none whose pods are as they should be": {
			[]Workload{deployment("orders", 0, "", "1 of 2"), deployment("users", 1, "", "")}, 0, "users", v1alpha1.RestartRunning, "users",
		},
		"pods of nobody are left to people": {nil, 2, "", v1alpha1.RestartDone, "2 pods wait"},
	} {
		plan := Decide(asks, one.workloads, one.others)
		next := ""
		if plan.Next != nil {
			next = plan.Next.Workload.Name
		}
		if status := plan.Statuses["mesh"]; next != one.next || status.Phase != one.phase || !strings.Contains(status.Message, one.says) {
			t.Errorf("%s: next %q, %+v", name, next, status)
		}
	}
}

// nothing is wanted in pod templates.
func nothing(census.Workload) Wanted { return Wanted{} }

func TestPoliciesForServicesRestartTheirWorkloadsOnly(t *testing.T) {
	users := census.Workload{Kind: "Deployment", Name: "users"}
	ofUsers := Ask{Name: "users", UID: "s", Generation: 1, Of: []census.Workload{users}}
	outdated := func(name, mark, unready string) Workload {
		one := deployment(name, 0, mark, unready)
		one.Outdated = true
		return one
	}
	shared := markOf([]Ask{asks[0], ofUsers})
	for name, one := range map[string]struct {
		asks      []Ask
		workloads []Workload
		next      string
		// of the policy for the Service, and of the one for the namespace.
		own, common v1alpha1.RestartPhase
		left        int32
	}{
		"those of others stay": {[]Ask{ofUsers}, []Workload{deployment("orders", 1, "", ""), outdated("users", "", "")}, "users", v1alpha1.RestartRunning, "", 1},
		"they wait for those of others": {
			[]Ask{asks[0], ofUsers}, []Workload{deployment("orders", 1, mark, "1 of 2"), outdated("users", "", "")}, "", v1alpha1.RestartRunning, v1alpha1.RestartRunning, 1,
		},
		"they stop where those of others do": {
			[]Ask{asks[0], ofUsers}, []Workload{deployment("orders", 1, mark, ""), outdated("users", "", "")}, "", v1alpha1.RestartStopped, v1alpha1.RestartStopped, 1,
		},
		"what others wait for is none of theirs": {
			[]Ask{asks[0], ofUsers}, []Workload{deployment("orders", 1, "", ""), deployment("users", 0, shared, "")}, "orders", v1alpha1.RestartDone, v1alpha1.RestartRunning, 0,
		},
		"one that was restarted for the namespace alone is restarted again": {
			[]Ask{asks[0], ofUsers}, []Workload{deployment("orders", 0, mark, ""), outdated("users", mark, "")}, "users", v1alpha1.RestartRunning, v1alpha1.RestartRunning, 1,
		},
		"what somebody changed afterwards is not fought over": {
			[]Ask{ofUsers}, []Workload{outdated("users", markOf([]Ask{ofUsers}), "")}, "", v1alpha1.RestartStopped, "", 1,
		},
	} {
		plan := Decide(one.asks, one.workloads, 0)
		next := ""
		if plan.Next != nil {
			next = plan.Next.Workload.Name
		}
		own := plan.Statuses["users"]
		if next != one.next || own.Phase != one.own || plan.Statuses["mesh"].Phase != one.common || own.Left != one.left {
			t.Errorf("%s: next %q, %+v", name, next, plan.Statuses)
		}
	}
}

func TestAnnotationsOfPodTemplates(t *testing.T) {
	wanted := Wanted{Annotations: map[string]string{"inject": "enabled"}}
	for name, one := range map[string]struct {
		standing map[string]string
		wanted   Wanted
		outdated bool
		written  map[string]string
	}{
		"nothing is wanted, nothing is there":       {nil, Wanted{}, false, nil},
		"what others wrote is none of ours":         {map[string]string{"inject": "disabled"}, Wanted{}, false, nil},
		"one is missing":                            {nil, wanted, true, wanted.Annotations},
		"one has another value":                     {map[string]string{"inject": "disabled"}, wanted, true, wanted.Annotations},
		"it came from Git":                          {map[string]string{"inject": "enabled"}, wanted, false, wanted.Annotations},
		"we wrote it":                               {map[string]string{"inject": "enabled", v1alpha1.AnnotationBorrowed: "inject"}, wanted, false, wanted.Annotations},
		"we wrote one that nobody wants any more":   {map[string]string{"inject": "enabled", "level": "warn", v1alpha1.AnnotationBorrowed: "inject,level"}, wanted, true, wanted.Annotations},
		"we wrote all, and nobody wants any":        {map[string]string{"inject": "enabled", v1alpha1.AnnotationBorrowed: "inject"}, Wanted{}, true, nil},
		"somebody took out what nobody wanted":      {map[string]string{v1alpha1.AnnotationBorrowed: "inject"}, Wanted{}, false, nil},
		"what a policy that is held wrote is kept":  {map[string]string{"inject": "enabled", "level": "warn", v1alpha1.AnnotationBorrowed: "level"}, Wanted{Kept: true}, false, map[string]string{"level": "warn"}},
		"nothing is written while a policy is held": {nil, Wanted{Annotations: wanted.Annotations, Kept: true}, false, map[string]string{}},
	} {
		sets := Sets{StatefulSets: []*appsv1.StatefulSet{{Spec: appsv1.StatefulSetSpec{Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Annotations: one.standing}}}}}}
		got := sets.Workloads(nil, func(census.Workload) Wanted { return one.wanted })[0]
		if got.Outdated != one.outdated || !maps.Equal(got.Annotations, one.written) {
			t.Errorf("%s: outdated %t, %v are written", name, got.Outdated, got.Annotations)
		}
	}
}

func TestMarksDifferByPolicyAndGenerationOnly(t *testing.T) {
	second := Ask{Name: "second", UID: "v", Generation: 1}
	if markOf([]Ask{asks[0], second}) != markOf([]Ask{second, asks[0]}) {
		t.Error("the order of policies changes the mark")
	}
	seen := map[string]bool{}
	for _, asking := range [][]Ask{asks, {{Name: "mesh", UID: "u", Generation: 4}}, {{Name: "mesh", UID: "w", Generation: 3}}, {asks[0], second}} {
		seen[markOf(asking)] = true
	}
	if len(seen) != 4 {
		t.Errorf("marks are %v", seen)
	}
}

// However restarts and failures come, no workload is restarted twice for a generation, none beside another, and none after one that failed.
func TestRestartsOfAnyFleetComeOneAfterTheOther(t *testing.T) {
	finished := 0
	rapid.Check(t, func(t *rapid.T) {
		fleet := make([]Workload, rapid.IntRange(1, 6).Draw(t, "workloads"))
		for i := range fleet {
			fleet[i] = deployment(fmt.Sprint("w", i), rapid.Int32Range(0, 2).Draw(t, "waiting"), "", "")
		}
		restarted := map[string]int{}
		failed, last := "", Plan{}
		for range 40 {
			last = Decide(asks, fleet, 0)
			if last.Next != nil {
				if failed != "" {
					t.Fatalf("%s is restarted after %s failed", last.Next.Workload, failed)
				}
				name := last.Next.Workload.Name
				restarted[name]++
				for i := range fleet {
					switch {
					case fleet[i].Name == name:
						fleet[i].Mark, fleet[i].Unready = last.Next.Mark, "pods are missing"
					case fleet[i].Unready != "":
						t.Fatalf("%s is restarted beside %s", name, fleet[i].Name)
					}
				}
				continue
			}
			for i := range fleet {
				if fleet[i].Unready == "" || failed != "" {
					continue // what has failed stays so: else the restarts may go on
				}
				switch rapid.SampledFrom([]string{"waits", "comes up", "comes up", "comes up as before", "is stuck"}).Draw(t, "then") {
				case "comes up":
					fleet[i].Unready, fleet[i].Waiting = "", 0
				case "comes up as before":
					fleet[i].Unready = ""
					if fleet[i].Waiting > 0 {
						failed = fleet[i].Name
					}
				case "is stuck":
					failed, fleet[i].Stuck = fleet[i].Name, true
				}
			}
		}
		for name, times := range restarted {
			if times > 1 {
				t.Fatalf("%s is restarted %d times", name, times)
			}
		}
		if last.Statuses["mesh"].Phase == v1alpha1.RestartDone {
			finished++
		}
	})
	if finished == 0 {
		t.Error("no fleet was ever done")
	}
}

func TestReadiness(t *testing.T) {
	two, partition := int32(2), int32(1)
	rolled := appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "x", Generation: 2}, Spec: appsv1.DeploymentSpec{Replicas: &two},
		Status: appsv1.DeploymentStatus{ObservedGeneration: 2, Replicas: 2, UpdatedReplicas: 2, AvailableReplicas: 2},
	}
	stateful := appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Name: "x", Generation: 2}, Spec: appsv1.StatefulSetSpec{Replicas: &two},
		Status: appsv1.StatefulSetStatus{ObservedGeneration: 2, UpdatedReplicas: 2, AvailableReplicas: 2},
	}
	daemon := appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{Name: "x", Generation: 2},
		Status:     appsv1.DaemonSetStatus{ObservedGeneration: 2, DesiredNumberScheduled: 2, UpdatedNumberScheduled: 2, NumberAvailable: 2},
	}
	deployed := func(change func(*appsv1.Deployment)) Sets {
		one := rolled.DeepCopy()
		change(one)
		return Sets{Deployments: []*appsv1.Deployment{one}}
	}
	kept := func(change func(*appsv1.StatefulSet)) Sets {
		one := stateful.DeepCopy()
		change(one)
		return Sets{StatefulSets: []*appsv1.StatefulSet{one}}
	}
	everywhere := func(change func(*appsv1.DaemonSet)) Sets {
		one := daemon.DeepCopy()
		change(one)
		return Sets{DaemonSets: []*appsv1.DaemonSet{one}}
	}
	for name, one := range map[string]struct {
		sets  Sets
		why   string
		stuck bool
	}{
		"a Deployment that is rolled out":  {deployed(func(*appsv1.Deployment) {}), "", false},
		"its controller is behind":         {deployed(func(d *appsv1.Deployment) { d.Generation = 3 }), "not seen", false},
		"old pods are there":               {deployed(func(d *appsv1.Deployment) { d.Status.Replicas = 3 }), "of 2 pods 2 are new", false},
		"new pods are missing":             {deployed(func(d *appsv1.Deployment) { d.Status.UpdatedReplicas, d.Status.Replicas = 1, 1 }), "1 are new", false},
		"new pods are not available":       {deployed(func(d *appsv1.Deployment) { d.Status.AvailableReplicas = 1 }), "1 are available", false},
		"it is paused":                     {deployed(func(d *appsv1.Deployment) { d.Spec.Paused = true }), "paused", true},
		"its deadline is over":             {deployed(func(d *appsv1.Deployment) { d.Status.Conditions = overdue }), "timed out", true},
		"a StatefulSet that is rolled out": {kept(func(*appsv1.StatefulSet) {}), "", false},
		"its pods are renewed by hand":     {kept(func(s *appsv1.StatefulSet) { s.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType }), "by hand", true},
		"its partition keeps pods old": {kept(func(s *appsv1.StatefulSet) {
			s.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: &partition}
		}), "partition", true},
		"a pod of it is not renewed":          {kept(func(s *appsv1.StatefulSet) { s.Status.UpdatedReplicas = 1 }), "1 are new", false},
		"a StatefulSet that was not seen":     {kept(func(s *appsv1.StatefulSet) { s.Generation = 9 }), "not seen", false},
		"a DaemonSet that is everywhere":      {everywhere(func(*appsv1.DaemonSet) {}), "", false},
		"a node has an old pod":               {everywhere(func(d *appsv1.DaemonSet) { d.Status.UpdatedNumberScheduled = 1 }), "1 are new", false},
		"a node's pod is not available":       {everywhere(func(d *appsv1.DaemonSet) { d.Status.NumberAvailable = 0 }), "0 are available", false},
		"a DaemonSet that is renewed by hand": {everywhere(func(d *appsv1.DaemonSet) { d.Spec.UpdateStrategy.Type = appsv1.OnDeleteDaemonSetStrategyType }), "by hand", true},
	} {
		got := one.sets.Workloads(nil, nothing)[0]
		if one.why == "" && got.Unready != "" || !strings.Contains(got.Unready, one.why) || got.Stuck != one.stuck {
			t.Errorf("%s: %q, stuck %t", name, got.Unready, got.Stuck)
		}
	}
}

var overdue = []appsv1.DeploymentCondition{{
	Type: appsv1.DeploymentProgressing, Status: corev1.ConditionFalse, Reason: "ProgressDeadlineExceeded", Message: "ReplicaSet has timed out progressing.",
}}

func TestWorkloadsAreKnownByKindAndName(t *testing.T) {
	template := corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{v1alpha1.AnnotationRestarted: "m"}}}
	sets := Sets{
		Deployments:  []*appsv1.Deployment{{ObjectMeta: metav1.ObjectMeta{Name: "x", UID: "1"}, Spec: appsv1.DeploymentSpec{Template: template}}},
		StatefulSets: []*appsv1.StatefulSet{{ObjectMeta: metav1.ObjectMeta{Name: "x", UID: "2"}}},
		DaemonSets:   []*appsv1.DaemonSet{{ObjectMeta: metav1.ObjectMeta{Name: "x", UID: "3"}}},
	}
	all := sets.Workloads(map[census.Workload]int32{{Kind: "StatefulSet", Name: "x"}: 4}, nothing)
	if len(all) != 3 || all[0].Mark != "m" || all[0].Waiting != 0 || all[1].Waiting != 4 || all[1].UID != "2" || all[2].String() != "DaemonSet x" {
		t.Errorf("workloads are %+v", all)
	}
	if templates := sets.Templates(); len(templates) != 3 || templates[all[0].Workload][v1alpha1.AnnotationRestarted] != "m" {
		t.Errorf("templates are %v", templates)
	}
}
