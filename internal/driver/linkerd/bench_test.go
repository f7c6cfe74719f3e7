package linkerd

import (
	"strconv"
	"testing"
	"time"

	"github.com/kubemate/kubemate/internal/model"
)

// BenchmarkRender renders 1,000 Services one by one, each with a release and a policy with a timeout, retries of idempotent methods and access;
// without matches in the release, and with two.
func BenchmarkRender(b *testing.B) {
	for name, first := range map[string]int{"weights": 4, "matches": 0} {
		b.Run(name, func(b *testing.B) {
			d := Policy(Config{})
			namespaces := make([]model.Namespace, 1000)
			for i := range namespaces {
				svc := busyService("orders" + strconv.Itoa(i))
				svc.Routes = svc.Routes[first:]
				namespaces[i] = model.Namespace{Name: "shop", Services: []model.Service{svc}}
			}
			b.ReportAllocs()
			for b.Loop() {
				for i := range namespaces {
					if _, err := d.Render(namespaces[i]); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func busyService(name string) model.Service {
	release := model.Origin{Kind: "CanaryRelease", Name: name}
	policy := model.Origin{Kind: "MeshPolicy", Name: name}
	origins := []model.Origin{release, policy}
	retry := &model.Retry{Limit: 2, On: []string{"5xx"}}
	svc := model.Service{
		Name: name, Selector: map[string]string{"app": name}, RoutedPorts: []int32{8080},
		Ports:  []model.Port{{Name: "http", Number: 8080, Target: model.TargetPort{Number: 8080}}},
		Retain: &model.Retain{Service: name, StableLeaf: name + "-v1"},
		Access: []model.Access{{
			Port: model.TargetPort{Number: 8080}, Origin: policy,
			Grants: []model.Grant{{Clients: []model.Client{{Kind: model.ClientServiceAccount, Namespace: "web", Name: "web"}}}},
		}},
	}
	for _, line := range []model.Route{
		{Match: model.Match{Headers: []model.ValueMatch{{Name: "x-canary", Kind: model.MatchExact, Value: "1"}}}, Split: []model.Share{{Backend: name + "-v2", Weight: 1}}},
		{Match: model.Match{Path: &model.PathMatch{Kind: model.MatchPrefix, Value: "/preview"}}, Split: []model.Share{{Backend: name + "-v2", Weight: 1}}},
		{Split: []model.Share{{Backend: name + "-v1", Weight: 90}, {Backend: name + "-v2", Weight: 10}}},
	} {
		line.Timeout, line.Origins = 5*time.Second, origins
		retried := line
		retried.Retry = retry
		retried.Match.Methods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PUT", "TRACE"}
		svc.Routes = append(svc.Routes, retried, line)
	}
	return svc
}
