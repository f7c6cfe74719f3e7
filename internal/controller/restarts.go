package controller

import (
	"context"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/census"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
	"github.com/kubemate/kubemate/internal/restart"
)

// restarts restarts the workloads of namespaces.
type restarts struct {
	writer   *apply.Restarts
	recorder events.EventRecorder

	mu sync.Mutex
	// lasts are the last restarts, by namespace.
	lasts map[string]last
}

// last is what became of a restart.
type last struct {
	uid  types.UID
	mark string
	// refusal is what the API server said. Empty: it did as it was asked.
	refusal string
}

func newRestarts(writer *apply.Restarts, recorder events.EventRecorder) *restarts {
	return &restarts{writer: writer, recorder: recorder, lasts: map[string]last{}}
}

// restarting is what is to be restarted in a namespace, and who asks for it.
type restarting struct {
	restart.Plan
	policies []*v1alpha1.MeshPolicy
}

// shown is what people are shown, by policy. Nil: nothing.
func (r *restarting) shown() map[string]v1alpha1.RestartStatus {
	if r == nil {
		return nil
	}
	return r.Statuses
}

// decide plans the restarts of a namespace. Nil: nobody asks for any, or it is not time for them.
func (r *restarts) decide(view *load.View, planned plan.Plan, results map[string]apply.Result, counts *census.Counts) *restarting {
	if !view.RestartsAllowed || counts == nil || !annotated(view, planned, results) {
		return nil
	}
	asking, asks := askers(view, &planned)
	if len(asks) == 0 {
		return nil
	}
	if compose.BypassExpired(view.Policies, view.Now) {
		return &restarting{restart.Stop(asks, "the bypass of the namespace has expired, and its end restarts nothing: take it out of the policy"), asking}
	}
	if absent := problemOf(planned, v1alpha1.ReasonInjectorAbsent); absent != "" {
		return &restarting{restart.Stop(asks, absent), asking}
	}
	workloads := view.Sets.Workloads(counts.Waiting, func(of census.Workload) restart.Wanted {
		return restart.Wanted{Annotations: planned.Applied(of), Kept: planned.KeepsTemplate(of)}
	})
	others := counts.Pods.Waiting
	for i := range workloads {
		others -= workloads[i].Waiting
	}
	decided := &restarting{restart.Decide(asks, workloads, others), asking}
	if message := r.refusal(view.Namespace); message != "" && decided.Next != nil {
		for name, status := range decided.Statuses {
			if status.Left > 0 {
				status.Phase, status.Message = v1alpha1.RestartStopped, message
				decided.Statuses[name] = status
			}
		}
	}
	return decided
}

// askers are the policies that ask for restarts and may have them.
func askers(view *load.View, planned *plan.Plan) (asking []*v1alpha1.MeshPolicy, asks []restart.Ask) {
	for _, policy := range view.Policies {
		origin := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: policy.Name}
		if !compose.Restarts(&policy.Spec) || planned.Refuses(origin) {
			continue
		}
		ask := restart.Ask{Name: policy.Name, UID: policy.UID, Generation: policy.Generation}
		if policy.Spec.Target.Name != nil {
			ask.Of = planned.WorkloadsOf(origin)
		}
		asking, asks = append(asking, policy), append(asks, ask)
	}
	return asking, asks
}

// problemOf is the message of the first problem with a reason. Empty: there is none.
func problemOf(planned plan.Plan, reason string) string {
	for _, problem := range planned.Problems {
		if problem.Reason == reason {
			return problem.Message
		}
	}
	return ""
}

// annotated says whether the Namespace has what is planned for it, and the cache shows it: what pods wait for follows from that.
func annotated(view *load.View, planned plan.Plan, results map[string]apply.Result) bool {
	for i := range planned.Groups {
		group := &planned.Groups[i]
		if group.Key != plan.GroupNamespace {
			continue
		}
		if results[group.Key].State != apply.Done {
			return false
		}
		for _, borrowed := range group.Borrowed {
			for key, value := range borrowed.Annotations {
				if view.Pods.Around.Annotations[key] != value {
					return false
				}
			}
		}
	}
	return true
}

// carryOut restarts the next workload. Until the cache shows it the same is done again, which restarts nothing.
func (r *restarts) carryOut(ctx context.Context, namespace string, decided *restarting) error {
	if decided == nil || decided.Next == nil {
		r.forget(namespace)
		return nil
	}
	done := last{uid: decided.Next.Workload.UID, mark: decided.Next.Mark}
	err := r.writer.Restart(ctx, namespace, *decided.Next)
	if err != nil {
		done = last{refusal: err.Error()}
	}
	r.mu.Lock()
	repeated := r.lasts[namespace] == done
	r.lasts[namespace] = done
	r.mu.Unlock()
	if err != nil {
		return err
	}
	if repeated {
		return nil
	}
	for _, policy := range decided.policies {
		if decided.Statuses[policy.Name].Left == 0 {
			continue // another policy asks for it
		}
		r.recorder.Eventf(policy, nil, corev1.EventTypeNormal, v1alpha1.ReasonRestarted, "Restart", "%s", note("restarted "+decided.Next.Workload.String()))
	}
	return nil
}

func (r *restarts) refusal(namespace string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lasts[namespace].refusal
}

// forget drops what is known of a namespace.
func (r *restarts) forget(namespace string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.lasts, namespace)
}
