package v1alpha1

import "k8s.io/apimachinery/pkg/util/intstr"

// Rollout moves one variant forward step by step. A changed to starts it, and so does the action Retry; nothing else does.
type Rollout struct {
	// To is the name of the variant that is moved forward. Once it has all requests the rollout has succeeded, and stable may be set to it.
	To VariantName `json:"to"`
	// Steps in order; the last gives 100. A step is over when its split is programmed and settled, it was held, the analysis of its last interval
	// passed, and it is approved. Edits apply from the next step.
	//
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:XValidation:rule="self.size() == 0 || string(self[self.size() - 1].weight) in ['100', '100.0']",message="the last step must have weight 100: the rollout ends with all requests at rollout.to"
	// +kubebuilder:validation:XValidation:rule="!self.all(s, string(s.weight).matches('^(100([.]0)?|[0-9]{1,2}([.][0-9])?)$')) || self.map(s, double(s.weight)).isSorted()",message="weights must not fall from one step to the next: a rollout moves forward; the action Abort moves back"
	Steps []RolloutStep `json:"steps"`
	// Capacity is how many ready replicas are enough before a step raises a share. Proportional (default): as many as stable wanted when the
	// rollout started, times the share, rounded up. AllReady: all that the variant itself wants; for variants with an autoscaler or other
	// sizes of pods. Always at least one.
	//
	// +optional
	Capacity CapacityRule `json:"capacity,omitempty"`
	// Analysis is judged on each interval of each step. Empty: steps are held, nothing is measured.
	//
	// +optional
	Analysis *Analysis `json:"analysis,omitempty"`
	// OnFailure is what happens when the analysis fails or the deadline passes. RollBack (default): all requests go to stable. Pause: the split
	// stays until a person decides.
	//
	// +optional
	OnFailure OnFailure `json:"onFailure,omitempty"`
	// Deadline is how long the rollout may take; longer is a failure. It does not run while the rollout is held for an approval, paused or
	// suspended. Empty: as long as it takes.
	//
	// +optional
	Deadline *LongDuration `json:"deadline,omitempty"`
}

// RolloutStep is one step of a rollout.
type RolloutStep struct {
	// Weight is the share of rollout.to in per cent, with one decimal at most: 5 or "0.5". The other variants share the rest as their own
	// weights say; stable takes all of it when they say nothing.
	//
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:validation:MaxLength=5
	// +kubebuilder:validation:XValidation:rule="string(self).matches('^(100([.]0)?|[0-9]{1,2}([.][0-9])?)$')",message="must be per cent from 0 to 100 with at most one decimal, without the sign: 5, or as text 0.5"
	Weight intstr.IntOrString `json:"weight"`
	// Hold is how long the step lasts at least, from when its split is programmed and settled. Empty: it is over as soon as the analysis, if any,
	// has passed once.
	//
	// +optional
	Hold *LongDuration `json:"hold,omitempty"`
	// Approval holds the rollout after this step until a ReleaseAction approves it.
	//
	// +optional
	Approval bool `json:"approval,omitempty"`
}

// CapacityRule is how many ready replicas are enough.
//
// +kubebuilder:validation:Enum=Proportional;AllReady
type CapacityRule string

const (
	// CapacityProportional asks for the share of the replicas that stable wanted when the rollout started.
	CapacityProportional CapacityRule = "Proportional"
	// CapacityAllReady asks for all replicas that the variant itself wants.
	CapacityAllReady CapacityRule = "AllReady"
)

// OnFailure is what happens when a rollout fails.
//
// +kubebuilder:validation:Enum=RollBack;Pause
type OnFailure string

const (
	// OnFailureRollBack sends all requests to stable.
	OnFailureRollBack OnFailure = "RollBack"
	// OnFailurePause leaves the split as it is until a person decides.
	OnFailurePause OnFailure = "Pause"
)

