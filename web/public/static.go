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

// assets are what pages load, under names that carry a hash of the content, so
// that a browser may keep them for ever.
type assets struct {
	hashed map[string]string // file to hashed name
	bytes  map[string][]byte // by hashed name
}

func newAssets() *assets {
	a := &assets{hashed: map[string]string{}, bytes: map[string][]byte{}}
	entries, err := fs.ReadDir(staticFiles, "static")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		b := File(e.Name())
		sum := sha256.Sum256(b)
		base, ext := strings.TrimSuffix(e.Name(), path.Ext(e.Name())), path.Ext(e.Name())
		name := base + "." + hex.EncodeToString(sum[:6]) + ext
		a.hashed[e.Name()], a.bytes[name] = name, b
	}
	return a
}

// name returns the hashed name of a file; a file we do not have is a
// programmer's error.
func (a *assets) name(file string) string {
	n, ok := a.hashed[file]
	if !ok {
		panic("public: no static file " + file)
	}
	return n
}

// serveIcon answers browsers that ask for the icon before they read the page.
func (a *assets) serveIcon(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.bytes[a.name("favicon.svg")]))
}

func (a *assets) serve(w http.ResponseWriter, r *http.Request, name string) {
	b, ok := a.bytes[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}
