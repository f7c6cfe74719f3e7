package services

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/kubemate/kubemate/hack/testbed/netns"
)

// nameServer answers for the names that it was told, with one IPv4 address each.
type nameServer struct {
	conn    *net.UDPConn
	running sync.WaitGroup

	mu     sync.Mutex
	known  map[string][4]byte
	broken error
}

func startNames() (*nameServer, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: netns.NameServer().AsSlice(), Port: 53})
	if err != nil {
		return nil, fmt.Errorf("services: answering for names: %w", err)
	}
	n := &nameServer{conn: conn, known: map[string][4]byte{}}
	n.running.Go(n.serve)
	return n, nil
}

func (n *nameServer) add(name string, address [4]byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.known[name] = address
}

func (n *nameServer) close() error {
	err := n.conn.Close()
	n.running.Wait()
	return errors.Join(err, n.broken)
}

func (n *nameServer) serve() {
	packet := make([]byte, 512)
	for {
		length, from, err := n.conn.ReadFromUDP(packet)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			var answer []byte
			if answer, err = n.answer(packet[:length]); err == nil {
				_, err = n.conn.WriteToUDP(answer, from)
			}
		}
		n.broken = errors.Join(n.broken, err)
	}
}

// answer is an address, nothing for a known name of which something else is asked, or that there is no such name.
func (n *nameServer) answer(packet []byte) ([]byte, error) {
	var asked dnsmessage.Message
	if err := asked.Unpack(packet); err != nil {
		return nil, fmt.Errorf("services: a question about a name: %w", err)
	}
	said := dnsmessage.Message{Header: dnsmessage.Header{ID: asked.ID, Response: true, Authoritative: true}, Questions: asked.Questions}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, question := range asked.Questions {
		address, known := n.known[strings.ToLower(question.Name.String())]
		switch {
		case !known:
			said.RCode = dnsmessage.RCodeNameError
		case question.Type == dnsmessage.TypeA:
			said.Answers = append(said.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET, TTL: 1},
				Body:   &dnsmessage.AResource{A: address},
			})
		}
	}
	return said.Pack()
}
