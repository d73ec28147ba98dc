package web

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
)

// recorder takes a stream apart as it is written.
type recorder struct {
	*httptest.ResponseRecorder
	wrote chan string
}

func (r *recorder) Write(b []byte) (int, error) {
	r.wrote <- string(b)
	return len(b), nil
}

func (r *recorder) Flush() {}

// listen opens a stream and returns what it writes.
func listen(ctx context.Context, h http.Handler, path, last string) <-chan string {
	rec := &recorder{httptest.NewRecorder(), make(chan string, 1000)}
	r := httptest.NewRequest(http.MethodGet, path, nil).WithContext(ctx)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	go func() {
		h.ServeHTTP(rec, r)
		close(rec.wrote)
	}()
	return rec.wrote
}

// people changes how many people an incident hits, which moves the view.
func (w *world) people(id string, n int, at int64) {
	w.t.Helper()
	i, _ := w.view.Find(id)
	i.People = n
	b, err := json.Marshal(i)
	if err != nil {
		w.t.Fatal(err)
	}
	off := headstart.Offset{Ms: uint64(at)}
	err = w.view.Apply(off, headstart.FeedEntry{V: 1, At: at, Rows: []headstart.FeedOp{{Table: headstart.TableIncidents, Row: headstart.Row{Key: id, Val: b}}}})
	if err != nil {
		w.t.Fatal(err)
	}
}

// everything reads what is there.
func everything(c <-chan string) (out []string) {
	for {
		select {
		case s, ok := <-c:
			if !ok {
				return out
			}
			out = append(out, s)
		default:
			return out
		}
	}
}

func events(all []string) (out []string) {
	for _, s := range all {
		if strings.HasPrefix(s, "id: ") {
			out = append(out, s)
		}
	}
	return out
}

func TestAStreamSendsWholeRegionsTwiceASecondAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := badMonday(t)
		start := time.Now()
		monday := w.now
		h := serve(w.site(func(o *Options) { o.Now = func() time.Time { return monday.Add(time.Since(start)) } }), desk)
		ctx, cancel := context.WithCancel(t.Context())
		out := listen(ctx, h, "/events?topics=board", "")
		synctest.Wait()
		first := events(everything(out))
		if len(first) != 1 || strings.Count(first[0], "<hx-partial") != 4 {
			t.Fatalf("a new tab got %d events: %q", len(first), first)
		}
		base := w.now.UnixMilli()
		for n := range 100 { // a hundred changes in a second
			w.people("HS-1043", 1000+n, base+int64(n)+1)
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		got := events(everything(out))
		if len(got) < 1 || len(got) > 3 {
			t.Errorf("a hundred changes in a second made %d events", len(got))
		}
		if last := got[len(got)-1]; !strings.Contains(last, "1279") || !strings.Contains(last, `hx-target="#headline"`) {
			t.Errorf("the last event does not show the last state: %.300s", last)
		}
		if strings.Contains(strings.Join(got, ""), `hx-target="#side"`) {
			t.Error("a region that did not change was sent")
		}
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if beats := beats(everything(out)); beats != 2 {
			t.Errorf("%d heartbeats in 31 s, want 2", beats)
		}
		cancel()
		synctest.Wait()
	})
}

// beats counts signs of life.
func beats(all []string) (n int) {
	for _, s := range all {
		if strings.HasPrefix(s, "event: beat\n") {
			n++
		}
	}
	return n
}

