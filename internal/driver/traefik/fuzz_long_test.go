package traefik_test

import (
	"flag"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// executions is set by make fuzz.
var executions = flag.Int("executions", 2000, "how often TestRulesMeanWhatTheyShould runs each target")

// TestRulesMeanWhatTheyShould runs the targets of fuzzing on inputs that are drawn from a fixed seed.
func TestRulesMeanWhatTheyShould(t *testing.T) {
	words := slices.Sorted(maps.Values(attempts))
	for name, target := range targets {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, uint64(len(name)))) //nolint:gosec // inputs of a test
			emitted, asked, began := 0, outcome{}, time.Now()
			for range *executions {
				one := target(t, drawInput(random, words))
				asked.matched, asked.missed = asked.matched+one.matched, asked.missed+one.missed
				if one.emitted {
					emitted++
				}
			}
			t.Logf("%d executions, %d (%.1f %%) reached emission; %d requests matched and %d did not, in Traefik's muxer as in the model; %s",
				*executions, emitted, 100*float64(emitted)/float64(*executions), asked.matched, asked.missed, time.Since(began).Round(time.Second))
			if 2*emitted < *executions || 10*asked.matched < asked.missed {
				t.Errorf("less than half of the inputs were emitted, or less than a tenth of the requests matched: the others have shown little")
			}
		})
	}
}

func drawInput(random *rand.Rand, words []string) input {
	return input{byte(random.UintN(256)), drawWord(random, words), drawWord(random, words), drawWord(random, words)}
}

// drawWord is a text that tries something, changed a little, or bytes at random.
func drawWord(random *rand.Rand, words []string) string {
	text := []byte(words[random.IntN(len(words))])
	if len(text) > 64 || random.IntN(2) == 0 {
		text = make([]byte, random.IntN(24))
		for i := range text {
			text[i] = byte(random.UintN(256))
		}
	}
	for range random.IntN(3) {
		place := random.IntN(len(text) + 1)
		switch other := words[random.IntN(len(words))]; {
		case len(other) < 64 && random.IntN(2) == 0:
			text = slices.Insert(text, place, []byte(other)...)
		case place < len(text):
			text[place] = byte(random.UintN(128))
		}
	}
	return string(text)
}
