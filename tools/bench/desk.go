package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// What a bad day leaves on a desk: so many incidents run, and so many tickets are open.
const (
	deskIncidents = 500
	deskTickets   = 10_000
	deskLooks     = 20 // at each page
	deskActs      = 10 // while a page is open
)

// deskSettles is how long the day may take to be digested: each ticket is compared with
// each incident, which no helpdesk's day asks for within a minute.
const deskSettles = 3 * time.Minute

// deskRests is how long nothing happens then, as on any morning: the service gives back
// what the day took.
const deskRests = 5 * time.Second

// deskAnew are the pages that are kept for a while for whoever looks next: how many looks
// at each, so far apart that every one of them is made anew.
var deskAnew = map[string]looks{"/morning": {8, 5100 * time.Millisecond}}

// looks is how often a page is looked at, and the time between.
type looks struct {
	n     int
	apart time.Duration
}

// deskPages are the pages people open all day.
var deskPages = []string{"/", "/i/HS-1", "/tickets", "/announcements", "/morning", "/map", "/search?q=printer"}

// desk measures the pages of a desk with a bad day behind it: how long each takes to its
// first byte, how soon an open board shows what somebody did, and the memory in use.
func (l *lab) desk(ctx context.Context) error {
	l.say("a desk with %d incidents and %s tickets", deskIncidents, grouped(deskTickets))
	hook := "http://127.0.0.1:1/" // nobody is told: nothing listens there, and pushes wait for approval
	s, err := l.start(ctx, "headstart desk", func(dir, addr string) ([]string, error) {
		args, err := l.teller(dir, addr, "{mode: embedded}", hook)
		if err != nil {
			return nil, err
		}
		f, err := os.OpenFile(filepath.Join(dir, "headstart.yml"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		_, err = f.WriteString("tickets: {sources: [{name: portal, type: webhook}]}\n")
		return args, errors.Join(err, f.Close())
	}, serves)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := l.badDay(ctx, s); err != nil {
		return err
	}
	if err := l.settleWithin(ctx, s, deskSettles); err != nil {
		return err
	}
	if err := pause(ctx, deskRests); err != nil {
		return err
	}
	worst := 0.0
	for _, page := range deskPages {
		how, anew := deskAnew[page]
		if !anew {
			how = looks{n: deskLooks}
		}
		first, err := firstBytes(ctx, "http://"+s.addr+page, how)
		if err != nil {
			return err
		}
		l.say("  %-20s first byte after %s, of the first look %s", page, millis(median(first)), millis(first[0]))
		worst = max(worst, median(first))
	}
	live, err := l.liveUpdates(ctx, s)
	if err != nil {
		return err
	}
	rss, err := s.rss()
	if err != nil {
		return err
	}
	l.rows = append(l.rows,
		absolute("first byte of the desk's slowest page, 500 incidents", millis, worst, below(.05)),
		absolute("an open board shows what somebody did, the slowest of 10", millis, quantile(live, 1), below(1)),
		absolute("resident with 500 incidents, 10,000 tickets", mega, rss, below(200e6)),
	)
	return nil
}

// badDay lets unrelated devices fail and users write.
func (l *lab) badDay(ctx context.Context, s *server) error {
	ends := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for i := range deskIncidents {
		if err := postOne(ctx, s, fmt.Appendf(nil, `[{"labels":{"alertname":"HostDown","device":"host-%05d"},"endsAt":%q}]`, i, ends)); err != nil {
			return err
		}
	}
	const batch = 100
	for i := 0; i < deskTickets; i += batch {
		var tickets []map[string]any
		for n := i; n < i+batch; n++ {
			tickets = append(tickets, map[string]any{
				"id": fmt.Sprintf("T-%05d", n), "title": fmt.Sprintf("Dienst %d doet het niet", n%places), "body": fmt.Sprintf("In gebouw %d lukt het niet meer, ook de printer niet.", n%places),
				"requester": map[string]any{"id": fmt.Sprintf("u%d@voorbeeld.example", n)}, "channel": "portal", "created_at": time.Now().UTC(),
			})
		}
		body, err := json.Marshal(tickets)
		if err != nil {
			return err
		}
		if err := s.write(ctx, "/hooks/tickets/portal", body); err != nil {
			return err
		}
	}
	return nil
}

// write posts with the rights of whoever runs the service.
func (s *server) write(ctx context.Context, path string, body []byte) error {
	token, err := os.ReadFile(filepath.Join(s.dir, "data", "admin-token"))
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.addr+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("%s answers %s: %s", path, res.Status, said)
	}
	return err
}

// firstBytes returns how long each look at a page took to its first byte, in seconds.
func firstBytes(ctx context.Context, url string, how looks) ([]float64, error) {
	var took []float64
	for range how.n {
		if err := pause(ctx, how.apart); err != nil {
			return nil, err
		}
		began, first := time.Now(), time.Duration(0)
		traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotFirstResponseByte: func() { first = time.Since(began) }})
		if _, err := get(traced, url); err != nil {
			return nil, err
		}
		took = append(took, first.Seconds())
	}
	return took, nil
}

// liveUpdates gives the first incident of an open board to somebody else each time, and
// returns how long each was under way to the board, in seconds.
func (l *lab) liveUpdates(ctx context.Context, s *server) ([]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+"/events?topics=board", nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req) // client gives an answer up after a while
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	events := make(chan time.Time, deskActs+1)
	go func() {
		defer close(events)
		in := bufio.NewScanner(res.Body)
		in.Buffer(nil, 8<<20)
		for in.Scan() {
			if strings.HasPrefix(in.Text(), "id:") {
				events <- time.Now()
			}
		}
	}()
	<-events // the whole page
	board, err := get(ctx, "http://"+s.addr+"/")
	if err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(string(board), `id="inc-`)
	shown, _, _ := strings.Cut(rest, `"`)
	var took []float64
	for n := range deskActs {
		began := time.Now()
		if err := s.write(ctx, "/api/v1/incidents/"+shown+"/assign", fmt.Appendf(nil, `{"owner":"worker-%d"}`, n)); err != nil {
			return nil, err
		}
		at, ok := <-events
		if !ok {
			return nil, fmt.Errorf("the board's stream ended: %w", ctx.Err())
		}
		took = append(took, at.Sub(began).Seconds())
	}
	return took, nil
}