// A tab hears at once that what it shows is of now, and no longer while the store is
// silent, though the stream stays; a page that is made meanwhile says since when.
func TestAStreamIsSilentWhileTheStoreIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := badMonday(t)
		start, monday := time.Now(), w.now
		now := func() time.Time { return monday.Add(time.Since(start)) }
		var away atomic.Bool // the store is
		h := serve(w.site(func(o *Options) {
			o.Now = now
			o.Fresh = func() time.Time {
				if away.Load() {
					return monday
				}
				return now()
			}
		}), desk)
		ctx, cancel := context.WithCancel(t.Context())
		out := listen(ctx, h, "/events?topics=board", "")
		synctest.Wait()
		if n := beats(everything(out)); n != 1 {
			t.Errorf("a new tab heard %d beats, want 1", n)
		}
		if page := get(t, h, "/", http.StatusOK); !strings.Contains(page, `role="alert" hidden`) {
			t.Error("a page of now says that it is old, or cannot say so later")
		}
		away.Store(true)
		time.Sleep(31 * time.Second)
		everything(out)
		time.Sleep(time.Minute)
		synctest.Wait()
		if all := everything(out); beats(all) != 0 || len(all) < 4 {
			t.Errorf("while the store is silent the tab hears %q", all)
		}
		for path, want := range map[string]string{"/": "Deze pagina is sinds 08:24 niet bijgewerkt", "/tickets?lang=en": "This page has not been updated since 08:24"} {
			if page := get(t, h, path, http.StatusOK); !strings.Contains(page, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
		away.Store(false)
		time.Sleep(16 * time.Second)
		synctest.Wait()
		if n := beats(everything(out)); n != 1 {
			t.Errorf("once the store answers: %d beats, want 1", n)
		}
		cancel()
		synctest.Wait()
	})
}

func TestAStreamResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := badMonday(t)
		h := serve(w.site(), desk)
		for n, want := range []int{0, 1, 1, 1} {
			last := []string{w.view.FeedAt().String(), "1-0", "nonsense", ""}[n]
			ctx, cancel := context.WithCancel(t.Context())
			out := listen(ctx, h, "/events?topics=incident:HS-1042", last)
			synctest.Wait()
			got := events(everything(out))
			if len(got) != want {
				t.Errorf("Last-Event-ID %q: %d events, want %d", last, len(got), want)
			}
			if want == 1 && strings.Count(got[0], "<hx-partial") != 2+len(tabRegions[tabOverview]) {
				t.Errorf("Last-Event-ID %q: not every region", last)
			}
			time.Sleep(time.Second)
			w.people("HS-1042", 500+n, w.now.UnixMilli()+int64(n)+1)
			time.Sleep(time.Second)
			synctest.Wait()
			if got := events(everything(out)); len(got) != 1 || !strings.Contains(got[0], `hx-target="#facts"`) {
				t.Errorf("Last-Event-ID %q: a change made %d events", last, len(got))
			}
			cancel()
			synctest.Wait()
		}
	})
}

// Every line of an event is a data line: text with line ends cannot end it.
func TestAStreamIsWellFormed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := badMonday(t)
		w.put(headstart.TableDesk, "e", headstart.DeskNote{V: 1, Kind: "handover", By: "x", Text: "regel\n\nevent: kwaad\r\rdata: x"})
		h := serve(w.fill().site(), desk)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		out := listen(ctx, h, "/events?topics=board", "")
		synctest.Wait()
		got := events(everything(out))[0]
		lines := bufio.NewScanner(strings.NewReader(strings.TrimSuffix(got, "\n\n")))
		for lines.Scan() {
			if l := lines.Text(); !strings.HasPrefix(l, "id: ") && !strings.HasPrefix(l, "data: ") {
				t.Errorf("a line of its own: %q", l)
			}
		}
		if strings.Contains(got, "\r") {
			t.Error("a carriage return ends a line")
		}
	})
}

func TestAUserHasEightStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := badMonday(t)
		s := w.site()
		ctx, cancel := context.WithCancel(t.Context())
		for range maxStreams {
			listen(ctx, serve(s, desk), "/events?topics=board", "")
		}
		synctest.Wait()
		rec := httptest.NewRecorder()
		serve(s, desk).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/events?topics=board", nil))
		if rec.Code != http.StatusTooManyRequests {
			t.Errorf("the ninth: status %d", rec.Code)
		}
		other, done := context.WithCancel(t.Context())
		out := listen(other, serve(s, looker), "/events?topics=board", "")
		synctest.Wait()
		if len(events(everything(out))) != 1 {
			t.Error("another user is refused too")
		}
		cancel()
		done()
		synctest.Wait()
		if len(s.open) != 0 {
			t.Errorf("streams are counted that are gone: %v", s.open)
		}
	})
}
