package releases

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/cli/paint"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
	"github.com/kubemate/kubemate/test/phases"
)

// moments are releases at every phase, with the statuses that the operator gives them.
func moments(t *testing.T) []phases.Moment {
	t.Helper()
	all, err := phases.Releases()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTreesOfEveryPhase(t *testing.T) {
	for _, moment := range moments(t) {
		t.Run(moment.Name, func(t *testing.T) {
			var out bytes.Buffer
			view := &treeView{out: &out, now: func() time.Time { return moment.At }, marks: unicodeGlyphs, paint: paint.None, history: defaultHistory}
			if err := view.change(moment.Release); err != nil {
				t.Fatal(err)
			}
			golden.Check(t, filepath.Join("testdata", moment.Name+".txt"), out.String())
		})
	}
}

func TestTheListOfEveryPhase(t *testing.T) {
	var releases []v1alpha1.CanaryRelease
	var now time.Time
	for _, moment := range moments(t) {
		release := *moment.Release
		release.Name = moment.Name
		releases = append(releases, release)
		if moment.At.After(now) {
			now = moment.At
		}
	}
	var out bytes.Buffer
	for _, wide := range []bool{false, true} {
		if err := printTable(&out, releases, wide, wide, now); err != nil {
			t.Fatal(err)
		}
	}
	golden.Check(t, filepath.Join("testdata", "list.txt"), out.String())
}
