package config

import (
	"net"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// API groups of HTTPRoutes.
const (
	RouteGroupLinkerd = "policy.linkerd.io"
	RouteGroupGateway = "gateway.networking.k8s.io"
)

// validate lists all problems, each with its path in the file.
func (c *OperatorConfig) validate() error {
	var errs field.ErrorList
	errs = append(errs, oneOf(field.NewPath("apiVersion"), c.APIVersion, APIVersion)...)
	errs = append(errs, oneOf(field.NewPath("kind"), c.Kind, Kind)...)
	errs = append(errs, c.LeaderElection.validate(field.NewPath("leaderElection"))...)
	errs = append(errs, c.Metrics.validate(field.NewPath("metrics"))...)
	errs = append(errs, c.Health.validate(field.NewPath("health"))...)
	errs = append(errs, oneOf(field.NewPath("log", "level"), c.Log.Level, LevelDebug, LevelInfo, LevelWarn, LevelError)...)
	errs = append(errs, oneOf(field.NewPath("log", "format"), c.Log.Format, FormatJSON, FormatText)...)
	errs = append(errs, c.Mesh.validate(field.NewPath("mesh"))...)
	errs = append(errs, c.Edge.validate(field.NewPath("edge"))...)
	errs = append(errs, c.Network.validate(field.NewPath("network"))...)
	if c.Injection.Restarts && !c.Injection.Enabled {
		errs = append(errs, field.Invalid(field.NewPath("injection", "restarts"), true, "needs injection.enabled: what is restarted follows from the pods of annotated Namespaces"))
	}
	errs = append(errs, c.Actions.validate(field.NewPath("actions"))...)
	errs = append(errs, c.Analysis.validate(field.NewPath("analysis"))...)
	errs = append(errs, between(field.NewPath("concurrency", "apply"), c.Concurrency.Apply, 1, 256)...)
	return errs.ToAggregate()
}

func (l LeaderElection) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if l.Namespace != "" {
		errs = append(errs, words(path.Child("namespace"), l.Namespace, validation.IsDNS1123Label(l.Namespace))...)
	}
	if l.RetryPeriod.Duration < 100*time.Millisecond {
		errs = append(errs, field.Invalid(path.Child("retryPeriod"), l.RetryPeriod.Duration.String(), "must be at least 100ms"))
	}
	// client-go adds up to 20 % to the retry period, and refuses to run otherwise.
	if float64(l.RenewDeadline.Duration) <= 1.2*float64(l.RetryPeriod.Duration) {
		errs = append(errs, field.Invalid(path.Child("renewDeadline"), l.RenewDeadline.Duration.String(),
			"must be longer than 1.2 times retryPeriod, or every renewal would be late"))
	}
	if l.LeaseDuration.Duration <= l.RenewDeadline.Duration {
		errs = append(errs, field.Invalid(path.Child("leaseDuration"), l.LeaseDuration.Duration.String(),
			"must be longer than renewDeadline, or two leaders could write at once"))
	}
	if l.LeaseDuration.Duration < time.Second {
		errs = append(errs, field.Invalid(path.Child("leaseDuration"), l.LeaseDuration.Duration.String(), "must be at least 1s"))
	}
	return errs
}

func (l Listener) validate(path *field.Path) field.ErrorList {
	if l.BindAddress == "0" {
		return nil
	}
	if _, _, err := net.SplitHostPort(l.BindAddress); err != nil {
		return field.ErrorList{field.Invalid(path.Child("bindAddress"), l.BindAddress, `must be "host:port", ":port" or "0" for off`)}
	}
	return nil
}

func (m Mesh) validate(path *field.Path) field.ErrorList {
	linkerd := path.Child("linkerd")
	errs := oneOf(path.Child("driver"), m.Driver, Auto, Linkerd, None)
	errs = append(errs, settleTime(path.Child("settle"), m.Settle)...)
	errs = append(errs, oneOf(linkerd.Child("generation"), m.Linkerd.Generation, GenerationAuto, GenerationPolicy, GenerationClassic)...)
	errs = append(errs, oneOf(linkerd.Child("routeGroup"), m.Linkerd.RouteGroup, RouteGroupLinkerd, RouteGroupGateway)...)
	errs = append(errs, words(linkerd.Child("namespace"), m.Linkerd.Namespace, validation.IsDNS1123Label(m.Linkerd.Namespace))...)
	return append(errs, words(linkerd.Child("clusterDomain"), m.Linkerd.ClusterDomain, validation.IsDNS1123Subdomain(m.Linkerd.ClusterDomain))...)
}

func (e Edge) validate(path *field.Path) field.ErrorList {
	errs := oneOf(path.Child("driver"), e.Driver, Auto, Traefik, None)
	errs = append(errs, settleTime(path.Child("settle"), e.Settle)...)
	seen := map[string]bool{}
	for i, gateway := range e.Gateways {
		at := path.Child("gateways").Index(i)
		if seen[gateway.Name] {
			errs = append(errs, field.Duplicate(at.Child("name"), gateway.Name))
		}
		seen[gateway.Name] = true
		errs = append(errs, gateway.validate(at)...)
	}
	for i, reservation := range e.Reservations {
		errs = append(errs, reservation.validate(path.Child("reservations").Index(i), seen)...)
	}
	return append(errs, namespaceNames(path.Child("secretNamespaces"), e.SecretNamespaces)...)
}

func (r Reservation) validate(path *field.Path, gateways map[string]bool) field.ErrorList {
	host := strings.TrimPrefix(r.Host, "*.")
	errs := words(path.Child("host"), r.Host, validation.IsDNS1123Subdomain(host))
	if r.Gateway != "" && !gateways[r.Gateway] {
		errs = append(errs, field.NotFound(path.Child("gateway"), r.Gateway))
	}
	if len(r.Namespaces) == 0 {
		errs = append(errs, field.Required(path.Child("namespaces"), "name the namespaces that may serve the host"))
	}
	return append(errs, namespaceNames(path.Child("namespaces"), r.Namespaces)...)
}

func namespaceNames(path *field.Path, names []string) field.ErrorList {
	var errs field.ErrorList
	for i, name := range names {
		errs = append(errs, words(path.Index(i), name, validation.IsDNS1123Label(name))...)
	}
	return errs
}

// settleTime is bounded so that a slip of the unit does not stop every release.
func settleTime(path *field.Path, value metav1.Duration) field.ErrorList {
	if value.Duration >= 0 && value.Duration <= 5*time.Minute {
		return nil
	}
	return field.ErrorList{field.Invalid(path, value.Duration.String(), "must be from 0s to 5m")}
}

func oneOf[T ~string](path *field.Path, value T, allowed ...T) field.ErrorList {
	if slices.Contains(allowed, value) {
		return nil
	}
	return field.ErrorList{field.NotSupported(path, value, allowed)}
}

func between(path *field.Path, value, low, high int) field.ErrorList {
	if value >= low && value <= high {
		return nil
	}
	return field.ErrorList{field.Invalid(path, value, validation.InclusiveRangeError(low, high))}
}

func words(path *field.Path, value string, messages []string) field.ErrorList {
	var errs field.ErrorList
	for _, message := range messages {
		errs = append(errs, field.Invalid(path, value, message))
	}
	return errs
}
