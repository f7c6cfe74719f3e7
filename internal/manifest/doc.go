// Package manifest turns YAML documents into the values that the pure core looks at: one snapshot for each namespace. After reading it is a
// pure function of bytes; it knows no cluster.
//
// Custom resources are checked as the API server checks them, against the same definitions and with the same words (validate.go). What a
// directory of manifests usually lacks (a Deployment of another repository, endpoints) can be assumed, and every assumption is said
// (assume.go, endpoints.go).
package manifest
