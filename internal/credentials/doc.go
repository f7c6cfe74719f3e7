// Package credentials answers a gateway's question "what header goes with this request" from files: the Secrets of partners, mounted beside
// the gateway. It is all of Kubemate that ever sees a secret byte, and it runs apart from the operator, without any right at the API server
// (docs/adr/0013).
package credentials
