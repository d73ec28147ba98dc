package public

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"headstart"
)

// readers is who subscribed, for tests; acted counts what changed anything.
type readers struct {
	closed bool
	answer error
	asked  []headstart.Wish
	acted  int
}

func (s *readers) Open() bool { return !s.closed }

func (s *readers) Offer(string) (services, locations []string) {
	return []string{"print", "wifi"}, []string{"noord", "zuid"}
}

func (s *readers) Ask(_ context.Context, _ netip.Addr, _ string, w headstart.Wish) error {
	s.asked = append(s.asked, w)
	return s.answer
}

func (s *readers) Asked(_ context.Context, token string) (headstart.Wish, error) {
	if token != "good" {
		return headstart.Wish{}, headstart.ErrLinkOver
	}
	return headstart.Wish{Language: "nl", Services: []string{"print"}}, s.answer
}

func (s *readers) Confirm(ctx context.Context, token string) (headstart.Wish, error) {
	s.acted++
	return s.Asked(ctx, token)
}

func (s *readers) Subscribed(ctx context.Context, token string) ([]headstart.Wish, error) {
	w, err := s.Asked(ctx, token)
	return []headstart.Wish{w}, err
}

func (s *readers) Leave(ctx context.Context, token string) error {
	s.acted++
	_, err := s.Asked(ctx, token)
	return err
}

// subscribeSite is a site whose readers may subscribe.
func subscribeSite(t *testing.T, sub Subscriptions, pages ...Page) (*Site, http.Handler) {
	t.Helper()
	s := newWorld(t).fill().site(func(o *Options) { o.Subscriptions, o.Config.Pages = sub, pages })
	return s, serve(s)
}

