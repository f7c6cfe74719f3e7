package release

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// repeating is something that is done each second.
type repeating struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
	times   atomic.Int64
	errs    []error
}

// repeatedly does something each second until it is stopped.
func (s *shop) repeatedly(do func() error) *repeating {
	ctx, cancel := context.WithCancel(s.ctx)
	r := &repeating{cancel: cancel}
	r.running.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			if err := do(); err != nil && ctx.Err() == nil {
				r.errs = append(r.errs, err)
			}
			r.times.Add(1)
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
	return r
}

// stop ends it and returns the errors that came.
func (r *repeating) stop() []error {
	r.cancel()
	r.running.Wait()
	return r.errs
}

// generated are the kinds that Kubemate writes here.
var generated = []schema.GroupVersionKind{leafKind, meshKind, splitKind, routeKind}

var (
	leafKind  = schema.GroupVersionKind{Version: "v1", Kind: "Service"}
	meshKind  = schema.GroupVersionKind{Group: "policy.linkerd.io", Version: "v1beta3", Kind: "HTTPRoute"}
	splitKind = schema.GroupVersionKind{Group: "traefik.io", Version: "v1alpha1", Kind: "TraefikService"}
	routeKind = schema.GroupVersionKind{Group: "traefik.io", Version: "v1alpha1", Kind: "IngressRoute"}
)

// ours selects what Kubemate has written.
var ours = client.MatchingLabels{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy}

// scribble adds to every generated object what does not belong there.
func (s *shop) scribble(at time.Time) error {
	for _, kind := range generated {
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(kind)
		if err := admin.List(s.ctx, list, client.InNamespace(s.namespace), ours); err != nil {
			return err
		}
		for i := range list.Items {
			object := &list.Items[i]
			patch := fmt.Sprintf(`{"metadata":{"annotations":{"foreign.example/at":%q,%q:"edited"}}}`, at.Format(time.RFC3339Nano), v1alpha1.AnnotationApplied)
			if kind == splitKind {
				patch = `{"spec":{"weighted":{"sticky":{"cookie":{"name":"foreign"}}}}}`
			}
			err := admin.Patch(s.ctx, object, client.RawPatch("application/merge-patch+json", []byte(patch)), client.FieldOwner("somebody"))
			if client.IgnoreNotFound(err) != nil {
				return err
			}
		}
	}
	return nil
}

func foreignEdits(s *shop) {
	s.service("orders", "v1", "v2")
	result := s.underLoad("orders", rate, func() {
		scribbling := s.repeatedly(func() error { return s.scribble(time.Now()) })
		s.create(rollout("orders", step(5, 2*time.Second), step(25, 2*time.Second), step(100, 0)))
		of := s.eventually("orders", v1alpha1.PhaseSucceeded, 0)
		s.Expect(scribbling.stop()).To(BeEmpty())
		numbers, at := stepsBegun(of)
		s.Expect(numbers).To(Equal([]int32{1, 2, 3}))
		for i := 1; i < len(at); i++ {
			s.Expect(at[i].Sub(at[i-1])).To(BeNumerically("<", 6*time.Second), "a foreign edit began a hold anew")
		}
		s.eventuallyShares("orders", "v2", 1)
	})
	s.Expect(result.Err()).NotTo(HaveOccurred())
}

// manifest is a release as it stands in Git.
func manifest(of *v1alpha1.CanaryRelease, namespace string) (string, error) {
	content, err := yaml.Marshal(map[string]any{
		"apiVersion": v1alpha1.GroupVersion.String(), "kind": v1alpha1.KindCanaryRelease,
		"metadata": map[string]any{"name": of.Name, "namespace": namespace}, "spec": of.Spec,
	})
	return string(content), err
}

// gitOps applies a release the way a GitOps controller does.
func (s *shop) gitOps(text string) error {
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), object); err != nil {
		return err
	}
	return admin.Apply(s.ctx, client.ApplyConfigurationFromUnstructured(object), client.FieldOwner("gitops"), client.ForceOwnership)
}

func appliedAgain(s *shop) {
	s.service("orders", "v1", "v2")
	text, err := manifest(rollout("orders", step(5, 2*time.Second), approved(step(25, 2*time.Second)), step(100, 0)), s.namespace)
	s.Expect(err).NotTo(HaveOccurred())
	result := s.underLoad("orders", rate, func() {
		s.Expect(s.gitOps(text)).To(Succeed())
		applying := s.repeatedly(func() error { return s.gitOps(text) })
		s.eventually("orders", v1alpha1.PhaseAwaitingApproval, 2)
		s.act("orders", v1alpha1.VerbApprove, ptr.To(int32(2)))
		s.eventually("orders", v1alpha1.PhaseSucceeded, 0)
		s.eventuallyShares("orders", "v2", 1)
		again := applying.times.Load() + 2 // one that is under way does not count
		s.Eventually(applying.times.Load, soon, look).Should(BeNumerically(">=", again))
		s.Expect(applying.stop()).To(BeEmpty())
	})
	s.Expect(result.Err()).NotTo(HaveOccurred())
	of := s.release("orders")
	numbers, _ := stepsBegun(of)
	s.Expect(numbers).To(Equal([]int32{1, 2, 3}))
	s.Expect(of.Generation).To(BeEquivalentTo(1), "a re-apply changed the spec")
	s.Expect(of.Status.Release.Phase).To(Equal(v1alpha1.PhaseSucceeded))
}

