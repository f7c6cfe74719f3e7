package proxymetrics_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kubemate/kubemate/hack/testbed/proxymetrics"
)

func TestCountsFollowTheRate(t *testing.T) {
	now := time.Unix(0, 0)
	generator := proxymetrics.New(func() time.Time { return now })
	generator.Set(proxymetrics.Traffic{
		Namespace: "shop", Service: "orders", Backend: "orders-v2", Port: 80, Rate: 10, Failures: 0.1, Timeouts: 0.2, Latency: 40 * time.Millisecond,
	})
	now = now.Add(10 * time.Second)
	request := httptest.NewRequest(http.MethodPut, "/traffic", strings.NewReader(`{"namespace":"shop","service":"orders","backend":"orders-v2","port":80,"rate":5}`))
	if recorder := serve(generator, request); recorder.Code != http.StatusNoContent {
		t.Fatal(recorder.Body)
	}
	now = now.Add(10 * time.Second)
	text := serve(generator, httptest.NewRequest(http.MethodGet, "/metrics", nil)).Body.String()
	for _, want := range []string{
		`http_status="200",parent_group="core",parent_kind="Service",parent_name="orders"`,
		`status_code="200",target_addr="10.244.1.7:8080",target_ip="10.244.1.7",target_port="8080",tls="true"} 120`, // 70 and 50
		`classification="failure"`, `error="REQUEST_TIMEOUT"`, `le="30"} 50`, `le="40"} 130`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s in\n%s", want, text)
		}
	}
}

func TestAnUnknownFieldIsRefused(t *testing.T) {
	request := httptest.NewRequest(http.MethodPut, "/traffic", strings.NewReader(`{"ratee":5}`))
	if recorder := serve(proxymetrics.New(time.Now), request); recorder.Code != http.StatusBadRequest {
		t.Errorf("status %d", recorder.Code)
	}
}

func serve(generator *proxymetrics.Generator, request *http.Request) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	generator.Handler().ServeHTTP(recorder, request)
	return recorder
}
