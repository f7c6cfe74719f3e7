package model

// Takeover is an object of somebody else that takes a Service away from routes and breakers that are written for it.
type Takeover struct {
	// Namespace and Service that are taken over.
	Namespace, Service string
	// Callers are the namespace whose callers go by the object. Empty: all of them do.
	Callers string
	// Object is what it is, "ServiceProfile orders.shop.svc.cluster.local of namespace shop".
	Object string
}
