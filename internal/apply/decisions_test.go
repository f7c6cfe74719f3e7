package apply

import (
	"context"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// statusServer takes applies of statuses and answers with version 20.
type statusServer struct {
	client.SubResourceWriter
	sent *unstructured.Unstructured
}

func (s *statusServer) Status() client.SubResourceWriter { return s }

func (s *statusServer) Apply(_ context.Context, config runtime.ApplyConfiguration, _ ...client.SubResourceApplyOption) error {
	object := unwrap(config)
	s.sent = object.DeepCopy()
	object.SetResourceVersion("20")
	return nil
}

func TestADecisionIsWrittenOnTopOfWhatWasRead(t *testing.T) {
	now := time.Unix(0, 0)
	server := &statusServer{}
	decisions := NewDecisions(server, nil, func() time.Time { return now })
	of := &v1alpha1.CanaryRelease{}
	of.Namespace, of.Name, of.UID, of.ResourceVersion = "shop", "orders", "r-1", "10"
	if decisions.Behind(of) {
		t.Error("behind before anything was written")
	}
	if err := decisions.Write(t.Context(), of, &v1alpha1.ReleaseStatus{Revision: 3, Phase: v1alpha1.PhaseProgressing}); err != nil {
		t.Fatal(err)
	}
	if server.sent.GetUID() != "r-1" || server.sent.GetResourceVersion() != "10" {
		t.Errorf("written without precondition: %v", server.sent)
	}
	if revision, _, _ := unstructured.NestedInt64(server.sent.Object, "status", "release", "revision"); revision != 3 {
		t.Errorf("sent %v", server.sent)
	}
	if len(server.sent.Object["status"].(map[string]any)) != 1 {
		t.Error("more than the decision is written")
	}
	if !decisions.Behind(of) {
		t.Error("a cache that does not show the decision is decided on")
	}
	other := of.DeepCopy()
	other.UID = "r-2"
	if decisions.Behind(other) {
		t.Error("a new release of the name waits for the old one's decision")
	}
}

func TestACacheThatNeverShowsADecisionIsBelievedInTheEnd(t *testing.T) {
	now := time.Unix(0, 0)
	decisions := NewDecisions(&statusServer{}, nil, func() time.Time { return now })
	of := &v1alpha1.CanaryRelease{}
	of.UID, of.ResourceVersion = "r-1", "10"
	if err := decisions.Write(t.Context(), of, &v1alpha1.ReleaseStatus{}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(unseenFor)
	if decisions.Behind(of) {
		t.Error("after a restored backup of the API server nothing would ever be decided again")
	}
}
