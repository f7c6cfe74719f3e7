package testbed_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/load"
)

func TestPodLife(t *testing.T) {
	tb := testbed.Shared(t)
	client := kubernetes.NewForConfigOrDie(tb.Config())
	apply(t, tb, strings.ReplaceAll(variant, "NAME", "life"))
	selector := metav1.ListOptions{LabelSelector: "version=life"}
	ready := func(want int) func(context.Context) error { return readyEndpoints(client, "life", want) }
	await(t, "two ready pods", ready(2))
	pods, err := client.CoreV1().Pods("default").List(t.Context(), selector)
	if err != nil {
		t.Fatal(err)
	}
	if err := tb.SetPodReady(t.Context(), "default", pods.Items[0].Name, false); err != nil {
		t.Fatal(err)
	}
	await(t, "one pod to be unready", ready(1))
	if err := tb.SetPodReady(t.Context(), "default", pods.Items[0].Name, true); err != nil {
		t.Fatal(err)
	}
	await(t, "both to be ready again", ready(2))

	gone := pods.Items[1]
	now := int64(0)
	if err := client.CoreV1().Pods("default").Delete(t.Context(), gone.Name, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
		t.Fatal(err)
	}
	await(t, "the killed pod to refuse", func(ctx context.Context) error {
		result, err := load.Run(ctx, load.Options{URL: "http://" + gone.Status.PodIP + ":8080", Count: 1})
		if err == nil && result.ByStatus[0] != 1 {
			err = errors.New(result.String())
		}
		return err
	})
	await(t, "its replacement", ready(2))
	pods, err = client.CoreV1().Pods("default").List(t.Context(), selector)
	if err != nil {
		t.Fatal(err)
	}
	for _, pod := range pods.Items {
		if pod.Status.PodIP == gone.Status.PodIP {
			t.Errorf("pod %s got the address of the pod that is gone", pod.Name)
		}
	}
}

// readyEndpoints is nil when the Service has so many ready endpoints.
func readyEndpoints(client kubernetes.Interface, service string, want int) func(context.Context) error {
	selector := metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + service}
	return func(ctx context.Context) error {
		slices, err := client.DiscoveryV1().EndpointSlices("default").List(ctx, selector)
		if err != nil {
			return err
		}
		count := 0
		for _, slice := range slices.Items {
			for _, endpoint := range slice.Endpoints {
				if *endpoint.Conditions.Ready {
					count++
				}
			}
		}
		if count != want {
			return fmt.Errorf("%d endpoints are ready, want %d", count, want)
		}
		return nil
	}
}

// TestAnnotations are those that the testbed's own stages understand.
func TestAnnotations(t *testing.T) {
	tb := testbed.Shared(t)
	client := kubernetes.NewForConfigOrDie(tb.Config())
	manifest := strings.ReplaceAll(variant, "NAME", "sick")
	manifest = strings.Replace(manifest, "    metadata: {", `    metadata: {annotations: {testbed.kubemate.io/ready: "false", testbed.kubemate.io/termination: 5m}, `, 1)
	apply(t, tb, manifest)
	pods := client.CoreV1().Pods("default")
	selector := metav1.ListOptions{LabelSelector: "version=sick"}
	running := func(ctx context.Context) error {
		list, err := pods.List(ctx, selector)
		if err == nil && (len(list.Items) != 2 || list.Items[0].Status.Phase != "Running" || list.Items[1].Status.Phase != "Running") {
			err = errors.New("two pods should run")
		}
		return err
	}
	await(t, "pods that run", running)
	if err := readyEndpoints(client, "sick", 0)(t.Context()); err != nil {
		t.Error(err)
	}
	if err := client.AppsV1().Deployments("default").Delete(t.Context(), "sick", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	await(t, "the pods to terminate, and to stay", func(ctx context.Context) error {
		list, err := pods.List(ctx, selector)
		if err != nil {
			return err
		}
		for _, pod := range list.Items {
			if pod.DeletionTimestamp == nil {
				return errors.New(pod.Name + " is not terminating")
			}
		}
		if len(list.Items) != 2 {
			t.Fatalf("%d pods are left, want 2", len(list.Items))
		}
		return nil
	})
}
