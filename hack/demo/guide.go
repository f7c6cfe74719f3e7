package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed/netns"
	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// guide says what to try in another terminal.
func (d *demo) guide(ctx context.Context) error {
	access, err := d.writeAccess()
	if err != nil {
		return err
	}
	web, err := d.testbed.Expose(d.testbed.Traefik.WebAddress(), 0)
	if err != nil {
		return err
	}
	secure, err := d.testbed.Expose(d.testbed.Traefik.WebSecureAddress(), 0)
	if err != nil {
		return err
	}
	found, err := d.follower.objects(ctx)
	if err != nil {
		return err
	}
	lines := []string{"", "In another terminal:", "", "  . " + access, ""}
	for _, line := range suggestions(found) {
		lines = append(lines, "  "+line)
	}
	lines = append(lines, "", "Traefik answers on http://"+web+" and https://"+secure+":", "")
	for _, line := range requests(found.profiles, web, secure) {
		lines = append(lines, "  "+line)
	}
	d.screen.say(append(lines, "", "Ctrl-C ends everything.", "")...)
	return nil
}

// writeAccess writes a file that makes a shell ready for the demo's cluster.
func (d *demo) writeAccess() (string, error) {
	kubeconfig, err := d.testbed.ExposeKubeconfig(0)
	if err != nil {
		return "", err
	}
	kubectl, err := servers.Kubectl.Path()
	if err != nil {
		return "", err
	}
	path := filepath.Join(netns.Dir(), "access")
	text := fmt.Sprintf("export KUBECONFIG='%s'\nexport PATH='%s:%s':\"$PATH\"\n", kubeconfig, filepath.Dir(kubectl), filepath.Join(d.root, programs))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("writing the access: %w", err)
	}
	return path, nil
}

// suggestions are commands to try on the releases whose shares the table shows.
func suggestions(found objects) []string {
	shown := shownReleases(found)
	if len(shown) == 0 {
		return nil
	}
	first, last := &shown[0], &shown[len(shown)-1]
	newest := len(first.Spec.Variants) - 1
	to := first.Spec.Variants[newest].Name
	place, before, after := "/spec/matches/0", "", ""
	if len(first.Spec.Matches) == 0 {
		place, before, after = "/spec/matches", "[", "]"
	}
	patch := fmt.Sprintf("kubectl -n %s patch canaryrelease %s --type=json -p '[{", first.Namespace, first.Name)
	return []string{
		fmt.Sprintf("# half of the requests for %s to %s", first.Name, to),
		patch + `"op":"add",`,
		fmt.Sprintf(`  "path":"/spec/variants/%d/weight","value":%d}]'`, newest, totalWeight(first)-weight(first, newest)),
		fmt.Sprintf("# testers to %s", to),
		patch + `"op":"add",`,
		fmt.Sprintf(`  "path":"%s","value":%s{"to":"%s","any":[{"headers":[`, place, before, to),
		`  {"name":"x-tester","value":"yes"}]}]}` + after + `}]'`,
		fmt.Sprintf("# no release any more: all requests for %s stay at the stable version", last.Name),
		fmt.Sprintf("kubectl -n %s delete canaryrelease %s", last.Namespace, last.Name),
		"# what Kubemate writes for all this",
		fmt.Sprintf("kubectl kubemate plan --live -n %s", first.Namespace),
	}
}

// shownReleases are those of the Services that some route leads to, the simplest first.
func shownReleases(found objects) []v1alpha1.CanaryRelease {
	reached := map[string]bool{}
	for i := range found.profiles {
		for _, r := range found.profiles[i].Spec.Routes {
			reached[found.profiles[i].Namespace+"/"+string(r.To.Service)] = true
		}
	}
	shown := slices.DeleteFunc(slices.Clone(found.releases), func(release v1alpha1.CanaryRelease) bool {
		return !reached[release.Namespace+"/"+string(release.Spec.Service.Name)]
	})
	slices.SortFunc(shown, func(a, b v1alpha1.CanaryRelease) int {
		return cmp.Or(cmp.Compare(len(a.Spec.Variants), len(b.Spec.Variants)), cmp.Compare(a.Name, b.Name))
	})
	return shown
}

func weight(release *v1alpha1.CanaryRelease, variant int) int32 {
	if given := release.Spec.Variants[variant].Weight; given != nil {
		return *given
	}
	return 0
}

func totalWeight(release *v1alpha1.CanaryRelease) int32 {
	var total int32
	for i := range release.Spec.Variants {
		total += weight(release, i)
	}
	return total
}

// requests are curl commands for the first host without and the first with TLS.
func requests(profiles []v1alpha1.IngressProfile, web, secure string) []string {
	plain, overTLS := []string(nil), []string(nil)
	_, port, _ := strings.Cut(secure, ":")
	for i := range profiles {
		host, path := string(profiles[i].Spec.Hosts[0]), pathOf(&profiles[i].Spec.Routes[0])
		switch {
		case profiles[i].Spec.TLS == nil && plain == nil:
			plain = []string{fmt.Sprintf("curl -H 'Host: %s' http://%s%s", host, web, path)}
		case profiles[i].Spec.TLS != nil && overTLS == nil:
			overTLS = []string{
				fmt.Sprintf("curl -k --resolve %s:%s:127.0.0.1 \\", host, port),
				fmt.Sprintf("  https://%s:%s%s", host, port, path),
			}
		}
	}
	return append(plain, overTLS...)
}
