package compose

import "testing"

func TestWhoeverIsInAHurryIsUnderstood(t *testing.T) {
	for name, test := range map[string]struct {
		labels map[string]string
		want   bool
	}{
		"no label":         {map[string]string{"other": "on"}, false},
		"on":               {map[string]string{"kubemate.io/kill-switch": "on"}, true},
		"another word":     {map[string]string{"kubemate.io/kill-switch": "true"}, true},
		"nothing":          {map[string]string{"kubemate.io/kill-switch": ""}, true},
		"off":              {map[string]string{"kubemate.io/kill-switch": "off"}, false},
		"what YAML makes":  {map[string]string{"kubemate.io/kill-switch": "false"}, false},
		"in capitals, too": {map[string]string{"kubemate.io/kill-switch": "OFF"}, false},
	} {
		if got := KillSwitchOn(test.labels); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
