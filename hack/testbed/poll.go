package testbed

import (
	"context"
	"fmt"
	"time"
)

const pollInterval = 20 * time.Millisecond

// poll calls attempt until it succeeds. Its error says what was waited for and why the last attempt failed.
func poll(ctx context.Context, within time.Duration, what string, attempt func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		last := attempt(ctx)
		if last == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited %s for %s: %w", within, what, last)
		case <-ticker.C:
		}
	}
}