// LongDuration is a Go duration of one unit, "90s", "10m" or "24h". Between 1ms and 720h.
//
// +kubebuilder:validation:MaxLength=10
// +kubebuilder:validation:XValidation:rule="self.matches('^[1-9][0-9]{0,7}(ms|s|m|h)$') && duration(self) <= duration('720h')",message="must be a whole number with one unit (ms, s, m or h), from 1ms to 720h, such as 10m or 24h"
type LongDuration string

// Analysis judges the requests that rollout.to answers.
type Analysis struct {
	// Source is the name of a metric source of the operator's configuration. Empty: the one that is the default there. Never an address.
	//
	// +optional
	Source *MetricSourceName `json:"source,omitempty"`
	// Interval is how often the metrics are judged, and the window that each judgement looks at. The first begins when the split of the step
	// has settled. Between 1s and 24h.
	//
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[1-9][0-9]{0,7}ms$') || duration(self) >= duration('1s')",message="must be at least 1s, and several times the scrape interval of the metric source, or there would be no data"
	Interval Duration `json:"interval"`
	// FailureLimit is how many intervals of one step may fail before the rollout has failed. Empty: 1.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	FailureLimit *int32 `json:"failureLimit,omitempty"`
	// ErrorLimit is how many intervals in a row may end in an error before the rollout is paused: the metric source cannot be asked, or answers
	// with something that is no measurement. Errors alone never roll back. Empty: 5.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	ErrorLimit *int32 `json:"errorLimit,omitempty"`
	// MinRequests is how many requests rollout.to must have answered in the interval; with fewer there is no data. Empty: 1 for built-in metrics;
	// queries are judged by what they say alone, also of a Service whose requests nobody counts.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000000
	MinRequests *int64 `json:"minRequests,omitempty"`
	// OnNoData is what an interval without data counts as. Hold (default): as nothing, the step waits for one with data. Fail: as failed.
	// Pass: as passed.
	//
	// +optional
	OnNoData OnNoData `json:"onNoData,omitempty"`
	// Metrics that must all pass.
	//
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:XValidation:rule="self.all(m, self.filter(n, n.name == m.name && has(n.compareTo) == has(m.compareTo)).size() == 1)",message="two metrics must not have the same name, save one with bounds and one that compares: put the bounds into one entry"
	Metrics []Metric `json:"metrics"`
}

// MetricSourceName is the name of a metric source of the operator's configuration.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=32
// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="must be the name of a metric source of the operator's configuration: an address is not understood"
type MetricSourceName string

// OnNoData is what an interval without data counts as.
//
// +kubebuilder:validation:Enum=Hold;Fail;Pass
type OnNoData string

const (
	// OnNoDataHold waits for an interval with data.
	OnNoDataHold OnNoData = "Hold"
	// OnNoDataFail counts the interval as failed.
	OnNoDataFail OnNoData = "Fail"
	// OnNoDataPass counts the interval as passed.
	OnNoDataPass OnNoData = "Pass"
)

// Built-in metrics, measured in the mesh or at the edge, whichever carries the traffic.
const (
	// MetricSuccessRate is the per cent of requests that did not fail; of gRPC by grpc-status.
	MetricSuccessRate = "success-rate"
	// MetricRequestRate is the number of requests per second.
	MetricRequestRate = "request-rate"
	// MetricLatencyPrefix and a quantile in per cent, 50, 90, 95 or 99, is the time within which that many requests were answered.
	MetricLatencyPrefix = "latency-p"
)

