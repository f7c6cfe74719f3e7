package livetest

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/internal/cli"
)

// TestActingOnAReleaseOverACluster acts as people do, by the shipped admission policy and with roles of their own, on releases that the code of
// the operator decides on (operator_test.go).
func TestActingOnAReleaseOverACluster(t *testing.T) {
	server := testbed.Shared(t)
	stage := prepareStage(t, server)
	alice, bob := stage.person("alice", "operate"), stage.person("bob", "approve")

	t.Run("an approval lets the rollout go on", func(t *testing.T) {
		release := stage.release(t, "approved")
		code, out, told := bob("approve", release, "--reason", "CHG-7")
		expect(t, code, cli.ExitFine, out+told,
			"approve acting/approved, generation 1", "then: step 1 of 2 is approved, and once it is over comes step 2, v2 100%",
			"created as bob", "applied: step 1 of 2 is approved")
		stage.eventually(t, release, func(r *v1alpha1.CanaryRelease) bool { return r.Status.Release.Phase == v1alpha1.PhaseSucceeded })
	})
	t.Run("an act that the rollout does not allow is refused with exit code 1", func(t *testing.T) {
		release := stage.release(t, "refused")
		code, out, told := alice("retry", release)
		expect(t, code, cli.ExitFound, out+told, "refused: no rollout was rolled back")
		code, out, told = alice("promote", release, "--step", "2")
		expect(t, code, cli.ExitFound, out+told, "refused: the rollout is at step 1, not at step 2")
	})
	t.Run("abort, and then nothing is left to approve", func(t *testing.T) {
		release := stage.release(t, "aborted")
		code, out, told := alice("abort", release, "--reason", "errors in payments")
		expect(t, code, cli.ExitFine, out+told, "then: all requests go to v1 (stable), and the rollout ends", "applied: everything goes to stable")
		code, _, told = bob("approve", release)
		expect(t, code, cli.ExitFailed, told, "nothing to approve")
		code, out, told = alice("retry", release)
		expect(t, code, cli.ExitFine, out+told, "the rollout to v2 starts again at step 1 (5%)", "applied: the rollout starts again")
	})
	t.Run("pause and resume", func(t *testing.T) {
		release := stage.release(t, "paused")
		code, out, told := alice("pause", release)
		expect(t, code, cli.ExitFine, out+told, "applied: the rollout is paused")
		code, out, told = alice("resume", release)
		expect(t, code, cli.ExitFine, out+told, "applied: the rollout goes on")
	})
	t.Run("who has no role for a verb is told which", func(t *testing.T) {
		release := stage.release(t, "forbidden")
		code, _, told := alice("approve", release)
		expect(t, code, cli.ExitFailed, told, `the API server refused the action: user "alice" may not approve the release "forbidden"`, "a role must grant the verb approve")
		if strings.Contains(told, "ValidatingAdmissionPolicy") {
			t.Errorf("the words of the API server stand before those of the policy: %s", told)
		}
		code, _, told = stage.person("carol")("pause", release)
		expect(t, code, cli.ExitFailed, told, `User "carol" cannot get resource "canaryreleases"`)
	})
	t.Run("nobody can act under another name", func(t *testing.T) {
		release := stage.release(t, "disguised")
		_, _, told := bob("approve", release, "--dry-run=client", "-o", "yaml")
		if strings.Contains(told, "error") {
			t.Fatal(told)
		}
		_, out, _ := bob("approve", release, "--dry-run=client", "-o", "yaml")
		file := filepath.Join(t.TempDir(), "action.yaml")
		write(t, file, out)
		if answer, err := server.Kubectl(t.Context(), "create", "-f", file); err == nil || !strings.Contains(err.Error()+answer, "an action is created by its actor") {
			t.Errorf("the administrator creates an action of bob: %s %v", answer, err)
		}
	})
	t.Run("a dry run of the server asks the policy and stores nothing", func(t *testing.T) {
		release := stage.release(t, "rehearsed")
		code, out, told := bob("approve", release, "--dry-run=server")
		expect(t, code, cli.ExitFine, out+told, "dry run (server): nothing was done")
		if code, _, _ := alice("approve", release, "--dry-run=server"); code != cli.ExitFailed {
			t.Errorf("exit code %d for what would be refused", code)
		}
		if found := stage.actions(t, release); found != 0 {
			t.Errorf("%d actions are stored", found)
		}
	})
	t.Run("without an operator the wait ends, with the action standing", func(t *testing.T) {
		release := stage.unattended(t, "unattended")
		code, _, told := bob("approve", release, "--timeout", "500ms")
		expect(t, code, cli.ExitFailed, told, "nobody answered within 500ms", "stands and may still be applied")
		code, out, told := bob("approve", release, "--wait=false", "-o", "json")
		expect(t, code, cli.ExitFine, out, `"kind": "ReleaseAction"`, `"actor": "bob"`)
		expect(t, code, cli.ExitFine, told, "created as bob")
		if found := stage.actions(t, release); found != 2 {
			t.Errorf("%d actions are stored", found)
		}
	})
	t.Run("a reason may be a must", func(t *testing.T) {
		release := stage.release(t, "reasoned")
		stage.requireReason(t)
		code, _, told := alice("pause", release)
		expect(t, code, cli.ExitFailed, told, "say in spec.reason why: the operator's configuration asks for a reason of every action; use --reason")
		code, out, told := alice("pause", release, "--reason", "CHG-8")
		expect(t, code, cli.ExitFine, out+told, "applied: the rollout is paused")
	})
	t.Run("a release that is not there", func(t *testing.T) {
		code, _, told := alice("abort", "nothing")
		expect(t, code, cli.ExitFailed, told, "there is no CanaryRelease nothing in namespace acting")
	})
}

