package edge

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/hack/testbed/backend"
)

// reply is what came back, with what the pod says it was asked.
type reply struct {
	*http.Response
	body    []byte
	variant string
	asked   backend.Answer
}

// plain shows redirects instead of following them.
var plain = &http.Client{
	Timeout:       10 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

type edit func(*http.Request)

func header(name, value string) edit {
	return func(request *http.Request) { request.Header.Add(name, value) }
}

func method(name string) edit { return func(request *http.Request) { request.Method = name } }

func body(size int) edit {
	return func(request *http.Request) {
		text := strings.Repeat("x", size)
		request.Method, request.ContentLength = http.MethodPost, int64(size)
		request.Body = io.NopCloser(strings.NewReader(text))
	}
}

// try sends a request over plain HTTP.
func try(host, path string, edits ...edit) (reply, error) {
	return send(plain, world.Traefik.Web()+path, host, edits...)
}

func send(with *http.Client, url, host string, edits ...edit) (reply, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, http.NoBody)
	if err != nil {
		return reply{}, err
	}
	request.Host = host
	for _, one := range edits {
		one(request)
	}
	response, err := with.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{}, fmt.Errorf("reading the answer: %w", err)
	}
	came := reply{Response: response, body: content, variant: response.Header.Get(backend.VariantHeader)}
	if came.variant != "" {
		err = json.Unmarshal(content, &came.asked)
	}
	return came, err
}

// ask is try when nothing may go wrong.
func ask(host, path string, edits ...edit) reply {
	GinkgoHelper()
	came, err := try(host, path, edits...)
	Expect(err).NotTo(HaveOccurred())
	return came
}

// eventuallyAnswers waits until a path is answered with a status: the profile is in force.
func eventuallyAnswers(status int, host, path string, edits ...edit) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		came, err := try(host, path, edits...)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(came.StatusCode).To(Equal(status))
	}).Should(Succeed())
}
