package bench

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/plan"
)

// call is one request of the operator, when it was sent and when its answer was there. Watches and Leases are left out.
type call struct {
	method, path, query, contentType string
	body                             []byte
	status                           int
	began, ended                     time.Time

	// What the path names.
	resource, subresource string
	object                client.ObjectKey
	// read is what it means, once somebody has asked.
	read *meaning
}

// kind of a call, for people.
func (c *call) kind() string {
	name := c.method + " " + c.resource
	if c.subresource != "" {
		name += "/" + c.subresource
	}
	return name
}

// event says whether the call records an Event.
func (c *call) event() bool { return c.resource == "events" }

// stored says whether the call made the API server write.
func (c *call) stored() bool {
	return c.method != http.MethodGet && c.status < http.StatusMultipleChoices
}

// write says whether the call changed an object that lasts.
func (c *call) write() bool { return c.stored() && !c.event() }

// meaning is what a call stored, as far as releases go.
type meaning struct {
	// decision about a release. Nil: it is none.
	decision *v1alpha1.ReleaseStatus
	// split is the Service whose split was written. Empty: none.
	split client.ObjectKey
}

// means reads the call, once.
func (c *call) means() meaning {
	if c.read == nil {
		c.read = &meaning{}
		if c.write() {
			*c.read = c.understand()
		}
	}
	return *c.read
}

func (c *call) understand() meaning {
	var body struct {
		Metadata struct {
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
		Status struct {
			Release *v1alpha1.ReleaseStatus `json:"release"`
		} `json:"status"`
	}
	if json.Unmarshal(c.body, &body) != nil {
		return meaning{}
	}
	if c.resource == "canaryreleases" {
		return meaning{decision: body.Status.Release}
	}
	retain, err := plan.DecodeRetain(body.Metadata.Annotations[v1alpha1.AnnotationRetain])
	if err != nil {
		return meaning{}
	}
	return meaning{split: client.ObjectKey{Namespace: c.object.Namespace, Name: retain.Service}}
}

// calls are those of the operator so far.
type calls struct {
	mu   sync.Mutex
	done []*call
}

// since are the calls whose answers came after an instant, in order.
func (c *calls) since(instant time.Time) []*call {
	c.mu.Lock()
	defer c.mu.Unlock()
	var found []*call
	for _, one := range c.done {
		if one.ended.After(instant) {
			found = append(found, one)
		}
	}
	return found
}

// last is when the last answer came.
func (c *calls) last() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.done) == 0 {
		return time.Time{}
	}
	return c.done[len(c.done)-1].ended
}

func (c *calls) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		if request.URL.Query().Has("watch") || strings.Contains(request.URL.Path, "/leases/") {
			return next.RoundTrip(request)
		}
		one := &call{
			method: request.Method, path: request.URL.Path, query: request.URL.RawQuery, contentType: request.Header.Get("Content-Type"),
		}
		one.named()
		if request.Body != nil {
			body, err := io.ReadAll(request.Body)
			if err != nil {
				return nil, err
			}
			one.body, request.Body = body, io.NopCloser(bytes.NewReader(body))
		}
		one.began = time.Now()
		response, err := next.RoundTrip(request)
		if err != nil {
			return nil, err
		}
		one.status, one.ended = response.StatusCode, time.Now()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.done = append(c.done, one)
		return response, nil
	})
}

// named reads what a path names: /apis/GROUP/VERSION/namespaces/NAMESPACE/RESOURCE/NAME/SUBRESOURCE and the like.
func (c *call) named() {
	parts := strings.Split(strings.Trim(c.path, "/"), "/")
	at := 2 // behind /api/VERSION
	if parts[0] == "apis" {
		at = 3
	}
	rest := parts[min(at, len(parts)):]
	if len(rest) > 2 && rest[0] == "namespaces" {
		c.object.Namespace, rest = rest[1], rest[2:]
	}
	for i, into := range []*string{&c.resource, &c.object.Name, &c.subresource} {
		if i < len(rest) {
			*into = rest[i]
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip sends a request.
func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }
