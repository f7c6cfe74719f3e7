// Package action stands between ReleaseActions and decisions on releases: which actions somebody vouches for, and what is written to an action
// once a decision on it is stored. What an action does to a release is decided by package release. It is pure.
package action
