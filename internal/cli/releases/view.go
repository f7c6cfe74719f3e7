package releases

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/cli/paint"
)

// objectView prints the object with every change.
type objectView func(*v1alpha1.CanaryRelease) error

func (v objectView) change(release *v1alpha1.CanaryRelease) error { return v(release) }
func (v objectView) tick() error                                  { return nil }

// treeView draws the tree.
type treeView struct {
	out     io.Writer
	now     func() time.Time
	marks   glyphs
	paint   paint.Painter
	history int
	// redraw clears the screen first.
	redraw bool

	shown *v1alpha1.CanaryRelease
	last  string
}

// clearScreen goes to the upper left and clears what is there.
const clearScreen = "\x1b[H\x1b[2J"

func (v *treeView) change(release *v1alpha1.CanaryRelease) error {
	v.shown = release
	return v.tick()
}

func (v *treeView) tick() error {
	if v.shown == nil {
		return nil
	}
	drawing := drawing{glyphs: v.marks, paint: v.paint}
	text := drawing.draw(newReport(v.shown, v.now(), v.marks, v.history).tree())
	if text == v.last {
		return nil
	}
	v.last = text
	if v.redraw {
		text = clearScreen + text
	}
	_, err := io.WriteString(v.out, text)
	return err
}

// lineView writes a line for every change that people would notice.
type lineView struct {
	out  io.Writer
	now  func() time.Time
	last string
}

func (v *lineView) change(release *v1alpha1.CanaryRelease) error {
	words := []string{standing(release)}
	if release.Status.Explanation != "" {
		words = append(words, release.Status.Explanation)
	}
	text := strings.Join(words, ": ")
	if text == v.last {
		return nil
	}
	v.last = text
	_, err := fmt.Fprintf(v.out, "%s %s/%s %s\n", v.now().UTC().Format(time.RFC3339), release.Namespace, release.Name, text)
	return err
}

func (v *lineView) tick() error { return nil }
