// Package admission knows the admission policies that Kubemate ships and judges whether those of a cluster are the same. ReleaseActions are
// worth something only under them: the operator cannot see who created an object, admission can (api.md, ReleaseAction). It is pure.
package admission
