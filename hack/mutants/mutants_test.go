package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
)

func TestEachFaultEndsAsItShould(t *testing.T) {
	g := NewWithT(t)
	sample := t.TempDir()
	for _, name := range []string{"go.mod", "sample.go", "sample_test.go"} {
		content, err := os.ReadFile(filepath.Join("testdata/sample", name+".txt"))
		g.Expect(err).NotTo(HaveOccurred())
		to := filepath.Join(sample, "pkg", name)
		if name == "go.mod" {
			to = filepath.Join(sample, name)
		}
		g.Expect(os.MkdirAll(filepath.Dir(to), 0o755)).To(Succeed())
		g.Expect(os.WriteFile(to, content, 0o600)).To(Succeed())
	}
	limits := suite{Tests: []string{"pkg"}, Slow: "^TestSlow$", FastSeconds: 1, SlowSeconds: 1}
	found, err := unleash(t.Context(), sample, "pkg", limits, regexp.MustCompile("."), 2)
	g.Expect(err).NotTo(HaveOccurred())
	ends := map[string]string{}
	for _, f := range found {
		ends[f.Kind+" "+f.At[:strings.IndexAny(f.At+" ", " ;{}")]] += f.Status
	}
	g.Expect(ends).To(Equal(map[string]string{
		"CONDITIONALS_NEGATION >":  killed, // by the fast tests
		"CONDITIONALS_BOUNDARY >":  killed, // by the slow one
		"CONDITIONALS_NEGATION ==": lived,  // called, and not looked at
		"ARITHMETIC_BASE *":        lived,  // not covered
		"CONDITIONALS_NEGATION !=": killed,
		"INCREMENT_DECREMENT ++":   killed, // by the kernel, when its time is up
	}))
}

func TestAFaultThatLivesMustBeExplained(t *testing.T) {
	g := NewWithT(t)
	all := regexp.MustCompile(".")
	found := []*fault{
		{File: "pkg/a.go", Kind: "INVERT_LOGICAL", At: "&& b", Status: killed}, {File: "pkg/a.go", Kind: "INVERT_LOGICAL", At: "|| c", Status: lived},
	}
	g.Expect(judge("pkg", found, nil, all, 50)).To(MatchError(ContainSubstring("LIVED pkg/a.go:0 INVERT_LOGICAL")))
	explained := []survivor{{File: "pkg/a.go", Mutant: "INVERT_LOGICAL", At: "|| c", Why: "c is never true"}}
	g.Expect(judge("pkg", found, explained, all, 50)).To(Succeed())
	g.Expect(judge("pkg", found, explained, all, 51)).To(MatchError(ContainSubstring("fewer than 51 %")))
	g.Expect(judge("pkg", found[:1], explained, all, 50)).To(MatchError(ContainSubstring("no longer survives")))
}
