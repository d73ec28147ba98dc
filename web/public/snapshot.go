package public

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
)

const htmlType = "text/html; charset=utf-8"

// file is one thing that an edition offers. Name is what stands behind the
// edition's path: "" is the page itself.
type file struct {
	name, kind string

	// render makes the bytes of a state. Equal states give equal bytes. None at all
	// means that there is nothing to say now (204).
	render func(e *edition, s *State) ([]byte, error)
}

// files are what every edition offers, one line each.
func files() []file {
	return []file{
		{"", htmlType, (*edition).html},
	}
}

// snapshot is a file as bytes.
type snapshot struct {
	kind, etag string
	bytes      []byte
}

// shelf holds what was rendered of one state, by name.
type shelf struct {
	state *State
	mu    sync.RWMutex
	have  map[string]*snapshot
}

// serve answers with the file called name, as of s.
func (e *edition) serve(w http.ResponseWriter, r *http.Request, s *State, name string) {
	f := e.file(name)
	if f == nil {
		http.NotFound(w, r)
		return
	}
	snap, err := e.snapshot(f, s)
	if err != nil {
		e.page.site.logger.Error("page not rendered", "page", e.path+name, "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Language", e.words.Lang)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", snap.etag)
	switch {
	case matches(r.Header.Get("If-None-Match"), snap.etag):
		w.WriteHeader(http.StatusNotModified)
	case len(snap.bytes) == 0:
		w.WriteHeader(http.StatusNoContent)
	default:
		h.Set("Content-Type", snap.kind)
		_, _ = w.Write(snap.bytes) // the reader left
	}
}

// file returns what is offered under a name, or nil.
func (e *edition) file(name string) *file {
	for i := range e.page.site.files {
		if f := &e.page.site.files[i]; f.name == name {
			return f
		}
	}
	return nil
}

// snapshot renders f once per state.
func (e *edition) snapshot(f *file, s *State) (*snapshot, error) {
	sh := e.shelf.Load()
	if sh == nil || sh.state != s {
		sh = &shelf{state: s, have: map[string]*snapshot{}}
		e.shelf.Store(sh) // two at once: one renders in vain
	}
	sh.mu.RLock()
	snap := sh.have[f.name]
	sh.mu.RUnlock()
	if snap != nil {
		return snap, nil
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if snap = sh.have[f.name]; snap != nil {
		return snap, nil
	}
	b, err := f.render(e, s)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	snap = &snapshot{kind: f.kind, bytes: b, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	sh.have[f.name] = snap
	return snap, nil
}

// matches reports whether a list of entity tags names etag.
func matches(list, etag string) bool {
	for tag := range strings.SplitSeq(list, ",") {
		if tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag == etag || tag == "*" {
			return true
		}
	}
	return false
}
