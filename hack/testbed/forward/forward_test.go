package forward_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kubemate/kubemate/hack/testbed/forward"
)

func start(t *testing.T, target string) *forward.Forward {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return forward.Start(listener, target)
}

func TestPassesBothWays(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(w, r.Body); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	f := start(t, server.Listener.Addr().String())
	body := strings.Repeat("both ways ", 100_000)
	response, err := http.Post("http://"+f.Addr(), "text/plain", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	echo, err := io.ReadAll(response.Body)
	if err != nil || string(echo) != body {
		t.Errorf("%d of %d bytes came back, %v", len(echo), len(body), err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestCloseEndsConnections(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	f := start(t, server.Addr().String())
	client, err := net.Dial("tcp", f.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := server.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := client.Read(make([]byte, 1)); err == nil {
		t.Error("the connection is still open")
	}
}

func TestDeadTarget(t *testing.T) {
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	f := start(t, dead.Addr().String())
	defer f.Close()
	if _, err := http.Get("http://" + f.Addr()); err == nil {
		t.Error("a dead target answered")
	}
}
