package plan

import (
	"fmt"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// EncodeRetain writes a Retain the way it stands in the annotation kubemate.io/retain.
func EncodeRetain(r model.Retain) string {
	onDelete := v1alpha1.OnDeleteStable
	if r.Release {
		onDelete = v1alpha1.OnDeleteRelease
	}
	return "service=" + r.Service + ",stable=" + r.StableLeaf + ",ports=" + r.Ports + ",onDelete=" + string(onDelete)
}

// DecodeRetain reads the annotation kubemate.io/retain. Everything that EncodeRetain did not write is an error: the annotation decides
// where traffic goes, so nothing in it is guessed.
func DecodeRetain(text string) (model.Retain, error) {
	var r model.Retain
	seen := map[string]bool{}
	for _, field := range strings.Split(text, ",") {
		key, value, ok := strings.Cut(field, "=")
		if !ok || seen[key] {
			return r, fmt.Errorf("reading annotation %s: %q is not KEY=VALUE, each key once", v1alpha1.AnnotationRetain, field)
		}
		seen[key] = true
		switch key {
		case "service":
			r.Service = value
		case "stable":
			r.StableLeaf = value
		case "ports":
			r.Ports = value
		case "onDelete":
			r.Release = value == string(v1alpha1.OnDeleteRelease)
		default:
			return r, fmt.Errorf("reading annotation %s: unknown key %q", v1alpha1.AnnotationRetain, key)
		}
	}
	if r.Service == "" || r.StableLeaf == "" {
		return r, fmt.Errorf("reading annotation %s: service or stable is missing in %q", v1alpha1.AnnotationRetain, text)
	}
	return r, nil
}

// EncodeOrigins writes origins the way they stand in the annotation kubemate.io/origins: sorted, without places.
func EncodeOrigins(origins []model.Origin) string {
	if len(origins) == 1 {
		return origins[0].String()
	}
	text := make([]byte, 0, 256)
	for i, o := range model.SortOrigins(origins) {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(append(text, o.Kind...), '/'), o.Name...)
	}
	return string(text)
}

// DecodeOrigins reads the annotation kubemate.io/origins.
func DecodeOrigins(text string) ([]model.Origin, error) {
	var origins []model.Origin
	for _, field := range strings.Split(text, ",") {
		kind, name, ok := strings.Cut(field, "/")
		if !ok || kind == "" || name == "" {
			return nil, fmt.Errorf("reading annotation %s: %q is not Kind/name", v1alpha1.AnnotationOrigins, field)
		}
		origins = append(origins, model.Origin{Kind: kind, Name: name})
	}
	return origins, nil
}
