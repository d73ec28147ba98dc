package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// licences writes, into one file, what the parts of the program ask to be passed on with it:
// their licences and notices. A part without a licence, or under one that nobody looked
// at, is an error: it must not be shipped by accident.
func (r *release) licences(ctx context.Context, program, path string) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	var names []string
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		names = append(names, m.Path)
	}
	parts, err := modules(ctx, r.source, names)
	if err != nil {
		return err
	}
	parts = append(parts,
		part{Path: "Go, its runtime and standard library", Version: info.GoVersion, Dir: runtime.GOROOT()},
		part{Path: "htmx", Dir: filepath.Join(r.source, "web/static"), file: "htmx.LICENSE.txt"},
	)
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.Path, b.Path) })
	var text bytes.Buffer
	text.WriteString("What headstart is made of beside its own code, and the licences that come with it.\n")
	for _, p := range parts {
		if err := p.write(&text); err != nil {
			return err
		}
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}

// part is what others made.
type part struct {
	Path    string // of the module
	Version string
	Dir     string // where its source lies
	file    string // its licence; empty: see papersOf
}

// modules asks the go command where the sources of modules lie.
func modules(ctx context.Context, source string, names []string) ([]part, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-m", "-json=Path,Version,Dir"}, names...)...)
	cmd.Dir, cmd.Stderr = source, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list -m: %w", err)
	}
	var parts []part
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p part
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return parts, nil
		} else if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
}

// write adds a part with all of its papers.
func (p part) write(to *bytes.Buffer) error {
	files := []string{p.file}
	if p.file == "" {
		files = papersOf(p.Dir)
	}
	kinds, texts := []string{}, bytes.Buffer{}
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return err
		}
		if kind := licenceOf(string(text)); kind != "" && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
		fmt.Fprintf(&texts, "\n--- %s\n\n%s\n", name, bytes.TrimSpace(text))
	}
	if len(kinds) == 0 {
		return fmt.Errorf("%s %s has no licence that is known to be free to pass on; look at %s, and add it to licenceOf or take the part out", p.Path, p.Version, p.Dir)
	}
	fmt.Fprintf(to, "\n%s\n%s\n%s", strings.Repeat("=", 80), strings.TrimSpace(p.Path+" "+p.Version)+": "+strings.Join(kinds, ", "), texts.Bytes())
	return nil
}

// papersOf are the files at the top of a module that say how it may be used.
func papersOf(dir string) (names []string) {
	entries, _ := os.ReadDir(dir) // none: it has no licence, which is told
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if !e.IsDir() && !strings.HasSuffix(name, ".GO") && slices.ContainsFunc([]string{"LICENSE", "LICENCE", "UNLICENSE", "COPYING", "NOTICE", "COPYRIGHT"}, func(w string) bool { return strings.HasPrefix(name, w) }) {
			names = append(names, e.Name())
		}
	}
	return names
}

// licenceOf is the SPDX name of the licence whose own words stand in text, or empty. Only
// those stand here that let a program be passed on whole, with the text beside it.
func licenceOf(text string) string {
	words := strings.Join(strings.Fields(text), " ")
	for _, known := range [][2]string{
		{"Apache-2.0", "Apache License Version 2.0"},
		{"Apache-2.0", "Licensed under the Apache License, Version 2.0"},
		{"MPL-2.0", "Mozilla Public License Version 2.0"},
		{"MPL-2.0", "Mozilla Public License, version 2.0"},
		{"BSD-3-Clause", "Neither the name of"},
		{"BSD-3-Clause", "names of its contributors may not be used to endorse"},
		{"BSD-2-Clause", "Redistribution and use in source and binary forms"},
		{"0BSD", "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted. THE SOFTWARE"},
		{"ISC", "provided that the above copyright notice and this permission notice appear in all copies"},
		{"Unlicense", "This is free and unencumbered software released into the public domain."},
		{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"},
	} {
		if strings.Contains(words, known[1]) {
			return known[0]
		}
	}
	return ""
}
