package public

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"headstart"
)

// crowd is a world whose page counts answers, and who answers.
type crowd struct {
	*world
	h    http.Handler
	got  []headstart.Confirm
	fail error
}

func newCrowd(t *testing.T) *crowd {
	c := &crowd{world: badMonday(t)}
	c.cat.Locations[0].Networks, c.cat.Locations[1].Networks = []string{"10.1.0.0/16"}, []string{"10.1.77.0/24"}
	c.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Timezone: "Europe/Amsterdam", Catalog: &c.cat})
	c.fill()
	c.h = serve(c.site(func(o *Options) {
		o.Key = []byte("a key of the installation, 32 b.")
		o.Confirm = func(_ context.Context, x headstart.Confirm) error {
			if c.fail == nil {
				c.got = append(c.got, x)
			}
			return c.fail
		}
	}))
	return c
}

var wifi = publicID("announcement", "aa11.noord")

// open looks at the message's page and returns the cookie that came with it.
func (c *crowd) open(from string, cookie *http.Cookie) (*http.Cookie, string) {
	c.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/s/nl/"+wifi+"/", nil)
	if cookie != nil {
		r.AddCookie(cookie)
	}
	rec := httptest.NewRecorder()
	c.h.ServeHTTP(rec, r.WithContext(headstart.WithClient(r.Context(), netip.MustParseAddr(from))))
	if rec.Code != 200 {
		c.t.Fatalf("status %d", rec.Code)
	}
	if set := rec.Result().Cookies(); len(set) == 1 {
		cookie = set[0]
	}
	return cookie, rec.Body.String()
}

// press sends the form.
func (c *crowd) press(from string, cookie *http.Cookie, fields url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/s/nl/"+wifi+"/confirm", strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cookie != nil {
		r.AddCookie(cookie)
	}
	rec := httptest.NewRecorder()
	c.h.ServeHTTP(rec, r.WithContext(headstart.WithClient(r.Context(), netip.MustParseAddr(from))))
	return rec
}

func TestIHaveThisToo(t *testing.T) {
	c := newCrowd(t)
	cookie, body := c.open("10.1.77.9", nil)
	if cookie == nil || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/s/" {
		t.Fatalf("the cookie is %+v", cookie)
	}
	zuid, print := publicID("location", "zuid"), publicID("service", "print")
	if !strings.Contains(body, `value="`+zuid+`" selected`) {
		t.Error("the place is not the one of the narrowest network")
	}
	if !strings.Contains(body, `value="`+publicID("service", "wifi")+`" selected`) {
		t.Error("the service of the message is not the one chosen")
	}
	c.now = c.now.Add(deviceYoung)
	rec := c.press("10.1.77.9", cookie, url.Values{"place": {publicID("location", "noord")}, "service": {print}})
	if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/s/nl/"+wifi+"/thanks" {
		t.Fatalf("%d to %s", rec.Code, rec.Header().Get("Location"))
	}
	if len(c.got) != 1 {
		t.Fatalf("%d were counted", len(c.got))
	}
	got := c.got[0]
	if got.Incident != "HS-1042" || got.Service != "print" || got.Location != "noord" || got.Channel != "page" || !got.Inside || len(got.Device) != 22 {
		t.Errorf("counted %+v", got)
	}
	if _, body = c.open("10.1.77.9", rec.Result().Cookies()[0]); !strings.Contains(body, `value="`+publicID("location", "noord")+`" selected`) {
		t.Error("the place chosen last is not offered first")
	}
	c.press("203.0.113.5", rec.Result().Cookies()[0], url.Values{"answer": {"works"}})
	if len(c.got) != 2 || c.got[1].Device != got.Device || c.got[1].Inside || c.got[1].Service != "" || !c.got[1].Works || got.Works {
		t.Errorf("from outside, with nothing chosen: %+v", c.got)
	}
	get(t, c.h, "/s/nl/"+wifi+"/thanks", 200)
}

