package web

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

// publicAssets are the files of the public status page; it gets no other.
var publicAssets = []string{"app.css", "status.js", "favicon.svg"}

// assets are the static files under names that carry a hash of their content,
// so that a browser may keep them for ever.
type assets struct {
	hashed map[string]string // file to hashed name
	bytes  map[string][]byte // by hashed name
	public map[string]bool   // hashed names the public listener serves
}

func newAssets() *assets {
	a := &assets{hashed: map[string]string{}, bytes: map[string][]byte{}, public: map[string]bool{}}
	entries, err := fs.ReadDir(staticFiles, "static")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		b, err := staticFiles.ReadFile("static/" + e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(b)
		base, ext := strings.TrimSuffix(e.Name(), path.Ext(e.Name())), path.Ext(e.Name())
		name := base + "." + hex.EncodeToString(sum[:6]) + ext
		a.hashed[e.Name()], a.bytes[name] = name, b
	}
	for _, f := range publicAssets {
		a.public[a.hashed[f]] = true
	}
	return a
}

// name returns the hashed name of a file; a file we do not have is a
// programmer's error.
func (a *assets) name(file string) string {
	n, ok := a.hashed[file]
	if !ok {
		panic("web: no static file " + file)
	}
	return n
}

func (a *assets) serve(w http.ResponseWriter, r *http.Request) { a.write(w, r, r.PathValue("name")) }

func (a *assets) servePublic(w http.ResponseWriter, r *http.Request) {
	if !a.public[r.PathValue("name")] {
		http.NotFound(w, r)
		return
	}
	a.write(w, r, r.PathValue("name"))
}

// serveIcon answers browsers that ask for the icon before they read the page.
func (a *assets) serveIcon(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.bytes[a.name("favicon.svg")]))
}

func (a *assets) write(w http.ResponseWriter, r *http.Request, name string) {
	b, ok := a.bytes[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}
