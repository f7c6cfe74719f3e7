package apply

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// unseenFor bounds how long a write that the cache never shows is believed: it may have been undone between two lists of the cache.
const unseenFor = 30 * time.Second

// receipt is what is known of an object since it was last written or compared.
type receipt struct {
	uid     types.UID
	version string
	// digest of what the object holds of ours at that version.
	digest string
	// content is a digest of the whole object as the server stored it, if the server changed what was sent. Empty: it did not.
	content string
	// deleted says that the object was deleted by us.
	deleted bool
	// seen says that the cache has shown this version or a later one.
	seen bool
	at   time.Time
}

// ledger remembers own writes, so that a cache that lags behind leads neither to a second write nor to a conflict with ourselves, and
// comparisons, so that nothing is compared twice.
type ledger struct {
	now func() time.Time

	mu       sync.Mutex
	receipts map[Ref]receipt
}

func newLedger(now func() time.Time) *ledger {
	return &ledger{now: now, receipts: map[Ref]receipt{}}
}

// record notes what is known of an object.
func (l *ledger) record(ref Ref, r receipt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.at = l.now()
	l.receipts[ref] = r
}

// observe notes a version that the cache shows. True: it is the echo of an own write, which needs no reaction.
func (l *ledger) observe(ref Ref, version string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, known := l.receipts[ref]
	if !known || newer(r.version, version) {
		return false
	}
	echo := !r.seen && r.version == version
	r.seen = true
	l.receipts[ref] = r
	return echo
}

// gone notes that the cache shows no such object any more. True: it is the echo of an own deletion.
func (l *ledger) gone(ref Ref) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.receipts[ref]
	delete(l.receipts, ref)
	return r.deleted
}

// look compares what the cache shows, nil for nothing, with what is known. True: the cache lags behind the receipt, which is to be
// believed instead. Otherwise the receipt is about the very version that the cache shows, or empty.
func (l *ledger) look(ref Ref, live client.Object) (receipt, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, known := l.receipts[ref]
	switch {
	case !known:
		return receipt{}, false
	case live == nil:
		return r, !r.seen && !r.deleted && l.now().Sub(r.at) < unseenFor
	case r.deleted && live.GetUID() == r.uid:
		return r, l.now().Sub(r.at) < unseenFor
	case r.uid != live.GetUID():
		return receipt{}, false
	case live.GetResourceVersion() == r.version:
		return r, false
	case newer(r.version, live.GetResourceVersion()):
		return r, l.now().Sub(r.at) < unseenFor
	}
	return receipt{content: r.content, digest: r.digest, uid: r.uid}, false
}

// newer says whether version a is later than b. Versions that are no numbers cannot be compared and count as not newer.
func newer(a, b string) bool {
	order, err := resourceversion.CompareResourceVersion(a, b)
	return err == nil && order > 0
}
