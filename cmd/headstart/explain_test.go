package main

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/correlate"
	"headstart/correlate/scenario"
	"headstart/store"
)

// A log is explained as a running service is: an incident, one asset, and why two
// incidents are not one.
func TestExplainLog(t *testing.T) {
	apart := strings.Replace(nightCatalog, "people: 10, depends_on: [sw-1]}\n", "people: 10}\n", 1)
	dir := night(t, "", map[string]string{"apart.txtar": "-- catalog --\n" + apart + nightEvents})
	one, two := filepath.Join(dir, "night.txtar"), filepath.Join(dir, "apart.txtar")
	for name, c := range map[string]struct {
		args []string
		code int
		want []string
	}{
		"an incident": {
			[]string{"explain", "hs-1", "--log", one, "--lang", "en"},
			0,
			[]string{"T-07  prn-1/PrinterDown is behind sw-1", "(margin 40 s).\n"},
		},
		"an asset, and what led to no incident": {
			[]string{"explain", "prn-2", "--log", one, "--lang", "en"},
			0,
			[]string{"T-07  HS-1 prn-2/PrinterDown is behind sw-1", "R-02  HS-1 prn-2/PrinterDown is back."},
		},
		"in the log's own language": {[]string{"explain", "sw-1", "--log", one}, 0, []string{"hangt achter sw-1"}},
		"two that are not one": {
			[]string{"explain", "why-not", "HS-1", "2", "--log", two, "--until", "2026-11-23T08:05:00Z", "--lang", "en"},
			0,
			[]string{"HS-1 / HS-2  T-07  Nothing connects them"},
		},
		"nobody knows it":      {[]string{"explain", "prn-9", "--log", one}, 1, []string{"knows neither an incident nor an asset or problem prn-9"}},
		"nobody knows the two": {[]string{"explain", "why-not", "HS-1", "HS-9", "--log", one}, 1, []string{"knows no incident HS-9"}},
		"nobody knows either":  {[]string{"explain", "why-not", "HS-8", "HS-9", "--log", one}, 1, []string{"knows no incident HS-8"}},
		"no language":          {[]string{"explain", "HS-1", "--log", one, "--lang", "de"}, 1, []string{`--lang is "de"; write nl or en`}},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := command(t, c.args...)
			if code != c.code {
				t.Errorf("exit code %d, want %d: %s", code, c.code, stderr)
			}
			for _, want := range c.want {
				if !strings.Contains(stdout+stderr, want) {
					t.Errorf("said\n%s%s\nwant %q in it", stdout, stderr, want)
				}
			}
		})
	}
	_, stdout, _ := command(t, "explain", "why-not", "HS-1", "HS-2", "--log", two, "--until", "2026-11-23T08:05:00Z", "--output", "json")
	var got apartness
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || got.Incident != "HS-1" || got.Against != "HS-2" || got.One || got.Outcome != "unrelated" || got.Text == "" {
		t.Errorf("%v: %+v", err, got)
	}
}

// Any process reads what the engine stored, as of one cursor, and says of two
// groups what the engine itself would (ruling 9: whether it leads or not).
func TestWhyNotOfTheStore(t *testing.T) {
	st, err := store.OpenBolt(filepath.Join(t.TempDir(), "store.db"), store.BoltOptions{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	s, at := stored(t, st)
	want, known := s.WhyNot(at, 1, 2)
	if !known || want.Outcome == "" {
		t.Fatalf("the engine says %+v", want)
	}
	moving := &movingHead{Tables: st, moves: 2}
	for name, tables := range map[string]store.Tables{"at rest": st, "while the engine commits": moving} {
		got, known, err := newSecond(tables).whyNot(t.Context(), 1, 2)
		if err != nil || !known || got.Canonical() != want.Canonical() {
			t.Errorf("%s: %+v, %t, %v; want %+v", name, got, known, err, want)
		}
	}
	if moving.asked != 6 {
		t.Errorf("the head was asked for %d times, want twice for each of three tries", moving.asked)
	}
	if _, known, err := newSecond(st).whyNot(t.Context(), 1, 99); known || err != nil {
		t.Errorf("a group nobody knows: %t, %v", known, err)
	}
	busy := newSecond(st)
	busy.turn <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := busy.whyNot(ctx, 1, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("behind another question: %v, want to give up with the caller", err)
	}
}

// stored folds a story of two groups into a store, as the engine's commits do.
func stored(t *testing.T, st store.Store) (*correlate.State, time.Time) {
	t.Helper()
	apart := strings.Replace(nightCatalog, "people: 10, depends_on: [sw-1]}\n", "people: 10}\n", 1)
	x, err := scenario.Parse("night", []byte("-- catalog --\n"+apart+nightEvents))
	if err != nil {
		t.Fatal(err)
	}
	s := correlate.NewState()
	var at time.Time
	for _, l := range x.Lines()[:4] { // until the switch fails
		at = l.At
		s.Apply(headstart.Event{At: at, Received: at, Line: l.Line})
	}
	for due, ok := s.NextDeadline(); ok && due.Before(at.Add(5*time.Minute)); due, ok = s.NextDeadline() {
		s.Fire()
	}
	at = at.Add(5 * time.Minute)
	tok, ok, err := st.Acquire(t.Context(), "test", time.Minute)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := st.Commit(t.Context(), headstart.Batch{Token: tok, Next: headstart.Cursor{Off: headstart.Offset{Ms: uint64(at.UnixMilli())}}, Ops: s.Take()}); err != nil {
		t.Fatal(err)
	}
	return s, at
}

// movingHead is a store whose cursor moves while it is read, a few times.
type movingHead struct {
	store.Tables
	asked, moves int
}

func (m *movingHead) Head(ctx context.Context) (headstart.Cursor, error) {
	c, err := m.Tables.Head(ctx)
	if m.asked++; m.asked%2 == 0 && m.moves > 0 {
		m.moves--
		c.Part++
	}
	return c, err
}

// TestExplainRule: a number that a timeline shows is explained in both languages, without
// a service; one that does not exist names those that do.
func TestExplainRule(t *testing.T) {
	t.Parallel()
	file := configured(t, map[string]string{"headstart.yml": "language: nl\n"})
	for name, c := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"in the configuration's language": {[]string{"t-07"}, 0, []string{"T-07  Wat achter een", "joined\n  {subject} hangt achter {cause}", "  anders: "}},
		"in English":                      {[]string{"T-07", "--lang", "en"}, 0, []string{"T-07  What hangs behind", "  otherwise: ", "  of why-not: "}},
		"as JSON":                         {[]string{"A-25", "--lang", "en", "--output", "json"}, 0, []string{`"rule": "A-25"`, `"outcome": "pushed"`}},
		"no such rule":                    {[]string{"Z-99"}, 1, []string{"there is no rule Z-99; write one of A-11 "}},
	} {
		code, stdout, stderr := command(t, append([]string{"--config", file, "explain", "rule"}, c.args...)...)
		if code != c.code {
			t.Errorf("%s: exit code %d, want %d: %s", name, code, c.code, stderr)
		}
		for _, want := range c.says {
			if !strings.Contains(stdout+stderr, want) {
				t.Errorf("%s: it does not say %q:\n%s%s", name, want, stdout, stderr)
			}
		}
	}
}
