package testbed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// addressesPerNode is how many pods a node can start in its life: kwok counts up and never gives an address twice.
	addressesPerNode = 4096
	// maxNodes leaves the last block to netns.Address.
	maxNodes = 15
)

// nodeNames hands out node numbers.
type nodeNames struct {
	mu   sync.Mutex
	next int
}

func (n *nodeNames) take(count int) ([]int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next+count > maxNodes {
		return nil, fmt.Errorf("a testbed has at most %d nodes", maxNodes)
	}
	numbers := make([]int, count)
	for i := range numbers {
		numbers[i] = n.next + i
	}
	n.next += count
	return numbers, nil
}

func (tb *Testbed) startNodes(ctx context.Context) error {
	_, err := tb.AddNodes(ctx, tb.options.nodes())
	return err
}

// AddNodes creates nodes and waits until pods can be scheduled onto them. It needs Options.Controllers.
func (tb *Testbed) AddNodes(ctx context.Context, count int) (names []string, err error) {
	numbers, err := tb.nodes.take(count)
	if err != nil {
		return nil, err
	}
	for _, number := range numbers {
		node := newNode(number)
		if _, err := tb.client.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{}); err != nil {
			return nil, fmt.Errorf("create node %s: %w", node.Name, err)
		}
		names = append(names, node.Name)
	}
	return names, poll(ctx, 30*time.Second, "nodes to become ready", func(ctx context.Context) error {
		for _, name := range names {
			node, err := tb.client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
			if err != nil {
				return err
			}
			if err := schedulable(node); err != nil {
				return fmt.Errorf("node %s: %w", name, err)
			}
		}
		return nil
	})
}

// newNode has a pod network of a single address. kwok starts there and counts up without an end, but takes back only
// addresses inside the network: so none is used twice, and a late request to a pod that is gone never reaches another.
func newNode(number int) *corev1.Node {
	offset := number * addressesPerNode
	network := fmt.Sprintf("10.244.%d.%d/32", offset>>8&0xff, offset&0xff)
	name := fmt.Sprintf("node-%d", number)
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelHostname: name}},
		Spec:       corev1.NodeSpec{PodCIDR: network, PodCIDRs: []string{network}},
	}
}

func schedulable(node *corev1.Node) error {
	if len(node.Spec.Taints) > 0 {
		return fmt.Errorf("still tainted with %s", node.Spec.Taints[0].Key)
	}
	ready := slices.ContainsFunc(node.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
	if !ready {
		return errors.New("not ready")
	}
	return nil
}

// SetPodReady makes a running pod ready or not, as its readiness probe would. The endpoints follow.
func (tb *Testbed) SetPodReady(ctx context.Context, namespace, name string, ready bool) error {
	pods := tb.client.CoreV1().Pods(namespace)
	pod, err := pods.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	status := corev1.ConditionFalse
	if ready {
		status = corev1.ConditionTrue
	}
	for i := range pod.Status.Conditions {
		condition := &pod.Status.Conditions[i]
		if condition.Type == corev1.PodReady || condition.Type == corev1.ContainersReady {
			condition.Status, condition.LastTransitionTime = status, metav1.Now()
		}
	}
	for i := range pod.Status.ContainerStatuses {
		pod.Status.ContainerStatuses[i].Ready = ready
	}
	_, err = pods.UpdateStatus(ctx, pod, metav1.UpdateOptions{})
	return err
}
