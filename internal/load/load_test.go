package load

import (
	"reflect"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
)

func transformed[T client.Object](t *testing.T, by func(any) (any, error), object T) T {
	t.Helper()
	out, err := by(object)
	if err != nil {
		t.Fatal(err)
	}
	return out.(T)
}

func TestForeignObjectsKeepTheirNameOnly(t *testing.T) {
	kept := transformed(t, generated, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "x", UID: "u", ResourceVersion: "7", Annotations: map[string]string{"a": "secret"}},
		Data:       map[string]string{"password": "secret"},
	})
	want := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "x", UID: "u", ResourceVersion: "7"}}
	if !reflect.DeepEqual(kept, want) {
		t.Errorf("kept %+v", kept)
	}
}

func TestGeneratedObjectsKeepWhoHoldsTheirFields(t *testing.T) {
	fields := func(text string) *metav1.FieldsV1 {
		f := &metav1.FieldsV1{}
		f.SetRawBytes([]byte(text))
		return f
	}
	kept := transformed(t, generated, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{
			Labels: map[string]string{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy},
			ManagedFields: []metav1.ManagedFieldsEntry{
				{Manager: FieldManager, FieldsV1: fields(`{"f:data":{}}`)},
				{Manager: "labeller", FieldsV1: fields(`{"f:metadata":{"f:labels":{"f:x":{}}}}`)},
				{Manager: "status", Subresource: "status", FieldsV1: fields(`{"f:status":{}}`)},
				{Manager: "intruder", FieldsV1: fields(`{"f:data":{"f:x":{}}}`)},
			},
		},
		Data: map[string]string{"kept": "yes"},
	})
	if len(kept.ManagedFields) != 2 || kept.ManagedFields[1].Manager != "intruder" || kept.ManagedFields[1].FieldsV1 == nil {
		t.Errorf("managed fields are %+v", kept.ManagedFields)
	}
	if !Managed(kept) || kept.Data["kept"] != "yes" {
		t.Errorf("what is ours is not kept: %+v", kept)
	}
}

func TestDeploymentsKeepWhatComposingReads(t *testing.T) {
	replicas := int32(3)
	kept := transformed(t, pods{[]string{"small"}}.deployment, &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "orders-v1"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "orders"}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"version": "v1"}, Annotations: map[string]string{"big": "one", "small": "kept"}},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name: "app", Image: "app:1", Env: []corev1.EnvVar{{Name: "PASSWORD", Value: "secret"}},
					Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}}, ReadinessProbe: &corev1.Probe{},
				}}, InitContainers: []corev1.Container{{Name: "sidecar", Image: "side:1", LivenessProbe: &corev1.Probe{}}}},
			},
		},
		Status: appsv1.DeploymentStatus{
			ReadyReplicas: 2, ObservedGeneration: 9, Conditions: []appsv1.DeploymentCondition{{Type: appsv1.DeploymentAvailable, Status: corev1.ConditionFalse}},
		},
	})
	container, sidecar := kept.Spec.Template.Spec.Containers[0], kept.Spec.Template.Spec.InitContainers[0]
	if container.Image != "" || sidecar.Image != "" || container.Env != nil || len(kept.Spec.Template.Annotations) != 1 || kept.Spec.Template.Annotations["small"] != "kept" || kept.Status.Conditions != nil {
		t.Errorf("too much is kept: %+v", kept)
	}
	if *kept.Spec.Replicas != 3 || kept.Spec.Selector == nil || kept.Spec.Template.Labels["version"] != "v1" ||
		len(container.Ports) != 1 || container.ReadinessProbe == nil || sidecar.LivenessProbe == nil || kept.Status.ReadyReplicas != 2 || kept.Status.ObservedGeneration != 9 {
		t.Errorf("too little is kept: %+v", kept)
	}
}

func TestEndpoints(t *testing.T) {
	yes, no := true, false
	slice := func(service string, ready ...*bool) discoveryv1.EndpointSlice {
		full := &discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{discoveryv1.LabelServiceName: service}}}
		for _, r := range ready {
			full.Endpoints = append(full.Endpoints, discoveryv1.Endpoint{
				Addresses: []string{"10.0.0.1"}, Conditions: discoveryv1.EndpointConditions{Ready: r},
			})
		}
		kept := transformed(t, endpointSlice(nil), full)
		for _, endpoint := range kept.Endpoints {
			if endpoint.Addresses != nil {
				t.Error("addresses are kept")
			}
		}
		return *kept
	}
	got := CountEndpoints([]discoveryv1.EndpointSlice{slice("orders", &yes, &no), slice("orders", nil), slice("web", &no), {}})
	want := map[string]compose.Endpoints{"orders": {Ready: 2, Total: 3}, "web": {Ready: 0, Total: 1}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("endpoints are %v, want %v", got, want)
	}
}

