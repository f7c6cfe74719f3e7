package linkerd

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"github.com/kubemate/kubemate/internal/model"
)

// digest is a short hash of words. Each comes after its length, so that no two lists of words are written alike.
func digest(words ...string) string {
	text := make([]byte, 0, 256)
	for _, word := range words {
		text = binary.AppendUvarint(text, uint64(len(word)))
		text = append(text, word...)
	}
	sum := sha256.Sum256(text)
	return string(hex.AppendEncode(text[:0], sum[:4]))
}

// routeName names an HTTPRoute for a port of a Service. The part is empty for the route that holds the last line of the table: its name stays
// when timeouts and retries change, so that a port that has routes is never without the one that matches everything; and it comes after the
// others in order, so that what is more specific is there before that one loses it.
func routeName(namespace, service string, port int32, part string) string {
	number := strconv.Itoa(int(port))
	base := service + "-" + number + "-"
	if part == "" {
		base += "rest-"
	}
	return base + digest(namespace, service, number, part)
}

// serverName names the Server for a port of a Service's pods. A Server with routes is also named by what they tell apart: another content makes
// another Server, with routes of its own, that takes over at once when all of them are in force. Without routes there is no content.
func serverName(namespace, service string, port model.TargetPort, content ...string) string {
	text := targetText(port)
	return service + "-" + text + "-" + digest(append([]string{namespace, service, text}, content...)...)
}

func targetText(port model.TargetPort) string {
	if port.Name != "" {
		return port.Name
	}
	return strconv.Itoa(int(port.Number))
}

// contentName names an object that is never edited: another content makes another name.
func contentName(base string, words ...string) string {
	return base + "-" + digest(words...)
}
