// Command demo shows the main job on this machine: make demo.
//
// It starts a real control plane, Traefik and Kubemate under the roles of its chart, applies the sample shop of config/samples, sends steady
// requests through Traefik, and shows who answers them beside the shares that the releases ask for, while a person edits the releases from
// another terminal. Nothing but Go, make, git and a Linux kernel is needed, and nothing is left behind.
package main
