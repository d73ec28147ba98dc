package public

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed static
var staticFiles embed.FS

// Shared are the files that the desk's pages load too.
var Shared = []string{"base.css", "favicon.svg"}

// File returns the content of a static file; one we do not have is a programmer's
// error.
func File(name string) []byte {
	b, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		panic("public: " + err.Error())
	}
	return b
}

// Assets are files that pages load, under names that carry a hash of the content, so
// that a browser may keep them for ever. Make them with NewAssets.
type Assets struct {
	hashed map[string]string // file to hashed name
	bytes  map[string][]byte // by hashed name
}

// NewAssets returns the files in the folder static of files, and the extra ones of this
// package by name. A folder that cannot be read is a programmer's error.
func NewAssets(files fs.FS, extra ...string) *Assets {
	a := &Assets{hashed: map[string]string{}, bytes: map[string][]byte{}}
	entries, err := fs.ReadDir(files, "static")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		b, err := fs.ReadFile(files, "static/"+e.Name())
		if err != nil {
			panic(err)
		}
		a.add(e.Name(), b)
	}
	for _, name := range extra {
		a.add(name, File(name))
	}
	return a
}

func (a *Assets) add(file string, b []byte) {
	sum := sha256.Sum256(b)
	base, ext := strings.TrimSuffix(file, path.Ext(file)), path.Ext(file)
	name := base + "." + hex.EncodeToString(sum[:6]) + ext
	a.hashed[file], a.bytes[name] = name, b
}

// Name returns the hashed name of a file; a file we do not have is a programmer's error.
func (a *Assets) Name(file string) string {
	n, ok := a.hashed[file]
	if !ok {
		panic("no static file " + file)
	}
	return n
}

// Serve answers for a hashed name.
func (a *Assets) Serve(w http.ResponseWriter, r *http.Request, name string) {
	b, ok := a.bytes[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}

// serveIcon answers browsers that ask for the icon before they read the page.
func (a *Assets) serveIcon(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.bytes[a.Name("favicon.svg")]))
}
