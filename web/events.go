package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"headstart"
)

const (
	coalesce   = 500 * time.Millisecond // at most one event in so long
	heartbeat  = 15 * time.Second
	maxStreams = 8 // per user
)

// serveEvents keeps the live regions of one tab current. Every event carries
// whole regions, so a tab that missed some is right again after the next one;
// its id is the position of the view in the feed.
func (s *Site) serveEvents(w http.ResponseWriter, r *http.Request) {
	id := headstart.IdentityFrom(r.Context())
	topic, ok := s.topic(r, id)
	if !ok {
		http.Error(w, "unknown topic; ask for board or incident:HS-1", http.StatusBadRequest)
		return
	}
	if !s.enter(id.Name) {
		w.Header().Set("Retry-After", "30")
		http.Error(w, "too many open pages of one user", http.StatusTooManyRequests)
		return
	}
	defer s.leave(id.Name)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	st := stream{out: http.NewResponseController(w), w: w, sent: map[string]string{}}
	if last, err := headstart.ParseOffset(r.Header.Get("Last-Event-ID")); err == nil && last == s.o.View.FeedAt() {
		st.at = last // it has what we would send; changes follow
	}
	st.run(r.Context(), s, topic)
}

// topic is what a stream is about, and for whom.
type topic struct {
	incident headstart.IncidentID // empty: the board
	own      bool                 // of the board: what user works on alone
	user     string
	tab      string // of the page of an incident
	show     string // of its timeline: which entries
	language string
	viewer   viewer
	write    bool
}

func (s *Site) topic(r *http.Request, id headstart.Identity) (topic, bool) {
	t := topic{language: s.language(r), viewer: viewerOf(id, s.o.View), write: id.Has(headstart.ScopeWrite), user: id.Name}
	name := r.URL.Query().Get("topics")
	if t.own = name == "board:own"; t.own || name == "board" {
		return t, true
	}
	number, ok := strings.CutPrefix(name, "incident:")
	number, place, _ := strings.Cut(number, ":")
	tab, show, _ := strings.Cut(place, ":")
	t.tab, t.show = tabOf(tab), showOf(show)
	i, found := s.o.View.Find(number)
	if !ok || !found || !t.viewer.sees(&i) {
		return t, false
	}
	t.incident = i.ID
	return t, true
}

// stream is one open tab.
type stream struct {
	w    http.ResponseWriter
	out  *http.ResponseController
	at   headstart.Offset  // of the last event
	sent map[string]string // region: what the tab shows
}

// beat is a sign of life. While the store is silent it is none: what the tab shows may
// not be so any more, and the page tells.
func (st *stream) beat(s *Site) error {
	if s.now().Sub(s.fresh()) > staleAfter {
		return st.write(": \n\n")
	}
	return st.write("event: beat\ndata: now\n\n")
}

func (st *stream) run(ctx context.Context, s *Site, t topic) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	minute := time.NewTicker(time.Minute) // "over 6 min" grows without any event
	defer minute.Stop()
	for begun := false; ; begun = true {
		moved, feed := s.o.View.Moved(), s.o.View.FeedAt()
		if err := st.send(s, t, feed); err != nil {
			return // the reader left, or the page cannot be made: it was logged
		}
		if !begun && st.beat(s) != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(coalesce):
		}
		select {
		case <-ctx.Done():
			return
		case <-moved:
		case <-minute.C:
		case <-beat.C:
			if st.beat(s) != nil {
				return
			}
		}
	}
}

// send writes one event with the regions that differ from what the tab shows.
func (st *stream) send(s *Site, t topic, feed headstart.Offset) error {
	regions, err := s.regionsOf(t)
	if err != nil {
		s.logger.Error("live region not rendered", "err", err)
		return err
	}
	var b strings.Builder
	for _, r := range regions {
		if st.sent[r.id] == r.html {
			continue
		}
		known := len(st.sent) == len(regions)
		st.sent[r.id] = r.html
		if !known && st.at == feed && feed != (headstart.Offset{}) {
			continue // a tab that came back to where it was
		}
		fmt.Fprintf(&b, "<hx-partial hx-target=\"#%s\" hx-swap=\"innerMorph\">%s</hx-partial>", r.id, r.html)
	}
	st.at = feed
	if b.Len() == 0 {
		return nil
	}
	data := strings.ReplaceAll(strings.ReplaceAll(b.String(), "\r", ""), "\n", "\ndata: ")
	return st.write(fmt.Sprintf("id: %s\ndata: %s\n\n", feed, data))
}

// write gives a slow reader ten seconds; then it is dropped, not buffered.
func (st *stream) write(s string) error {
	_ = st.out.SetWriteDeadline(time.Now().Add(10 * time.Second)) // a recorder has none
	if _, err := st.w.Write([]byte(s)); err != nil {
		return err
	}
	return st.out.Flush()
}

// region is a part of a page that lives.
type region struct{ id, html string }

// regionCache keeps what was last rendered per topic, so that forty open boards
// cost one rendering.
type regionCache struct {
	mu   sync.Mutex
	made map[string]cachedRegions
}

type cachedRegions struct {
	feed    headstart.Offset
	second  int64
	regions []region
}

// regionsOf renders the regions of a topic; for two seconds without a change what
// was made serves again.
func (s *Site) regionsOf(t topic) ([]region, error) {
	own := ""
	if t.own {
		own = t.user
	}
	key := fmt.Sprintf("%s|%s|%s|%v|%q|%s|%v|%v|%v", t.incident, t.tab, t.show, t.user != "", own, t.language, t.viewer.confidential, t.viewer.locations, t.write)
	feed, second := s.o.View.FeedAt(), s.now().Unix()/2
	s.regions.mu.Lock()
	defer s.regions.mu.Unlock()
	if c, ok := s.regions.made[key]; ok && c.feed == feed && c.second == second {
		return c.regions, nil
	}
	regions, err := s.makeRegions(t)
	if err != nil {
		return nil, err
	}
	if s.regions.made == nil || len(s.regions.made) > 256 {
		s.regions.made = map[string]cachedRegions{}
	}
	s.regions.made[key] = cachedRegions{feed, second, regions}
	return regions, nil
}

func (s *Site) makeRegions(t topic) ([]region, error) {
	page, names, data := "board", []string{"headline", "cards", "side", "calm"}, any(nil)
	if t.incident == "" {
		b := s.board(t)
		s.fillWords(context.Background(), &b, t.viewer)
		data = b
	} else {
		page, names = "incident", append([]string{"headline", "facts"}, tabRegions[t.tab]...)
		v := s.incidentView(t)
		s.titleTickets(context.Background(), &v)
		data = v
	}
	regions := make([]region, len(names))
	for i, name := range names {
		var b bytes.Buffer
		if err := s.pages[t.language][page]().ExecuteTemplate(&b, name, data); err != nil {
			return nil, err
		}
		regions[i] = region{id: name, html: b.String()}
	}
	return regions, nil
}

func (s *Site) enter(user string) bool {
	s.streams.Lock()
	defer s.streams.Unlock()
	if s.open[user] >= maxStreams {
		return false
	}
	s.open[user]++
	return true
}

func (s *Site) leave(user string) {
	s.streams.Lock()
	defer s.streams.Unlock()
	if s.open[user]--; s.open[user] <= 0 {
		delete(s.open, user)
	}
}
