package testbed

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	auditv1 "k8s.io/apiserver/pkg/apis/audit/v1"
)

// Audit is what the API server's audit log tells of one user (Options.Audit).
type Audit struct {
	path, user string
	// heard is how much of the log was read, asked what it told.
	heard int64
	asked []auditv1.Event
}

// Audit reads the audit log for a user. It reads each line once, so whoever looks often keeps it.
func (tb *Testbed) Audit(user string) *Audit { return &Audit{path: tb.auditLog(), user: user} }

// Since are the user's answered requests that came since an instant and are no watches, in the order of their answers.
func (a *Audit) Since(instant time.Time) ([]auditv1.Event, error) {
	if err := a.listen(); err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	var found []auditv1.Event
	for i := range a.asked {
		if !a.asked[i].RequestReceivedTimestamp.Time.Before(instant) {
			found = append(found, a.asked[i])
		}
	}
	return found, nil
}

// listen reads what was added to the log.
func (a *Audit) listen() (err error) {
	file, err := os.Open(a.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := file.Seek(a.heard, io.SeekStart); err != nil {
		return err
	}
	for lines := bufio.NewReader(file); ; {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // the last line may still be being written
		}
		if err != nil {
			return err
		}
		a.heard += int64(len(line))
		var event auditv1.Event
		if err := json.Unmarshal(line, &event); err != nil {
			return err
		}
		if event.User.Username == a.user && event.Verb != "watch" {
			a.asked = append(a.asked, event)
		}
	}
}
