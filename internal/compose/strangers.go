package compose

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// maxStrangers is how many routes of others are named.
const maxStrangers = 3

// Stranger is a route for the same gateways that somebody else wrote, and a host that it asks for.
type Stranger struct {
	Kind, Namespace, Name string
	Host                  string
}

// Compare orders strangers, so that the same ones come in the same order.
func (s Stranger) Compare(other Stranger) int {
	return cmp.Or(cmp.Compare(s.Host, other.Host), cmp.Compare(s.Namespace, other.Namespace), cmp.Compare(s.Kind, other.Kind), cmp.Compare(s.Name, other.Name))
}

// strangers reports the routes of others that ask for hosts that the profile serves. They do not keep it from being served, but a gateway that
// loads them answers by whichever route has the higher priority.
func (c *composer) strangers(own contest) model.Problems {
	var problems model.Problems
	for _, host := range own.won {
		var named []string
		more := 0
		for _, one := range c.snapshot.Strangers {
			switch {
			case !host.key.Overlaps(model.HostKey{Gateway: host.key.Gateway, Host: one.Host}):
			case len(named) == maxStrangers:
				more++
			default:
				named = append(named, one.Kind+" "+one.Namespace+"/"+one.Name)
			}
		}
		if len(named) == 0 {
			continue
		}
		text := strings.Join(named, ", ")
		if more > 0 {
			text += " and " + strconv.Itoa(more) + " more"
		}
		problems = append(problems, model.Problem{
			Origin: own.at(host.index), Reason: v1alpha1.ReasonForeignRoute, Advisory: true,
			Message: "host " + host.key.Host + " is asked for by routes that Kubemate did not write: " + text +
				"; a gateway that loads them answers by whichever has the higher priority: delete them, or leave the host to them",
		})
	}
	return problems
}
