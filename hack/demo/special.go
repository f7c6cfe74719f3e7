package main

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// specialRoute makes a request that a rule of a release asks for: the first of the rule's alternatives that can be spoken. Regular expressions
// cannot: nobody can tell from one what to send.
func specialRoute(plain route, stripPrefix bool, match *v1alpha1.ReleaseMatch) (route, bool) {
	for i := range match.Any {
		if special, ok := speak(plain, stripPrefix, &match.Any[i]); ok {
			return special, true
		}
	}
	return route{}, false
}

func speak(plain route, stripPrefix bool, match *v1alpha1.RequestMatch) (route, bool) {
	r := plain
	r.header = http.Header{}
	var said []string
	for _, header := range match.Headers {
		value, ok := valueOf(&header)
		if !ok {
			return route{}, false
		}
		r.header.Set(header.Name, value)
		said = append(said, strings.ToLower(header.Name)+": "+value)
	}
	for _, cookie := range match.Cookies {
		value, ok := valueOf(&cookie)
		if !ok {
			return route{}, false
		}
		r.header.Add("Cookie", cookie.Name+"="+value)
		said = append(said, "cookie "+cookie.Name+"="+value)
	}
	query := url.Values{}
	for _, parameter := range match.Query {
		value, ok := valueOf(&parameter)
		if !ok {
			return route{}, false
		}
		query.Set(parameter.Name, value)
		said = append(said, "?"+parameter.Name+"="+value)
	}
	if match.Method != nil {
		r.method = string(*match.Method)
		said = append(said, r.method)
	}
	if match.Path != nil {
		path, ok := specialPath(plain.path, stripPrefix, match.Path)
		if !ok {
			return route{}, false
		}
		r.path = path
		said = append(said, path)
	}
	r.special = strings.Join(said, ", ")
	if len(query) > 0 {
		r.path += "?" + query.Encode()
	}
	return r, true
}

func valueOf(match *v1alpha1.ValueMatch) (string, bool) {
	switch {
	case match.Value != nil:
		return string(*match.Value), true
	case match.Prefix != nil:
		return string(*match.Prefix), true
	}
	return "", false
}

// specialPath is the path to send so that the Service sees one that the rule takes. A rule for a path that the route does not lead to cannot be
// spoken through the route.
func specialPath(prefix string, stripPrefix bool, match *v1alpha1.PathMatch) (string, bool) {
	var wanted string
	switch {
	case match.Exact != nil:
		wanted = string(*match.Exact)
	case match.Prefix != nil:
		wanted = string(*match.Prefix)
	default:
		return "", false
	}
	if stripPrefix {
		return strings.TrimSuffix(prefix, "/") + wanted, true
	}
	return wanted, prefix == "/" || wanted == prefix || strings.HasPrefix(wanted, prefix+"/")
}
