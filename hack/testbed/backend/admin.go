package backend

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
)

// change is the body of a PUT: which pods, and how they behave from now on.
type change struct {
	Matcher
	Behaviour
}

// State is how the admin port shows one pod.
type State struct {
	Namespace string    `json:"namespace"`
	Pod       string    `json:"pod"`
	Variant   string    `json:"variant"`
	Address   string    `json:"address"`
	Gone      bool      `json:"gone,omitempty"`
	Behaviour Behaviour `json:"behaviour"`
}

// admin serves GET (all pods), PUT (a change) and DELETE (all well again) on /behaviour.
func (b *Backend) admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /behaviour", func(w http.ResponseWriter, _ *http.Request) {
		body, err := json.MarshalIndent(b.Pods(), "", "  ")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if _, err := w.Write(append(body, '\n')); err != nil {
			return // whoever hung up does not want it
		}
	})
	mux.HandleFunc("PUT /behaviour", func(w http.ResponseWriter, request *http.Request) {
		var wanted change
		decoder := json.NewDecoder(http.MaxBytesReader(w, request.Body, 1<<16))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&wanted); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		b.Set(wanted.Matcher, wanted.Behaviour)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("DELETE /behaviour", func(w http.ResponseWriter, _ *http.Request) {
		b.Reset()
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

// Pods lists every pod that has or had an address, by namespace and name.
func (b *Backend) Pods() []State {
	b.pods.mu.RLock()
	defer b.pods.mu.RUnlock()
	states := make([]State, 0, len(b.pods.pods))
	for address, p := range b.pods.pods {
		p.mu.Lock()
		states = append(states, State{
			Namespace: p.namespace, Pod: p.name, Variant: p.variant, Address: address.String(), Gone: p.gone, Behaviour: p.behaviour,
		})
		p.mu.Unlock()
	}
	slices.SortFunc(states, func(a, b State) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Pod, b.Pod))
	})
	return states
}
