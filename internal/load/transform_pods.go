package load

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// tokenPath is where Kubernetes mounts the token of a pod's ServiceAccount.
const tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount"

// pods are the transforms of pods and of what makes them.
type pods struct {
	// annotations that are looked at; no others are kept.
	annotations []string
}

// deployment keeps selector, replicas, how far they are rolled out, and the pod template.
func (p pods) deployment(obj any) (any, error) {
	full, ok := obj.(*appsv1.Deployment)
	if !ok {
		return obj, nil
	}
	stripBookkeeping(full)
	kept := &appsv1.Deployment{TypeMeta: full.TypeMeta, ObjectMeta: full.ObjectMeta}
	kept.Spec.Replicas, kept.Spec.Selector, kept.Spec.Paused = full.Spec.Replicas, full.Spec.Selector, full.Spec.Paused
	kept.Status = rollout(&full.Status)
	kept.Spec.Template = p.template(&full.Spec.Template)
	return kept, nil
}

// template keeps labels, ports, probes and some annotations.
func (p pods) template(full *corev1.PodTemplateSpec) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: full.Labels, Annotations: p.reduce(full.Annotations)},
		Spec: corev1.PodSpec{
			Containers:     containers(full.Spec.Containers),
			InitContainers: containers(full.Spec.InitContainers), // sidecars among them, which are probed too
		},
	}
}

// rollout keeps the numbers of a Deployment, and why it does not get on, if it does not.
func rollout(full *appsv1.DeploymentStatus) appsv1.DeploymentStatus {
	kept := appsv1.DeploymentStatus{
		ObservedGeneration: full.ObservedGeneration, Replicas: full.Replicas, UpdatedReplicas: full.UpdatedReplicas,
		ReadyReplicas: full.ReadyReplicas, AvailableReplicas: full.AvailableReplicas,
	}
	for _, condition := range full.Conditions {
		if condition.Type == appsv1.DeploymentProgressing && condition.Status == corev1.ConditionFalse {
			kept.Conditions = []appsv1.DeploymentCondition{{
				Type: condition.Type, Status: condition.Status, Reason: condition.Reason, Message: condition.Message,
			}}
		}
	}
	return kept
}

// statefulSet keeps the pod template, and how far it is rolled out.
func (p pods) statefulSet(obj any) (any, error) {
	full, ok := obj.(*appsv1.StatefulSet)
	if !ok {
		return obj, nil
	}
	kept := &appsv1.StatefulSet{TypeMeta: full.TypeMeta, ObjectMeta: names(full)}
	kept.Spec.Replicas, kept.Spec.UpdateStrategy = full.Spec.Replicas, full.Spec.UpdateStrategy
	kept.Spec.Template = p.template(&full.Spec.Template)
	kept.Status = appsv1.StatefulSetStatus{
		ObservedGeneration: full.Status.ObservedGeneration, UpdatedReplicas: full.Status.UpdatedReplicas, AvailableReplicas: full.Status.AvailableReplicas,
	}
	return kept, nil
}

// daemonSet keeps the pod template, and how far it is rolled out.
func (p pods) daemonSet(obj any) (any, error) {
	full, ok := obj.(*appsv1.DaemonSet)
	if !ok {
		return obj, nil
	}
	kept := &appsv1.DaemonSet{TypeMeta: full.TypeMeta, ObjectMeta: names(full)}
	kept.Spec.UpdateStrategy.Type = full.Spec.UpdateStrategy.Type
	kept.Spec.Template = p.template(&full.Spec.Template)
	kept.Status = appsv1.DaemonSetStatus{
		ObservedGeneration: full.Status.ObservedGeneration, DesiredNumberScheduled: full.Status.DesiredNumberScheduled,
		UpdatedNumberScheduled: full.Status.UpdatedNumberScheduled, NumberAvailable: full.Status.NumberAvailable,
	}
	return kept, nil
}

// pod keeps how a pod stands to the mesh: its labels, some annotations, what it belongs to, whether it runs, the names of its containers, whether it has a
// token and a network of its own. Nothing of what the containers are given.
func (p pods) pod(obj any) (any, error) {
	full, ok := obj.(*corev1.Pod)
	if !ok {
		return obj, nil
	}
	kept := &corev1.Pod{TypeMeta: full.TypeMeta, ObjectMeta: names(full)}
	kept.Labels, kept.Annotations = full.Labels, p.reduce(full.Annotations)
	if owner := metav1.GetControllerOfNoCopy(full); owner != nil {
		kept.OwnerReferences = []metav1.OwnerReference{{Kind: owner.Kind, Name: owner.Name, Controller: owner.Controller}}
	}
	kept.Spec.HostNetwork, kept.Status.Phase = full.Spec.HostNetwork, full.Status.Phase
	kept.Spec.Containers = bareContainers(full.Spec.Containers)
	kept.Spec.InitContainers = bareContainers(full.Spec.InitContainers)
	token := slices.ContainsFunc(full.Spec.Containers, func(c corev1.Container) bool {
		return slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.MountPath == tokenPath })
	})
	kept.Spec.AutomountServiceAccountToken = &token
	return kept, nil
}

// reduce keeps the annotations that are looked at. Nil: none.
func (p pods) reduce(annotations map[string]string) map[string]string {
	var kept map[string]string
	for _, key := range p.annotations {
		if value, set := annotations[key]; set {
			if kept == nil {
				kept = map[string]string{}
			}
			kept[key] = value
		}
	}
	return kept
}

// names are the metadata by which an object is known, and whether it is being deleted.
func names(object client.Object) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: object.GetNamespace(), Name: object.GetName(), UID: object.GetUID(), ResourceVersion: object.GetResourceVersion(),
		DeletionTimestamp: object.GetDeletionTimestamp(), Generation: object.GetGeneration(),
	}
}

// containers keeps names, ports and probes.
func containers(full []corev1.Container) []corev1.Container {
	var kept []corev1.Container
	for i := range full {
		container := &full[i]
		kept = append(kept, corev1.Container{
			Name: container.Name, Ports: container.Ports,
			LivenessProbe: container.LivenessProbe, ReadinessProbe: container.ReadinessProbe, StartupProbe: container.StartupProbe,
		})
	}
	return kept
}

// bareContainers keeps names, and whether an init container runs on.
func bareContainers(full []corev1.Container) []corev1.Container {
	kept := make([]corev1.Container, len(full))
	for i := range full {
		kept[i] = corev1.Container{Name: full[i].Name, RestartPolicy: full[i].RestartPolicy}
	}
	return kept
}
