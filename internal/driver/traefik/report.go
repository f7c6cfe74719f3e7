package traefik

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver"
)

var _ driver.GatewayReports = Driver{}

const (
	// fromObjects ends the names of routers that come from IngressRoutes.
	fromObjects = "@kubernetescrd"
	// disabled is the status of a router that Traefik has taken out of service.
	disabled = "disabled"
	// ruleDigest is how many bytes of a rule's digest stand in the name of its router.
	ruleDigest = 10
)

// ReportQuestions ask for all routers at once, and for all certificates: between two pages Traefik could load another configuration. Lists are asked for,
// because /api/rawdata repeats what stands in Secrets. Traefik tells of certificates from 3.7 on.
func (Driver) ReportQuestions() []driver.ReportQuestion {
	return []driver.ReportQuestion{
		{Path: "/api/http/routers?per_page=1000000", Read: readRouters},
		{Path: "/api/certificates?per_page=1000000", Read: readCertificates, Optional: true},
	}
}

// router is what is read of a router.
type router struct {
	Name   string   `json:"name"`
	Status string   `json:"status"`
	Errors []string `json:"error"`
}

func readRouters(answer io.Reader, to driver.Report) error {
	err := readList(answer, func(one router) {
		if name, ours := strings.CutSuffix(one.Name, fromObjects); ours {
			to[name] = said(one)
		}
	})
	if err != nil {
		return fmt.Errorf("reading the routers of Traefik: %w", err)
	}
	return nil
}

// certificate is what is read of a certificate: the names that it is for.
type certificate struct {
	SANs []string `json:"sans"`
}

func readCertificates(answer io.Reader, to driver.Report) error {
	err := readList(answer, func(one certificate) {
		for _, name := range one.SANs {
			to[driver.CertificateName(strings.ToLower(name))] = ""
		}
	})
	if err != nil {
		return fmt.Errorf("reading the certificates of Traefik: %w", err)
	}
	to[driver.ReportsCertificates] = ""
	return nil
}

// readList reads the elements of a list one by one.
func readList[T any](answer io.Reader, each func(T)) error {
	decoder := json.NewDecoder(answer)
	if first, err := decoder.Token(); err != nil {
		return err
	} else if first != json.Delim('[') {
		return fmt.Errorf("the answer begins with %v and is no list; is this the address of Traefik's API?", first)
	}
	for decoder.More() {
		var one T
		if err := decoder.Decode(&one); err != nil {
			return err
		}
		each(one)
	}
	_, err := decoder.Token() // the end of the list: without it the answer is cut off
	return err
}

// said is why Traefik does not serve a router. A router with a warning is served.
func said(of router) string {
	if of.Status != disabled {
		return ""
	}
	if len(of.Errors) == 0 {
		return "Traefik does not say why"
	}
	return quotedUser.ReplaceAllString(strings.Join(of.Errors, "; "), "$1 (not repeated here, it holds a password)")
}

// quotedUser is where Traefik repeats a line of a Secret with users that it does not understand.
var quotedUser = regexp.MustCompile(`(?s)(error parsing (?:Basic|Digest)User).*`)

// ReportNames are the routers of an IngressRoute, one for each of its rules. Traefik names them by the namespace, the name and a digest of the rule.
func (Driver) ReportNames(object client.Object) []string {
	written, ok := object.(*unstructured.Unstructured)
	if !ok || written.GetKind() != kindIngressRoute {
		return nil
	}
	found, _, _ := unstructured.NestedFieldNoCopy(written.Object, "spec", "routes")
	routes, _ := found.([]any) // anything else is not what Render writes, and has no rules
	names := make([]string, 0, len(routes))
	for _, route := range routes {
		fields, _ := route.(map[string]any)
		if rule, ok := fields["match"].(string); ok {
			names = append(names, routerName(written.GetNamespace(), written.GetName(), rule))
		}
	}
	return names
}

func routerName(namespace, ingressRoute, rule string) string {
	digest := sha256.Sum256([]byte(rule))
	name := namespace + "-" + ingressRoute + "-" + hex.EncodeToString(digest[:ruleDigest])
	// Traefik makes one hyphen of several in a row.
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }), "-")
}
