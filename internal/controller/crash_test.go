package controller_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// errCrashed is the answer to everything after the crash.
var errCrashed = errors.New("the operator has crashed")

// moment is when an operator crashes, in relation to its first write about a namespace.
type moment string

const (
	// answerLost is after the API server has stored the write and before the operator hears of it.
	answerLost moment = "the answer lost"
	// beforeNext is after the operator has heard of it, as it is about to send the next.
	beforeNext moment = "before the next"
)

// crash is a transport that carries one write about a namespace to the API server, and none after it.
type crash struct {
	namespace string
	at        moment
	crashed   chan struct{}

	mu      sync.Mutex
	written bool
	down    bool
}

func newCrash(namespace string, at moment) *crash {
	return &crash{namespace: namespace, at: at, crashed: make(chan struct{})}
}

func (c *crash) happened() bool {
	select {
	case <-c.crashed:
		return true
	default:
		return false
	}
}

func (c *crash) wrap(cfg *rest.Config) {
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { return crashing{c, next} })
}

// crashing is one connection of an operator that crashes.
type crashing struct {
	*crash
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper. The lease is let through: the operators of a test follow one another.
func (c crashing) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodGet || strings.Contains(request.URL.Path, "/leases") {
		return c.next.RoundTrip(request)
	}
	counts := strings.Contains(request.URL.Path, "/namespaces/"+c.namespace+"/") && !strings.HasSuffix(request.URL.Path, "/events")
	if !c.send(counts) {
		return nil, errCrashed
	}
	response, err := c.next.RoundTrip(request)
	if !counts || err != nil || c.at != answerLost {
		return response, err
	}
	close(c.crashed)
	return nil, errors.Join(errCrashed, response.Body.Close())
}

// send says whether a write leaves the operator.
func (c *crash) send(counts bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.down:
		return false
	case !counts:
		return true
	case c.written:
		c.down = true
		close(c.crashed)
		return false
	}
	c.written, c.down = true, c.at == answerLost
	return true
}

// splits gathers every split that a release was ever given, as shares of v2.
type splits struct {
	mu     sync.Mutex
	shares []int32
}

// follow watches the routing table of orders.
func (s shop) follow(ctx context.Context) *splits {
	GinkgoHelper()
	watcher, err := client.NewWithWatch(server.Config(), client.Options{Scheme: cluster.Scheme()})
	Expect(err).NotTo(HaveOccurred())
	events, err := watcher.Watch(ctx, &corev1.ConfigMapList{}, client.InNamespace(s.namespace))
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(events.Stop)
	seen := &splits{}
	leaf := s.leaf("v2")
	go func() {
		for event := range events.ResultChan() {
			if table, ok := event.Object.(*corev1.ConfigMap); ok && table.Name == "routes.orders" {
				seen.add(table, leaf)
			}
		}
	}()
	return seen
}

func (s *splits) add(table *corev1.ConfigMap, leaf string) {
	var routes []model.Route
	if json.Unmarshal([]byte(table.Data["routes"]), &routes) != nil || len(routes) == 0 {
		return
	}
	share := int32(0)
	for _, part := range routes[len(routes)-1].Split {
		if part.Backend == leaf {
			share = part.Weight
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shares = append(s.shares, share)
}

// distinct are the splits in order, each as long as it lasted once.
func (s *splits) distinct() []int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Compact(slices.Clone(s.shares))
}

// finished says whether a release has nothing left to do.
func (s shop) finished(ctx context.Context) bool {
	GinkgoHelper()
	return s.phase(ctx)() == v1alpha1.PhaseSucceeded && s.readiness(ctx)() == v1alpha1.ReasonReady
}

var _ = DescribeTable("A rollout whose operator crashes after each single write takes every step once and in order",
	func(ctx SpecContext, at moment) {
		s := newShop(ctx)
		stopOperator()
		seen := s.follow(ctx)
		const hold = 200 * time.Millisecond
		s.rolling(ctx, rollout(step("5", hold), step("25", hold), step("100", 0)))
		crashes := 0
		for ; crashes < 40; crashes++ {
			broken := newCrash(s.namespace, at)
			stopOperator = startOperator(broken.wrap)
			Eventually(func() bool { return broken.happened() || s.finished(ctx) }).Should(BeTrue())
			if !broken.happened() {
				break // nothing was left to write
			}
			stopOperator()
		}
		GinkgoWriter.Println("crashed", crashes, "times; shares of v2:", seen.distinct())
		Expect(crashes).To(BeNumerically(">", 9), "less was written than the leaves, three steps and what is said of them")
		stopOperator()
		stopOperator = startOperator()
		Eventually(s.finished).WithContext(ctx).Should(BeTrue())
		Expect(s.split(ctx)).To(Equal(s.shares(0, 100)))
		Expect(s.stepsTaken(ctx)).To(Equal([]int32{1, 2, 3}))
		Expect(seen.distinct()).To(Equal([]int32{5, 25, 100}))
	},
	Entry("and never hears that it was stored", answerLost),
	Entry("and never sends the next", beforeNext),
)