// Whoever is not counted gets the same answer as who is.
func TestWhatIsThankedAndNotCounted(t *testing.T) {
	c := newCrowd(t)
	young, _ := c.open("192.0.2.1", nil)
	c.press("192.0.2.1", young, nil)
	c.now = c.now.Add(deviceYoung)
	signed, place, _ := strings.Cut(young.Value, ".")
	raw, err := base64.RawURLEncoding.DecodeString(signed)
	if err != nil {
		t.Fatal(err)
	}
	raw[0] ^= 1
	for name, value := range map[string]string{
		"forged":       base64.RawURLEncoding.EncodeToString(raw) + "." + place,
		"cut off":      signed[:20],
		"not base64":   "!!!",
		"far too long": strings.Repeat("A", 5000),
		"of tomorrow": func() string {
			now := c.now
			c.now = now.Add(24 * time.Hour)
			defer func() { c.now = now }()
			later, _ := c.open("192.0.2.1", nil)
			return later.Value
		}(),
		"old": func() string {
			now := c.now
			c.now = now.Add(-deviceLife - time.Second)
			defer func() { c.now = now }()
			old, _ := c.open("192.0.2.1", nil)
			return old.Value
		}(),
	} {
		if rec := c.press("192.0.2.1", &http.Cookie{Name: deviceCookie, Value: value}, nil); rec.Code != http.StatusSeeOther {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
	if rec := c.press("192.0.2.1", nil, nil); rec.Code != http.StatusSeeOther {
		t.Errorf("without a cookie: %d", rec.Code)
	}
	if len(c.got) != 0 {
		t.Fatalf("counted %+v", c.got)
	}
	if c.press("192.0.2.1", young, nil); len(c.got) != 1 {
		t.Error("the same cookie, old enough, is not counted: the test tests nothing")
	}
}

func TestAFloodOfAnswersCountsLittle(t *testing.T) {
	c := newCrowd(t)
	flood := func(from string, n int) {
		cookies := make([]*http.Cookie, n)
		for i := range cookies {
			cookies[i], _ = c.open(from, nil) // a name for each press
		}
		c.now = c.now.Add(deviceYoung)
		for i, cookie := range cookies {
			if rec := c.press(fmt.Sprintf("198.51.100.%d", i%250), cookie, nil); rec.Code != http.StatusSeeOther {
				t.Fatalf("%d", rec.Code)
			}
		}
	}
	flood("198.51.100.1", 500)
	if len(c.got) != perRangeBurst {
		t.Errorf("%d of 500 at once count, want %d", len(c.got), perRangeBurst)
	}
	for range 10 {
		c.now = c.now.Add(burstTime)
		flood("198.51.100.1", 100)
	}
	if len(c.got) != perRangeAndIncident {
		t.Errorf("%d in an hour count, want %d", len(c.got), perRangeAndIncident)
	}
	before := len(c.got)
	cookie, _ := c.open("203.0.113.5", nil)
	c.now = c.now.Add(deviceYoung)
	if c.press("203.0.113.5", cookie, nil); len(c.got) != before+1 {
		t.Error("a flood from elsewhere keeps a reader out")
	}
}

func TestCapsForgetNobodyTooEarly(t *testing.T) {
	var c caps
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	at := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{byte(i >> 16), byte(i >> 8), byte(i), 1}) }
	for i := range maxRanges {
		if !c.allow(at(i), "m", now) {
			t.Fatalf("network %d is refused", i)
		}
	}
	if c.allow(at(maxRanges), "m", now) || len(c.all) != maxRanges {
		t.Errorf("%d networks are remembered, want at most %d", len(c.all), maxRanges)
	}
	if now = now.Add(time.Hour); !c.allow(at(maxRanges), "m", now) {
		t.Error("an hour later a new network is refused still")
	}
	if a, b := addressRange(netip.MustParseAddr("2001:db8:1:2::3")), addressRange(netip.MustParseAddr("2001:db8:1:ffff::4")); a != b {
		t.Errorf("%s and %s are two ranges", a, b)
	}
}

