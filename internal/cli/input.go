package cli

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver/builtin"
	"github.com/kubemate/kubemate/internal/manifest"
	"github.com/kubemate/kubemate/internal/model"
)

// planInput is what a plan is made from.
type planInput struct {
	objects *manifest.Objects
	drivers builtin.Drivers
	// served are the kinds that the cluster serves.
	served map[schema.GroupVersionKind]bool
	// names of the namespaces to plan. Nil: all that the objects have.
	names []string
}

func (i planInput) snapshots(settings manifest.Settings) []manifest.Namespace {
	return slices.DeleteFunc(i.objects.Snapshots(settings), func(namespace manifest.Namespace) bool {
		return i.names != nil && !slices.Contains(i.names, namespace.Namespace)
	})
}

// read reads the files, and the cluster when one is named.
func (o *planOptions) read(ctx context.Context, drivers builtin.Drivers) (planInput, error) {
	if o.live {
		return o.readCluster(ctx, drivers)
	}
	if o.allNamespaces {
		return planInput{}, fmt.Errorf("--all-namespaces is for a cluster; the namespaces of files are planned all")
	}
	objects, err := o.readFiles(metav1.NamespaceDefault)
	if err != nil {
		return planInput{}, err
	}
	if !o.complete {
		objects.AssumeReferenced()
	}
	return planInput{objects: objects, drivers: drivers, served: servesEverything(drivers)}, nil
}

// readFiles reads the files. An object that names another namespace than the flag is refused, as kubectl does.
func (o *planOptions) readFiles(defaultNamespace string) (*manifest.Objects, error) {
	sources, err := o.files.read(o.streams.In)
	if err != nil {
		return nil, err
	}
	definitions, err := manifest.ReadDefinitions()
	if err != nil {
		return nil, err
	}
	wanted := *o.cluster.Namespace
	if wanted != "" {
		defaultNamespace = wanted
	}
	objects := manifest.Read(definitions, defaultNamespace, sources...)
	for _, name := range objects.Names() {
		if wanted != "" && name != wanted {
			return nil, fmt.Errorf("the files hold objects of namespace %s, but --namespace is %s; leave the flag out to plan both", name, wanted)
		}
	}
	return objects, nil
}

// assumeConfiguration assumes what custom resources need of a configuration that was not given.
func assumeConfiguration(namespace *manifest.Namespace) {
	const remedy = "; give --config to plan with the operator's configuration"
	for _, profile := range namespace.Profiles {
		name := compose.GatewayName(profile)
		gateway, known := namespace.Gateways[name]
		if !known {
			gateway = model.Gateway{Name: name, HTTP: "web", HTTPS: "websecure"}
		}
		gateway.Hardened, gateway.ClientAddress, gateway.ClientCertificates = true, true, true
		namespace.Gateways[name] = gateway
		namespace.Assumptions = append(namespace.Assumptions, "gateway "+name+" has the entry points "+namespace.Gateways[name].HTTP+" and "+namespace.Gateways[name].HTTPS+
			", is hardened, and knows its clients' addresses and certificates"+remedy)
	}
	assumeEgress(namespace, remedy)
	if slices.ContainsFunc(namespace.Policies, func(policy *v1alpha1.MeshPolicy) bool { return compose.AnnotatesNamespace(&policy.Spec) }) {
		namespace.Assumptions = append(namespace.Assumptions, "the operator may annotate Namespaces"+remedy)
	}
	slices.Sort(namespace.Assumptions)
	namespace.Assumptions = slices.Compact(namespace.Assumptions)
}

// assumeEgress assumes of gateways that EgressProfiles name that the administrator allows what the profiles ask for.
func assumeEgress(namespace *manifest.Namespace, remedy string) {
	for _, profile := range namespace.Egresses {
		name := compose.EgressGatewayName(profile)
		gateway := namespace.Gateways[name]
		if gateway.Egress == nil {
			gateway = model.Gateway{Name: name, HTTP: "web", Egress: &model.EgressGateway{
				Address: "egress.gateways.svc.cluster.local", Domain: "cluster.local", Credentials: "http://127.0.0.1:9091",
			}}
		}
		for i := range profile.Spec.Partners {
			gateway.Egress.Partners = append(gateway.Egress.Partners, assumedPartner(namespace.Namespace, &profile.Spec.Partners[i]))
		}
		namespace.Gateways[name] = gateway
		namespace.Assumptions = append(namespace.Assumptions, "egress gateway "+name+" is "+gateway.Egress.Address+
			", and its configuration allows the partners and credentials of the profiles"+remedy)
	}
}

func assumedPartner(namespace string, partner *v1alpha1.Partner) model.AllowedPartner {
	allowed := model.AllowedPartner{Host: string(partner.Host), Ports: []int32{443}, Namespaces: []string{namespace}}
	if partner.Port != nil {
		allowed.Ports = []int32{int32(*partner.Port)}
	}
	if partner.Credential != nil {
		allowed.Credentials = []model.Credential{{Name: *partner.Credential, Header: "Authorization"}}
	}
	return allowed
}
