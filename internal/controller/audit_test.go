package controller_test

import (
	"bufio"
	"encoding/json"
	"os"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// call is one request of the operator, as the API server recorded it.
type call struct {
	Verb  string `json:"verb"`
	Stage string `json:"stage"`
	User  struct {
		Username string `json:"username"`
	} `json:"user"`
	Object struct {
		Resource    string `json:"resource"`
		Subresource string `json:"subresource"`
		Namespace   string `json:"namespace"`
		Name        string `json:"name"`
	} `json:"objectRef"`
	Response struct {
		Code int `json:"code"`
	} `json:"responseStatus"`
}

func (c call) String() string {
	return c.Verb + " " + c.Object.Resource + "/" + c.Object.Subresource + " " + c.Object.Name
}

// calls are the operator's finished requests about a namespace that are no watches, Events left out.
func calls(namespace string) []string {
	GinkgoHelper()
	file, err := os.Open(server.AuditLog())
	Expect(err).NotTo(HaveOccurred())
	defer file.Close()
	var found []string
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var one call
		if json.Unmarshal(lines.Bytes(), &one) != nil {
			continue // the last line may still be being written
		}
		if one.User.Username == operatorUser && one.Stage == "ResponseComplete" && one.Verb != "watch" &&
			(one.Object.Namespace == namespace || one.Object.Name == namespace) && one.Object.Resource != "events" {
			found = append(found, one.String())
		}
	}
	return found
}
