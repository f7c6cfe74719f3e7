package main

import (
	"log/slog"
	"os"

	"github.com/go-logr/logr"

	"github.com/kubemate/kubemate/internal/config"
)

// newLogger logs to standard error. A configuration that was validated has a known level.
func newLogger(cfg config.Log) logr.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == config.FormatText {
		return logr.FromSlogHandler(slog.NewTextHandler(os.Stderr, options))
	}
	return logr.FromSlogHandler(slog.NewJSONHandler(os.Stderr, options))
}
