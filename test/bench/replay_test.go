package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"k8s.io/client-go/rest"
)

// replay sends the operator's writes once more, as fast as it can, and returns how many a second it sent. Those from before the step go first, so
// that each of the step changes its object once more.
func (w *world) replay(before, step []*call) float64 {
	w.Helper()
	access := w.server.Config()
	to, err := rest.HTTPClientFor(access)
	w.must(err)
	address := access.Host
	changes := map[string]bool{}
	for _, one := range step {
		changes[one.path+one.query] = true
	}
	newest := map[string]*call{}
	for _, one := range before {
		if changes[one.path+one.query] {
			newest[one.path+one.query] = one
		}
	}
	var back []*call
	for _, one := range newest {
		back = append(back, one)
	}
	w.each(len(back), writers, func(i int) error { return again(to, address, back[i]) })
	began := time.Now()
	w.each(len(step), writers, func(i int) error { return again(to, address, step[i]) })
	return float64(len(step)) / time.Since(began).Seconds()
}

// again sends a write once more, whatever its object has become meanwhile.
func again(to *http.Client, address string, one *call) error {
	content, err := renewed(one)
	if err != nil {
		return fmt.Errorf("reading the body of %s: %w", one.path, err)
	}
	request, err := http.NewRequest(one.method, address+one.path+"?"+one.query, bytes.NewReader(content))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", one.contentType)
	response, err := to.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %s", one.method, one.path, answer)
	}
	return err
}

// eventName is the name of an Event about a Service of a fleet, which is in no JSON.
var eventName = regexp.MustCompile(`shop-[0-9]{4}\.[0-9a-f]{16}`)

// renewed is the body of a call that does not care about the version of its object, and of an Event that is another one.
func renewed(one *call) ([]byte, error) {
	if one.event() {
		return eventName.ReplaceAllFunc(one.body, func(name []byte) []byte { return append([]byte("again"), name[5:]...) }), nil
	}
	var body map[string]any
	if err := json.Unmarshal(one.body, &body); err != nil {
		return nil, err
	}
	delete(body["metadata"].(map[string]any), "resourceVersion")
	return json.Marshal(body)
}
