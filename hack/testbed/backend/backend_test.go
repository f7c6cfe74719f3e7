package backend_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/netns"
)

// The namespace makes pod addresses answer and port 8080 free.
func TestMain(m *testing.M) {
	netns.Enter(nil)
	os.Exit(m.Run())
}

const adminPort = 18090

func podAt(name, version, address string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, Labels: map[string]string{"version": version}},
		Status:     corev1.PodStatus{PodIP: address},
	}
}

func start(t *testing.T, options backend.Options) (*backend.Backend, *fake.Clientset) {
	t.Helper()
	client := fake.NewClientset(podAt("one", "v1", "10.244.0.1"), podAt("two", "v2", "10.244.0.2"))
	b, err := backend.Start(t.Context(), client, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b, client
}

func call(address string) (int, backend.Answer, error) {
	var answer backend.Answer
	response, err := http.Get("http://" + address + ":8080/cart?x=1")
	if err != nil {
		return 0, answer, err
	}
	defer response.Body.Close()
	return response.StatusCode, answer, json.NewDecoder(response.Body).Decode(&answer)
}

func TestAddressSaysWhichPod(t *testing.T) {
	_, client := start(t, backend.Options{})
	for address, want := range map[string]string{"10.244.0.1": "one v1 /cart?x=1", "10.244.0.2": "two v2 /cart?x=1"} {
		status, answer, err := call(address)
		if got := fmt.Sprint(answer.Pod, " ", answer.Variant, " ", answer.Path); err != nil || status != 200 || got != want {
			t.Errorf("%s: %d %q %v, want %q", address, status, got, err, want)
		}
	}
	// A pod may be called before the backend has heard of it.
	answered := make(chan backend.Answer)
	go func() {
		_, answer, err := call("10.244.0.3")
		if err != nil {
			t.Error(err)
		}
		answered <- answer
	}()
	if _, err := client.CoreV1().Pods("shop").Create(t.Context(), podAt("three", "v3", "10.244.0.3"), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if answer := <-answered; answer.Pod != "three" {
		t.Errorf("got %q, want three", answer.Pod)
	}
}

func TestErrorRateIsExact(t *testing.T) {
	b, _ := start(t, backend.Options{})
	b.Set(backend.Matcher{Labels: map[string]string{"version": "v2"}}, backend.Behaviour{ErrorRate: 0.1, Status: 503})
	failed := 0
	for range 100 {
		status, _, err := call("10.244.0.2")
		if err != nil {
			t.Fatal(err)
		}
		if status == 503 {
			failed++
		}
	}
	if failed != 10 {
		t.Errorf("%d of 100 failed, want 10", failed)
	}
	if status, _, err := call("10.244.0.1"); status != 200 || err != nil {
		t.Errorf("the other pod answers %d, %v", status, err)
	}
}

func TestDownBreaksOpenConnections(t *testing.T) {
	b, _ := start(t, backend.Options{})
	b.SetPod("shop", "one", backend.Behaviour{Latency: time.Minute})
	broken := make(chan error)
	go func() {
		_, _, err := call("10.244.0.1")
		broken <- err
	}()
	deadline, ticker := time.After(10*time.Second), time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for waiting := true; waiting; { // the first connection may come before or after the pod goes down
		b.SetPod("shop", "one", backend.Behaviour{Down: true})
		select {
		case err := <-broken:
			waiting = false
			if err == nil {
				t.Error("a request to a pod that is down was answered")
			}
		case <-ticker.C:
		case <-deadline:
			t.Fatal("the connection stayed open")
		}
	}
	b.Reset()
	if status, _, err := call("10.244.0.1"); status != 200 || err != nil {
		t.Errorf("after Reset: %d, %v", status, err)
	}
}

func TestDeletedByForceIsDown(t *testing.T) {
	_, client := start(t, backend.Options{DownWhenGone: true})
	if err := client.CoreV1().Pods("shop").Delete(t.Context(), "one", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	deadline, ticker := time.After(10*time.Second), time.NewTicker(5*time.Millisecond)
	defer ticker.Stop()
	for {
		if _, _, err := call("10.244.0.1"); err != nil {
			break
		}
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatal("the deleted pod still answers")
		}
	}
}

func TestAdminPort(t *testing.T) {
	start(t, backend.Options{AdminPort: adminPort})
	url := fmt.Sprintf("http://127.0.0.1:%d/behaviour", adminPort)
	for body, want := range map[string]int{`{"namespace": "shop", "name": "one", "status": 500, "errorRate": 1}`: 204, `{"speed": 1}`: 400} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("PUT %s: %s, want %d", body, response.Status, want)
		}
	}
	if status, _, err := call("10.244.0.1"); status != 500 || err != nil {
		t.Errorf("the pod answers %d, %v; want 500", status, err)
	}
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	listed, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(listed), `"errorRate": 1`) {
		t.Errorf("GET says %s, %v", listed, err)
	}
}