// Only what stands on the page now is confirmed, by POST, in a small form.
func TestWhatCannotBeConfirmed(t *testing.T) {
	c := newCrowd(t)
	cookie, _ := c.open("10.1.0.1", nil)
	c.now = c.now.Add(deviceYoung)
	past := publicID("announcement", "cc33.noord")
	for name, x := range map[string]struct {
		method, path, body string
		want               int
	}{
		"what is over":            {http.MethodPost, "/s/nl/" + past + "/confirm", "", http.StatusSeeOther},
		"what nobody published":   {http.MethodPost, "/s/nl/" + publicID("announcement", "x") + "/confirm", "", http.StatusNotFound},
		"the page itself":         {http.MethodPost, "/s/nl/", "", http.StatusNotFound},
		"a file of the style":     {http.MethodPost, "/s/static/x.css", "", http.StatusNotFound},
		"by GET":                  {http.MethodGet, "/s/nl/" + wifi + "/confirm", "", http.StatusNotFound},
		"a body without end":      {http.MethodPost, "/s/nl/" + wifi + "/confirm", "place=" + strings.Repeat("x", maxConfirm), http.StatusBadRequest},
		"a body that is no form":  {http.MethodPost, "/s/nl/" + wifi + "/confirm", "%zz=1", http.StatusBadRequest},
		"a place nobody has":      {http.MethodPost, "/s/nl/" + wifi + "/confirm", "place=noord&service=wifi", http.StatusSeeOther},
		"POST to its own page":    {http.MethodPost, "/s/nl/" + wifi + "/", "", http.StatusNotFound},
		"POST to the thanks page": {http.MethodPost, "/s/nl/" + wifi + "/thanks", "", http.StatusNotFound},
	} {
		r := httptest.NewRequest(x.method, x.path, strings.NewReader(x.body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(cookie)
		rec := httptest.NewRecorder()
		c.h.ServeHTTP(rec, r)
		if rec.Code != x.want {
			t.Errorf("%s: %d, want %d", name, rec.Code, x.want)
		}
	}
	for _, got := range c.got {
		if got.Incident != "HS-1042" || got.Location != "" {
			t.Errorf("counted %+v", got)
		}
	}
	if len(c.got) != 1 {
		t.Errorf("%d counted, want the one that chose no place we know", len(c.got))
	}
}

func TestAnAnswerThatIsNotKeptSaysSo(t *testing.T) {
	c := newCrowd(t)
	cookie, _ := c.open("10.1.0.1", nil)
	c.now, c.fail = c.now.Add(deviceYoung), errors.New("disk full")
	if rec := c.press("10.1.0.1", cookie, nil); rec.Code != http.StatusServiceUnavailable || strings.Contains(rec.Body.String(), "disk") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// The pages set a cookie where the button stands, and nowhere else.
func TestOnlyTheButtonsPageSetsACookie(t *testing.T) {
	c := newCrowd(t)
	past := publicID("announcement", "cc33.noord")
	for _, path := range []string{"/s/", "/s/nl/", "/s/nl/" + past + "/", "/s/nl/" + wifi + "/thanks", "/s/nl/none", "/favicon.ico"} {
		rec := httptest.NewRecorder()
		c.h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if set := rec.Result().Cookies(); len(set) > 0 {
			t.Errorf("%s sets %v", path, set)
		}
	}
	h := serve(c.site()) // nobody counts
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/s/nl/"+wifi+"/", nil))
	if body := rec.Body.String(); rec.Code != 200 || len(rec.Result().Cookies()) > 0 || strings.Contains(body, "<form") {
		t.Errorf("without anybody who counts: %d, %v", rec.Code, rec.Result().Cookies())
	}
}

func FuzzDeviceCookie(f *testing.F) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	s := &Site{o: Options{Key: []byte("k"), Now: func() time.Time { return now }}}
	rec := httptest.NewRecorder()
	s.keep(rec, device{id: base64.RawURLEncoding.EncodeToString(make([]byte, 16)), given: now}) // not drawn: the processes that fuzz share their seeds
	ours := rec.Result().Cookies()[0].Value
	f.Add(ours)
	f.Add(ours + "." + publicID("location", "noord"))
	f.Add("")
	f.Fuzz(func(t *testing.T, value string) {
		r := httptest.NewRequest(http.MethodGet, "/s/", nil)
		r.Header.Set("Cookie", deviceCookie+"="+value)
		d, ok := s.deviceOf(r)
		if !ok {
			return
		}
		sent, err := r.Cookie(deviceCookie) // what a header of several cookies says of ours
		if err != nil {
			t.Fatalf("%q is taken for ours: %v", value, err)
		}
		if signed, _, _ := strings.Cut(sent.Value, "."); signed != ours {
			t.Errorf("%q is taken for ours", value)
		}
		if d.place != "" && !isID(d.place) {
			t.Errorf("place %q", d.place)
		}
	})
}