// Metric is one thing that is measured, and what it may be. Absolute bounds (min, max) and a comparison (compareTo with maxDrop, maxRise) of the
// same metric are two entries.
//
// +kubebuilder:validation:XValidation:rule="has(self.query) != (self.name in ['success-rate', 'request-rate', 'latency-p50', 'latency-p90', 'latency-p95', 'latency-p99'])",message="the built-in metrics success-rate, request-rate, latency-p50, -p90, -p95 and -p99 have no query, and every other name needs one"
// +kubebuilder:validation:XValidation:rule="has(self.compareTo) ? !has(self.min) && !has(self.max) : has(self.min) || has(self.max)",message="a metric without compareTo needs min or max, and one with compareTo has neither: write two entries"
// +kubebuilder:validation:XValidation:rule="has(self.compareTo) == (has(self.maxDrop) || has(self.maxRise))",message="compareTo and maxDrop or maxRise belong together: how much less, or more, than there"
// +kubebuilder:validation:XValidation:rule="(!has(self.query) && self.name.startsWith('latency-p')) || ![has(self.min) ? self.min : '0', has(self.max) ? self.max : '0', has(self.maxDrop) ? self.maxDrop : '0', has(self.maxRise) ? self.maxRise : '0'].exists(v, v.endsWith('s'))",message="only latencies are durations: write a number without unit"
// +kubebuilder:validation:XValidation:rule="has(self.query) || !self.name.startsWith('latency-p') || ![has(self.min) ? self.min : 's', has(self.max) ? self.max : 's', has(self.maxDrop) ? self.maxDrop : 's', has(self.maxRise) ? self.maxRise : 's'].exists(v, !v.endsWith('s'))",message="a latency needs a unit: 500ms or 2s"
// +kubebuilder:validation:XValidation:rule="self.name != 'success-rate' || ![has(self.min) ? self.min : '99', has(self.max) ? self.max : '99'].exists(v, v.matches('^[0-9]{1,9}([.][0-9]*)?$') && (double(v) < 1.0 || double(v) > 100.0))",message="success-rate is in per cent: write 99.5, not 0.995"
type Metric struct {
	// Name is a built-in metric, success-rate (per cent), request-rate (per second), latency-p50, latency-p90, latency-p95 or latency-p99, or
	// any other name for a query of your own.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="must be a name such as declined-payments: a to z, 0 to 9 and -, beginning with a letter and not ending with -"
	Name string `json:"name"`
	// Query in PromQL that gives one number. {{ .Namespace }}, {{ .Service }}, {{ .Variant }}, {{ .Backend }} and {{ .Window }} stand for the
	// release's namespace, its Service, the variant that is judged, the Service that answers for it, and the interval. Every selector is
	// confined to the release's namespace.
	//
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^([^{]|[{][^{]|[{][{] ?[.](Namespace|Service|Variant|Backend|Window) ?[}][}])*$')",message="must hold no template other than {{ .Namespace }}, {{ .Service }}, {{ .Variant }}, {{ .Backend }} and {{ .Window }}"
	Query *string `json:"query,omitempty"`
	// Min is the least value that passes.
	//
	// +optional
	Min *MetricValue `json:"min,omitempty"`
	// Max is the greatest value that passes.
	//
	// +optional
	Max *MetricValue `json:"max,omitempty"`
	// CompareTo measures the same of another variant, over the same interval. Not judged while that one has no share.
	//
	// +optional
	CompareTo *CompareTo `json:"compareTo,omitempty"`
	// MaxDrop is how much less than there passes, in the metric's own unit.
	//
	// +optional
	MaxDrop *MetricMargin `json:"maxDrop,omitempty"`
	// MaxRise is how much more than there passes, in the metric's own unit.
	//
	// +optional
	MaxRise *MetricMargin `json:"maxRise,omitempty"`
	// DryRun measures and shows, and counts for nothing.
	//
	// +optional
	DryRun bool `json:"dryRun,omitempty"`
}

// CompareTo is the variant that a metric is compared with.
//
// +kubebuilder:validation:Enum=Stable
type CompareTo string

// CompareToStable compares with stable.
const CompareToStable CompareTo = "Stable"

// MetricValue is a bound of a metric: a decimal number, for latencies with a unit.
//
// +kubebuilder:validation:MaxLength=20
// +kubebuilder:validation:XValidation:rule="self.matches('^-?[0-9]{1,9}([.][0-9]{1,6})?(ms|s)?$')",message="must be a decimal number such as 99.5, for latencies with ms or s"
type MetricValue string

// MetricMargin is a difference between two measurements: a decimal number that is not negative, for latencies with a unit.
//
// +kubebuilder:validation:MaxLength=20
// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9]{1,9}([.][0-9]{1,6})?(ms|s)?$')",message="must be a decimal number that is not negative such as 0.5, for latencies with ms or s"
type MetricMargin string
