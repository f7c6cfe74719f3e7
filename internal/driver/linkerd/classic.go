package linkerd

import (
	"cmp"

	serviceprofile "github.com/linkerd/linkerd2/controller/gen/apis/serviceprofile/v1alpha2"
	split "github.com/servicemeshinterface/smi-sdk-go/pkg/apis/split/v1alpha2"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta1"
	"github.com/kubemate/kubemate/internal/model"
)

// classicDriver is the driver of the classic generation.
type classicDriver struct{ config Config }

// Classic is the driver for Linkerd before 2.16.
func Classic(config Config) driver.MeshDriver {
	config.ClusterDomain = cmp.Or(config.ClusterDomain, "cluster.local")
	config.TrustDomain = cmp.Or(config.TrustDomain, config.ClusterDomain)
	config.ControlPlaneNamespace = cmp.Or(config.ControlPlaneNamespace, "linkerd")
	return classicDriver{config}
}

// Name is NameClassic.
func (classicDriver) Name() string { return NameClassic }

// Features is what ServiceProfile, TrafficSplit and ServerAuthorization can say.
func (classicDriver) Features() model.FeatureSet {
	return model.Features(
		model.FeatureInjection, model.FeatureEncryption, model.FeatureBypass, model.FeatureOpaquePorts, model.FeatureProxy,
		model.FeatureWeights, model.FeatureTimeout, model.FeatureRetry, model.FeatureRetryBudget,
		model.FeatureAccess,
	)
}

// Kinds puts the ServiceProfile before the TrafficSplit, because the SMI extension would create it under the same name, and grants before
// the Server, which refuses whom nothing grants.
func (classicDriver) Kinds() []schema.GroupVersionKind {
	return []schema.GroupVersionKind{
		serviceprofile.SchemeGroupVersion.WithKind(kindServiceProfile),
		split.SchemeGroupVersion.WithKind(kindTrafficSplit),
		v1beta1.GroupVersion.WithKind(kindServerAuthorization),
		v1beta1.GroupVersion.WithKind(kindServer),
	}
}

// Render writes injection, routes and access.
func (d classicDriver) Render(ns model.Namespace) (driver.Output, error) {
	out := driver.Output{Borrowed: namespaceAnnotations(ns), Templates: templates(ns), Objects: make([]driver.Object, 0, 8*len(ns.Services))}
	for i := range ns.Services {
		svc := &ns.Services[i]
		var err error
		if out.Objects, err = d.outbound(out.Objects, ns.Name, svc); err != nil {
			return driver.Output{}, err
		}
		if out.Objects, err = d.inbound(out.Objects, ns.Name, svc); err != nil {
			return driver.Output{}, err
		}
		out.Borrowed = append(out.Borrowed, serviceAnnotations(ns.Name, svc)...)
	}
	return out, nil
}
