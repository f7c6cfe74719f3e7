package servers

// Program is one pinned server: which main package of which module, and how it is linked.
type Program struct {
	Name    string
	Folder  string // the folder with the go.mod that pins it
	Module  string // the module whose version names the build
	Package string
	LDFlags string
	Tags    string // build tags, separated by commas
	Minutes string // how long a cold build takes on two cores, for people who wait
}

// kubernetesVersion stamps what the module path does not: without it the API server calls itself v0.0.0-master, which
// clients refuse.
const kubernetesVersion = "-X k8s.io/component-base/version.gitVersion=v1.36.3 " +
	"-X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36 " +
	"-X k8s.io/client-go/pkg/version.gitVersion=v1.36.3 " +
	"-X k8s.io/client-go/pkg/version.gitMajor=1 -X k8s.io/client-go/pkg/version.gitMinor=36"

const traefikVersion = "-X github.com/traefik/traefik/v3/pkg/version.Version=v3.7.5"

// The programs a testbed can run.
var (
	Etcd = Program{
		Name: "etcd", Folder: "etcd", Module: "go.etcd.io/etcd/server/v3",
		Package: "go.etcd.io/etcd/server/v3", LDFlags: "-s -w", Minutes: "1",
	}
	APIServer         = kubernetes("kube-apiserver", "5")
	ControllerManager = kubernetes("kube-controller-manager", "2")
	Scheduler         = kubernetes("kube-scheduler", "¼")
	Kubectl           = kubernetes("kubectl", "½")
	Kwok              = Program{
		Name: "kwok", Folder: "kwok", Module: "sigs.k8s.io/kwok",
		Package: "sigs.k8s.io/kwok/cmd/kwok", LDFlags: "-s -w", Minutes: "2½",
	}
	Traefik = Program{
		Name: "traefik", Folder: "traefik", Module: "github.com/traefik/traefik/v3",
		Package: "github.com/traefik/traefik/v3/cmd/traefik", LDFlags: "-s -w " + traefikVersion, Minutes: "6½",
	}
	// Prometheus without the discovery of clouds, which is most of what it is made of: a testbed names its targets. Without its web pages too,
	// which are not part of the module.
	Prometheus = Program{
		Name: "prometheus", Folder: "prometheus", Module: "github.com/prometheus/prometheus",
		Package: "github.com/prometheus/prometheus/cmd/prometheus", LDFlags: "-s -w", Tags: "remove_all_sd", Minutes: "3",
	}
)

// All is every program, in the order in which they share the most compiled packages.
func All() []Program {
	return []Program{Etcd, APIServer, ControllerManager, Scheduler, Kubectl, Kwok, Traefik, Prometheus}
}

func kubernetes(name, minutes string) Program {
	return Program{
		Name: name, Folder: "kubernetes", Module: "k8s.io/kubernetes",
		Package: "k8s.io/kubernetes/cmd/" + name, LDFlags: "-s -w " + kubernetesVersion, Minutes: minutes,
	}
}
