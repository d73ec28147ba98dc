package public

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"headstart"
	"headstart/chart"
	"headstart/lang"
)

// Ruling 25: never green while a message stands, whatever the checks say.
func TestTheHeadlineIsTheWorstOfAll(t *testing.T) {
	announce := func(effect string, state headstart.AnnouncementState) func(*world) {
		return func(w *world) {
			w.put(headstart.TableIncidents, "HS-1", headstart.Incident{V: 1, ID: "HS-1", UID: "a", Seq: 1, State: headstart.Open, StartedAt: w.now})
			w.put(headstart.TableAnnouncements, "a.x", headstart.Announcement{V: 1, ID: "a.x", UID: "a", Incident: "HS-1", State: state, Effect: effect, Services: []string{"mail"}, Updates: []headstart.Update{{At: w.now, Text: map[string]headstart.Text{"nl": text("Mail", "x")}}}})
		}
	}
	down := func(r headstart.CheckResult) func(*world) {
		return func(w *world) { r.Verdict = headstart.Down; w.checks = append(w.checks, r) }
	}
	maintenance := func(w *world) {
		w.put(headstart.TableMaintenance, "W", headstart.MaintenanceWindow{ID: "W", Services: []string{"mail"}, StartsAt: w.now.Add(-time.Hour), EndsAt: w.now.Add(time.Hour)})
	}
	for name, c := range map[string]struct {
		state []func(*world)
		want  string
	}{
		"nothing":                         {nil, "green"},
		"down":                            {[]func(*world){announce("down", headstart.AnnouncementPublished)}, "red"},
		"slow":                            {[]func(*world){announce("slow", headstart.AnnouncementPublished)}, "amber"},
		"an effect we do not know":        {[]func(*world){announce("odd", headstart.AnnouncementPublished)}, "amber"},
		"over":                            {[]func(*world){announce("down", headstart.AnnouncementFinal)}, "green"},
		"withdrawn":                       {[]func(*world){announce("down", headstart.AnnouncementWithdrawn)}, "green"},
		"a draft":                         {[]func(*world){announce("down", headstart.AnnouncementDraft)}, "green"},
		"planned work":                    {[]func(*world){maintenance}, "blue"},
		"a service's own check is down":   {[]func(*world){down(headstart.CheckResult{Service: "mail"})}, "grey"},
		"a device's check is down":        {[]func(*world){down(headstart.CheckResult{Service: "mail", Asset: "prn-n2-04"})}, "green"},
		"a confidential service is down":  {[]func(*world){down(headstart.CheckResult{Service: "salaris"})}, "green"},
		"down in planned work":            {[]func(*world){maintenance, down(headstart.CheckResult{Service: "mail"})}, "blue"},
		"a message outranks planned work": {[]func(*world){maintenance, announce("slow", headstart.AnnouncementPublished)}, "amber"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, f := range c.state {
				f(w)
			}
			body := get(t, serve(w.fill().site()), "/s/", 200)
			if !strings.Contains(body, `<section class="state `+c.want+`"`) {
				i := strings.Index(body, `<section class="state`)
				t.Errorf("want %s, got %s", c.want, body[i:i+200])
			}
		})
	}
}

// Ruling 41: one page in memory per change, and 304 for who has it.
func TestTheStatusPageIsASnapshot(t *testing.T) {
	w := badMonday(t)
	s := w.site()
	h := serve(s)
	ask := func(tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/s/nl/", nil)
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec
	}
	first := ask("")
	tag := first.Header().Get("ETag")
	if first.Code != 200 || tag == "" {
		t.Fatalf("status %d, ETag %q", first.Code, tag)
	}
	for _, list := range []string{tag, "W/" + tag, `"other", ` + tag} {
		if rec := ask(list); rec.Code != http.StatusNotModified || rec.Body.Len() != 0 || rec.Header().Get("ETag") != tag {
			t.Errorf("If-None-Match %s: status %d with %d bytes", list, rec.Code, rec.Body.Len())
		}
	}
	if second := ask(`"other"`); second.Code != 200 || !bytes.Equal(second.Body.Bytes(), first.Body.Bytes()) {
		t.Error("the same state gave other bytes")
	}
	w.now = w.now.Add(atMostEvery)
	off := headstart.Offset{Ms: uint64(w.now.UnixMilli()) + 1}
	if err := w.view.Apply(off, headstart.FeedEntry{Rows: []headstart.FeedOp{{Table: headstart.TableAnnouncements, Row: headstart.Row{Key: "bb22.alle"}}}}); err != nil {
		t.Fatal(err)
	}
	if rec := ask(tag); rec.Code != 200 || strings.Contains(rec.Body.String(), "HS-1043") {
		t.Errorf("after a change: status %d", rec.Code)
	}
	if cookies := first.Result().Cookies(); len(cookies) != 0 {
		t.Errorf("it sets %v", cookies)
	}
}

