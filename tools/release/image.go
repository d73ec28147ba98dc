package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"io"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// nobody is the account the image runs as, the same as in Dockerfile.
const nobody = 65532

// image writes a container image that `docker load` reads, with what Dockerfile puts
// into it: the program, the authorities of TLS, and a folder for its state. It is made
// without a container engine.
func (r *release) image(path, arch, program string, _ []paper) error {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	folder := func(name string, mode int64, owner int) error {
		return w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: mode, Uid: owner, Gid: owner, ModTime: r.day, Format: tar.FormatUSTAR})
	}
	for _, f := range []struct {
		name  string
		mode  int64
		owner int
	}{
		{"etc/", 0o755, 0},
		{"etc/ssl/", 0o755, 0},
		{"etc/ssl/certs/", 0o755, 0},
		{"tmp/", 0o1777, 0},
		{"usr/", 0o755, 0},
		{"usr/bin/", 0o755, 0},
		{"var/", 0o755, 0},
		{"var/lib/", 0o755, 0},
		{"var/lib/headstart/", 0o750, nobody},
	} {
		if err := folder(f.name, f.mode, f.owner); err != nil {
			return err
		}
	}
	roots := authorities()
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "etc/ssl/certs/ca-certificates.crt", Mode: 0o644, Size: int64(len(roots)), ModTime: r.day, Format: tar.FormatUSTAR}); err != nil {
		return err
	}
	if _, err := w.Write(roots); err != nil {
		return err
	}
	if err := r.add(w, "usr/bin/headstart", program, 0o755); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil })
	if err != nil {
		return err
	}
	image, err := mutate.Append(empty.Image, mutate.Addendum{Layer: layer, History: v1.History{Created: v1.Time{Time: r.day}, CreatedBy: "headstart release"}})
	if err != nil {
		return err
	}
	settings, err := image.ConfigFile()
	if err != nil {
		return err
	}
	settings = settings.DeepCopy()
	settings.Architecture, settings.OS, settings.Created = arch, "linux", v1.Time{Time: r.day}
	settings.Config = v1.Config{
		User: "65532:65532", WorkingDir: "/var/lib/headstart", Entrypoint: []string{"/usr/bin/headstart"}, Cmd: []string{"serve"},
		ExposedPorts: map[string]struct{}{"8480/tcp": {}}, Volumes: map[string]struct{}{"/var/lib/headstart": {}},
		Labels: map[string]string{"org.opencontainers.image.title": "headstart", "org.opencontainers.image.version": r.version, "org.opencontainers.image.licenses": "Apache-2.0"},
	}
	image, err = mutate.ConfigFile(image, settings)
	if err != nil {
		return err
	}
	tag, err := name.NewTag("headstart:" + strings.ReplaceAll(r.version, "+", "-")) // a tag holds no plus
	if err != nil {
		return err
	}
	return tarball.WriteToFile(path, tag, image)
}

// authorities is Mozilla's list of certificate authorities, of the version that go.sum
// pins, as PEM. Those that Mozilla trusts only up to a day are left out: a file of
// certificates cannot say that.
func authorities() []byte {
	var b bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a buffer takes all
		}
	}
	return b.Bytes()
}