func TestAddressesOfAGatewaysPodsAreKeptReadyOrNot(t *testing.T) {
	gateways := map[string]model.Gateway{
		"edge":   {Pods: &model.GatewayPods{Namespace: "traefik", Service: "edge"}},
		"meshed": {Meshed: true, Pods: &model.GatewayPods{Namespace: "traefik", Service: "meshed", ServiceAccount: "edge"}},
		"nat":    {Pods: &model.GatewayPods{Namespace: "traefik", Service: "nat", Networks: []string{"10.0.0.0/24"}}},
		"bare":   {},
	}
	no := false
	slice := func(namespace, service string, addresses ...string) discoveryv1.EndpointSlice {
		full := &discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Labels: map[string]string{discoveryv1.LabelServiceName: service}}}
		for _, address := range addresses {
			full.Endpoints = append(full.Endpoints, discoveryv1.Endpoint{Addresses: []string{address}, Conditions: discoveryv1.EndpointConditions{Ready: &no}})
		}
		return *transformed(t, endpointSlice(followed(gateways)), full)
	}
	got := Addresses([]discoveryv1.EndpointSlice{slice("traefik", "edge", "10.1.0.9", "10.1.0.10"), slice("traefik", "edge", "fd00::1", "10.1.0.9", "edge.example")})
	if want := []string{"10.1.0.9/32", "10.1.0.10/32", "fd00::1/128"}; !reflect.DeepEqual(got, want) {
		t.Errorf("addresses are %v, want %v", got, want)
	}
	for _, other := range []discoveryv1.EndpointSlice{slice("shop", "edge", "10.1.0.9"), slice("traefik", "meshed", "10.1.0.9"), slice("traefik", "nat", "10.1.0.9")} {
		if got := Addresses([]discoveryv1.EndpointSlice{other}); len(got) > 0 {
			t.Errorf("the addresses of %s are kept: %v", serviceOf(&other), got)
		}
	}
}

func TestOursTakesALabelAndAnOrigin(t *testing.T) {
	label := map[string]string{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy}
	for name, test := range map[string]struct {
		labels, annotations map[string]string
		want                bool
	}{
		"both":                    {label, map[string]string{v1alpha1.AnnotationOrigins: "CanaryRelease/orders"}, true},
		"a label alone":           {label, nil, false},
		"an origin alone":         {nil, map[string]string{v1alpha1.AnnotationOrigins: "CanaryRelease/orders"}, false},
		"an origin that is none":  {label, map[string]string{v1alpha1.AnnotationOrigins: "me"}, false},
		"the label of some other": {map[string]string{v1alpha1.LabelManagedBy: "Helm"}, map[string]string{v1alpha1.AnnotationOrigins: "A/b"}, false},
	} {
		object := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Labels: test.labels, Annotations: test.annotations}}
		if got := Ours(object); got != test.want {
			t.Errorf("%s: ours = %v", name, got)
		}
	}
}

func TestHostsAreFoundByWhatTheyOverlapWith(t *testing.T) {
	exact, sibling, wildcard := model.HostKey{Gateway: "default", Host: "a.example"}, model.HostKey{Gateway: "default", Host: "b.example"},
		model.HostKey{Gateway: "default", Host: "*.example"}
	for _, c := range []struct {
		asks, stands model.HostKey
		want         bool
	}{
		{exact, exact, true},
		{exact, sibling, false},
		{exact, wildcard, true},
		{wildcard, exact, true},
		{wildcard, wildcard, true},
		{exact, model.HostKey{Gateway: "public", Host: "a.example"}, false},
	} {
		found := slices.ContainsFunc(overlapping(c.asks), func(value string) bool { return slices.Contains(hostValues(c.stands), value) })
		if found != c.want {
			t.Errorf("who asks for %s finds %s: %t", c.asks, c.stands, found)
		}
	}
}

