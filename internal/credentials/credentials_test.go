package credentials_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubemate/kubemate/internal/credentials"
)

// mount lays files out as kubelet mounts a Secret: behind a link that is swapped when the Secret changes.
func mount(t *testing.T, dir, name string, keys map[string]string) {
	t.Helper()
	version := filepath.Join(dir, name, "..2026")
	if err := os.MkdirAll(version, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("..2026", filepath.Join(dir, name, "..data")); err != nil {
		t.Fatal(err)
	}
	for key, value := range keys {
		if err := os.WriteFile(filepath.Join(version, key), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("..data/"+key, filepath.Join(dir, name, key)); err != nil {
			t.Fatal(err)
		}
	}
}

// ask asks a server about a path, and gives its answer and what it logged.
func ask(dir, method, path string) (answer *http.Response, logged string) {
	var log bytes.Buffer
	recorder := httptest.NewRecorder()
	handler := credentials.Handler(credentials.Store{Dir: dir}, slog.New(slog.NewTextHandler(&log, nil)))
	handler.ServeHTTP(recorder, httptest.NewRequest(method, path, http.NoBody))
	return recorder.Result(), log.String()
}

func TestAnswersCarryTheCredential(t *testing.T) {
	for name, test := range map[string]struct {
		keys         map[string]string
		header, want string
	}{
		"a token is a bearer":                     {map[string]string{"token": "abc"}, "Authorization", "Bearer abc"},
		"a user and a password are basic":         {map[string]string{"username": "bank", "password": "pss"}, "Authorization", "Basic YmFuazpwc3M="},
		"a value is sent as it is":                {map[string]string{"value": "Key 1 2"}, "X-Api-Key", "Key 1 2"},
		"the line break of a text editor is none": {map[string]string{"token": "abc\n"}, "Authorization", "Bearer abc"},
		"other keys of the Secret do not matter":  {map[string]string{"token": "abc", "note": "rotated in June"}, "Authorization", "Bearer abc"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mount(t, dir, "partner", test.keys)
			answer, _ := ask(dir, http.MethodGet, "/v1/partner/"+test.header)
			if answer.StatusCode != http.StatusOK || answer.Header.Get(test.header) != test.want {
				t.Errorf("%d with %q, want 200 with %q", answer.StatusCode, answer.Header.Get(test.header), test.want)
			}
		})
	}
}

func TestWhatCannotBeAnsweredIsNotSentOn(t *testing.T) {
	const secret = "S3CRET"
	for name, test := range map[string]struct {
		keys map[string]string
		path string
		want int
	}{
		"a credential that is not mounted":   {nil, "/v1/other/Authorization", 503},
		"a Secret without a key that counts": {map[string]string{"key": secret}, "/v1/partner/Authorization", 503},
		"two that count":                     {map[string]string{"token": secret, "value": secret}, "/v1/partner/Authorization", 503},
		"a user without a password":          {map[string]string{"username": secret}, "/v1/partner/Authorization", 503},
		"a user with a colon":                {map[string]string{"username": secret + ":x", "password": "y"}, "/v1/partner/Authorization", 503},
		"an empty token":                     {map[string]string{"token": "\n"}, "/v1/partner/Authorization", 503},
		"a token of two lines":               {map[string]string{"token": secret + "\r\nX-Admin: 1"}, "/v1/partner/Authorization", 503},
		"a token that is too long":           {map[string]string{"token": strings.Repeat(secret, 4000)}, "/v1/partner/Authorization", 503},
		"a name that leaves the folder":      {map[string]string{"token": secret}, "/v1/..%2Fpartner/Authorization", 503},
		"a header that is none":              {map[string]string{"token": secret}, "/v1/partner/X%20Y", 400},
		"another path":                       {map[string]string{"token": secret}, "/partner", 404},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mount(t, dir, "partner", test.keys)
			answer, logged := ask(dir, http.MethodGet, test.path)
			if answer.StatusCode != test.want || len(answer.Header["Authorization"]) > 0 {
				t.Errorf("%d with %v, want %d", answer.StatusCode, answer.Header, test.want)
			}
			if strings.Contains(logged, secret) || test.want == 503 && logged == "" {
				t.Errorf("logged %q: want a reason without what the Secret holds", logged)
			}
		})
	}
}

func TestOnlyReadingIsAnswered(t *testing.T) {
	dir := t.TempDir()
	mount(t, dir, "partner", map[string]string{"token": "abc"})
	if answer, _ := ask(dir, http.MethodPost, "/v1/partner/Authorization"); answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", answer.StatusCode)
	}
}

func TestALinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(outside, []byte("S3CRET"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "partner"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "partner", "token")); err != nil {
		t.Fatal(err)
	}
	if answer, _ := ask(dir, http.MethodGet, "/v1/partner/Authorization"); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%d with %v", answer.StatusCode, answer.Header)
	}
}

func TestAnswersOnTheLoopbackDeviceOnly(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, address := range []string{":9091", "0.0.0.0:9091", "10.0.0.1:9091", "localhost:9091", "127.0.0.1"} {
		if err := credentials.Serve(ctx, address, http.NotFoundHandler()); err == nil || !strings.Contains(err.Error(), "127.0.0.1:9091") {
			t.Errorf("%s: %v, want a refusal that says what to write", address, err)
		}
	}
	if err := credentials.Serve(ctx, "127.0.0.1:0", http.NotFoundHandler()); err != nil {
		t.Errorf("it does not end in peace: %v", err)
	}
}
