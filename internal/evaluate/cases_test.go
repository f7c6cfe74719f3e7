package evaluate

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// example is one sentence of a source, as objects, a call and its answer.
type example struct {
	sentence, source string
	// objects are keys of the documents below; a key of more than one line is a document itself.
	objects []string
	cluster Cluster
	call    Call
	want    Outcome
	// by is the object that must decide. Empty: not looked at.
	by string
	// audit is what the answer must say of it.
	audit Audit
}

func check(t *testing.T, documents map[string]string, examples []example) {
	t.Helper()
	for _, one := range examples {
		t.Run(one.sentence, func(t *testing.T) {
			if one.source == "" {
				t.Fatal("a sentence needs a source")
			}
			one.cluster.Acceptance = AcceptedAlways
			if strings.Contains(one.source, "status/src") {
				one.cluster.Acceptance = AcceptedByStatus
			}
			w, err := New(read(t, documents, one.objects), one.cluster)
			if err != nil {
				t.Fatal(err)
			}
			got := w.May(one.call)
			if got.Outcome != one.want || one.by != "" && got.By.String() != one.by || got.Audit != one.audit {
				t.Errorf("%s: %s by %s, audit %q (%s)\nwant %s by %s, audit %q", one.source, got.Outcome, got.By, got.Audit, got.Reason, one.want, one.by, one.audit)
			}
			if !strings.HasSuffix(got.Reason, ".") || strings.Count(got.Reason, ". ") > 0 {
				t.Errorf("the reason is no sentence: %q", got.Reason)
			}
		})
	}
}

func read(t *testing.T, documents map[string]string, keys []string) []client.Object {
	t.Helper()
	var objects []client.Object
	for _, key := range keys {
		text := key
		if !strings.Contains(key, "{") {
			var known bool
			if text, known = documents[key]; !known {
				t.Fatalf("there is no document %q", key)
			}
		}
		for document := range strings.SplitSeq(text, "\n---\n") {
			object := &unstructured.Unstructured{}
			if err := yaml.UnmarshalStrict([]byte(document), &object.Object); err != nil {
				t.Fatalf("%s: %v", document, err)
			}
			objects = append(objects, object)
		}
	}
	return objects
}

// pod makes a pod with a proxy.
func pod(namespace, app, address string, change ...func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: app, Annotations: map[string]string{},
			Labels: map[string]string{"app": app, "project": namespace, labelControlPlane: "linkerd"},
		},
		Spec:   corev1.PodSpec{ServiceAccountName: app},
		Status: corev1.PodStatus{PodIP: address, HostIP: "192.168.1.1"},
	}
	for _, f := range change {
		f(p)
	}
	return p
}

func unmeshed(p *corev1.Pod) { delete(p.Labels, labelControlPlane) }

func annotated(key, value string) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.Annotations[key] = value }
}

// serving gives a pod the container of the booksapp demo: a port called service, probed under /ping.
func serving(p *corev1.Pod) {
	p.Spec.Containers = []corev1.Container{{
		Name: "service", Ports: []corev1.ContainerPort{{Name: "service", ContainerPort: 7001}},
		ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/ping", Port: intstr.FromString("service")}}},
	}}
}

func nameless(p *corev1.Pod) { p.Spec.Containers[0].Ports[0].Name = "" }

func proxyAs(sidecar bool) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		proxy := corev1.Container{Name: "linkerd-proxy", Ports: []corev1.ContainerPort{{Name: "linkerd-proxy", ContainerPort: 4143}}}
		if !sidecar {
			p.Spec.Containers = append(p.Spec.Containers, proxy)
			return
		}
		always := corev1.ContainerRestartPolicyAlways
		proxy.RestartPolicy = &always
		p.Spec.InitContainers = append(p.Spec.InitContainers, proxy)
	}
}

func authors(change ...func(*corev1.Pod)) *corev1.Pod {
	return pod("booksapp", "authors", "10.244.1.10", append([]func(*corev1.Pod){serving}, change...)...)
}

// Callers of the examples.
var (
	webapp   = Caller{Pod: pod("booksapp", "webapp", "10.244.1.11")}
	books    = Caller{Pod: pod("booksapp", "books", "10.244.2.12")}
	stranger = Caller{Pod: pod("elsewhere", "webapp", "10.244.3.13")}
	plain    = Caller{Pod: pod("booksapp", "plain", "10.244.4.14", unmeshed)}
	far      = Caller{Pod: pod("elsewhere", "plain", "10.244.5.15", unmeshed)}
	outside  = Caller{Address: address("203.0.113.7")}
	kubelet  = Caller{Node: true}
)

// ask is a call to the authors' service.
func ask(from Caller, method, path string) Call {
	return Call{From: from, To: authors(), Port: 7001, Request: &Request{Method: method, Path: path}}
}

// connect is a connection that carries no HTTP.
func connect(from Caller) Call { return Call{From: from, To: authors(), Port: 7001} }

// of changes whom a call goes to.
func (c Call) of(to *corev1.Pod) Call {
	c.To = to
	return c
}

// at changes the port.
func (c Call) at(port int32) Call {
	c.Port = port
	return c
}

// rpc is a call of gRPC.
func rpc(from Caller, path string) Call {
	call := ask(from, "POST", path)
	call.Request.HTTP2 = true
	return call
}
