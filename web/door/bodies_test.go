package door

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestBodiesUnderWayAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBodies(8*bodyLeast, 4*bodyLeast)
		take := func(who string, size int64) func() { return b.take(t.Context(), who, size) }
		first := take("a", 4*bodyLeast)
		if first == nil {
			t.Fatal("an empty room has none for half of it")
		}
		began := time.Now()
		if take("a", 1) != nil || time.Since(began) != bodyPatience {
			t.Errorf("beyond its share a sender got room, or was told after %s instead of %s", time.Since(began), bodyPatience)
		}
		others := []func(){take("b", 2*bodyLeast), take("c", 1), take("d", 1)}
		if slices.ContainsFunc(others, func(f func()) bool { return f == nil }) || take("e", 1) != nil {
			t.Error("the other half is not the others', or is more than a half")
		}
		var late func()
		go func() { late = take("e", bodyLeast) }()
		synctest.Wait()
		others[1]()
		synctest.Wait()
		if late == nil {
			t.Error("what was given back did not reach who waits for it")
		}
		for _, giveBack := range []func(){first, others[0], others[2], late} {
			giveBack()
		}
		if giveBack := take("huge", 1<<40); giveBack == nil {
			t.Error("what is larger than all the room never gets any")
		} else {
			giveBack()
		}
		if b.taken != 0 || len(b.by) != 0 || len(b.waiting) != 0 {
			t.Errorf("when all is given back %d bytes are taken by %v, and %d wait", b.taken, b.by, len(b.waiting))
		}
	})
}

// What is large is not overtaken for good by the small that its sender sends after it, and
// meanwhile others come in.
func TestLargeBodiesComeInAmongSmallOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBodies(8*bodyLeast, 4*bodyLeast)
		var under []func()
		for range 4 {
			under = append(under, b.take(t.Context(), "a", 1))
		}
		var in []string
		join := func(who string, size int64) {
			go func() {
				if giveBack := b.take(t.Context(), who, size); giveBack != nil {
					in = append(in, who)
					under = append(under, giveBack)
				}
			}()
			synctest.Wait()
		}
		join("a", 2*bodyLeast)
		join("a", 1)
		join("b", 1)
		under[0]()
		synctest.Wait()
		if !slices.Equal(in, []string{"b"}) {
			t.Errorf("with room for the small one %v came in, want b alone", in)
		}
		under[1]()
		synctest.Wait()
		if b.by["a"] != 4*bodyLeast || len(b.waiting) != 1 {
			t.Errorf("with room for the large one %d bytes of a are under way, and %d wait; want it in, and the small one behind it to wait", b.by["a"], len(b.waiting))
		}
		for _, giveBack := range under[2:] {
			giveBack()
		}
		synctest.Wait()
		if len(b.waiting) != 0 {
			t.Errorf("%d still wait when there is room", len(b.waiting))
		}
	})
}

func TestWaitingForRoomIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBodies(bodyLeast, bodyLeast)
		defer b.take(t.Context(), "a", 1)()
		for range mostWaiting {
			go b.take(t.Context(), "b", 1)
		}
		synctest.Wait()
		began := time.Now()
		if b.take(t.Context(), "b", 1) != nil || time.Since(began) > 0 {
			t.Errorf("one more than %d waits", mostWaiting)
		}
		time.Sleep(2 * bodyPatience) // they end
	})
}

// A flood of what programs send is answered 503 with a time to come again, is counted, and
// holds up neither people nor readers of the public page.
func TestAFloodIsTurnedAwayUntilThereIsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := testDoor(t, withAuth)
		d.rooms = newRooms(64 << 20)
		reasons := map[string]int{}
		d.opts.Refused = func(reason string) { reasons[reason]++ }
		choked := false
		d.opts.Choked = func() bool { return choked }
		post := func(path string, body io.Reader, size int64, change ...func(*http.Request)) *http.Response {
			return call(d.Desk(), request("POST", path, append(change, func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(body), size })...))
		}
		slow, arrives := io.Pipe()
		done := make(chan *http.Response)
		go func() { done <- post("/api/v2/alerts", slow, 400<<10, bearer(ingestToken)) }()
		synctest.Wait()

		res := post("/api/v2/alerts", strings.NewReader("x"), 400<<10, bearer(ingestToken))
		wantStatus(t, "more than there is room for", res, http.StatusServiceUnavailable)
		if res.Header.Get("Retry-After") != "5" || reasons["busy"] != 1 {
			t.Errorf("it was told to come again in %q s, and counted as %v", res.Header.Get("Retry-After"), reasons)
		}
		wantStatus(t, "a person meanwhile", post("/api/v1/things", strings.NewReader("x"), 1, bearer(allToken)), http.StatusOK)
		public := httptest.NewRecorder()
		d.Public().ServeHTTP(public, request("POST", "/s/HS-1/confirm"))
		wantStatus(t, "a reader meanwhile", public.Result(), http.StatusOK)

		_ = arrives.Close()
		wantStatus(t, "the slow one", <-done, http.StatusOK)
		wantStatus(t, "when there is room again", post("/api/v2/alerts", strings.NewReader("x"), 1, bearer(ingestToken)), http.StatusOK)

		choked = true
		wantStatus(t, "a small one without memory", post("/api/v2/alerts", strings.NewReader("x"), 1, bearer(ingestToken)), http.StatusOK)
		wantStatus(t, "without memory", post("/api/v2/alerts", strings.NewReader("x"), 100<<10, bearer(ingestToken)), http.StatusServiceUnavailable)
		wantStatus(t, "a person without memory", post("/api/v1/things", strings.NewReader("x"), 1, bearer(allToken)), http.StatusOK)
		if reasons["memory"] != 1 {
			t.Errorf("what was not read for lack of memory was counted as %v", reasons)
		}
	})
}
