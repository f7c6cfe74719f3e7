package main

import (
	"net/http"
	"slices"
)

// route is a kind of request that the demo sends, and who should answer it.
type route struct {
	host string
	path string
	// special says what sets the request apart: "x-canary: 1". Empty for requests without anything special.
	special string
	tls     bool
	method  string
	header  http.Header
	// answerers are those of the release of the Service, in its order. Empty when no release speaks of the Service.
	answerers []answerer
	// remark is what a person should know about the route. Mostly empty.
	remark string
}

// answerer is a variant of a release.
type answerer struct {
	name string
	// deployment is empty for a variant that is an existing Service.
	deployment string
	// wanted is what the spec asks for, programmed what the generated objects give at present, both in per cent.
	wanted, programmed float64
	ready              bool
}

// key tells routes apart: two routes of one key send the same requests.
func (r route) key() string { return r.url() + " " + r.method + " " + r.special }

func (r route) url() string {
	if r.tls {
		return "https://" + r.host + r.path
	}
	return "http://" + r.host + r.path
}

// sameShares says whether nothing was asked for anew.
func (r route) sameShares(other route) bool { return slices.Equal(r.answerers, other.answerers) }

// everythingTo gives one variant all requests, and the others none.
func everythingTo(answerers []answerer, name string) []answerer {
	given := slices.Clone(answerers)
	for i := range given {
		given[i].wanted, given[i].programmed = 0, 0
		if given[i].name == name {
			given[i].wanted, given[i].programmed = 100, 100
		}
	}
	return given
}
