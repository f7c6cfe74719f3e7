// Package config is the operator's configuration: one struct, one YAML file, validated once, unknown fields refused.
package config

import (
	"errors"
	"fmt"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// APIVersion and Kind stand at the top of the file.
const (
	APIVersion = "config.kubemate.io/v1alpha1"
	Kind       = "OperatorConfig"
)

// OperatorConfig is the whole configuration. The zero file means all defaults.
type OperatorConfig struct {
	metav1.TypeMeta `json:",inline"`

	// LeaderElection lets several replicas stand by while one works.
	LeaderElection LeaderElection `json:"leaderElection"`
	// Metrics serves Prometheus metrics over plain HTTP.
	Metrics Listener `json:"metrics"`
	// Health serves /healthz and /readyz.
	Health Listener `json:"health"`
	// Log goes to standard error.
	Log Log `json:"log"`
	// Mesh chooses the driver for traffic between workloads.
	Mesh Mesh `json:"mesh"`
	// Edge chooses the driver for traffic from outside.
	Edge Edge `json:"edge"`
	// Network is what isolated pods leave open for the cluster itself.
	Network Network `json:"network"`
	// Injection says whether proxies may be switched on and off for Namespaces.
	Injection Injection `json:"injection"`
	// Actions is about what people do to running releases.
	Actions Actions `json:"actions"`
	// Analysis says where the metrics of rollouts are read.
	Analysis Analysis `json:"analysis"`
	// Concurrency bounds work that is done at once.
	Concurrency Concurrency `json:"concurrency"`
}

// LeaderElection by a Lease named kubemate.
type LeaderElection struct {
	// Enabled. Default true: two replicas without it would both write.
	Enabled bool `json:"enabled"`
	// Namespace of the Lease. Empty: the namespace of the operator's own pod; outside of a cluster it must be set.
	Namespace string `json:"namespace,omitempty"`
	// LeaseDuration is how long the others wait for a leader that fell silent. Default 15s.
	LeaseDuration metav1.Duration `json:"leaseDuration"`
	// RenewDeadline is how long a leader that cannot renew keeps writing. Default 10s.
	RenewDeadline metav1.Duration `json:"renewDeadline"`
	// RetryPeriod is the time between two tries to renew or to acquire. Default 2s.
	RetryPeriod metav1.Duration `json:"retryPeriod"`
}

// Listener is an address that the operator serves on.
type Listener struct {
	// BindAddress is "host:port" or ":port"; "0" switches it off. Default ":8080" for metrics, ":8081" for health.
	BindAddress string `json:"bindAddress"`
}

// LogLevel is how much is logged.
type LogLevel string

// LogFormat is how a line of the log looks.
type LogFormat string

// Values of Log.
const (
	LevelDebug LogLevel = "debug"
	LevelInfo  LogLevel = "info"
	LevelWarn  LogLevel = "warn"
	LevelError LogLevel = "error"

	FormatJSON LogFormat = "json"
	FormatText LogFormat = "text"
)

// Log says what is logged and how.
type Log struct {
	// Level is debug, info, warn or error. Default info.
	Level LogLevel `json:"level"`
	// Format is json or text. Default json.
	Format LogFormat `json:"format"`
}

// DriverName chooses a driver.
type DriverName string

// Names of drivers.
const (
	// Auto takes what the cluster serves.
	Auto DriverName = "Auto"
	// None leaves a side alone.
	None DriverName = "None"
	// Linkerd is a mesh driver, Traefik an edge driver.
	Linkerd DriverName = "Linkerd"
	Traefik DriverName = "Traefik"
)

// Mesh chooses the driver for traffic between workloads.
type Mesh struct {
	// Driver is Auto, Linkerd or None. Default Auto.
	Driver DriverName `json:"driver"`
	// Linkerd is about the driver Linkerd.
	Linkerd LinkerdMesh `json:"linkerd"`
	// Settle is how long after a route is stored some proxy may still follow the old one: a step of a release is done only then. Default 2s.
	Settle metav1.Duration `json:"settle"`
}

// Generation is a generation of Linkerd's vocabulary.
type Generation string

// Generations of Linkerd.
const (
	// GenerationAuto keeps what a namespace has, and takes the newest that is served where it has nothing.
	GenerationAuto Generation = "Auto"
	// GenerationPolicy is Linkerd 2.16 and later: routes and authorization policies.
	GenerationPolicy Generation = "Policy"
	// GenerationClassic is before: ServiceProfiles, TrafficSplits and ServerAuthorizations.
	GenerationClassic Generation = "Classic"
)

// LinkerdMesh is about the driver Linkerd.
type LinkerdMesh struct {
	// Generation is Auto, Policy or Classic. Default Auto. Another value than Auto moves every namespace to it.
	Generation Generation `json:"generation"`
	// RouteGroup is the API group of HTTPRoutes: policy.linkerd.io or gateway.networking.k8s.io. Default policy.linkerd.io.
	RouteGroup string `json:"routeGroup"`
	// ClusterDomain of Services. Default cluster.local.
	ClusterDomain string `json:"clusterDomain"`
	// Namespace of the control plane, whose name is part of the identities of workloads. Default linkerd.
	Namespace string `json:"namespace"`
}

// Edge chooses the driver for traffic from outside.
type Edge struct {
	// Driver is Auto, Traefik or None. Default Auto.
	Driver DriverName `json:"driver"`
	// Gateways that IngressProfiles may name. Default: one named default.
	Gateways []Gateway `json:"gateways,omitempty"`
	// Reservations give hosts to namespaces, whoever asked for them first. Default none: a host belongs to the namespace that asked first.
	Reservations []Reservation `json:"reservations,omitempty"`
	// SecretNamespaces are the namespaces in which the operator may ask whether a Secret is there, so that the condition SecretsReady of their
	// IngressProfiles is exact. It takes the verb get on Secrets there; only metadata are asked for. Default none: nobody asks.
	SecretNamespaces []string `json:"secretNamespaces,omitempty"`
	// Settle is how long after a route is stored some gateway may still follow the old one: a step of a release is done only then. Default 3s,
	// a second more than Traefik's own providersThrottleDuration.
	Settle metav1.Duration `json:"settle"`
}

// Reservation gives a host to namespaces.
type Reservation struct {
	// Gateway that the reservation is about. Empty: all.
	Gateway string `json:"gateway,omitempty"`
	// Host, or a wildcard such as *.bank.example for all hosts of one label more.
	Host string `json:"host"`
	// Namespaces whose IngressProfiles may serve the host; at least one.
	Namespaces []string `json:"namespaces"`
}

// Injection is a power over Namespaces, and over workloads.
type Injection struct {
	// Enabled allows MeshPolicies to annotate their Namespace. Default false: it takes the verb patch on namespaces.
	Enabled bool `json:"enabled"`
	// Restarts allows MeshPolicies to restart workloads of their namespace, and to write annotations of the mesh into their pod templates. Default false: it takes the verb patch on Deployments, StatefulSets and
	// DaemonSets. Only with Enabled.
	Restarts bool `json:"restarts"`
}

// Concurrency bounds work that is done at once.
type Concurrency struct {
	// Apply is how many groups of objects are written at once. Default 16.
	Apply int `json:"apply"`
}

// Read reads and validates a file. An empty path means all defaults.
func Read(path string) (OperatorConfig, error) {
	if path == "" {
		return Parse(nil)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return OperatorConfig{}, fmt.Errorf("reading the configuration: %w", err)
	}
	cfg, err := Parse(data)
	if err != nil {
		return OperatorConfig{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	return cfg, nil
}

// Parse reads YAML over the defaults and validates the result.
func Parse(data []byte) (OperatorConfig, error) {
	cfg := defaults()
	document, err := yaml.YAMLToJSONStrict(data)
	if err != nil {
		return OperatorConfig{}, fmt.Errorf("parsing YAML: %w", err)
	}
	unknown, err := json.UnmarshalStrict(document, &cfg)
	if err != nil {
		return OperatorConfig{}, fmt.Errorf("parsing YAML: %w", err)
	}
	if len(unknown) > 0 {
		return OperatorConfig{}, errors.Join(unknown...)
	}
	cfg.complete()
	if err := cfg.validate(); err != nil {
		return OperatorConfig{}, err
	}
	return cfg, nil
}
