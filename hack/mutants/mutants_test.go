package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
)

// TestMain lets this program be the runner, too, when gremlins calls it.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == runnerName {
		os.Exit(runner(os.Args[1:]))
	}
	os.Exit(m.Run())
}

func TestEachFaultEndsAsItShould(t *testing.T) {
	g := NewWithT(t)
	t.Chdir("../..") // gremlins comes from the module's tools
	folder, sample := t.TempDir(), t.TempDir()
	for _, name := range []string{"go.mod", "sample.go", "sample_test.go"} {
		content, err := os.ReadFile(filepath.Join("hack/mutants/testdata/sample", name+".txt"))
		g.Expect(err).NotTo(HaveOccurred())
		to := filepath.Join(sample, "pkg", name)
		if name == "go.mod" {
			to = filepath.Join(sample, name)
		}
		g.Expect(os.MkdirAll(filepath.Dir(to), 0o755)).To(Succeed())
		g.Expect(os.WriteFile(to, content, 0o600)).To(Succeed())
	}
	g.Expect(prepare(t.Context(), folder)).To(Succeed())
	limits := suite{Tests: []string{"pkg"}, Slow: "^TestSlow$", FastSeconds: 1, SlowSeconds: 1}
	found, err := unleash(t.Context(), folder, sample, "pkg", limits, regexp.MustCompile("."))
	g.Expect(err).NotTo(HaveOccurred())
	ends := map[string]string{}
	for _, m := range found {
		ends[m.Mutant+" "+m.At[:strings.IndexAny(m.At+" ", " ;{}")]] += m.Status
	}
	g.Expect(ends).To(Equal(map[string]string{
		"CONDITIONALS_NEGATION >":  killed,    // by the fast tests
		"CONDITIONALS_BOUNDARY >":  killed,    // by the slow one
		"CONDITIONALS_NEGATION ==": lived,     // called, and not looked at
		"ARITHMETIC_BASE *":        lived,     // not covered
		"ARITHMETIC_BASE +":        notViable, // does not compile
		"CONDITIONALS_NEGATION !=": killed,
		"INCREMENT_DECREMENT ++":   killed, // by the kernel, when its time is up
	}))
}

func TestAFaultThatLivesMustBeExplained(t *testing.T) {
	g := NewWithT(t)
	all := regexp.MustCompile(".")
	found := []mutant{
		{File: "pkg/a.go", Mutant: "INVERT_LOGICAL", At: "&& b", Status: killed}, {File: "pkg/a.go", Mutant: "INVERT_LOGICAL", At: "|| c", Status: lived},
	}
	g.Expect(judge("pkg", found, nil, all, 50)).To(MatchError(ContainSubstring("LIVED pkg/a.go:0 INVERT_LOGICAL")))
	explained := []survivor{{File: "pkg/a.go", Mutant: "INVERT_LOGICAL", At: "|| c", Why: "c is never true"}}
	g.Expect(judge("pkg", found, explained, all, 50)).To(Succeed())
	g.Expect(judge("pkg", found, explained, all, 51)).To(MatchError(ContainSubstring("fewer than 51 %")))
	g.Expect(judge("pkg", found[:1], explained, all, 50)).To(MatchError(ContainSubstring("no longer survives")))
}
