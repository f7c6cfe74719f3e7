package controller_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// calls are the operator's finished requests about a namespace that are no watches, Events left out.
func calls(namespace string) []string {
	GinkgoHelper()
	asked, err := server.Audit(operatorUser).Since(time.Time{})
	Expect(err).NotTo(HaveOccurred())
	var found []string
	for i := range asked {
		of := asked[i].ObjectRef
		if of != nil && (of.Namespace == namespace || of.Name == namespace) && of.Resource != "events" {
			found = append(found, asked[i].Verb+" "+of.Resource+"/"+of.Subresource+" "+of.Name)
		}
	}
	return found
}
