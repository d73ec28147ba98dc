package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// An organisation that looks at its status page in an outage, and what is taken meanwhile.
const (
	readers       = 20_000
	readersLookIn = 30 * time.Second // on average, by the script of the page

	postsEach = time.Second / 16 // of 64 alerts: 1,024 alerts a second
	passes    = 12 * time.Second // the length of each
)

// browsers ask for the page. They share connections that stay open: what 20,000 open ones
// hold is not measured.
var browsers = &http.Client{
	Timeout:   10 * time.Second,
	Transport: &http.Transport{MaxIdleConnsPerHost: 256},
}

// readersBesideIngest measures how much longer alerts take while everybody reads the status
// page, in passes with and without readers by turns, and what the readers cost alone.
//
// Requests are sent when they are due, however many are under way, and time counts from
// then: a slow answer delays no other, and waiting is not left out.
func (l *lab) readersBesideIngest(ctx context.Context) error {
	s, err := l.service(ctx, "headstart with readers", "{mode: embedded}")
	if err != nil {
		return err
	}
	defer s.stop()
	if err := l.outage(ctx, s); err != nil {
		return err
	}
	p := &public{server: s, first: newAlerts}
	if p.tag, err = pageTag(ctx, s); err != nil {
		return err
	}
	l.say("%s readers of the status page", grouped(readers))
	core, err := p.readersAlone(ctx)
	if err != nil {
		return err
	}
	var alone, beside []float64
	for round := range rounds {
		l.say("alerts alone and beside readers, round %d of %d", round+1, rounds)
		for _, turn := range []struct {
			read bool
			p99s *[]float64
		}{{false, &alone}, {true, &beside}} {
			slow, err := p.pass(ctx, turn.read)
			if err != nil {
				return err
			}
			*turn.p99s = append(*turn.p99s, slow.Seconds())
			if err := l.settle(ctx, s); err != nil {
				return err
			}
		}
	}
	l.rows = append(l.rows,
		absolute("20,000 readers of the status page, each again after 30 s, of one core", percent, core, none),
		compare("p99 of a POST of 64 new alerts beside these readers, 16 a second", millis, beside, alone, "alone", below(2)),
	)
	return nil
}

// public is a service whose status page is read while it takes alerts.
type public struct {
	*server
	tag   string // of the page that readers have
	first int    // the next alert that was not sent yet
}

// readersAlone is the processor time that readers cost, in percent of one core.
func (p *public) readersAlone(ctx context.Context) (float64, error) {
	before, err := p.cpu()
	if err != nil {
		return 0, err
	}
	if err := p.read(ctx); err != nil {
		return 0, err
	}
	after, err := p.cpu()
	return 100 * (after - before) / passes.Seconds(), err
}

// pass sends new alerts for a while, beside readers or without, and returns the p99 of the
// requests.
func (p *public) pass(ctx context.Context, read bool) (time.Duration, error) {
	n := int(passes / postsEach)
	now := time.Now()
	bodies, err := asMeasured.bodies(p.first, n*asMeasured.batch, now.Add(-time.Minute), now.Add(time.Hour))
	if err != nil {
		return 0, err
	}
	p.first += n * asMeasured.batch
	var reading sync.WaitGroup
	var readErr error
	if read {
		reading.Go(func() { readErr = p.read(ctx) })
	}
	took, err := whenDue(ctx, n, postsEach, func(ctx context.Context, i int) error { return postOne(ctx, p.server, bodies[i]) })
	reading.Wait()
	if err := errors.Join(err, readErr); err != nil {
		return 0, err
	}
	slices.Sort(took)
	return took[(len(took)-1)*99/100], nil
}

// read has readers look again for the length of a pass. Nobody's turn comes twice in it, so
// that all have the page as it was before.
func (p *public) read(ctx context.Context) error {
	const each = readersLookIn / readers
	_, err := whenDue(ctx, int(passes/each), each, func(ctx context.Context, _ int) error { return lookAgain(ctx, p.server, p.tag) })
	return err
}

// whenDue calls do n times, each in its turn, and returns how long after its turn each ended.
func whenDue(ctx context.Context, n int, each time.Duration, do func(context.Context, int) error) ([]time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	took := make([]time.Duration, n)
	began := time.Now()
	var calls sync.WaitGroup
	for i := range n {
		due := began.Add(time.Duration(i) * each)
		if err := pause(ctx, time.Until(due)); err != nil {
			break
		}
		calls.Go(func() {
			if err := do(ctx, i); err != nil {
				cancel(err)
			}
			took[i] = time.Since(due)
		})
	}
	calls.Wait()
	return took, context.Cause(ctx)
}

const statusPagePath = "/s/nl/"

// pageTag is what a browser keeps of the status page in order to ask again.
func pageTag(ctx context.Context, s *server) (string, error) {
	res, err := askPage(ctx, s, "")
	if err != nil {
		return "", err
	}
	if tag := res.Header.Get("ETag"); res.StatusCode == http.StatusOK && tag != "" {
		return tag, nil
	}
	return "", fmt.Errorf("GET %s: %s, ETag %q", statusPagePath, res.Status, res.Header.Get("ETag"))
}

// lookAgain is a look by a browser that has the page already: it gets nothing, or the page
// that is new meanwhile.
func lookAgain(ctx context.Context, s *server, tag string) error {
	res, err := askPage(ctx, s, tag)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusNotModified && res.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", statusPagePath, res.Status)
	}
	return nil
}

// askPage asks for the status page and reads the answer to its end.
func askPage(ctx context.Context, s *server, tag string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+statusPagePath, nil)
	if err != nil {
		return nil, err
	}
	if tag != "" {
		req.Header.Set("If-None-Match", tag)
	}
	res, err := browsers.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return res, err
}