func TestPodsKeepHowTheyStandToTheMeshAndNothingTheyAreGiven(t *testing.T) {
	always, yes := corev1.ContainerRestartPolicyAlways, true
	full := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", Name: "orders-1", UID: "u", ResourceVersion: "7", Labels: map[string]string{"app": "orders"},
			Annotations:     map[string]string{"linkerd.io/inject": "disabled", "token": "secret"},
			OwnerReferences: []metav1.OwnerReference{{Kind: "Node", Name: "n"}, {Kind: "ReplicaSet", Name: "orders", UID: "r", Controller: &yes}},
		},
		Spec: corev1.PodSpec{
			HostNetwork: true, NodeName: "node-1", Volumes: []corev1.Volume{{Name: "secret"}},
			Containers: []corev1.Container{{
				Name: "app", Image: "app:1", Env: []corev1.EnvVar{{Name: "PASSWORD", Value: "secret"}}, Args: []string{"--password=secret"},
				VolumeMounts: []corev1.VolumeMount{{Name: "token", MountPath: tokenPath}},
			}},
			InitContainers: []corev1.Container{{Name: "linkerd-proxy", Image: "proxy:1", RestartPolicy: &always}},
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: "10.0.0.1"},
	}
	want := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", Name: "orders-1", UID: "u", ResourceVersion: "7", Labels: map[string]string{"app": "orders"},
			Annotations:     map[string]string{"linkerd.io/inject": "disabled"},
			OwnerReferences: []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "orders", Controller: &yes}},
		},
		Spec: corev1.PodSpec{
			HostNetwork: true, AutomountServiceAccountToken: &yes, Containers: []corev1.Container{{Name: "app"}},
			InitContainers: []corev1.Container{{Name: "linkerd-proxy", RestartPolicy: &always}},
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning},
	}
	if kept := transformed(t, pods{[]string{"linkerd.io/inject"}}.pod, full); !reflect.DeepEqual(kept, want) {
		t.Errorf("kept %+v", kept)
	}
	full.Spec.Containers[0].VolumeMounts = nil
	if kept := transformed(t, pods{}.pod, full); *kept.Spec.AutomountServiceAccountToken || kept.Annotations != nil {
		t.Errorf("a pod without token has one: %+v", kept)
	}
}

func TestStatefulSetsAndDaemonSetsKeepOfTheirTemplatesWhatDeploymentsDo(t *testing.T) {
	template := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "db"}, Annotations: map[string]string{"linkerd.io/inject": "disabled", "big": "one"}},
		Spec: corev1.PodSpec{Volumes: []corev1.Volume{{Name: "secret"}}, Containers: []corev1.Container{{
			Name: "app", Env: []corev1.EnvVar{{Value: "secret"}}, Ports: []corev1.ContainerPort{{ContainerPort: 5432}}, LivenessProbe: &corev1.Probe{},
		}}},
	}
	reduced := pods{[]string{"linkerd.io/inject"}}
	stateful := transformed(t, reduced.statefulSet, &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{Name: "db"}, Spec: appsv1.StatefulSetSpec{Template: template}})
	daemon := transformed(t, reduced.daemonSet, &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Name: "log"}, Spec: appsv1.DaemonSetSpec{Template: template}})
	want := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "db"}, Annotations: map[string]string{"linkerd.io/inject": "disabled"}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "app", Ports: []corev1.ContainerPort{{ContainerPort: 5432}}, LivenessProbe: &corev1.Probe{},
		}}},
	}
	if stateful.Name != "db" || daemon.Name != "log" || !reflect.DeepEqual(stateful.Spec.Template, want) || !reflect.DeepEqual(daemon.Spec.Template, want) {
		t.Errorf("kept %+v and %+v", stateful, daemon)
	}
}

func TestForeignObjectsThatTakeAServiceOverSayWhichAndNothingElse(t *testing.T) {
	want := model.Takeover{Namespace: "shop", Service: "orders", Callers: "web", Object: "ConfigMap x"}
	knowing := foreign{func(object client.Object) (model.Takeover, bool) { return want, object.GetName() == "x" }, generated}
	kept := transformed(t, knowing.generated, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: "web", Name: "x", Annotations: map[string]string{"a": "secret", noteService: "another"}}, Data: map[string]string{"password": "secret"},
	})
	if got, takes := TakeoverOf(kept); !takes || got != want || len(kept.Annotations) != 4 || kept.Data != nil {
		t.Errorf("kept %+v", kept)
	}
	other := transformed(t, knowing.generated, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "y", Annotations: noteTakeover(want)}})
	if _, takes := TakeoverOf(other); takes {
		t.Error("an object of somebody else says itself that it takes a Service over")
	}
	ours := transformed(t, knowing.generated, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{
		Name: "x", Labels: map[string]string{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy}, Annotations: map[string]string{v1alpha1.AnnotationOrigins: "MeshPolicy/orders"},
	}})
	if _, takes := TakeoverOf(ours); takes {
		t.Error("an object of ours takes a Service over")
	}
}