func TestTheStatusPageSaysHowOldItIs(t *testing.T) {
	w := badMonday(t)
	stale := w.now.Add(-20 * time.Minute)
	body := get(t, serve(w.site(func(o *Options) { o.Fresh = func() time.Time { return stale } })), "/s/nl/", 200)
	if !strings.Contains(body, `datetime="2026-11-23T07:04:00Z">08:04<`) {
		t.Error("the page does not carry the time its state was known")
	}
}

func TestPagesOfTheStatusPage(t *testing.T) {
	w := badMonday(t)
	s := w.site(func(o *Options) {
		o.Config.Pages = []Page{
			{ID: "zuid", Locations: []string{"zuid"}, Title: "Zuid", Languages: []string{"en"}, Contact: "room 1"},
		}
	})
	h := serve(s)
	body := get(t, h, "/s/zuid/", 200)
	if strings.Contains(body, "HS-1042") || !strings.Contains(body, "HS-1043") || !strings.Contains(body, "room 1") || !strings.Contains(body, `<html lang="en">`) {
		t.Error("the page of Zuid does not show what is about Zuid")
	}
	get(t, h, "/s/zuid/en/", 200)
	get(t, h, "/s/zuid/nl/", 404)
	get(t, h, "/s/", 404)
	off := w.site(func(o *Options) { o.Config.Enabled = false })
	get(t, serve(off), "/s/", 404)
}

// Ruling 28: the page claims nothing of days that nobody watched.
func TestDaysBeforeTheFirstAreNotFine(t *testing.T) {
	w := badMonday(t) // 23 November; the wifi failed in the night of the 10th too
	count := func(known time.Time, lang string) (body string, unseen, fine int) {
		body = get(t, serve(w.site(func(o *Options) { o.Known = known })), "/s/"+lang+"/", 200)
		return body, strings.Count(body, `class="c-unseen"`), strings.Count(body, `class="c-ok"`)
	}
	const services, keys = 5, 1 // strips on the page, bars of one level in the legend
	for name, c := range map[string]struct {
		known  time.Time
		lang   string
		unseen int // bars, without the legend
		says   []string
		not    []string
	}{
		"for ever":          {time.Time{}, "nl", 0, []string{"geen storing in 90 dagen"}, []string{"niet gemeten", "storing sinds"}},
		"longer than shown": {w.at("2026-08-20 12:00"), "nl", 0, []string{"geen storing in 90 dagen"}, []string{"niet gemeten", "storing sinds"}},
		"a minute ago":      {w.now.Add(-time.Minute), "nl", services*89 - 2, []string{"geen storing sinds 23 november", "zo 22 nov: niet gemeten", "ma 23 nov: geen storing", "di 10 nov: 30 minuten storing", "</svg>niet gemeten</span>"}, []string{"in 90 dagen", "zo 22 nov: geen storing"}},
		"in English":        {w.at("2026-11-22 23:00"), "en", services*88 - 2, []string{"no outage since 22 November", "of trouble since 22 November", "Sat 21 Nov: not measured", "Sun 22 Nov: no trouble"}, []string{"in 90 days"}},
	} {
		t.Run(name, func(t *testing.T) {
			body, unseen, fine := count(c.known, c.lang)
			if c.unseen > 0 {
				unseen -= keys
			}
			if unseen != c.unseen || fine == 0 {
				t.Errorf("%d days not measured, want %d; %d fine", unseen, c.unseen, fine)
			}
			for _, want := range c.says {
				if !strings.Contains(body, want) {
					t.Errorf("the page does not say %q", want)
				}
			}
			for _, not := range c.not {
				if strings.Contains(body, not) {
					t.Errorf("the page says %q", not)
				}
			}
		})
	}
}

