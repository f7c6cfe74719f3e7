// Package verify asks gateways what they have made of the objects that were stored for them, and finds out what they do not serve. It is optional:
// a gateway is asked when the operator's configuration names the address of its API.
//
// A gateway is asked once in an interval, a moment after something was stored for it, and again a moment after it was found not to serve something;
// never more often than once in that moment, however many namespaces have changed, and never by a reconciliation. What is not served must be found
// twice, the gateway's settle time apart: a gateway that starts, or is about to load something, has refused nothing.
package verify
