package netns_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kubemate/kubemate/hack/testbed/netns"
	"github.com/kubemate/kubemate/hack/testbed/process"
)

// role makes the test binary play a program that enters a namespace, so that its parent can be observed.
const role = "KUBEMATE_TEST_ROLE"

func TestMain(m *testing.M) {
	netns.Enter(nil)
	switch os.Getenv(role) {
	case "exit 7":
		os.Exit(7)
	case "killed":
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			panic(err)
		}
		select {}
	case "serve":
		serve()
	case "lend":
		lend()
	case "leave a file":
		if err := os.WriteFile(filepath.Join(netns.Dir(), "file"), nil, 0o600); err != nil {
			panic(err)
		}
		fmt.Print(netns.Dir())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// serve starts a server inside the namespace, prints its process id and waits for its end.
func serve() {
	server, err := process.Start(context.Background(), process.Command{
		Name: "sleep", Path: "/bin/sleep", Args: []string{"600"}, LogFile: os.DevNull,
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(server.PID())
	select {}
}

// lend answers on a port outside and prints its address.
func lend() {
	listener, err := netns.ListenOutside("127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	panic(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "from inside") })))
}

// outside runs this test binary once more, as a process that is not inside yet.
func outside(t *testing.T, part string) *exec.Cmd {
	t.Helper()
	command := exec.Command("/proc/self/exe")
	command.Env = append(os.Environ(), role+"="+part, "KUBEMATE_NETNS_PARENT=", "KUBEMATE_NETNS_DIR=")
	return command
}

func TestPodAddressesAnswer(t *testing.T) {
	listener, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Context().Value(http.LocalAddrContextKey))
	}))
	defer listener.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	for _, address := range []string{"127.0.0.1", "10.244.0.1", "10.244.17.200", "10.244.255.1"} {
		want := fmt.Sprintf("%s:%d", address, port)
		response, err := http.Get("http://" + want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || string(got) != want {
			t.Errorf("asked %s, %s answered (%v)", want, got, err)
		}
	}
}

func TestNothingElseIsReachable(t *testing.T) {
	for _, address := range []string{"10.245.0.1:80", "192.0.2.1:80", "8.8.8.8:53"} {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			t.Errorf("%s is reachable", address)
		}
	}
}

func TestDirectoryIsRemoved(t *testing.T) {
	dir, err := outside(t, "leave a file").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(dir), "kubemate-testbed") {
		t.Fatalf("unexpected folder %q", dir)
	}
	if _, err := os.Stat(string(dir)); !os.IsNotExist(err) {
		t.Errorf("%s is left behind: %v", dir, err)
	}
}

func TestListenOutside(t *testing.T) {
	listener, err := netns.ListenOutside("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	// The port belongs to the machine, so it cannot be reached from here.
	if conn, err := net.Dial("tcp", listener.Addr().String()); err == nil {
		conn.Close()
		t.Errorf("%s is inside the namespace", listener.Addr())
	}
	if _, err := netns.ListenOutside("0.0.0.0:0"); err == nil {
		t.Error("an address that others can reach was allowed")
	}
	if _, err := netns.ListenOutside(listener.Addr().String()); err == nil {
		t.Error("the same port was given twice")
	}
}

func TestLentListenerAnswers(t *testing.T) {
	program := outside(t, "lend")
	output, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	defer program.Wait()
	defer program.Process.Signal(syscall.SIGTERM)
	var address string
	if _, err := fmt.Fscan(output, &address); err != nil {
		t.Fatal(err)
	}
	response, err := http.Get("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != "from inside" {
		t.Errorf("got %q, %v", body, err)
	}
}