func TestNoPageBeforeThereIsAState(t *testing.T) {
	h := serve(newWorld(t).site())
	for _, path := range []string{"/s/", "/s/en/"} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
			t.Errorf("%s: status %d, want 503: an empty page says that all is well", path, rec.Code)
		}
	}
}

// An outage over midnight stands on both days; a day of a clock change is one
// bar like any other.
func TestBarsAreCutAtLocalMidnight(t *testing.T) {
	zone := amsterdam(t)
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	e := edition{words: lang.New("nl", zone)}
	var got []chart.Bar
	for _, d := range days([]Outage{
		{at("2026-10-24 23:30"), at("2026-10-25 04:00"), true}, // the clocks go back: 5 h on Sunday
		{at("2026-10-25 03:30"), at("2026-10-25 05:00"), false},
	}, []Window{{From: at("2026-10-27 10:00"), To: at("2026-10-27 11:00")}}, time.Time{}, at("2026-10-28 08:00")) {
		got = append(got, chart.Bar{Level: d.Level, Title: e.day(d)})
	}
	if len(got) != historyDays {
		t.Fatalf("%d bars", len(got))
	}
	want := []chart.Bar{
		{Level: chart.Fine, Title: "vr 23 okt: geen storing"},
		{Level: chart.Broken, Title: "za 24 okt: 30 minuten storing"},
		{Level: chart.Broken, Title: "zo 25 okt: 6 uur storing"},
		{Level: chart.Fine, Title: "ma 26 okt: geen storing"},
		{Level: chart.Planned, Title: "di 27 okt: gepland werk"},
		{Level: chart.Fine, Title: "wo 28 okt: geen storing"},
	}
	if tail := got[len(got)-len(want):]; !slices.Equal(tail, want) {
		t.Errorf("got %v\nwant %v", tail, want)
	}
}

func TestConfigNamesEveryMistake(t *testing.T) {
	c := Config{ExternalURL: "ftp://x", Pages: []Page{{ID: "nl"}, {ID: "A b", Access: "maybe", Languages: []string{"fr"}}, {ID: "x"}, {ID: "x"}, {ID: "0123456789ab"}}}
	err := c.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"publish.external_url", "pages[0].id", "pages[1].id", "pages[1].access", "pages[1].languages", "pages[3].id", "pages[4].id"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it does not name %s:\n%v", want, err)
		}
	}
	good := DefaultConfig()
	if err := good.Validate(); err != nil {
		t.Errorf("the default is refused: %v", err)
	}
}

func TestPagesShowTheState(t *testing.T) {
	h := serve(badMonday(t).site())
	for path, wants := range map[string][]string{
		"/s/":    {"2 diensten werken nu niet goed", "Wat merkt u?", "1 uur en 33 minuten storing in 90 dagen", "Roosterplanner werkt niet"},
		"/s/nl/": {"Wanneer hoort u meer?"},
		"/s/en/": {"2 services do not work well now", "Where?"},
	} {
		body := get(t, h, path, 200)
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
}

// Many readers and a view that moves: each gets a whole page, and the newest in the end.
func TestReadersAtOnce(t *testing.T) {
	w := badMonday(t)
	var clock atomic.Int64
	h := serve(w.site(func(o *Options) {
		o.Now = func() time.Time { return w.now.Add(time.Duration(clock.Add(1)) * atMostEvery) }
		o.Fresh = func() time.Time { return w.now }
	}))
	var readers sync.WaitGroup
	for n := range 8 {
		path := []string{"/s/", "/s/nl/", "/s/en/feed.atom", "/s/nl/" + wifi + "/"}[n%4]
		readers.Go(func() {
			for range 50 {
				rec := httptest.NewRecorder()
				h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
				if rec.Code != 200 || !strings.HasSuffix(strings.TrimSpace(rec.Body.String()), ">") {
					t.Errorf("%s: %d", path, rec.Code)
				}
			}
		})
	}
	for n := range 20 {
		off := headstart.Offset{Ms: uint64(w.now.UnixMilli()) + uint64(n) + 1}
		if err := w.view.Apply(off, headstart.FeedEntry{Rows: []headstart.FeedOp{{Table: headstart.TableAnnouncements, Row: headstart.Row{Key: "bb22.alle"}}}}); err != nil {
			t.Fatal(err)
		}
	}
	readers.Wait()
	if strings.Contains(get(t, h, "/s/nl/", 200), "HS-1043") {
		t.Error("after the last change the page is an old one")
	}
}
