// Package controller wires the parts together: watches map every event to a namespace, the reconciler of a namespace loads, plans, submits and
// reports. It decides nothing itself.
package controller
