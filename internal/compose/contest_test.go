package compose

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// hostProfile is a profile for hosts, on the gateway public.
func hostProfile(hosts ...v1alpha1.Host) *v1alpha1.IngressProfile {
	gateway := v1alpha1.GatewayName("public")
	profile := &v1alpha1.IngressProfile{Spec: v1alpha1.IngressProfileSpec{
		Hosts: hosts, Gateway: &gateway, Routes: []v1alpha1.IngressRoute{{To: v1alpha1.IngressBackend{Service: "web", Port: 8080}}},
	}}
	profile.Name = "web"
	return profile
}

func reservation(host string, namespaces ...string) model.Reservation {
	return model.Reservation{Host: host, Namespaces: namespaces}
}

func TestReservations(t *testing.T) {
	for name, test := range map[string]struct {
		reservations []model.Reservation
		host         v1alpha1.Host
		won          bool
		message      string
	}{
		"nobody's host is free":                             {nil, "pay.bank.example", true, ""},
		"of two that cover a host the exact one decides":    {[]model.Reservation{reservation("pay.bank.example", "shop"), reservation("*.bank.example", "other")}, "pay.bank.example", true, ""},
		"whatever their order":                              {[]model.Reservation{reservation("*.bank.example", "other"), reservation("pay.bank.example", "shop")}, "pay.bank.example", true, ""},
		"and against the namespace too":                     {[]model.Reservation{reservation("pay.bank.example", "other"), reservation("*.bank.example", "shop")}, "pay.bank.example", false, "is reserved for namespace other"},
		"a wildcard takes what nobody has below it":         {[]model.Reservation{reservation("pay.bank.example", "shop")}, "*.bank.example", true, ""},
		"a wildcard does not take what others have below":   {[]model.Reservation{reservation("pay.bank.example", "other", "third")}, "*.bank.example", false, "also stands for pay.bank.example, which the operator's configuration reserves for the namespaces other, third"},
		"a reservation of something else means nothing":     {[]model.Reservation{reservation("pay.other.example", "other")}, "*.bank.example", true, ""},
		"a reservation on another gateway means nothing":    {[]model.Reservation{{Host: "pay.bank.example", Gateway: "private", Namespaces: []string{"other"}}}, "pay.bank.example", true, ""},
		"one of several namespaces may have a host":         {[]model.Reservation{reservation("pay.bank.example", "other", "shop")}, "pay.bank.example", true, ""},
		"a wildcard that is reserved covers the host below": {[]model.Reservation{reservation("*.bank.example", "other")}, "pay.bank.example", false, "is reserved for namespace other"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &composer{snapshot: Snapshot{Namespace: "shop", Reservations: test.reservations}}
			got := c.contest(hostProfile(test.host), model.Origin{Kind: v1alpha1.KindIngressProfile, Name: "web"})
			if won := len(got.won) == 1; won != test.won || len(got.lost) == 1 == test.won {
				t.Errorf("won %v, lost %v", got.won, got.lost)
			}
			if test.won == (len(got.problems) > 0) || !test.won && !strings.Contains(got.problems[0].Message, test.message) {
				t.Errorf("the problems are %v", got.problems)
			}
			if wonByReservation := test.won && got.won[0].reserved; wonByReservation != (test.won && slices.ContainsFunc(test.reservations, func(r model.Reservation) bool {
				return slices.Contains(r.Namespaces, "shop") && !strings.HasPrefix(string(test.host), "*.")
			})) {
				t.Errorf("won by a reservation: %v", wonByReservation)
			}
		})
	}
}

func TestAGatewayThatIsNotForTheNamespaceCostsAllHosts(t *testing.T) {
	c := &composer{snapshot: Snapshot{Namespace: "shop", Gateways: map[string]model.Gateway{"public": {Name: "public", Namespaces: []string{"other"}}}}}
	got := c.contest(hostProfile("a.example", "b.example"), model.Origin{Kind: v1alpha1.KindIngressProfile, Name: "web"})
	want := []model.HostKey{{Gateway: "public", Host: "a.example"}, {Gateway: "public", Host: "b.example"}}
	if len(got.won) > 0 || !reflect.DeepEqual(got.lost, want) || len(got.problems) != 1 {
		t.Errorf("won %v, lost %v, problems %v", got.won, got.lost, got.problems)
	}
}

func TestAHostThatWasServedAndIsLost(t *testing.T) {
	lost := contest{lost: []model.HostKey{{Gateway: "public", Host: "a.example"}}}
	for name, test := range map[string]struct {
		status v1alpha1.IngressProfileStatus
		want   bool
	}{
		"it was served":                      {v1alpha1.IngressProfileStatus{Gateway: "public", Hosts: []string{"b.example", "a.example"}}, true},
		"another host was":                   {v1alpha1.IngressProfileStatus{Gateway: "public", Hosts: []string{"b.example"}}, false},
		"it was served by another gateway":   {v1alpha1.IngressProfileStatus{Gateway: "private", Hosts: []string{"a.example"}}, false},
		"nothing is known of what it served": {v1alpha1.IngressProfileStatus{}, false},
	} {
		if got := lost.serves(test.status); got != test.want {
			t.Errorf("%s: serves is %v", name, got)
		}
	}
}
