package configs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readKeys are the keys beside *_file that name files we read.
var readKeys = map[string]bool{"catalog": true, "blackbox": true}

// resolveFiles makes the names of files that are read absolute, counted from
// the folder of the configuration file, as Prometheus and Alertmanager do.
// Folders that are written (data_dir, archive.dir) count from the working
// directory, so that a read-only /etc/headstart stays one.
func resolveFiles(d *document) {
	if d.file == "" {
		return
	}
	dir := filepath.Dir(d.file)
	absolute := func(v *yaml.Node) {
		if v != nil && v.Kind == yaml.ScalarNode && d.from[v] == "" && v.Value != "" && !filepath.IsAbs(v.Value) {
			v.Value = filepath.Join(dir, v.Value)
		}
	}
	eachFile(d.root, func(_, v *yaml.Node) { absolute(v) })
	_, told := field(d.root, "announce")
	_, words := field(told, "templates") // a file or a folder
	absolute(words)
	if _, templates := field(d.root, "templates"); templates != nil { // of the receivers, as in Alertmanager
		scalars(templates, absolute)
	}
	_, calendar := field(d.root, "calendar")
	if _, closed := field(dealias(calendar), "ical"); closed != nil && !strings.Contains(closed.Value, "://") {
		absolute(closed)
	}
	_, taken := field(d.root, "alertmanager")
	_, file := field(dealias(taken), "config")
	absolute(file)
	_, tickets := field(d.root, "tickets")
	if _, sources := field(tickets, "sources"); sources != nil && sources.Kind == yaml.SequenceNode {
		for _, s := range sources.Content { // a folder, but one we read
			_, v := field(s, "dir")
			absolute(v)
		}
	}
}

// checkFiles reports files that cannot be read as mistakes, and secrets that
// others may read as warnings.
func checkFiles(d *document) (Mistakes, []string) {
	var mistakes Mistakes
	var warnings []string
	eachFile(d.root, func(k, v *yaml.Node) {
		if v.Value == "" || k.Value == "catalog" { // catalogs are read later, and complain themselves
			return
		}
		f, err := os.Open(v.Value)
		if err != nil {
			if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
				err = pe.Err
			}
			mistakes = append(mistakes, d.mistake(v, "%s: %s: %v; create the file or correct its name", k.Value, v.Value, err))
			return
		}
		defer func() { _ = f.Close() }()
		info, err := f.Stat()
		switch {
		case err != nil:
			mistakes = append(mistakes, d.mistake(v, "%s: %v; correct its name", k.Value, err))
		case info.IsDir():
			mistakes = append(mistakes, d.mistake(v, "%s: %s is a folder; name a file", k.Value, v.Value))
		case secret(k.Value) && info.Mode().Perm()&0o027 != 0 && runtime.GOOS != "windows":
			warnings = append(warnings, fmt.Sprintf("%s may be read or written by others (mode %04o); chmod 0600 %s", v.Value, info.Mode().Perm(), v.Value))
		}
		if err == nil && secret(k.Value) && holdsNothing(f, info) {
			mistakes = append(mistakes, d.mistake(v, "%s: %s is empty; write the secret into it, or leave the key out", k.Value, v.Value))
		}
	})
	return mistakes, warnings
}

// holdsNothing reports whether f, which is to hold a secret, holds nothing but white space. A
// pipe is not looked into: what is read of it is gone.
func holdsNothing(f io.Reader, info fs.FileInfo) bool {
	if !info.Mode().IsRegular() || info.Size() > 4<<10 {
		return false
	}
	b, err := io.ReadAll(io.LimitReader(f, 4<<10))
	return err == nil && len(bytes.TrimSpace(b)) == 0
}

// secret reports whether the file of key holds one. web_config_file, ca_file
// and cert_file do not.
func secret(key string) bool {
	switch key {
	case "web_config_file", "ca_file", "cert_file", "blackbox", "catalog", "file":
		return false
	}
	return true
}

// eachFile calls f for every scalar that names a file to read. An alias shares
// its anchor's node, which is visited where it stands.
func eachFile(n *yaml.Node, f func(k, v *yaml.Node)) {
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode {
		for _, c := range n.Content {
			eachFile(c, f)
		}
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if strings.HasSuffix(k.Value, "_file") || readKeys[k.Value] {
			scalars(v, func(v *yaml.Node) { f(k, v) })
			continue
		}
		eachFile(v, f)
	}
}

// scalars calls f for v, or for the members of the list v.
func scalars(v *yaml.Node, f func(*yaml.Node)) {
	if v.Kind == yaml.ScalarNode {
		f(v)
		return
	}
	for _, c := range v.Content {
		if v.Kind == yaml.SequenceNode && c.Kind == yaml.ScalarNode {
			f(c)
		}
	}
}
