package main

import (
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// bom writes the list of the program's parts (a software bill of materials, CycloneDX
// 1.6), as the program itself names them, with the sums of go.sum.
func (r *release) bom(path, arch, program string, _ []paper) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	main := cyclonedx.Component{BOMRef: "headstart", Type: cyclonedx.ComponentTypeApplication, Name: "headstart", Version: r.version}
	list := cyclonedx.NewBOM()
	list.Metadata = &cyclonedx.Metadata{Timestamp: r.day.Format(time.RFC3339), Component: &main, Properties: &[]cyclonedx.Property{{Name: "architecture", Value: arch}}}
	parts := []cyclonedx.Component{{
		BOMRef: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"), Type: cyclonedx.ComponentTypeLibrary, Name: "std",
		Version: info.GoVersion, PackageURL: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"),
	}}
	for _, m := range info.Deps {
		parts = append(parts, component(m))
	}
	list.Components = &parts
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := cyclonedx.NewBOMEncoder(f, cyclonedx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(list, cyclonedx.SpecVersion1_6); err != nil {
		return err
	}
	return f.Close()
}

func component(m *debug.Module) cyclonedx.Component {
	if m.Replace != nil {
		m = m.Replace
	}
	url := "pkg:golang/" + m.Path + "@" + m.Version
	c := cyclonedx.Component{BOMRef: url, Type: cyclonedx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, PackageURL: url}
	// h1: is base64 of SHA-256 over the sums of the module's files (golang.org/ref/mod#go-sum-files).
	if sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:")); err == nil && len(sum) == 32 {
		c.Hashes = &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: hex.EncodeToString(sum)}}
	}
	return c
}
