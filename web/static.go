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

	"headstart/web/public"
)

//go:embed static
var staticFiles embed.FS

// assets are the static files under names that carry a hash of their content,
// so that a browser may keep them for ever.
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
		b, err := staticFiles.ReadFile("static/" + e.Name())
		if err != nil {
			panic(err)
		}
		a.add(e.Name(), b)
	}
	for _, name := range public.Shared {
		a.add(name, public.File(name))
	}
	return a
}

func (a *assets) add(file string, b []byte) {
	sum := sha256.Sum256(b)
	base, ext := strings.TrimSuffix(file, path.Ext(file)), path.Ext(file)
	name := base + "." + hex.EncodeToString(sum[:6]) + ext
	a.hashed[file], a.bytes[name] = name, b
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

func (a *assets) serve(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	b, ok := a.bytes[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}
