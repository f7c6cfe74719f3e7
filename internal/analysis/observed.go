package analysis

import "github.com/kubemate/kubemate/internal/verdict"

// Result is what came of a Round.
type Result struct {
	// Findings are one for each metric, in order.
	Findings []Finding
	// Observed are the shares of the requests that the variants of the Round answered in its window, in order. Nil: they are not known, because
	// nobody counts, nothing was counted, or a question was not answered.
	Observed []Share
}

// Share is the part of the requests that a variant answered.
type Share struct {
	// Variant is its name.
	Variant string
	// Part is from 0 to 1.
	Part float64
}

// observed are the shares that the variants had. Whatever a variant answers counts, of a match rule too: it is what really happened.
func (m *measuring) observed() []Share {
	shares := make([]Share, len(m.Variants))
	total := 0.0
	for i, variant := range m.Variants {
		counted := m.requests(variant)
		if counted.State == verdict.Failed {
			total = -1 // a share of what is not known is not known; the other questions are asked all the same
		}
		if total >= 0 && counted.State == verdict.Measured {
			total += max(counted.Value, 0)
			shares[i].Part = max(counted.Value, 0)
		}
		shares[i].Variant = variant.Name
	}
	if total <= 0 {
		return nil
	}
	for i := range shares {
		shares[i].Part /= total
	}
	return shares
}
