package controller

import (
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
	"github.com/kubemate/kubemate/internal/status"
	"github.com/kubemate/kubemate/internal/verify"
)

// setupVerification adds what asks gateways. Nil: the configuration names none, or no driver understands them.
func setupVerification(mgr manager.Manager, edge config.Edge, drivers Drivers, feed *feed) (*verify.Verifier, error) {
	reports := drivers.Reports()
	if reports == nil {
		return nil, nil
	}
	verifier, err := verify.New(verify.Options{
		Gateways: edge.Gateways, Reader: reports, Settle: edge.Settle.Duration, Changed: feed.addSoon,
	})
	if verifier == nil || err != nil {
		return nil, err
	}
	if err := mgr.Add(verifier); err != nil {
		return nil, fmt.Errorf("adding what asks gateways: %w", err)
	}
	return verifier, nil
}

// verified tells what gateways should have loaded of a plan, and returns what they say. Nil: no gateway is asked. Objects of a group that is not
// written yet are left out.
func (n *namespaces) verified(planned plan.Plan, results map[string]apply.Result) map[model.Origin]status.Verified {
	if n.verifier == nil {
		return nil
	}
	var expected []verify.Expected
	var stored time.Time
	for i := range planned.Groups {
		group := &planned.Groups[i]
		result, written := results[group.Key]
		if !written || result.State != apply.Done {
			continue
		}
		own := n.reportedOn(group.Objects)
		if len(own) > 0 && result.Since.After(stored) {
			stored = result.Since
		}
		expected = append(expected, own...)
	}
	expected = append(expected, n.certified(&planned, results)...)
	verified := map[model.Origin]status.Verified{}
	for origin, finding := range n.verifier.Expect(planned.Namespace, stored, expected) {
		verified[origin] = status.Verified{
			Message: finding.Text(), Unknown: finding.Unknown, Certified: finding.Certified, Uncertified: finding.Uncertified,
		}
	}
	return verified
}

// reportedOn is what gateways report on of some objects.
func (n *namespaces) reportedOn(objects []driver.Object) []verify.Expected {
	reports := n.drivers.Reports()
	var expected []verify.Expected
	for i := range objects {
		object := objects[i]
		gateway := object.GetLabels()[v1alpha1.LabelGateway]
		if !n.verifier.Asks(gateway) {
			continue
		}
		for _, name := range reports.ReportNames(object.Object) {
			expected = append(expected, verify.Expected{
				Gateway: gateway, Name: name, Object: object.GetObjectKind().GroupVersionKind().Kind + " " + object.GetName(), Origins: object.Origins,
			})
		}
	}
	return expected
}

// certified are the hosts that gateways should have certificates for, from Secrets that people keep. cert-manager tells of its own.
func (n *namespaces) certified(planned *plan.Plan, results map[string]apply.Result) []verify.Expected {
	var expected []verify.Expected
	for i := range planned.Model.Edges {
		edge := &planned.Model.Edges[i]
		result, written := results[plan.GroupProfilePrefix+edge.Name]
		if edge.TLS == nil || edge.TLS.Issuer != nil || !n.verifier.Asks(edge.Gateway.Name) || !written || result.State != apply.Done {
			continue
		}
		for _, host := range edge.Hosts {
			expected = append(expected, verify.ExpectCertificate(edge.Gateway.Name, host, edge.Origin.Object()))
		}
	}
	return expected
}
