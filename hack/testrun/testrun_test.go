package main

import (
	"slices"
	"strings"
	"testing"
)

func TestPackagesFindTheirStage(t *testing.T) {
	list := `{"ImportPath":"github.com/kubemate/kubemate/test/e2e"}
{"ImportPath":"github.com/kubemate/kubemate/test/api"}
{"ImportPath":"github.com/kubemate/kubemate/internal/plan"}
{"ImportPath":"github.com/kubemate/kubemate/internal/model"}
{"ImportPath":"github.com/kubemate/kubemate/test/api.test","Deps":["fmt","github.com/kubemate/kubemate/hack/testbed"]}
{"ImportPath":"github.com/kubemate/kubemate/test/e2e.test","Deps":["github.com/kubemate/kubemate/hack/testbed","github.com/kubemate/kubemate/hack/testbed/operator"]}
{"ImportPath":"github.com/kubemate/kubemate/internal/plan [x.test]","ForTest":"x"}
{"ImportPath":"github.com/kubemate/kubemate/internal/plan.test","Deps":["github.com/kubemate/kubemate/internal/driver/drivertest/golden [x.test]"]}`
	packages, err := decodePackages(strings.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"unit": {"internal/model", "internal/plan"}, "servers": {"test/api"}, "e2e": {"test/e2e"}, "golden": {"internal/plan"},
	}
	for _, s := range stages {
		var got []string
		for _, p := range packages {
			if s.pick(p) {
				got = append(got, strings.TrimPrefix(p.path, module+"/"))
			}
		}
		if !slices.Equal(got, want[s.name]) {
			t.Errorf("stage %s has %v, want %v", s.name, got, want[s.name])
		}
	}
}

func TestSumOfEvents(t *testing.T) {
	events := `{"Action":"output","Package":"p","Test":"TestA","Output":"quiet\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"loud\n"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Test":"TestC","Output":"for a reason\n"}
{"Action":"skip","Package":"p","Test":"TestC"}
{"Action":"output","Package":"p","Test":"TestSuite","Output":"SUCCESS! -- 154 Passed | 0 Failed | 0 Pending | 1 Skipped\n"}
{"Action":"pass","Package":"p","Test":"TestSuite"}
{"Action":"fail","Package":"p"}
{"Action":"build-output","ImportPath":"q","Output":"syntax error\n"}
{"Action":"build-fail","ImportPath":"q"}
{"Action":"fail","Package":"q","FailedBuild":"q"}
`
	var out strings.Builder
	r := run{out: &out}
	if err := r.read(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	if got, want := r.total.String(), "155 passed, 2 failed, 2 skipped"; got != want {
		t.Errorf("sum is %q, want %q", got, want)
	}
	if want := []string{"p.TestB", "q"}; !slices.Equal(r.total.names, want) {
		t.Errorf("failed are %v, want %v", r.total.names, want)
	}
	if shown := out.String(); !strings.Contains(shown, "loud") || !strings.Contains(shown, "for a reason") || !strings.Contains(shown, "syntax error") || strings.Contains(shown, "quiet") {
		t.Errorf("the output of failures and of what is skipped must be shown, and no other:\n%s", shown)
	}
}
