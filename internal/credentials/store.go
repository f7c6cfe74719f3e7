package credentials

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
)

// Keys of a mounted Secret. One of token, of value, or of username with password is there.
const (
	keyToken    = "token"
	keyValue    = "value"
	keyUsername = "username"
	keyPassword = "password"
)

// maxSize of a file. Most servers refuse headers that are longer.
const maxSize = 8 << 10

// namePattern is what the names of credentials are made of, a DNS label.
var namePattern = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// Store reads credentials from a folder that has one folder for each, as Secrets are mounted. Files are read for each question: what kubelet
// puts there after a Secret has changed holds from the next request on. No error holds any of what was read.
type Store struct {
	// Dir is the folder.
	Dir string
}

// Header is the value of the header by which a partner knows a credential: "Bearer TOKEN" for the key token, "Basic …" for username and
// password (RFC 7617), or what the key value holds, as it is.
func (s Store) Header(name string) (value string, err error) {
	if !namePattern.MatchString(name) {
		return "", fmt.Errorf("the name of a credential is made of a to z, 0 to 9 and -, and has 63 characters at most; this one is not (%d characters)", len(name))
	}
	root, err := os.OpenRoot(s.Dir)
	if err != nil {
		return "", fmt.Errorf("opening the folder of credentials: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	found := map[string]string{}
	for _, key := range []string{keyToken, keyValue, keyUsername, keyPassword} {
		text, err := read(root, name+"/"+key)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("credential %s: key %s: %w", name, key, err)
		}
		found[key] = text
	}
	return header(name, found)
}

// header makes the value from a Secret's keys.
func header(name string, keys map[string]string) (string, error) {
	token, hasToken := keys[keyToken]
	value, hasValue := keys[keyValue]
	username, hasUsername := keys[keyUsername]
	password, hasPassword := keys[keyPassword]
	switch {
	case hasToken && len(keys) == 1:
		return "Bearer " + token, nil
	case hasValue && len(keys) == 1:
		return value, nil
	case hasUsername && hasPassword && len(keys) == 2:
		if strings.Contains(username, ":") {
			return "", fmt.Errorf("credential %s: key username holds a colon, which ends a user name in basic authentication", name)
		}
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password)), nil
	default:
		return "", fmt.Errorf("credential %s: exactly one of the keys token, value, or username with password must be there; mount a Secret that has it", name)
	}
}

// read is a file without the line break at its end.
func read(root *os.Root, path string) (text string, err error) {
	file, err := root.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	content, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return "", err
	}
	text = strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	switch {
	case text == "":
		return "", errors.New("is empty")
	case len(text) > maxSize:
		return "", fmt.Errorf("is longer than %d bytes", maxSize)
	case strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r > 0x7e }):
		return "", errors.New("holds something else than printable ASCII: a header is one line of it")
	}
	return text, nil
}
