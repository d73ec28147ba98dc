package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"headstart"
)

// maxEventStreams bounds the open streams of /api/v1/events in all.
const maxEventStreams = 100

// apiEvents shares the rendering of one state of the view among all streams.
type apiEvents struct {
	mu     sync.Mutex
	open   int
	feed   headstart.Offset
	filled bool
	rows   []apiEvent
}

// apiEvent is one thing as it stands: an incident or an announcement, whole.
type apiEvent struct {
	kind string // incident or announcement
	key  string
	open string // JSON for who may see it
	veil string // JSON for who may only know that it is; empty: nothing is said

	knows, sees func(viewer) bool
}

// serveEvents streams what changes. First comes everything that is live, so
// that a client which was away is right again at once; after that, each event
// carries the thing whole. The event id is the view's place in the feed.
func (a *API) serveEvents(w http.ResponseWriter, r *http.Request) {
	if !a.events.enter() {
		w.Header().Set("Retry-After", "30")
		writeProblem(w, http.StatusServiceUnavailable, "too many open event streams")
		return
	}
	defer a.events.leave()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	s := apiStream{w: w, out: http.NewResponseController(w), viewer: a.viewer(r)}
	s.run(r.Context(), a)
}

type apiStream struct {
	w      http.ResponseWriter
	out    *http.ResponseController
	viewer viewer
	sent   map[string]string // nil before the first round
}

// slowReader is how long one write may take; who reads slower is dropped, not
// buffered for.
const slowReader = 10 * time.Second

func (s *apiStream) run(ctx context.Context, a *API) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		moved := a.o.View.Moved()
		if s.round(a) != nil {
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
		case <-beat.C:
			if s.write(": \n\n") != nil {
				return
			}
		}
	}
}

// round sends what differs from what this stream has sent.
func (s *apiStream) round(a *API) error {
	rows, feed := a.snapshot()
	first := s.sent == nil
	if first {
		s.sent = map[string]string{}
		if err := s.write("retry: 3000\n\n"); err != nil {
			return err
		}
	}
	for _, e := range rows {
		key, data := e.kind+" "+e.key, s.text(&e)
		if data == "" || data == s.sent[key] {
			continue
		}
		s.sent[key] = data
		if first && e.over() {
			continue // what is past is news only when it changes
		}
		if err := s.write(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", feed, e.kind, data)); err != nil {
			return err
		}
	}
	return nil
}

// text is what the client of this stream may see of e.
func (s *apiStream) text(e *apiEvent) string {
	switch {
	case e.sees(s.viewer):
		return e.open
	case e.knows(s.viewer):
		return e.veil
	default:
		return ""
	}
}

// over reports whether nothing of it is live.
func (e *apiEvent) over() bool {
	var state struct {
		State string `json:"state"`
	}
	_ = json.Unmarshal([]byte(e.open), &state) // we wrote it
	switch state.State {
	case string(headstart.Open), string(headstart.Recovering), string(headstart.Holding),
		string(headstart.AnnouncementDraft), string(headstart.AnnouncementPublished):
		return false
	}
	return true
}

func (s *apiStream) write(text string) error {
	_ = s.out.SetWriteDeadline(time.Now().Add(slowReader)) // a recorder in a test has none
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	err := s.out.Flush()
	_ = s.out.SetWriteDeadline(time.Time{}) // HTTP/2 would end an idle stream with it
	return err
}

// snapshot renders the view once for all streams.
func (a *API) snapshot() ([]apiEvent, headstart.Offset) {
	e := &a.events
	e.mu.Lock()
	defer e.mu.Unlock()
	feed := a.o.View.FeedAt()
	if e.filled && e.feed == feed {
		return e.rows, feed
	}
	e.rows = nil
	for i := range a.o.View.EachIncident() {
		whole, ok := a.o.View.Incident(i.ID, a.o.Language)
		if !ok {
			continue
		}
		whole.Announcements = viewer{view: a.o.View}.announcements(whole.Announcements) // what any of them hides is sent as an event of its own
		noNulls(&whole)
		row := apiEvent{kind: "incident", key: string(i.ID), open: jsonText(whole)}
		if whole.Confidential { // else who knows of it sees it
			veil := veiled(&whole)
			noNulls(&veil)
			row.veil = jsonText(veil)
		}
		row.knows, row.sees = func(v viewer) bool { return v.knows(i) }, func(v viewer) bool { return v.sees(i) }
		e.rows = append(e.rows, row)
	}
	for an := range a.o.View.EachAnnouncement() {
		sees := func(v viewer) bool { return v.seesAnnouncement(an) }
		e.rows = append(e.rows, apiEvent{kind: "announcement", key: an.ID, open: jsonText(an), knows: sees, sees: sees})
	}
	e.feed, e.filled = feed, true
	return e.rows, feed
}

func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // types of ours only
	}
	return string(b)
}

func (e *apiEvents) enter() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.open >= maxEventStreams {
		return false
	}
	e.open++
	return true
}

func (e *apiEvents) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.open--
}
