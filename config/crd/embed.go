// Package crd holds the definitions of Kubemate's custom resources, so that programs can check objects against them without a cluster.
package crd

import "embed"

// Bases are the CustomResourceDefinitions, one file each, under bases/.
//
//go:embed bases/*.yaml
var Bases embed.FS
