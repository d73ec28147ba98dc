package notify

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"headstart"
)

// strict is a service that takes calls as its documentation says and complains
// about everything else. What befalls its calls is queued.
type strict struct {
	t       *testing.T
	url     string
	handler http.Handler // what url leads to

	mu     sync.Mutex
	calls  []string  // method and path of every call, in order
	queued []trouble // one a call
}

// trouble befalls one call: another answers it, or its answer is lost after the
// service did what it was asked. The zero trouble is none.
type trouble struct {
	answer func(http.ResponseWriter)
	lost   bool
}

// serve starts a service; answer gets each call's body.
func serve(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, body []byte)) *strict {
	t.Helper()
	s := &strict{t: t}
	s.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.calls = append(s.calls, r.Method+" "+r.URL.Path)
		var now trouble
		if len(s.queued) > 0 {
			now, s.queued = s.queued[0], s.queued[1:]
		}
		switch {
		case now.answer != nil:
			now.answer(w)
			return
		case now.lost:
			answer(httptest.NewRecorder(), r, body)
			panic(http.ErrAbortHandler)
		}
		answer(w, r, body)
	})
	srv := httptest.NewServer(s.handler)
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

// next says what befalls the next calls.
func (s *strict) next(queued ...trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queued = append(s.queued, queued...)
}

// status answers a status, with Retry-After unless that is empty.
func status(code int, retryAfter string) trouble {
	return trouble{answer: func(w http.ResponseWriter) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(code)
	}}
}

// takes decodes a body that must hold nothing but what into has, as JSON.
func takes(t *testing.T, r *http.Request, body []byte, into any) bool {
	t.Helper()
	if got := r.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
		t.Errorf("%s: content type %q, want application/json", r.URL.Path, got)
		return false
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		t.Errorf("%s: %v in %s", r.URL.Path, err, body)
		return false
	}
	return true
}

// built makes the one channel of cfg, as the program does.
func built(t *testing.T, cfg ChannelConfig) Channel {
	t.Helper()
	c := paced(t, cfg)
	unpaced(c)
	return c
}

// paced is built with the pauses between calls as they are.
func paced(t *testing.T, cfg ChannelConfig) Channel {
	t.Helper()
	cfg.Name = "users"
	c := Config{Channels: []ChannelConfig{cfg}}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	out, err := Build(c, ChannelOptions{ExternalURL: "https://headstart.example.org", Dialer: local()})
	if err != nil {
		t.Fatal(err)
	}
	return out[0]
}

// unpaced takes the pauses between calls away: they have a test of their own.
func unpaced(c Channel) {
	switch c := c.(type) {
	case *slack:
		c.caller.pace.gap = 0
	case *poster:
		c.caller.pace.gap = 0
	}
}

// hostile is text of a catalog that tries to be more than text.
const hostile = "@channel <!here> <http://evil.example|portal> [x](http://evil.example) @all @jan *b* _i_ `c` <at>Jan</at>"

// wild is a notice whose every word is hostile.
func wild() *headstart.Notice {
	n := notice(1, headstart.Investigating)
	for lang, text := range n.Text {
		text.Title, text.Short = hostile, hostile
		text.Lines = []headstart.TextLine{{Label: hostile, Text: hostile}}
		n.Text[lang] = text
	}
	return n
}

// huge is a notice with words no service takes whole.
func huge() *headstart.Notice {
	n := notice(1, headstart.Investigating)
	for lang, text := range n.Text {
		text.Lines = nil
		for range 40 {
			text.Lines = append(text.Lines, headstart.TextLine{Label: "Wat merkt u?", Text: strings.Repeat("Één zin over koffie. ", 100)})
		}
		text.Body = strings.Repeat("Één zin over koffie. ", 4000)
		n.Text[lang] = text
	}
	return n
}

// silently is n as an update that notifies nobody.
func silently(n *headstart.Notice) *headstart.Notice {
	n.Silent = true
	return n
}

// again is n at a further attempt.
func again(n *headstart.Notice) *headstart.Notice {
	n.Attempt++
	return n
}
