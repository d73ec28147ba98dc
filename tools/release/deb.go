package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // nfpm finds its packagers by name
	"github.com/goreleaser/nfpm/v2/files"
)

// deb writes the Debian package. Its scripts are in folder deb.
func (r *release) deb(path, arch, program string, papers []paper) error {
	here := filepath.Join(r.source, "tools/release/deb")
	contents := files.Contents{
		{Source: program, Destination: "/usr/bin/headstart", FileInfo: &files.ContentFileInfo{Mode: 0o755}},
		// Secrets lie beside the settings, so only root and the service look in.
		{Destination: "/etc/headstart", Type: files.TypeDir, FileInfo: &files.ContentFileInfo{Mode: 0o750}},
	}
	for _, p := range papers {
		c := &files.Content{Source: p.source, Destination: p.at, FileInfo: &files.ContentFileInfo{Mode: 0o644}}
		if p.setting {
			c.Type, c.FileInfo.Mode = files.TypeConfigNoReplace, 0o640
		}
		contents = append(contents, c)
	}
	info := nfpm.WithDefaults(&nfpm.Info{
		Name: "headstart", Arch: arch, Platform: "linux",
		Version: debVersion(r.version), VersionSchema: "none",
		Section: "net", Priority: "optional", MTime: r.day,
		Maintainer: "the headstart authors <headstart@localhost>", License: "Apache-2.0",
		Description: "tells an IT helpdesk of an outage, and the people hit, before they call\n" +
			"headstart turns what monitoring sees and what users report into one incident\n" +
			"with a probable cause, links it to open tickets, and announces it in plain\n" +
			"Dutch or English.",
		Overridables: nfpm.Overridables{
			Depends:    []string{"adduser"},
			Recommends: []string{"ca-certificates"},
			Suggests:   []string{"redis-server", "prometheus"},
			Contents:   contents,
			Scripts: nfpm.Scripts{
				PostInstall: filepath.Join(here, "postinst"),
				PreRemove:   filepath.Join(here, "prerm"),
				PostRemove:  filepath.Join(here, "postrm"),
			},
			Deb: nfpm.Deb{Compression: "xz"},
		},
	})
	info.DisableGlobbing = true
	packager, err := nfpm.Get("deb")
	if err != nil {
		return err
	}
	if err := nfpm.PrepareForPackager(info, "deb"); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := packager.Package(info, f); err != nil {
		return err
	}
	return f.Close()
}

// debVersion writes a version as Debian does: what comes before a release has a tilde.
func debVersion(version string) string { return strings.ReplaceAll(version, "-", "~") }
