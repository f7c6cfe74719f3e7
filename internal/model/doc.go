// Package model says what a namespace should do, in nobody's vocabulary: no struct of a mesh, a gateway or Kubernetes stands in it.
// compose makes it from custom resources, drivers write it in the words of one mesh. Values of this package are never changed
// after compose has returned them; drivers share them.
package model
