package model

import "strings"

// HostKey is a host on a gateway: what namespaces claim.
type HostKey struct{ Gateway, Host string }

// String is "host shop.example on gateway default", the way hosts stand in messages.
func (k HostKey) String() string { return "host " + k.Host + " on gateway " + k.Gateway }

// Wildcard is the wildcard that stands for the host among others, itself for a wildcard. A host of one label has none: its own key.
func (k HostKey) Wildcard() HostKey {
	if _, parent, deeper := strings.Cut(k.Host, "."); deeper {
		return HostKey{k.Gateway, "*." + parent}
	}
	return k
}

// Covers says whether every request for the other host is one for this host: they are the same, or this is the wildcard of the other.
func (k HostKey) Covers(other HostKey) bool { return k == other || k == other.Wildcard() }

// Overlaps says whether there is a request that is for both hosts. A wildcard stands for one label, so two wildcards that differ share none.
func (k HostKey) Overlaps(other HostKey) bool { return k.Covers(other) || other.Covers(k) }

// HostClaim is a host that a namespace has won and that is recorded before anything is served on it.
type HostClaim struct {
	HostKey
	// Reserved says that the administrator's configuration gives the host to the namespace, so that the record passes to it from whoever has it.
	Reserved bool
}

// Reservation gives a host to namespaces, whoever asked for it first.
type Reservation struct {
	// Gateway that it is about. Empty: all.
	Gateway string
	// Host, or a wildcard with all hosts that it stands for.
	Host string
	// Namespaces that may claim the host, never empty.
	Namespaces []string
}

// On is the reserved host on a gateway. False: the reservation is about another.
func (r Reservation) On(gateway string) (HostKey, bool) {
	return HostKey{gateway, r.Host}, r.Gateway == "" || r.Gateway == gateway
}

// HostSet finds hosts that overlap with some of its own.
type HostSet struct{ keys, wildcards map[HostKey]bool }

// NewHostSet makes a set of hosts.
func NewHostSet(keys ...HostKey) HostSet {
	set := HostSet{keys: make(map[HostKey]bool, len(keys)), wildcards: make(map[HostKey]bool, len(keys))}
	for _, key := range keys {
		set.keys[key] = true
		set.wildcards[key.Wildcard()] = true
	}
	return set
}

// Overlaps says whether a host overlaps with one of the set.
func (s HostSet) Overlaps(key HostKey) bool {
	return s.keys[key] || s.keys[key.Wildcard()] || strings.HasPrefix(key.Host, "*.") && s.wildcards[key]
}
