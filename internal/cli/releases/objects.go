package releases

import (
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/printers"
)

// objectPrinter prints objects for programs. The empty output prints nothing.
func objectPrinter(output string) (func(io.Writer, runtime.Object) error, error) {
	var to printers.ResourcePrinter
	switch output {
	case "":
		return func(io.Writer, runtime.Object) error { return nil }, nil
	case "yaml":
		to = &printers.YAMLPrinter{}
	case "json":
		to = &printers.JSONPrinter{}
	default:
		return nil, fmt.Errorf("-o %s: there is no such output; choose yaml or json", output)
	}
	plain := &printers.OmitManagedFieldsPrinter{Delegate: to}
	return func(out io.Writer, object runtime.Object) error {
		if err := plain.PrintObj(object, out); err != nil {
			return fmt.Errorf("printing: %w", err)
		}
		return nil
	}, nil
}
