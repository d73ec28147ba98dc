package public

import (
	"bytes"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"headstart/lang"
)

// page is one status page, under a path of its own, in each of its languages.
type page struct {
	Page
	site     *Site
	root     string         // "/s/" or "/s/zuid/"
	trusted  []netip.Prefix // Page.Networks
	editions []*edition

	now  atomic.Pointer[State] // the newest
	busy sync.Mutex            // held by who gathers the next
}

// edition is a page in one language under one path: "/s/nl/". The first is the
// bare one, which speaks the page's first language.
type edition struct {
	page  *page
	words *lang.Words
	path  string

	language []string // of words, as http.Header keeps it
	copy     bool     // for a folder of files: buttons lead to the live page
	shelf    atomic.Pointer[shelf]
}

// Root is the path of the page with an id: "/s/zuid/", or "/s/" without one.
func Root(id string) string {
	if id == "" {
		return "/s/"
	}
	return "/s/" + id + "/"
}

func newPage(s *Site, c Page) *page {
	p := &page{Page: c, site: s, root: Root(c.ID), trusted: prefixes(c.Networks)}
	p.editions = []*edition{newEdition(p, c.Languages[0], "")}
	for _, l := range c.Languages {
		p.editions = append(p.editions, newEdition(p, l, l+"/"))
	}
	return p
}

func newEdition(p *page, language, below string) *edition {
	return &edition{page: p, words: p.site.words[language], path: p.inner() + below, language: []string{language}}
}

// tokenHere stands in the bytes of a page with access link where the reader's own
// token belongs. No template or encoder changes its letters.
const tokenHere = "~token~"

// inner is the path of the page for who may read it.
func (p *page) inner() string {
	if p.Access == accessLink {
		return p.root + "link/" + tokenHere + "/"
	}
	return p.root
}

// tokenOf is the token in the path of a page with access link, and what stands
// behind it; of other pages it is the whole path below theirs.
func (p *page) tokenOf(r *http.Request) (token, rest string) {
	rest = strings.TrimPrefix(r.URL.Path, p.root)
	if after, ok := strings.CutPrefix(rest, "link/"); ok && p.Access == accessLink {
		token, rest, _ = strings.Cut(after, "/")
	}
	return token, rest
}

// linked fills in the reader's own token, so that a link in a feed opens too.
func (p *page) linked(b []byte, r *http.Request) []byte {
	if p.Access != accessLink {
		return b
	}
	token, _ := p.tokenOf(r)
	return bytes.ReplaceAll(b, []byte(tokenHere), []byte(token))
}

// ServeHTTP answers for everything below the page's path.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, rest := p.tokenOf(r)
	e, name := p.find(rest)
	if !p.mailed(name) && !p.admits(r, token) {
		e.refuse(w, r)
		return
	}
	s := p.state()
	if s == nil {
		// Without a state a page could only say that all is well.
		w.Header().Set("Retry-After", "5")
		http.Error(w, e.words.Say("page.notready"), http.StatusServiceUnavailable)
		return
	}
	e.serve(w, r, s, name)
}

// find splits what stands behind the page's path into the edition it asks for and
// the name of a file in it.
func (p *page) find(rest string) (e *edition, name string) {
	for _, e := range p.editions[1:] {
		if name, ok := strings.CutPrefix(rest, e.words.Lang+"/"); ok {
			return e, name
		}
	}
	return p.editions[0], rest
}

// atMostEvery is how long a state is kept whatever moves: a storm of changes must
// not have the page rendered for each.
const atMostEvery = time.Second

// state returns the page's state as of the view and the minute; nil before the
// view was filled once. One caller gathers the next; the others get the last.
func (p *page) state() *State {
	last := p.now.Load()
	if last != nil && !p.moved(last) {
		return last
	}
	if last == nil {
		p.busy.Lock()
	} else if !p.busy.TryLock() {
		return last
	}
	defer p.busy.Unlock()
	if last = p.now.Load(); last != nil && !p.moved(last) {
		return last
	}
	v, ok := p.site.o.View.Published()
	if !ok {
		return nil
	}
	s := p.gather(v, p.site.o.Checks(), p.site.o.Fresh().Truncate(time.Minute))
	s.gathered = p.site.o.Now()
	p.now.Store(s)
	return s
}

// moved reports whether s is no longer the newest there could be.
func (p *page) moved(s *State) bool {
	if age := p.site.o.Now().Sub(s.gathered); age >= 0 && age < atMostEvery {
		return false
	}
	return p.site.o.View.FeedAt() != s.Feed || !p.site.o.Fresh().Truncate(time.Minute).Equal(s.At)
}

// url is where readers find the edition.
func (e *edition) url() string { return e.page.site.base + e.path }

// messageURL and windowURL are where readers find one message and one piece of
// planned work.
func (e *edition) messageURL(m *Message) string { return e.url() + m.ID + "/" }

func (e *edition) windowURL(*Window) string { return e.url() }

// upToRoot is the way from a path up to /s/, relative.
func upToRoot(path string) string {
	return strings.Repeat("../", strings.Count(strings.TrimPrefix(path, "/s/"), "/"))
}

// others are the page's other languages, with the way there.
func (e *edition) others() []otherLanguage {
	var out []otherLanguage
	up := strings.Repeat("../", strings.Count(strings.TrimPrefix(e.path, e.page.inner()), "/"))
	for _, l := range e.page.Languages {
		if l != e.words.Lang {
			out = append(out, otherLanguage{Lang: l, Name: e.page.site.words[l].Say("language.name"), Href: up + l + "/"})
		}
	}
	return out
}
