package load

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// CRDs is the kind by which new and vanished kinds are noticed; its metadata alone is watched, because the schemas are large.
var CRDs = schema.GroupVersionKind{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"}

// running are the pods that have not ended.
var running = fields.AndSelectors(
	fields.OneTermNotEqualSelector("status.phase", string(corev1.PodSucceeded)), fields.OneTermNotEqualSelector("status.phase", string(corev1.PodFailed)),
)

// CacheOptions keep in memory what composing and comparing need and no more. Kinds that are not named here are generated ones. Reads of a
// kind that nobody watches fail instead of starting a watch of the whole cluster, Secrets among it.
//
// HostClaims count in the operator's own namespace, home, alone: elsewhere anybody could write one. Of the endpoints of Services that tell the
// addresses of gateways the addresses are kept. Of pods and pod templates the given annotations are kept, no others; pods that have ended are not.
// Of routes that somebody else wrote, as routes understands them, the hosts are kept; nil understands none.
func CacheOptions(home string, gateways map[string]model.Gateway, podAnnotations []string, routes driver.RouteReader) cache.Options {
	shared, reduced := true, pods{append([]string{v1alpha1.AnnotationRestarted}, podAnnotations...)}
	return cache.Options{
		ReaderFailOnMissingInformer:  true,
		DefaultUnsafeDisableDeepCopy: &shared, // what comes out of the cache is only read
		DefaultTransform:             strangers{routes}.generated,
		ByObject: map[client.Object]cache.ByObject{
			&v1alpha1.CanaryRelease{}:    {Transform: input},
			&v1alpha1.MeshPolicy{}:       {Transform: input},
			&v1alpha1.IngressProfile{}:   {Transform: input},
			&v1alpha1.EgressProfile{}:    {Transform: input},
			&v1alpha1.ReleaseAction{}:    {Transform: action},
			&v1alpha1.HostClaim{}:        {Transform: input, Namespaces: map[string]cache.Config{home: {}}},
			&corev1.Namespace{}:          {Transform: input},
			&corev1.Service{}:            {Transform: service},
			&appsv1.Deployment{}:         {Transform: reduced.deployment},
			&appsv1.StatefulSet{}:        {Transform: reduced.statefulSet},
			&appsv1.DaemonSet{}:          {Transform: reduced.daemonSet},
			&corev1.Pod{}:                {Transform: reduced.pod, Field: running},
			&discoveryv1.EndpointSlice{}: {Transform: endpointSlice(followed(gateways))},
			NewCRD():                     {Transform: input},
		},
	}
}
