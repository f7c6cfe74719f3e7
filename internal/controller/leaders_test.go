package controller_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// freezer is a transport of a process that is stopped with a write on its lips, and continued later: from that write on nothing leaves the
// process, the lease neither, and then everything does that was to leave.
type freezer struct {
	// suffix is what the path of the write ends with, query what it is asked with.
	suffix, query string

	once   sync.Once
	mu     sync.Mutex
	armed  bool
	frozen chan struct{}
	thawed chan struct{}
	// answers are the codes of what was frozen and was of this kind.
	answers []int
}

func newFreezer(suffix, query string) *freezer {
	return &freezer{suffix: suffix, query: query, frozen: make(chan struct{}), thawed: make(chan struct{})}
}

func (f *freezer) wrap(cfg *rest.Config) {
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { return freezing{f, next} })
}

// arm makes the next such write be the last.
func (f *freezer) arm() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = true
}

// matters says whether this is such a write, and stops the process when it is armed.
func (f *freezer) matters(request *http.Request) bool {
	if request.Method == http.MethodGet || !strings.HasSuffix(request.URL.Path, f.suffix) || !strings.Contains(request.URL.RawQuery, f.query) {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.armed {
		f.armed = false
		close(f.frozen)
	}
	return true
}

func (f *freezer) stopped() bool {
	select {
	case <-f.frozen:
		return true
	default:
		return false
	}
}

// thaw continues the process.
func (f *freezer) thaw() { f.once.Do(func() { close(f.thawed) }) }

// answered are the codes that the API server answered to what was frozen.
func (f *freezer) answered() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.answers
}

// freezing is one connection of a process that is stopped and continued.
type freezing struct {
	*freezer
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper. No deadline ends a request while the process is stopped, and none that has left it is called back.
func (f freezing) RoundTrip(request *http.Request) (*http.Response, error) {
	matters := f.matters(request)
	if !f.stopped() {
		return f.next.RoundTrip(request)
	}
	<-f.thawed
	response, err := f.next.RoundTrip(request.WithContext(context.WithoutCancel(request.Context())))
	if matters && err == nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.answers = append(f.answers, response.StatusCode)
	}
	return response, err
}

var _ = Describe("A leader that is stopped and continued", func() {
	// overtaken begins a rollout with a leader that stops with a write of its second step on its lips, and goes on with another.
	overtaken := func(ctx context.Context, s shop, stops *freezer, made *v1alpha1.CanaryRelease) {
		GinkgoHelper()
		stopOperator()
		ended := runOperator(context.Background(), stops.wrap)
		s.rolling(ctx, made)
		Eventually(func() string { return s.release(ctx).Status.Weights }).Should(Equal("v1 95%, v2 5%"))
		stops.arm()
		Eventually(stops.stopped).Should(BeTrue())
		stopOperator = startOperator()
		DeferCleanup(func() {
			var err error
			Eventually(ended).Should(Receive(&err))
			Expect(err).To(MatchError(ContainSubstring("leader election lost")))
		})
		DeferCleanup(stops.thaw)
	}

	DescribeTable("lands no stale weight", func(ctx SpecContext, suffix, query string) {
		s := newShop(ctx)
		seen := s.follow(ctx)
		stops := newFreezer("/namespaces/"+s.namespace+suffix, query)
		overtaken(ctx, s, stops, rollout(step("5", time.Second), step("25", 100*time.Millisecond), step("50", time.Hour), step("100", 0)))
		Eventually(func() string { return s.release(ctx).Status.Weights }).Should(Equal("v1 50%, v2 50%"))
		stops.thaw()
		Eventually(stops.answered).Should(Equal([]int{http.StatusConflict}))
		Consistently(func() map[string]int { return s.split(ctx) }, time.Second).Should(Equal(s.shares(50, 50)))
		Expect(s.stepsTaken(ctx)).To(Equal([]int32{1, 2, 3}))
		Expect(seen.distinct()).To(Equal([]int32{5, 25, 50}))
	},
		Entry("in a decision", "/canaryreleases/orders/status", "fieldManager="+v1alpha1.ReleaseFieldManager),
		Entry("in a split", "/configmaps/routes.orders", ""),
	)

	It("makes nothing anew that was deleted", func(ctx SpecContext) {
		s := newShop(ctx)
		stops := newFreezer("/namespaces/"+s.namespace+"/configmaps/routes.orders", "")
		made := rollout(step("5", time.Second), step("25", time.Hour), step("100", 0))
		made.Spec.OnDelete = v1alpha1.OnDeleteRelease
		overtaken(ctx, s, stops, made)
		Eventually(func() string { return s.release(ctx).Status.Weights }).Should(Equal("v1 75%, v2 25%"))
		Expect(cluster.Delete(ctx, s.release(ctx))).To(Succeed())
		table := func() *corev1.ConfigMap { return s.configMap(ctx, "routes.orders") }
		Eventually(table).Should(BeNil())
		stops.thaw()
		Eventually(stops.answered).Should(Equal([]int{http.StatusConflict}))
		Consistently(table, time.Second).Should(BeNil())
	})
})
