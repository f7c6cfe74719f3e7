// Package services makes Services answer by cluster IP and by name inside a testbed's network namespace, as kube-proxy and the DNS of a cluster
// do. The API server must give cluster IPs out of 10.244.0.0/16: what is under it is local there.
package services

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubemate/kubemate/hack/testbed/forward"
)

// ClusterIPs are the flags of kube-apiserver for cluster IPs that a testbed can serve.
var ClusterIPs = []string{"--service-cluster-ip-range=10.244.128.0/20"}

// Services are served until they are closed.
type Services struct {
	client   kubernetes.Interface
	names    *nameServer
	forwards []*forward.Forward
}

// Start begins to answer for names. Serve adds Services.
func Start(client kubernetes.Interface) (*Services, error) {
	names, err := startNames()
	if err != nil {
		return nil, err
	}
	return &Services{client: client, names: names}, nil
}

// Serve passes on what comes to each port of a Service to one of its ready pods, always the same, and answers for the Service's name.
func (s *Services) Serve(ctx context.Context, namespace, name string) error {
	service, err := s.client.CoreV1().Services(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("services: %w", err)
	}
	address, err := net.ResolveIPAddr("ip4", service.Spec.ClusterIP)
	if err != nil {
		return fmt.Errorf("services: the cluster IP of %s/%s: %w", namespace, name, err)
	}
	list, err := s.client.DiscoveryV1().EndpointSlices(namespace).List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + name})
	if err != nil {
		return fmt.Errorf("services: %w", err)
	}
	for _, port := range service.Spec.Ports {
		target := endpoint(list.Items, port)
		if target == "" {
			return fmt.Errorf("services: port %d of %s/%s has no ready pod", port.Port, namespace, name)
		}
		listener, err := net.Listen("tcp4", net.JoinHostPort(service.Spec.ClusterIP, strconv.Itoa(int(port.Port))))
		if err != nil {
			return fmt.Errorf("services: %w", err)
		}
		s.forwards = append(s.forwards, forward.Start(listener, target))
	}
	s.names.add(name+"."+namespace+".svc.", [4]byte(address.IP.To4()))
	return nil
}

// endpoint is the address of a ready pod for a port of a Service. Empty: there is none.
func endpoint(all []discoveryv1.EndpointSlice, of corev1.ServicePort) string {
	for _, slice := range all {
		for _, port := range slice.Ports {
			if port.Name == nil || *port.Name != of.Name || port.Port == nil {
				continue
			}
			for _, one := range slice.Endpoints {
				if ready := one.Conditions.Ready; (ready == nil || *ready) && len(one.Addresses) > 0 {
					return net.JoinHostPort(one.Addresses[0], strconv.Itoa(int(*port.Port)))
				}
			}
		}
	}
	return ""
}

// Close ends all connections.
func (s *Services) Close() error {
	errs := []error{s.names.close()}
	for _, one := range s.forwards {
		errs = append(errs, one.Close())
	}
	return errors.Join(errs...)
}
