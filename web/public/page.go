package public

import (
	"net/http"
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
	root     string // "/s/" or "/s/zuid/"
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
	shelf atomic.Pointer[shelf]
}

func newPage(s *Site, c Page) *page {
	p := &page{Page: c, site: s, root: "/s/"}
	if c.ID != "" {
		p.root += c.ID + "/"
	}
	p.editions = []*edition{{page: p, words: s.words[c.Languages[0]], path: p.root}}
	for _, l := range c.Languages {
		p.editions = append(p.editions, &edition{page: p, words: s.words[l], path: p.root + l + "/"})
	}
	return p
}

// ServeHTTP answers for everything below the page's path.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e, name := p.find(r.URL.Path)
	s := p.state()
	if s == nil {
		// Without a state a page could only say that all is well.
		w.Header().Set("Retry-After", "5")
		http.Error(w, e.words.Say("page.notready"), http.StatusServiceUnavailable)
		return
	}
	e.serve(w, r, s, name)
}

// find splits a path into the edition it asks for and the name of a file in it.
func (p *page) find(path string) (e *edition, name string) {
	rest := strings.TrimPrefix(path, p.root)
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
func (e *edition) messageURL(m *Message) string { return e.url() + "#m" + m.ID }

func (e *edition) windowURL(*Window) string { return e.url() }

// root is the way from a file of the edition to /s/, relative, so that a copy of
// the pages in another place still finds its files. deeper is how many folders the
// file lies below the edition.
func (e *edition) root() string {
	return strings.Repeat("../", strings.Count(strings.TrimPrefix(e.path, "/s/"), "/"))
}

// others are the page's other languages, with the way there.
func (e *edition) others() []otherLanguage {
	var out []otherLanguage
	up := strings.Repeat("../", strings.Count(strings.TrimPrefix(e.path, e.page.root), "/"))
	for _, l := range e.page.Languages {
		if l != e.words.Lang {
			out = append(out, otherLanguage{Lang: l, Name: e.page.site.words[l].Say("language.name"), Href: up + l + "/"})
		}
	}
	return out
}
