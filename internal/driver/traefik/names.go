package traefik

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/internal/model"
)

const (
	maxName    = 63
	maxPurpose = 24
	digestSize = 5
)

// objectName is readable parts and a digest of all that makes the object distinct. The digest decides: parts joined by hyphens collide, in
// Kubernetes and once more in Traefik, which joins namespace and name. Content is no part of it, so that an object is edited in place and
// what refers to it stays as it is.
func objectName(profile, purpose string, identity ...string) string {
	digest := sha256.Sum256([]byte(encode(identity)))
	suffix := "-" + hex.EncodeToString(digest[:digestSize])
	purpose = label(purpose, maxPurpose)
	return label(profile, maxName-len("-")-len(purpose)-len(suffix)) + "-" + purpose + suffix
}

// label is the readable part of a name. Names of custom resources may hold periods, and those of partners' edges hold a slash.
func label(text string, length int) string {
	return strings.NewReplacer(".", "-", "/", "-").Replace(text[:min(len(text), length)])
}

// encode joins texts so that different lists give different texts.
func encode(parts []string) string {
	var out strings.Builder
	for _, part := range parts {
		out.WriteString(strconv.Itoa(len(part)))
		out.WriteByte(':')
		out.WriteString(part)
	}
	return out.String()
}

// pathIdentity tells paths apart. Every path, "/" and nil are one.
func pathIdentity(path *model.PathMatch) []string {
	if anyPath(path) {
		return []string{"any path"}
	}
	return []string{"path", string(path.Kind), path.Value}
}

// routeIdentity tells routes apart.
func routeIdentity(route *model.EdgeRoute) []string {
	return append(pathIdentity(route.Path), conditionIdentity(route.Conditions())...)
}

// matchIdentity tells the lines of a path's table apart. The place in the table is no part of it: a line that is put in front of another
// must not get the other's TraefikService, which would lead the other's requests astray until the IngressRoute is written.
func matchIdentity(route *model.PathMatch, match model.Match) []string {
	line := match.Path
	if covers(line, route) {
		line = nil
	}
	return append(pathIdentity(line), conditionIdentity(match)...)
}

// conditionIdentity tells apart what is asked besides the path.
func conditionIdentity(match model.Match) []string {
	var identity []string
	for _, method := range match.Methods {
		identity = append(identity, "method", method)
	}
	for _, group := range []struct {
		kind   string
		values []model.ValueMatch
	}{{"header", match.Headers}, {"cookie", match.Cookies}, {"query", match.Query}} {
		for _, value := range group.values {
			identity = append(identity, group.kind, value.Name, string(value.Kind), value.Value)
		}
	}
	return identity
}