func send(t *testing.T, h http.Handler, path string, values url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

// The form is there when anybody may subscribe, names no id of the catalog, and hands
// on what was chosen.
func TestSubscribeForm(t *testing.T) {
	sub := &readers{}
	_, h := subscribeSite(t, sub)
	if page := get(t, h, "/s/en/", 200); !strings.Contains(page, `href="https://storingen.example.org/s/en/subscribe"`) {
		t.Error("the page does not lead to the form on the live page")
	}
	form := get(t, h, "/s/nl/subscribe", 200)
	box := regexp.MustCompile(`name="location" value="([^"]+)"> Gebouw Zuid`).FindStringSubmatch(form)
	if box == nil || strings.Contains(form, `value="zuid"`) || strings.Contains(form, `value="print"`) {
		t.Fatalf("the form:\n%s", form)
	}
	rec := send(t, h, "/s/nl/subscribe", url.Values{"address": {"jan@voorbeeld.example"}, "language": {"en"}, "location": {box[1]}})
	if rec.Code != 200 || len(sub.asked) != 1 || sub.asked[0].Language != "en" || strings.Join(sub.asked[0].Locations, " ") != "zuid" || sub.asked[0].Services != nil {
		t.Errorf("%d, handed on %+v", rec.Code, sub.asked)
	}
	if rec.Header().Get("Cache-Control") != "no-store" || rec.Header().Get("Referrer-Policy") != "no-referrer" || strings.Contains(rec.Body.String(), "jan@") {
		t.Errorf("the answer may be kept, or repeats the address: %v", rec.Header())
	}
	if send(t, h, "/s/nl/subscribe", url.Values{"address": {"jan@voorbeeld.example"}, "service": {"print"}}); sub.asked[1].Services[0] == "print" {
		t.Error("an id of the catalog is taken from outside")
	}

	sub.closed = true
	if strings.Contains(get(t, h, "/s/en/", 200), "/subscribe") && get(t, h, "/s/nl/subscribe", 404) == "" {
		t.Error("nobody may subscribe, and the form is there")
	}
	if rec := send(t, h, "/s/nl/subscribe", nil); rec.Code != 404 || len(sub.asked) != 2 {
		t.Errorf("a form nobody shows is taken: %d", rec.Code)
	}
	get(t, h, "/s/nl/unsubscribe/good", 200) // whoever is still subscribed can leave
}

// What went wrong is said beside what was typed, which stays text.
func TestSubscribeAnswers(t *testing.T) {
	sub := &readers{}
	_, h := subscribeSite(t, sub)
	for err, want := range map[error]int{
		headstart.ErrNoAddress: 422, headstart.ErrNoWish: 422, headstart.ErrTooMany: 429, errors.New("redis://secret is away"): 503,
	} {
		sub.answer = err
		rec := send(t, h, "/s/nl/subscribe", url.Values{"address": {`"><script>alert(1)</script>`}})
		page := rec.Body.String()
		if rec.Code != want || strings.Contains(page, "<script>alert") || strings.Contains(page, "secret") {
			t.Errorf("%v: %d\n%s", err, rec.Code, page)
		}
		if want < 500 && !strings.Contains(page, `role="alert"`) {
			t.Errorf("%v: nothing says what went wrong", err)
		}
	}
}

// Opening a link changes nothing; pressing its button does, and a link that is of no
// use is answered alike whatever is wrong with it.
func TestSubscribeLinks(t *testing.T) {
	sub := &readers{}
	_, h := subscribeSite(t, sub)
	for _, path := range []string{"/s/subscribe/", "/s/nl/subscribe/", "/s/en/unsubscribe/", "/s/unsubscribe/"} {
		page := get(t, h, path+"good", 200)
		if !strings.Contains(page, `<form method="post" action="good">`) || !strings.Contains(page, "Print") {
			t.Errorf("%s shows no button, or not what it is about:\n%s", path, page)
		}
		if !strings.Contains(page, `href="`+strings.Repeat("../", strings.Count(path, "/")-2)+`static/`) {
			t.Errorf("%s does not find its files:\n%s", path, page)
		}
		if get(t, h, path+"bad", 404) != get(t, h, path+"worse", 404) {
			t.Errorf("%s answers differ", path)
		}
		get(t, h, path+"good/more", 404)
	}
	if sub.acted != 0 {
		t.Errorf("looking acted %d times", sub.acted)
	}
	for path, want := range map[string]int{"/s/nl/subscribe/good": 200, "/s/nl/subscribe/bad": 404, "/s/nl/unsubscribe/good": 200, "/s/nl/unsubscribe/bad": 200} {
		if rec := send(t, h, path, url.Values{"List-Unsubscribe": {"One-Click"}}); rec.Code != want {
			t.Errorf("POST %s: %d, want %d", path, rec.Code, want)
		}
	}
	if sub.acted != 4 {
		t.Errorf("pressing acted %d times, want 4", sub.acted)
	}
}

// The form has the page's own door; links of mails open for whoever has them.
func TestSubscribeBehindADoor(t *testing.T) {
	sub := &readers{}
	s, h := subscribeSite(t, sub, Page{ID: "intern", Access: accessAccount}, Page{ID: "net", Access: accessNetwork, Networks: []string{"10.0.0.0/8"}}, Page{ID: "wie", Access: accessLink})
	for _, r := range s.Routes() {
		if strings.Contains(r.Pattern, "{token}") && (r.Scope != headstart.ScopeOpen || !r.Public) {
			t.Errorf("%s has scope %s, public %t", r.Pattern, r.Scope, r.Public)
		}
		if strings.HasSuffix(r.Pattern, " /s/intern/") && r.Scope != headstart.ScopeRead {
			t.Errorf("%s has scope %s", r.Pattern, r.Scope)
		}
	}
	for _, id := range []string{"intern", "net", "wie"} {
		get(t, h, "/s/"+id+"/nl/unsubscribe/good", 200)
		get(t, h, "/s/"+id+"/unsubscribe/good", 200)
		if rec := send(t, h, "/s/"+id+"/nl/subscribe", url.Values{"address": {"jan@voorbeeld.example"}}); rec.Code == 200 {
			t.Errorf("a stranger subscribes to %s", id)
		}
		if rec := httptest.NewRecorder(); id != "intern" { // that one is the log-in's to refuse
			h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/s/"+id+"/nl/subscribe", nil))
			if rec.Code == 200 {
				t.Errorf("a stranger sees the form of %s", id)
			}
		}
	}
	if len(sub.asked) != 0 {
		t.Errorf("handed on %+v", sub.asked)
	}
}
