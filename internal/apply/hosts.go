package apply

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/model"
)

// unrecordedFor is how long a record is remembered that the cache does not show yet.
const unrecordedFor = 10 * time.Second

// HostReader shows the records of hosts. A load.Reader is one.
type HostReader interface {
	// HostClaims are the records that overlap with a host.
	HostClaims(ctx context.Context, key model.HostKey) ([]v1alpha1.HostClaim, error)
}

// Hosts records which namespace a host belongs to. Two namespaces that ask at once for hosts that overlap must not both get theirs, so a record that is
// being written counts already; others do not wait for it.
type Hosts struct {
	client Client
	reader HostReader
	// home is the operator's own namespace.
	home string
	now  func() time.Time

	mu sync.Mutex
	// unseen are records that are being written, or were a moment ago.
	unseen map[model.HostKey]unseenRecord
}

type unseenRecord struct {
	namespace string
	at        time.Time
	// writing says that the API server has not answered yet.
	writing bool
}

// NewHosts makes a Hosts that writes into the operator's namespace.
func NewHosts(to Client, reader HostReader, home string, now func() time.Time) *Hosts {
	return &Hosts{client: to, reader: reader, home: home, now: now, unseen: map[model.HostKey]unseenRecord{}}
}

// takenError says that another namespace was quicker. The plan made with its record says the same in a condition.
type takenError struct {
	key       model.HostKey
	namespace string
}

func (e takenError) Error() string {
	return "recording " + e.key.String() + ": namespace " + e.namespace + " has it, or one that overlaps, since a moment ago"
}

// record makes a host the namespace's. A host of another namespace passes to it only when it is reserved for it.
func (h *Hosts) record(ctx context.Context, namespace string, claim model.HostClaim) error {
	before, has, err := h.take(ctx, namespace, claim)
	if has || err != nil {
		return err
	}
	err = h.write(ctx, namespace, claim.HostKey, before)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		delete(h.unseen, claim.HostKey)
		return err
	}
	h.unseen[claim.HostKey] = unseenRecord{namespace: namespace, at: h.now()}
	return nil
}

// take decides whether a namespace may have a host, of which it has a record or has one written next. before is the record of another namespace that
// the host passes from.
func (h *Hosts) take(ctx context.Context, namespace string, claim model.HostClaim) (before *v1alpha1.HostClaim, has bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	standing, err := h.reader.HostClaims(ctx, claim.HostKey) // from the cache, and not before the lock: what is forgotten as unseen has been seen
	if err != nil {
		return nil, false, err
	}
	h.forget(standing)
	if has, err := h.recent(namespace, claim); has || err != nil {
		return nil, has, err
	}
	for i := range standing {
		record := &standing[i]
		holder, same := string(record.Spec.Namespace), compose.RecordKey(record) == claim.HostKey
		switch {
		case holder == namespace && same:
			return nil, true, nil
		case holder == namespace:
		case same && claim.Reserved:
			before = record
		case !claim.Reserved:
			return nil, false, takenError{claim.HostKey, holder}
		}
	}
	h.unseen[claim.HostKey] = unseenRecord{namespace, h.now(), true}
	return before, false, nil
}

// recent says whether a namespace has a host by a record that the cache does not show yet. A record that stands in the way although the host is reserved
// for the namespace is changed once the cache shows it. The lock is held.
func (h *Hosts) recent(namespace string, claim model.HostClaim) (bool, error) {
	for key, one := range h.unseen {
		own := one.namespace == namespace
		switch {
		case !own && key.Overlaps(claim.HostKey) && !claim.Reserved:
			return false, takenError{claim.HostKey, one.namespace}
		case key != claim.HostKey:
		case own && !one.writing:
			return true, nil
		default:
			return false, fmt.Errorf("recording %s for namespace %s: a record of it for namespace %s is not seen yet", key, namespace, one.namespace)
		}
	}
	return false, nil
}

// forget drops what the cache shows by now, or should.
func (h *Hosts) forget(standing []v1alpha1.HostClaim) {
	for i := range standing {
		if key := compose.RecordKey(&standing[i]); !h.unseen[key].writing {
			delete(h.unseen, key)
		}
	}
	for key, one := range h.unseen {
		if !one.writing && h.now().Sub(one.at) > unrecordedFor {
			delete(h.unseen, key)
		}
	}
}

// write creates a record, or gives one that stands to another namespace.
func (h *Hosts) write(ctx context.Context, namespace string, key model.HostKey, standing *v1alpha1.HostClaim) error {
	record := &unstructured.Unstructured{Object: map[string]any{
		"spec": map[string]any{"gateway": key.Gateway, "host": key.Host, "namespace": namespace},
	}}
	record.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindHostClaim))
	record.SetNamespace(h.home)
	record.SetName(RecordName(key))
	record.SetResourceVersion(createOnly)
	options := []client.ApplyOption{client.FieldOwner(load.FieldManager)}
	if standing != nil {
		record.SetName(standing.Name)
		record.SetUID(standing.UID)
		record.SetResourceVersion(standing.ResourceVersion)
		options = append(options, client.ForceOwnership)
	}
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	if err := h.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(record), options...); err != nil {
		return fmt.Errorf("recording %s for namespace %s: %w", key, namespace, err)
	}
	written(v1alpha1.KindHostClaim, doing(create))
	return nil
}

// RecordName is the name of the record of a host, readable and as unique as the host. Names hold no star, so what a wildcard stands for is
// told apart from it by the first label.
func RecordName(key model.HostKey) string {
	form, host := "exact", key.Host
	if parent, wildcard := strings.CutPrefix(host, "*."); wildcard {
		form, host = "wildcard", parent
	}
	name := form + "." + key.Gateway + "." + host
	if len(name) <= 253 {
		return name
	}
	digest := sha256.Sum256([]byte(name))
	suffix := "-" + hex.EncodeToString(digest[:8])
	return strings.TrimRight(name[:253-len(suffix)], ".-") + suffix
}
