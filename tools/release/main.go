// Command release makes what people install, into a folder: the program for each
// architecture as archive, Debian package and container image for sites without a
// registry, the list of its parts (SBOM), their licences, and checksums.
//
// The same commit gives the same bytes, on any machine with the same Go: no path, no
// clock and no host name goes in. With -again everything is made twice, the second time
// from a copy of the sources in another folder, and compared.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

func main() {
	r := release{say: func(format string, args ...any) { fmt.Printf(format+"\n", args...) }}
	flag.StringVar(&r.out, "out", "../../dist", "`folder` to write to; what it holds of an earlier release goes")
	flag.StringVar(&r.version, "version", "", "version, as of a tag (default: git describe)")
	arch := flag.String("arch", "amd64,arm64", "architectures, as Go names them")
	again := flag.Bool("again", false, "make it twice and compare the bytes")
	flag.Parse()
	r.arches = strings.Split(*arch, ",")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	make := r.make
	if *again {
		make = r.makeTwice
	}
	if err := make(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// release is one version of the program, to be made.
type release struct {
	source  string // the repository's folder
	out     string
	version string    // without a v
	day     time.Time // of the commit: the time of every file
	arches  []string
	say     func(format string, args ...any)
}

// make writes everything.
func (r *release) make(ctx context.Context) error {
	if err := r.settle(ctx); err != nil {
		return err
	}
	stage, err := os.MkdirTemp("", "headstart-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	if err := os.RemoveAll(r.out); err != nil {
		return err
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	native := filepath.Join(stage, "native")
	if err := r.build(ctx, runtime.GOARCH, native); err != nil {
		return err
	}
	papers, err := r.papers(ctx, native, filepath.Join(stage, "papers"))
	if err != nil {
		return err
	}
	for _, arch := range r.arches {
		if err := r.makeFor(ctx, arch, filepath.Join(stage, arch), papers); err != nil {
			return fmt.Errorf("%s: %w", arch, err)
		}
	}
	return r.sum()
}

// makeFor writes what is of one architecture.
func (r *release) makeFor(ctx context.Context, arch, stage string, papers []paper) error {
	program := filepath.Join(stage, "headstart")
	if err := r.build(ctx, arch, program); err != nil {
		return err
	}
	for _, step := range []struct {
		suffix string
		write  func(path, arch, program string, papers []paper) error
	}{
		{"linux_" + arch + ".tar.gz", r.archive},
		{arch + ".deb", r.deb},
		{"image_" + arch + ".tar", r.image},
		{arch + ".cdx.json", r.bom},
	} {
		path := filepath.Join(r.out, "headstart_"+r.version+"_"+step.suffix)
		if err := step.write(path, arch, program, papers); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		r.say("  %s", filepath.Base(path))
	}
	return nil
}

// settle finds out where the sources are, which version this is and of which day.
func (r *release) settle(ctx context.Context) error {
	if r.source == "" {
		top, err := git(ctx, ".", "rev-parse", "--show-toplevel")
		if err != nil {
			return err
		}
		r.source = top
	}
	if r.version == "" {
		v, err := git(ctx, r.source, "describe", "--tags", "--always", "--dirty", "--long")
		if err != nil {
			return err
		}
		r.version = versionOf(v)
	}
	r.version = strings.TrimPrefix(r.version, "v")
	seconds, err := git(ctx, r.source, "log", "-1", "--format=%ct")
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return fmt.Errorf("git says the commit is of %q: %w", seconds, err)
	}
	r.day = time.Unix(n, 0).UTC()
	r.out, err = filepath.Abs(r.out)
	r.say("headstart %s of %s, into %s", r.version, r.day.Format(time.DateOnly), r.out)
	return err
}

// described is what `git describe --long` says: a tag, the commits since, and the commit.
var described = regexp.MustCompile(`^v?(\d.*)-(\d+)-(g[0-9a-f]+(-dirty)?)$`)

// versionOf makes a version of what git describe says. A commit after a tag sorts after
// it, for Debian as well; one without a tag before it sorts before all that will come.
func versionOf(describe string) string {
	m := described.FindStringSubmatch(describe)
	switch {
	case m == nil:
		return "0.0.0+g" + strings.ReplaceAll(describe, "-", ".")
	case m[2] == "0" && m[4] == "":
		return m[1]
	}
	return m[1] + "+" + m[2] + "." + strings.ReplaceAll(m[3], "-", ".")
}

// build compiles the program for an architecture.
func (r *release) build(ctx context.Context, arch, path string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -X github.com/prometheus/common/version.Version="+r.version, "-o", path, "./cmd/headstart")
	cmd.Dir = r.source
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOFLAGS=-mod=readonly")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return "", fmt.Errorf("git %s: %s", args[0], exit.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}
