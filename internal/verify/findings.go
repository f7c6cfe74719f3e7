package verify

import (
	"strconv"

	"github.com/kubemate/kubemate/internal/model"
)

// longestWords is how much of what a gateway says is repeated, in characters.
const longestWords = 400

// Finding is what is known of the objects of one custom resource.
type Finding struct {
	// Message says what a gateway does not serve, and why. Empty: it serves everything, or nobody knows.
	Message string
	// Unknown says that a gateway has not been asked yet, or does not answer.
	Unknown bool
	// Certified says that gateways have certificates for all hosts that are asked about; Uncertified are the hosts for which they have none. Of others
	// nobody knows.
	Certified   bool
	Uncertified []string

	more  int
	asked bool
}

// Findings are what is known, by custom resource. A missing one has nothing that a gateway reports on.
type Findings map[model.Origin]Finding

// note adds what is not served, or that it is not known.
func (f Findings) note(origins []model.Origin, message string, unknown bool) {
	for _, origin := range origins {
		found := f[origin]
		found.Unknown = found.Unknown || unknown
		switch {
		case message == "":
		case found.Message == "":
			found.Message = message
		default:
			found.more++
		}
		f[origin] = found
	}
}

// noteHost adds whether a gateway has a certificate for a host, or certainly has none.
func (f Findings) noteHost(of *Expected, certified, missing bool) {
	for _, origin := range of.Origins {
		found := f[origin]
		found.Certified = certified && (found.Certified || !found.asked)
		found.asked = true
		if missing {
			found.Uncertified = append(found.Uncertified, of.Host)
		}
		f[origin] = found
	}
}

// Text is the message, and how many more there are.
func (f Finding) Text() string {
	if f.more == 0 {
		return f.Message
	}
	return f.Message + " (and " + strconv.Itoa(f.more) + " more)"
}

// words say what a gateway makes of an object that it does not serve.
func words(gateway string, of *Expected, observed observation) string {
	if !observed.loaded {
		return "the gateway " + gateway + " has not loaded " + of.Object + ": is its label selector that of the gateway, and does it reach the API server?"
	}
	said := []rune(observed.said)
	if len(said) > longestWords {
		said = append(said[:longestWords-1], '…')
	}
	return "the gateway " + gateway + " does not serve " + of.Object + ": " + string(said)
}
