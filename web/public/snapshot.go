package public

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	htmlType     = "text/html; charset=utf-8"
	jsonType     = "application/json; charset=utf-8"
	calendarType = "text/calendar; charset=utf-8"
)

// file is one thing that an edition offers. Name is what stands behind the
// edition's path: "" is the page itself.
type file struct {
	name, kind string

	fresh  time.Duration // how long a copy may be used without asking; zero: not at all
	dated  bool          // it changes when the texts do, and says when that was
	shared bool          // scripts of other sites may read it, if the page is open
	policy string        // its own content security policy; empty: that of pages

	// private is made for one kind of reader: no cache between us may keep it.
	private bool

	// render makes the bytes of a state. Equal states give equal bytes. None at all
	// means that there is nothing to say now (204).
	render func(e *edition, s *State) ([]byte, error)
}

// files are what every edition offers, one line each. origins may show the banner
// in a frame.
func files(origins []string) []file {
	return append([]file{
		{name: "", kind: htmlType, render: (*edition).html},
		{name: "feed.atom", kind: "application/atom+xml; charset=utf-8", fresh: halfAMinute, dated: true, render: (*edition).atom},
		{name: "feed.rss", kind: "application/rss+xml; charset=utf-8", fresh: halfAMinute, dated: true, render: (*edition).rss},
		{name: "calendar.ics", kind: calendarType, fresh: halfAMinute, dated: true, render: (*edition).calendar},
		{name: "badge.svg", kind: "image/svg+xml", fresh: halfAMinute, shared: true, policy: badgePolicy, render: (*edition).badge},
		{name: "banner.json", kind: jsonType, fresh: halfAMinute, shared: true, render: (*edition).bannerJSON},
		{name: "banner.html", kind: htmlType, fresh: halfAMinute, policy: framePolicy(origins), render: (*edition).bannerHTML},
		{name: "banner.js", kind: "text/javascript; charset=utf-8", fresh: halfAMinute, render: (*edition).bannerScript},
		{name: "phone.txt", kind: "text/plain; charset=utf-8", fresh: halfAMinute, render: (*edition).phone},
	}, statuspageFiles()...)
}

// halfAMinute is as often as pages ask, and as Statuspage's own API allows.
const halfAMinute = 30 * time.Second

// snapshot is a file as bytes.
type snapshot struct {
	kind, etag []string // as http.Header keeps them
	bytes      []byte
}

// shelf holds what was rendered of one state, by name.
type shelf struct {
	state *State
	mu    sync.RWMutex
	have  map[string]*snapshot
}

// serve answers with what stands under name, as of s.
func (e *edition) serve(w http.ResponseWriter, r *http.Request, s *State, name string) {
	if id, rest, ok := strings.Cut(name, "/"); ok && isID(id) {
		e.serveMessage(w, r, s, id, rest)
		return
	}
	if e.serveSubscribe(w, r, s, name) {
		return
	}
	f := e.file(s, name)
	if f == nil || r.Method == http.MethodPost {
		http.NotFound(w, r)
		return
	}
	e.write(w, r, s, f)
}

// write answers with f, or that the reader has it already.
func (e *edition) write(w http.ResponseWriter, r *http.Request, s *State, f *file) {
	snap, err := e.snapshot(f, s)
	if err != nil {
		e.page.site.logger.Error("page not rendered", "page", e.path+f.name, "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	// Set by name, not by Set: these answers are sent thousands of times a second.
	h := w.Header()
	h["Content-Language"] = e.language
	h["Cache-Control"] = f.cached(e.page)
	h["Etag"] = snap.etag
	if e.page.Access != accessOpen {
		h["X-Robots-Tag"] = noIndex
	}
	if f.policy != "" {
		h.Set("Content-Security-Policy", f.policy)
	}
	if f.shared && e.page.Access == accessOpen {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	var changed time.Time
	if f.dated {
		changed = s.Changed().UTC().Truncate(time.Second)
		h.Set("Last-Modified", changed.Format(http.TimeFormat))
	}
	switch {
	case known(r, snap.etag[0], changed):
		w.WriteHeader(http.StatusNotModified)
	case len(snap.bytes) == 0:
		w.WriteHeader(http.StatusNoContent)
	default:
		h["Content-Type"] = snap.kind
		_, _ = w.Write(e.page.linked(snap.bytes, r)) // the reader left
	}
}

var (
	noCache        = []string{"no-cache"}
	noCacheBetween = []string{"private, no-cache"}
	noIndex        = []string{"noindex"}
)

// cached says how long copies of f are good for, and whose.
func (f *file) cached(p *page) []string {
	open := p.Access == accessOpen && !f.private
	switch {
	case f.fresh == 0 && open:
		return noCache
	case f.fresh == 0:
		return noCacheBetween
	case open:
		return []string{fmt.Sprintf("public, max-age=%d", int(f.fresh.Seconds()))}
	default:
		return []string{fmt.Sprintf("private, max-age=%d", int(f.fresh.Seconds()))}
	}
}

// file returns what is offered under a name as of s, or nil.
func (e *edition) file(s *State, name string) *file {
	if id, ok := strings.CutSuffix(name, ".ics"); ok && s.Window(id) != nil {
		return &file{
			name: name, kind: calendarType, fresh: halfAMinute, dated: true,
			render: func(e *edition, s *State) ([]byte, error) { return e.appointment(s, id), nil },
		}
	}
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
	snap = &snapshot{kind: []string{f.kind}, bytes: b, etag: []string{`"` + hex.EncodeToString(sum[:12]) + `"`}}
	sh.have[f.name] = snap
	return snap, nil
}

// known reports whether a reader has what is here already: by its tag, or if it
// names none by its time (RFC 9110, section 13.2.2). A zero changed is no time.
func known(r *http.Request, etag string, changed time.Time) bool {
	if tags := r.Header.Get("If-None-Match"); tags != "" {
		return matches(tags, etag)
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !changed.IsZero() && !changed.After(since)
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
