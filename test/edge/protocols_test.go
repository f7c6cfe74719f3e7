package edge

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed/backend"
)

// overHTTP2 speaks HTTP/2 without TLS, as clients of gRPC do.
var overHTTP2 = func() *http.Client {
	protocols := &http.Protocols{}
	protocols.SetUnencryptedHTTP2(true)
	return &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{Protocols: protocols}}
}()

// call makes a call of gRPC. Its status is the one in the trailer.
func call(host, method string, edits ...edit) (variant, status string, err error) {
	message := make([]byte, 5) // an empty one: not compressed, no bytes
	request, err := http.NewRequest(http.MethodPost, world.Traefik.Web()+method, bytes.NewReader(message))
	if err != nil {
		return "", "", err
	}
	request.Host = host
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("TE", "trailers")
	for _, one := range edits {
		one(request)
	}
	response, err := overHTTP2.Do(request)
	if err != nil {
		return "", "", err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return "", "", err
	}
	return response.Header.Get(backend.VariantHeader), response.Trailer.Get("Grpc-Status"), nil
}

var _ = Describe("a Service under release", Serial, func() {
	// releaseOf shares one port of orders out half and half, with a match.
	releaseOf := func(name string, port v1alpha1.PortNumber, match v1alpha1.RequestMatch) *v1alpha1.CanaryRelease {
		v1, v2 := v1alpha1.ObjectName("orders-v1"), v1alpha1.ObjectName("orders-v2")
		return &v1alpha1.CanaryRelease{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: v1alpha1.CanaryReleaseSpec{
			Service: v1alpha1.ReleaseService{Name: "orders", Ports: []v1alpha1.PortNumber{port}}, Stable: "v1",
			Variants: []v1alpha1.Variant{{Name: "v1", Deployment: &v1, Weight: ptr.To(int32(50))}, {Name: "v2", Deployment: &v2, Weight: ptr.To(int32(50))}},
			Matches:  []v1alpha1.ReleaseMatch{{To: "v2", Any: []v1alpha1.RequestMatch{match}}},
		}}
	}

	It("is called by gRPC, by weight and by method", func() {
		method := "Place"
		release := releaseOf("calls", 81, v1alpha1.RequestMatch{GRPC: &v1alpha1.GRPCMatch{Service: "bank.Orders", Method: &method}})
		shop.create(release)
		calls := route("/", "orders")
		calls.To.Port = 81
		shop.released(release)
		shop.publish(profile("calls", calls))
		variants := map[string]int{}
		for range 20 {
			variant, status, err := call(hostOf("calls"), "/bank.Orders/List")
			Expect(err).NotTo(HaveOccurred())
			Expect(status).To(Equal("0"), "the trailer comes through")
			variants[variant]++
		}
		Expect(variants).To(Equal(map[string]int{"v1": 10, "v2": 10}))
		for range 10 {
			variant, status, err := call(hostOf("calls"), "/bank.Orders/Place")
			Expect(err).NotTo(HaveOccurred())
			Expect([]string{variant, status}).To(Equal([]string{"v2", "0"}))
		}

		By("passing on a status that is an error of gRPC and none of HTTP")
		DeferCleanup(world.Backend.Reset)
		world.Backend.Set(backend.Matcher{Namespace: "shop", Labels: map[string]string{"app": "orders"}}, backend.Behaviour{ErrorRate: 1, GRPCStatus: 14})
		_, status, err := call(hostOf("calls"), "/bank.Orders/Place")
		Expect(err).NotTo(HaveOccurred())
		Expect(status).To(Equal("14"))
	})

	It("is spoken to over WebSockets, which stay with their variant", func() {
		release := releaseOf("sockets", 80, v1alpha1.RequestMatch{Headers: []v1alpha1.ValueMatch{{Name: "X-Canary", Value: ptr.To(v1alpha1.MatchValue("1"))}}})
		shop.create(release)
		shop.released(release)
		shop.publish(withHeaders(profile("sockets", with(route("/", "orders"), func(r *v1alpha1.IngressRoute) {
			r.MaxInFlight = ptr.To(int64(100))
		}))))
		for range 10 { // the match, not the split
			Expect(ask(hostOf("sockets"), "/", header("X-Canary", "1")).variant).To(Equal("v2"))
		}

		socket := upgrade(hostOf("sockets"), "/stream", "X-Canary: 1")
		defer socket.close()
		Expect(socket.variant).To(Equal("v2"))
		socket.echoes("before")

		By("moving the match away: the socket stays, the next request does not")
		shop.edit(release, func() { release.Spec.Matches[0].To = "v1" })
		shop.released(release)
		Eventually(func() string { return ask(hostOf("sockets"), "/", header("X-Canary", "1")).variant }).Should(Equal("v1"))
		socket.echoes("after")
	})
})

// socket is a WebSocket as far as a gateway is concerned: a handshake, and then bytes both ways.
type socket struct {
	conn    net.Conn
	reader  *bufio.Reader
	variant string
}

func upgrade(host, path, more string) socket {
	GinkgoHelper()
	conn, err := net.Dial("tcp", world.Traefik.WebAddress())
	Expect(err).NotTo(HaveOccurred())
	Expect(conn.SetDeadline(time.Now().Add(30 * time.Second))).To(Succeed())
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	_, err = io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: "+host+"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: "+key+"\r\n"+more+"\r\n\r\n")
	Expect(err).NotTo(HaveOccurred())
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	Expect(err).NotTo(HaveOccurred())
	Expect(response.StatusCode).To(Equal(http.StatusSwitchingProtocols))
	Expect(response.Header.Get("Sec-WebSocket-Accept")).To(Equal(backend.WebSocketAccept(key)))
	return socket{conn, reader, response.Header.Get(backend.VariantHeader)}
}

func (s socket) echoes(text string) {
	GinkgoHelper()
	_, err := io.WriteString(s.conn, text)
	Expect(err).NotTo(HaveOccurred())
	came := make([]byte, len(text))
	_, err = io.ReadFull(s.reader, came)
	Expect(err).NotTo(HaveOccurred())
	Expect(string(came)).To(Equal(text))
}

func (s socket) close() { s.conn.Close() }
