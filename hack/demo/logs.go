package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
)

// logElsewhere keeps what the Kubernetes libraries say off the screen.
func logElsewhere(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("the demo's log: %w", err)
	}
	logger := logr.FromSlogHandler(slog.NewTextHandler(file, nil))
	ctrl.SetLogger(logger)
	klog.SetLogger(logger)
	return nil
}
