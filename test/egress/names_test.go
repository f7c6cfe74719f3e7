package egress

import (
	"errors"
	"net"
	"net/netip"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/kubemate/kubemate/hack/testbed/netns"
)

// answerNames is the DNS of the network namespace: it stands where the machine's configuration looks for one, and knows the partners alone.
func answerNames(names map[string]netip.Addr) {
	GinkgoHelper()
	socket, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(netns.NameServer(), 53)))
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(socket.Close)
	go func() {
		buffer := make([]byte, 1500)
		for {
			size, from, err := socket.ReadFromUDPAddrPort(buffer)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if answer, ok := resolve(buffer[:size], names); err == nil && ok {
				_, _ = socket.WriteToUDPAddrPort(answer, from) // who asked asks again
			}
		}
	}()
}

// resolve answers a question for an IPv4 address of a known name; every other name does not exist.
func resolve(question []byte, names map[string]netip.Addr) ([]byte, bool) {
	var message dnsmessage.Message
	if err := message.Unpack(question); err != nil || len(message.Questions) != 1 {
		return nil, false
	}
	asked := message.Questions[0]
	answer := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: message.ID, Response: true, RecursionAvailable: true, RecursionDesired: message.RecursionDesired},
		Questions: message.Questions,
	}
	address, known := names[strings.TrimSuffix(asked.Name.String(), ".")]
	switch {
	case !known:
		answer.RCode = dnsmessage.RCodeNameError
	case asked.Type == dnsmessage.TypeA:
		answer.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: asked.Name, Type: asked.Type, Class: asked.Class},
			Body:   &dnsmessage.AResource{A: address.As4()},
		}}
	}
	packed, err := answer.Pack()
	return packed, err == nil
}
