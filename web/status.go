package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"headstart"
	"headstart/lang"
)

// statusPage is one public page in one language under one path. It is rendered
// to bytes when the view moved or a minute passed, and served from memory.
type statusPage struct {
	site  *Site
	page  Page
	words *lang.Words
	path  string // "/s/nl/"

	mu   sync.Mutex
	snap snapshot
}

// snapshot is a page as bytes.
type snapshot struct {
	feed   headstart.Offset
	minute int64
	bytes  []byte
	etag   string
}

// newStatusPage returns a page under each of its paths: one per language, and
// the bare one, which speaks the first language.
func newStatusPage(s *Site, p Page) []*statusPage {
	root := "/s/"
	if p.ID != "" {
		root += p.ID + "/"
	}
	pages := []*statusPage{{site: s, page: p, words: s.words[p.Languages[0]], path: root}}
	for _, l := range p.Languages {
		pages = append(pages, &statusPage{site: s, page: p, words: s.words[l], path: root + l + "/"})
	}
	return pages
}

// route mounts the page. A page that is not open to everybody asks for a login
// at the desk and is not on the public listener: closed until it is opened.
func (p *statusPage) route() headstart.Route {
	r := headstart.Route{Pattern: "GET " + p.path + "{$}", Scope: headstart.ScopePage, Handler: secure(p), Public: true}
	if p.page.Access != "" && p.page.Access != "open" {
		r.Scope, r.Public = headstart.ScopeRead, false
	}
	return r
}

func (p *statusPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !p.site.o.View.Ready() {
		// Without a state a page could only say that all is well.
		w.Header().Set("Retry-After", "5")
		http.Error(w, p.words.Say("page.notready"), http.StatusServiceUnavailable)
		return
	}
	snap, err := p.snapshot()
	if err != nil {
		p.site.logger.Error("status page not rendered", "page", p.path, "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Language", p.words.Lang)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", snap.etag)
	if matches(r.Header.Get("If-None-Match"), snap.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(snap.bytes) // the reader left
}

// snapshot returns the page as of the view and the minute.
func (p *statusPage) snapshot() (snapshot, error) {
	fresh := p.site.o.Fresh().Truncate(time.Minute)
	feed := p.site.o.View.FeedAt()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.snap.bytes != nil && p.snap.feed == feed && p.snap.minute == fresh.Unix() {
		return p.snap, nil
	}
	b, err := p.render(fresh)
	if err != nil {
		return snapshot{}, err
	}
	sum := sha256.Sum256(b)
	p.snap = snapshot{feed: feed, minute: fresh.Unix(), bytes: b, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	return p.snap, nil
}

func (p *statusPage) render(now time.Time) ([]byte, error) {
	var b bytes.Buffer
	err := p.site.pages[p.words.Lang]["status"].Execute(&b, p.data(now))
	return b.Bytes(), err
}

// root is the way from the page to /s/, relative, so that a copy of the pages in
// another place still finds its files.
func (p *statusPage) root() string {
	return strings.Repeat("../", strings.Count(strings.TrimPrefix(p.path, "/s/"), "/"))
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
