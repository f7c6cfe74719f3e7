package load

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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

// CacheConfig is what is kept besides.
type CacheConfig struct {
	// Home is the operator's own namespace: HostClaims count there alone, elsewhere anybody could write one.
	Home string
	// Gateways by name. Of the endpoints of Services that tell their addresses the addresses are kept.
	Gateways map[string]model.Gateway
	// PodAnnotations are kept of pods and pod templates, no others.
	PodAnnotations []string
	// Injector is the name of the one MutatingWebhookConfiguration that may be watched. Empty: none may.
	Injector string
	// Routes understands routes that somebody else wrote, of which the hosts are kept. Nil: nobody does.
	Routes driver.RouteReader
	// TakesOver says which Service an object of somebody else takes over. Of the kinds that are generated that is kept.
	TakesOver func(client.Object) (model.Takeover, bool)
}

// CacheOptions keep in memory what composing and comparing need and no more. Kinds that are not named here are generated ones. Reads of a
// kind that nobody watches fail instead of starting a watch of the whole cluster, Secrets among it. Pods that have ended are not kept.
func CacheOptions(cfg CacheConfig) cache.Options {
	shared, reduced := true, pods{append([]string{v1alpha1.AnnotationRestarted, v1alpha1.AnnotationBorrowed}, cfg.PodAnnotations...)}
	return cache.Options{
		ReaderFailOnMissingInformer:  true,
		DefaultUnsafeDisableDeepCopy: &shared, // what comes out of the cache is only read
		DefaultTransform:             foreign{cfg.TakesOver, strangers{cfg.Routes}.generated}.generated,
		ByObject: map[client.Object]cache.ByObject{
			&v1alpha1.CanaryRelease{}:    {Transform: input},
			&v1alpha1.MeshPolicy{}:       {Transform: input},
			&v1alpha1.IngressProfile{}:   {Transform: input},
			&v1alpha1.EgressProfile{}:    {Transform: input},
			&v1alpha1.ReleaseAction{}:    {Transform: action},
			&v1alpha1.HostClaim{}:        {Transform: input, Namespaces: map[string]cache.Config{cfg.Home: {}}},
			&corev1.Namespace{}:          {Transform: input},
			&corev1.Service{}:            {Transform: service},
			&appsv1.Deployment{}:         {Transform: reduced.deployment},
			&appsv1.StatefulSet{}:        {Transform: reduced.statefulSet},
			&appsv1.DaemonSet{}:          {Transform: reduced.daemonSet},
			&corev1.Pod{}:                {Transform: reduced.pod, Field: running},
			&discoveryv1.EndpointSlice{}: {Transform: endpointSlice(followed(cfg.Gateways))},
			NewCRD():                     {Transform: input},
			NewInjector():                {Transform: input, Field: fields.OneTermEqualSelector(metav1.ObjectNameField, cfg.Injector)},
		},
	}
}