func tidiedUp(s *shop) {
	s.service("orders", "v1", "v2")
	old, err := manifest(rollout("orders", step(50, 0), step(100, 0)), s.namespace)
	s.Expect(err).NotTo(HaveOccurred())
	result := s.underLoad("orders", rate, func() {
		s.Expect(s.gitOps(old)).To(Succeed())
		s.eventually("orders", v1alpha1.PhaseSucceeded, 0)
		s.eventuallyShares("orders", "v2", 1)
		s.scale("orders-v1", 0)
		s.eventuallyReady("orders-v1", 0)
		s.edit("orders", func(of *v1alpha1.CanaryRelease) { of.Spec.Stable = "v2" })
		s.steady("orders")
		s.Expect(s.gitOps(old)).To(Succeed()) // the old Git state: stable is v1, which is empty
		s.steady("orders")
		s.Expect(admin.Delete(s.ctx, s.release("orders"))).To(Succeed())
		s.eventuallyNone(leafKind) // the Service selects pods of v2 only, so nothing needs to be retained
		s.steady("orders")
		s.Expect(s.gitOps(old)).To(Succeed()) // and once more, as a restored backup would: without status
		of := s.eventually("orders", v1alpha1.PhaseSucceeded, 0)
		s.Expect(of.Status.Stable).To(BeEquivalentTo("v2"))
		s.steady("orders")
	})
	s.Expect(result.Err()).NotTo(HaveOccurred())
}

// steady looks for a moment whether all requests go to v2.
func (s *shop) steady(service string) {
	s.Helper()
	s.Consistently(func() float64 { return s.sample(service, 20).Share("v2") }, 1500*time.Millisecond, 100*time.Millisecond).Should(Equal(1.0))
}

// deletedInEachPhase deletes a release in each phase that one can be in, all at the same time, each with a part of the load.
func deletedInEachPhase(s *shop, onDelete v1alpha1.OnDelete) {
	phases := map[string]struct {
		phase v1alpha1.ReleasePhase
		step  int32
		reach func(name string)
	}{
		"moving":   {v1alpha1.PhaseProgressing, 1, func(string) {}},
		"waiting":  {v1alpha1.PhaseAwaitingApproval, 1, func(string) {}},
		"paused":   {v1alpha1.PhasePaused, 1, func(name string) { s.act(name, v1alpha1.VerbPause, nil) }},
		"aborted":  {v1alpha1.PhaseRolledBack, 0, func(name string) { s.act(name, v1alpha1.VerbAbort, nil) }},
		"finished": {v1alpha1.PhaseSucceeded, 0, func(string) {}},
	}
	stable := map[string]string{"finished": "v2"}
	for name, one := range phases {
		s.service(name, "v1", "v2")
		made := rollout(name, step(40, time.Hour), step(100, 0))
		switch name {
		case "waiting":
			made.Spec.Rollout.Steps[0] = approved(step(40, 0))
		case "finished":
			made.Spec.Rollout.Steps = made.Spec.Rollout.Steps[1:]
		}
		made.Spec.OnDelete = onDelete
		s.create(made)
		if one.phase != v1alpha1.PhaseSucceeded {
			s.eventually(name, phases["moving"].phase, 1)
		}
		one.reach(name)
		s.eventually(name, one.phase, one.step)
	}
	var all sync.WaitGroup
	for name := range phases {
		all.Go(func() {
			result := s.underLoad(name, rate/5, func() {
				if err := admin.Delete(s.ctx, &v1alpha1.CanaryRelease{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name}}); err != nil {
					s.Error(err)
				}
				want := 1.0
				version := "v1"
				if stable[name] != "" {
					version = stable[name]
				}
				if onDelete == v1alpha1.OnDeleteRelease {
					want = 0.5 // the Service selects all pods as if there had never been a release
				}
				NewWithT(s.T).Eventually(func() float64 { return s.sample(name, 100).Share(version) }, soon, look).Should(BeNumerically("~", want, 0.05))
			})
			if err := result.Err(); err != nil {
				s.Errorf("%s: %v", name, err)
			}
		})
	}
	all.Wait()
}
