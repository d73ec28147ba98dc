package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestVersions: what git describe says becomes a version, and dpkg sorts each before
// the next.
func TestVersions(t *testing.T) {
	last := ""
	for _, c := range [][2]string{
		{"1a2b3c4", "0.0.0+g1a2b3c4"},
		{"v0.1.0-rc.1-0-gabcdef0", "0.1.0-rc.1"},
		{"v0.1.0-0-gabcdef0", "0.1.0"},
		{"v0.1.0-0-gabcdef0-dirty", "0.1.0+0.gabcdef0.dirty"},
		{"v0.1.0-12-gabcdef0", "0.1.0+12.gabcdef0"},
		{"0.2.0-0-gabcdef0", "0.2.0"},
	} {
		got := versionOf(c[0])
		if got != c[1] {
			t.Errorf("git describe says %s: version %s, want %s", c[0], got, c[1])
		}
		deb := debVersion(got)
		if last != "" {
			if err := exec.Command("dpkg", "--compare-versions", last, "lt", deb).Run(); err != nil {
				t.Errorf("dpkg does not sort %s before %s", last, deb)
			}
		}
		last = deb
	}
}

// TestAuthorities: the image knows whom to trust.
func TestAuthorities(t *testing.T) {
	if n := strings.Count(string(authorities()), "BEGIN CERTIFICATE"); n < 80 {
		t.Errorf("%d authorities, want what Mozilla has, which is over a hundred", n)
	}
}
