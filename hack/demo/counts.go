package main

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// window is how far back the table looks, in buckets of a second.
const window = 10

// counts is what came back of one kind of request.
type counts struct {
	mu           sync.Mutex
	done, failed int // from the beginning
	failure      string
	buckets      [window]bucket
}

// bucket is what came back in one second.
type bucket struct {
	second       int64
	done, failed int
	failure      string // the last one, of a sum alone
	byDeployment map[string]int
	byVersion    map[string]int
}

// answer is what came back of one request.
type answer struct {
	pod, version string
	failure      string // empty for a good answer
}

func (c *counts) add(a answer, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := &c.buckets[now.Unix()%window]
	if b.second != now.Unix() {
		*b = bucket{second: now.Unix(), byDeployment: map[string]int{}, byVersion: map[string]int{}}
	}
	c.done++
	b.done++
	if a.failure != "" {
		c.failure = a.failure
		c.failed++
		b.failed++
	}
	if a.pod != "" {
		b.byDeployment[deploymentOf(a.pod)]++
		b.byVersion[a.version]++
	}
}

// forget empties the window: what came before the shares changed says nothing about the new ones.
func (c *counts) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.buckets = [window]bucket{}
}

// recent sums up the window.
func (c *counts) recent(now time.Time) bucket {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := bucket{failure: c.failure, byDeployment: map[string]int{}, byVersion: map[string]int{}}
	for _, b := range c.buckets {
		if now.Unix()-b.second >= window {
			continue
		}
		sum.done, sum.failed = sum.done+b.done, sum.failed+b.failed
		addTo(sum.byDeployment, b.byDeployment)
		addTo(sum.byVersion, b.byVersion)
	}
	return sum
}

func (c *counts) total() (done, failed int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done, c.failed
}

func addTo(sum, more map[string]int) {
	for name, count := range more {
		sum[name] += count
	}
}

// deploymentOf is the Deployment of a pod, whose name is the Deployment's with the hash of the template and five letters.
func deploymentOf(pod string) string {
	parts := strings.Split(pod, "-")
	return strings.Join(parts[:max(1, len(parts)-2)], "-")
}

// row is one route with what came back in the window.
type row struct {
	route        route
	done, failed int
	parts        []part
	remark       string
}

// part is what one answerer answered.
type part struct {
	answerer
	// asked is false for somebody of whom no release speaks.
	asked bool
	count int
}

// share is in per cent.
func (r row) share(p part) float64 {
	if r.done == 0 {
		return 0
	}
	return 100 * float64(p.count) / float64(r.done)
}

// newRow lays what came back beside what the route asks for.
func newRow(asked route, came bucket) row {
	r := row{route: asked, done: came.done, failed: came.failed}
	if r.failed > 0 {
		r.remark = "the last error: " + came.failure
	} else {
		r.remark = asked.remark
	}
	byService := false
	for _, one := range asked.answerers {
		p := part{answerer: one, asked: true}
		if one.deployment != "" {
			p.count = came.byDeployment[one.deployment]
			delete(came.byDeployment, one.deployment)
		} else {
			p.count, byService = came.byVersion[one.name], true
		}
		r.parts = append(r.parts, p)
	}
	if byService { // who else answered cannot be told: the pods behind a Service are known by their version only
		return r
	}
	for _, deployment := range slices.Sorted(maps.Keys(came.byDeployment)) {
		r.parts = append(r.parts, part{answerer: answerer{name: deployment}, count: came.byDeployment[deployment]})
	}
	return r
}
