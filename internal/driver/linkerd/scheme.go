package linkerd

import (
	serviceprofile "github.com/linkerd/linkerd2/controller/gen/apis/serviceprofile/v1alpha2"
	split "github.com/servicemeshinterface/smi-sdk-go/pkg/apis/split/v1alpha2"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1alpha2 "sigs.k8s.io/gateway-api/apis/v1alpha2"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

// AddToScheme adds the kinds of both generations to a scheme.
func AddToScheme(scheme *runtime.Scheme) error {
	builder := runtime.NewSchemeBuilder(
		v1alpha1.AddToScheme, v1beta1.AddToScheme, v1beta3.AddToScheme,
		serviceprofile.AddToScheme, split.AddToScheme, gatewayv1.Install, gatewayv1alpha2.Install,
	)
	return builder.AddToScheme(scheme)
}
