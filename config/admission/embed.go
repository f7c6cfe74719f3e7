// Package admission holds the admission policies that Kubemate ships, as they stand in a cluster without Helm: the operator compares those of
// its cluster with them.
package admission

import "embed"

// Files are a policy.yaml and a binding.yaml in each folder: actions and four-eyes.
//
//go:embed actions/*.yaml four-eyes/*.yaml
var Files embed.FS
