package apply

import (
	"context"
	"errors"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
)

// records stand in a cluster whose cache shows them once seen is called.
type records struct {
	Client
	stored, shown []v1alpha1.HostClaim
	// before is called before a record is stored, when it is set, and may fail it.
	before func(name string) error
}

func (r *records) seen() { r.shown = r.stored }

func (r *records) HostClaims(_ context.Context, key model.HostKey) ([]v1alpha1.HostClaim, error) {
	var found []v1alpha1.HostClaim
	for i := range r.shown {
		if compose.RecordKey(&r.shown[i]).Overlaps(key) {
			found = append(found, r.shown[i])
		}
	}
	return found, nil
}

func (r *records) Apply(_ context.Context, configuration runtime.ApplyConfiguration, _ ...client.ApplyOption) error {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(configuration)
	if err != nil {
		return err
	}
	var record v1alpha1.HostClaim
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured((&unstructured.Unstructured{Object: content}).Object, &record); err != nil {
		return err
	}
	if r.before != nil {
		if err := r.before(record.Name); err != nil {
			return err
		}
	}
	for i := range r.stored {
		if r.stored[i].Name == record.Name {
			if record.ResourceVersion == createOnly {
				return errors.New("conflict")
			}
			r.stored[i].Spec = record.Spec
			return nil
		}
	}
	record.ObjectMeta = metav1.ObjectMeta{Name: record.Name, ResourceVersion: "7"}
	r.stored = append(r.stored, record)
	return nil
}

func (r *records) holder(host string) string {
	for i := range r.stored {
		if string(r.stored[i].Spec.Host) == host {
			return string(r.stored[i].Spec.Namespace)
		}
	}
	return ""
}

func claimOf(host string) model.HostClaim {
	return model.HostClaim{HostKey: model.HostKey{Gateway: "default", Host: host}}
}

func TestAHostIsRecordedForTheFirstWhoAsks(t *testing.T) {
	for name, cache := range map[string]func(*records){"and the cache shows it": (*records).seen, "before the cache shows it": func(*records) {}} {
		t.Run(name, func(t *testing.T) {
			now := time.Unix(0, 0)
			cluster := &records{}
			hosts := NewHosts(cluster, cluster, "kubemate-system", func() time.Time { return now })
			if err := hosts.record(t.Context(), "shop", claimOf("shop.example")); err != nil {
				t.Fatal(err)
			}
			cache(cluster)
			for _, host := range []string{"shop.example", "*.example"} {
				var taken takenError
				if err := hosts.record(t.Context(), "bank", claimOf(host)); !errors.As(err, &taken) {
					t.Errorf("%s for another namespace: %v", host, err)
				}
			}
			for _, host := range []string{"shop.example", "*.example"} {
				if err := hosts.record(t.Context(), "shop", claimOf(host)); err != nil {
					t.Errorf("%s for the same namespace: %v", host, err)
				}
			}
			if len(cluster.stored) != 2 {
				t.Errorf("stored: %v", cluster.stored)
			}
		})
	}
}

func TestAReservedHostPassesToItsNamespace(t *testing.T) {
	cluster := &records{}
	hosts := NewHosts(cluster, cluster, "kubemate-system", time.Now)
	if err := hosts.record(t.Context(), "shop", claimOf("shop.example")); err != nil {
		t.Fatal(err)
	}
	cluster.seen()
	reserved := claimOf("shop.example")
	reserved.Reserved = true
	if err := hosts.record(t.Context(), "bank", reserved); err != nil {
		t.Fatal(err)
	}
	if holder := cluster.holder("shop.example"); holder != "bank" {
		t.Errorf("the host belongs to %q", holder)
	}
}

func TestWhatWasDeletedByAPersonIsFreeAgain(t *testing.T) {
	now := time.Unix(0, 0)
	cluster := &records{}
	hosts := NewHosts(cluster, cluster, "kubemate-system", func() time.Time { return now })
	if err := hosts.record(t.Context(), "shop", claimOf("shop.example")); err != nil {
		t.Fatal(err)
	}
	cluster.stored = nil // deleted before the cache showed it
	now = now.Add(unrecordedFor + time.Second)
	if err := hosts.record(t.Context(), "bank", claimOf("shop.example")); err != nil {
		t.Fatal(err)
	}
	if holder := cluster.holder("shop.example"); holder != "bank" {
		t.Errorf("the host belongs to %q", holder)
	}
}

func TestARecordThatIsBeingWritten(t *testing.T) {
	cluster := &records{}
	hosts := NewHosts(cluster, cluster, "kubemate-system", time.Now)
	cluster.before = func(string) error {
		cluster.before = nil
		if err := hosts.record(t.Context(), "bank", claimOf("bank.example")); err != nil {
			t.Errorf("another host waits for it: %v", err)
		}
		var taken takenError
		if err := hosts.record(t.Context(), "bank", claimOf("*.example")); !errors.As(err, &taken) {
			t.Errorf("another namespace gets a host that overlaps: %v", err)
		}
		if err := hosts.record(t.Context(), "shop", claimOf("shop.example")); err == nil {
			t.Error("another object of the namespace goes on before it is stored")
		}
		reserved := claimOf("shop.example")
		reserved.Reserved = true
		if err := hosts.record(t.Context(), "bank", reserved); err == nil || len(cluster.stored) != 1 {
			t.Errorf("the namespace that the host is reserved for does not wait: %v, %d records", err, len(cluster.stored))
		}
		return errors.New("no answer")
	}
	if err := hosts.record(t.Context(), "shop", claimOf("shop.example")); err == nil {
		t.Error("a failure is no record")
	}
	if err := hosts.record(t.Context(), "bank", claimOf("*.example")); err != nil {
		t.Errorf("what failed is still in the way: %v", err)
	}
}
