package model

import (
	"cmp"
	"slices"
)

// Template is how new pods of a Service's workloads run in the mesh, which their pod templates must say. What is nil goes by the namespace.
type Template struct {
	// Service whose workloads they are.
	Service string
	// Injection of proxies into the pods, never InjectionIngress.
	Injection *Injection
	// Pods is the rest. Its Encryption is always nil.
	Pods Pods
	// Apply: they are to be written into the pod templates, with a restart.
	Apply bool
	// Workloads of the Service, sorted. Empty: none is known.
	Workloads []Workload
	// Origin is the policy.
	Origin Origin
}

// Workload is something that makes pods of a template, in the namespace.
type Workload struct {
	// Kind is "Deployment", "StatefulSet" or "DaemonSet".
	Kind, Name string
}

// String is "Deployment orders".
func (w Workload) String() string { return w.Kind + " " + w.Name }

// Compare orders workloads by kind, then by name.
func (w Workload) Compare(other Workload) int {
	return cmp.Or(cmp.Compare(w.Kind, other.Kind), cmp.Compare(w.Name, other.Name))
}

// Empty says whether nothing is wanted.
func (t *Template) Empty() bool { return t.Injection == nil && t.Pods.Empty() }

// IsAbout says whether a workload is one of the Service's.
func (t *Template) IsAbout(workload Workload) bool { return slices.Contains(t.Workloads, workload) }

// Shared finds the first workload that another template is about too.
func (t *Template) Shared(other *Template) (Workload, bool) {
	index := slices.IndexFunc(t.Workloads, other.IsAbout)
	if index < 0 {
		return Workload{}, false
	}
	return t.Workloads[index], true
}
