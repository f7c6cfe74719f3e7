package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Verdict is what came of judging a metric over an interval.
//
// +kubebuilder:validation:Enum=Pass;Fail;NoData;Error
type Verdict string

const (
	// VerdictPass is within the bounds.
	VerdictPass Verdict = "Pass"
	// VerdictFail is out of bounds.
	VerdictFail Verdict = "Fail"
	// VerdictNoData is nothing, or too little, to judge.
	VerdictNoData Verdict = "NoData"
	// VerdictError is a metric source that could not be asked, or that answered with something that is no measurement. Never a pass.
	VerdictError Verdict = "Error"
)

// ReleaseAnalysis is how a step was judged.
type ReleaseAnalysis struct {
	// Interval is the number of the last interval that was judged, counted from 1 in each step.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	Interval int32 `json:"interval,omitempty"`
	// Until is where that interval ended, or when the rollout was resumed after it. The next begins there.
	//
	// +optional
	Until *metav1.MicroTime `json:"until,omitempty"`
	// Verdict on that interval, all metrics together.
	//
	// +optional
	Verdict Verdict `json:"verdict,omitempty"`
	// Failures counts the failed intervals of this step.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	Failures int32 `json:"failures,omitempty"`
	// Errors counts the intervals in a row, up to the last, that ended in an error.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	Errors int32 `json:"errors,omitempty"`
	// Metrics is how each was judged.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	Metrics []MetricStatus `json:"metrics,omitempty"`
	// Observed are the shares of the requests that the variants really answered in that interval, inside the mesh and at the edge together, as the
	// metric source counted them; a variant that answered none is left out. Requests that match rules send count too. Each share is rounded.
	// Empty: they are not known, because nothing was counted or the metric source did not answer.
	//
	// +optional
	// +listType=map
	// +listMapKey=variant
	// +kubebuilder:validation:MaxItems=16
	Observed []ReleaseShare `json:"observed,omitempty"`
}

// MetricStatus is how one metric was judged in the present step.
type MetricStatus struct {
	// Name of the metric.
	//
	// +kubebuilder:validation:MaxLength=63
	Name string `json:"name"`
	// CompareTo is the variant that it was compared with. Empty: none.
	//
	// +optional
	CompareTo CompareTo `json:"compareTo,omitempty"`
	// DryRun says that it counts for nothing.
	//
	// +optional
	DryRun bool `json:"dryRun,omitempty"`
	// Verdict on the last interval.
	Verdict Verdict `json:"verdict"`
	// Value that was measured last. Empty: none.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Value string `json:"value,omitempty"`
	// Message says what was wrong with it. Empty: nothing.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Message string `json:"message,omitempty"`
	// Query that was asked.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=4096
	Query string `json:"query,omitempty"`
	// Failures counts its failed intervals.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	Failures int32 `json:"failures,omitempty"`
	// Errors counts its intervals that ended in an error.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	Errors int32 `json:"errors,omitempty"`
	// NoData counts its intervals without data.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	NoData int32 `json:"noData,omitempty"`
}