// TestLookingAtReleasesOverACluster follows a release while it changes.
func TestLookingAtReleasesOverACluster(t *testing.T) {
	server := testbed.Shared(t)
	stage := prepareStage(t, server)
	alice := stage.person("alice", "operate")
	release := stage.release(t, "shown")
	stage.apply(&corev1.Service{ // as the operator leaves it behind
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: "gone-v1", Labels: map[string]string{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy},
			Annotations: map[string]string{v1alpha1.AnnotationOrigins: "Retained/gone"},
		},
		Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}},
	})

	t.Run("as a tree, a list and an object", func(t *testing.T) {
		code, out, told := alice("status", release)
		expect(t, code, cli.ExitFine, out+told, "CanaryRelease acting/shown", "Rollout to v2", "step 1", "5%")
		code, out, told = alice("list")
		expect(t, code, cli.ExitFine, out+told, "NAME", "shown", "AwaitingApproval")
		expect(t, code, cli.ExitFine, told, `cannot list resource "services"`)
		code, out, told = stage.run(server.Kubeconfig(), "list")
		expect(t, code, cli.ExitFine, out+told, "shown", "were deleted", "SERVICE", "gone", "gone-v1")
		code, out, told = alice("status", release, "-o", "yaml")
		expect(t, code, cli.ExitFine, out+told, "kind: CanaryRelease", "phase: AwaitingApproval")
		code, _, told = alice("list", "-A")
		expect(t, code, cli.ExitFailed, told, `cannot list resource "canaryreleases"`)
	})
	t.Run("a line for each change, until it is deleted", func(t *testing.T) {
		followed, end := context.WithTimeout(t.Context(), time.Minute)
		defer end()
		var out, told bytes.Buffer
		lines := &firstLine{seen: make(chan struct{})}
		ended := make(chan int, 1)
		go func() {
			streams := genericiooptions.IOStreams{In: strings.NewReader(""), Out: tee{&out, lines}, ErrOut: &told}
			ended <- cli.Run(followed, "", []string{"release", "--kubeconfig", stage.kubeconfig("alice"), "-n", namespace, "status", release, "-w"}, streams)
		}()
		<-lines.seen
		if code, _, told := alice("abort", release); code != cli.ExitFine {
			t.Fatal(told)
		}
		kubectl(t, server, "delete", "canaryrelease", "-n", namespace, release)
		if code := <-ended; code != cli.ExitFine {
			t.Fatalf("exit code %d: %s", code, told.String())
		}
		expect(t, 0, 0, out.String(), "acting/shown AwaitingApproval", "acting/shown RolledBack")
		expect(t, 0, 0, told.String(), "The release was deleted.")
	})
}

func expect(t *testing.T, code, want int, text string, parts ...string) {
	t.Helper()
	if code != want {
		t.Errorf("exit code %d, not %d:\n%s", code, want, text)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in\n%s", part, text)
		}
	}
}
