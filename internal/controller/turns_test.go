package controller

import (
	"testing"

	"github.com/kubemate/kubemate/internal/apply"
)

func TestWhatWasCompiledIsKeptUntilNoResultIsToCome(t *testing.T) {
	for name, test := range map[string]struct {
		results []apply.State
		kept    bool
	}{
		"nothing was written":                 {nil, false},
		"all is written":                      {[]apply.State{apply.Done, apply.Held}, false},
		"a write was refused, the rest is in": {[]apply.State{apply.Failed, apply.Done}, false},
		"a group is still being written":      {[]apply.State{apply.Done, apply.Pending}, true},
	} {
		t.Run(name, func(t *testing.T) {
			of := &turn{compiled: &compiled{}}
			results := map[string]apply.Result{}
			for i, state := range test.results {
				results[string(rune('a'+i))] = apply.Result{State: state}
			}
			of.told(results)
			if kept := of.compiled != nil; kept != test.kept {
				t.Errorf("kept is %t", kept)
			}
		})
	}
}

func TestANamespaceHasOneTurn(t *testing.T) {
	var all turns
	first := all.of("shop")
	if all.of("shop") != first || all.of("bank") == first {
		t.Error("two reconciliations of a namespace would go on at once, or those of two namespaces wait for each other")
	}
}

func TestResultsOfWritesAreToldApart(t *testing.T) {
	for name, test := range map[string]struct {
		news apply.News
		want string
	}{
		"objects were only changed: nothing else is looked at":              {apply.News{Namespace: "shop"}, "results/shop"},
		"objects were created or deleted: the whole namespace is looked at": {apply.News{Namespace: "shop", Reshaped: true}, "/shop"},
	} {
		t.Run(name, func(t *testing.T) {
			to := &feed{}
			to.announce(test.news)
			for key := range to.early {
				if key.String() != test.want {
					t.Errorf("reconciled is %s, want %s", key, test.want)
				}
			}
			if len(to.early) != 1 {
				t.Errorf("%d keys", len(to.early))
			}
		})
	}
}
