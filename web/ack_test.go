package web

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"headstart"
)

var ackSecret = []byte("0123456789abcdef0123456789abcdef")

// ackWorld is badMonday with links in mails; page is what operators of HS-1043 got.
func ackWorld(t testing.TB) (w *world, links *AckLinks, page *headstart.Notice) {
	w = badMonday(t)
	i, ok := w.view.Find("HS-1043")
	if !ok {
		t.Fatal("no HS-1043")
	}
	links = NewAckLinks(ackSecret, "https://desk.example.org/")
	page = &headstart.Notice{Key: i.UID + "/operators/1/net-team", Plane: headstart.PlaneOperators, At: w.now.Add(-time.Minute), Incident: i.ID, UID: i.UID, Receiver: "net-team"}
	return w, links, page
}

func (w *world) ackSite(links *AckLinks) *Site {
	return w.site(func(o *Options) { o.AckLinks = links })
}

func pathOf(t testing.TB, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Host != "desk.example.org" {
		t.Fatalf("link %q: %v", link, err)
	}
	return u.Path
}

// TestLinkOfAMail: opening the link shows the incident and acts on nothing, however
// often a scanner opens it; the button acts once, as whoever reads the receiver's mail.
func TestLinkOfAMail(t *testing.T) {
	w, links, page := ackWorld(t)
	h := serve(w.ackSite(links), headstart.Identity{})
	path := pathOf(t, links.URL(page))
	for range 3 { // programs that look at links before people do
		body := get(t, h, path, http.StatusOK)
		if !strings.Contains(body, "HS-1043") || !strings.Contains(body, `method="post"`) || !strings.Contains(body, "mail-link of net-team") {
			t.Fatalf("the page shows %s", body)
		}
	}
	if len(w.done) != 0 {
		t.Fatalf("opening the link did %+v", w.done)
	}
	rec := post(h, path)
	if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != path || len(w.done) != 1 {
		t.Fatalf("%d to %q, %+v", rec.Code, rec.Header().Get("Location"), w.done)
	}
	c := w.done[0]
	if c.Do != "ack" || c.Incident != "HS-1043" || c.By != "mail-link of net-team" || !strings.HasPrefix(c.Ref, headstart.MailAck) {
		t.Errorf("it did %+v", c)
	}
	if len(rec.Result().Cookies()) > 0 { //nolint:bodyclose // of a recorder
		t.Error("the link logs somebody in")
	}
	i, _ := w.view.Find("HS-1043")
	i.UsedLinks = []string{c.Ref}
	w.put(headstart.TableIncidents, string(i.ID), i)
	w.fill()
	if body := get(t, h, path, http.StatusOK); strings.Contains(body, "<form") {
		t.Errorf("a used link offers its button again: %s", body)
	}
	if post(h, path); len(w.done) != 1 {
		t.Errorf("a replayed press did %+v", w.done)
	}
}

// TestLinkActsAsWhoeverIsLoggedIn: with a session that may act it is that person; one
// that may not, or only reads, acts for the address of the mail.
func TestLinkActsAsWhoeverIsLoggedIn(t *testing.T) {
	for name, c := range map[string]struct {
		id   headstart.Identity
		want string
	}{
		"the desk":                {desk, desk.Name},
		"a viewer":                {headstart.Identity{Name: "vera", Role: "viewer", Scopes: []headstart.Scope{headstart.ScopeRead}}, "mail-link of net-team"},
		"the desk of other rooms": {headstart.Identity{Name: "joris", Role: "desk", Scopes: desk.Scopes, Locations: []string{"zuid"}}, "mail-link of net-team"},
	} {
		w, links, page := ackWorld(t)
		north, _ := w.view.Find("HS-1042") // at noord
		page.UID, page.Incident = north.UID, north.ID
		post(serve(w.ackSite(links), c.id), pathOf(t, links.URL(page)))
		if len(w.done) != 1 || w.done[0].By != c.want {
			t.Errorf("%s: %+v, want by %s", name, w.done, c.want)
		}
	}
}

// TestLinksAreNotMade: no link where nothing can be taken up.
func TestLinksAreNotMade(t *testing.T) {
	_, links, page := ackWorld(t)
	for name, change := range map[string]func(*headstart.Notice){
		"over":        func(n *headstart.Notice) { n.Resolved = true },
		"final":       func(n *headstart.Notice) { n.Final = true },
		"no incident": func(n *headstart.Notice) { n.Incident = "" },
		"no place":    func(n *headstart.Notice) { n.Receiver = "" },
		"two lines":   func(n *headstart.Notice) { n.Receiver = "a\nb" },
	} {
		n := *page
		change(&n)
		if l := links.URL(&n); l != "" {
			t.Errorf("%s: %s", name, l)
		}
	}
}

// TestHostileLinks: altered, cut, expired, of another installation or another purpose:
// nothing is done and nothing is told.
func TestHostileLinks(t *testing.T) {
	w, links, page := ackWorld(t)
	h := serve(w.ackSite(links), headstart.Identity{})
	good := strings.TrimPrefix(pathOf(t, links.URL(page)), "/ack/")
	old, elsewhere, other := *page, *page, *page
	old.At = w.now.Add(-ackGood)
	i, _ := w.view.Find("HS-1042")
	other.UID = i.UID
	raw, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	swapped := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), page.UID, i.UID, 1)))
	later := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), "ack\n17", "ack\n18", 1)))
	elsewhere.UID = "nowhere"
	for name, c := range map[string]struct {
		token  string
		status int
	}{
		"cut":                          {good[:len(good)-2], http.StatusNotFound},
		"one letter":                   {"A" + good[1:], http.StatusNotFound},
		"another incident":             {swapped, http.StatusNotFound},
		"a later end":                  {later, http.StatusNotFound},
		"without a seal":               {base64.RawURLEncoding.EncodeToString(raw[sealSize:]), http.StatusNotFound},
		"empty":                        {base64.RawURLEncoding.EncodeToString(nil) + "-", http.StatusNotFound},
		"long":                         {strings.Repeat("A", 100_000), http.StatusNotFound},
		"no base64":                    {"%00%ff", http.StatusNotFound},
		"of another installation":      {strings.TrimPrefix(pathOf(t, NewAckLinks([]byte("x"), "https://desk.example.org").URL(page)), "/ack/"), http.StatusNotFound},
		"expired":                      {strings.TrimPrefix(pathOf(t, links.URL(&old)), "/ack/"), http.StatusGone},
		"of an incident nobody knows":  {strings.TrimPrefix(pathOf(t, links.URL(&elsewhere)), "/ack/"), http.StatusNotFound},
		"of another incident, by us":   {strings.TrimPrefix(pathOf(t, links.URL(&other)), "/ack/"), http.StatusOK},
		"whose owner knows the secret": {links.token(ackClaim{UID: page.UID, To: "a\nb", Message: "c", Expires: w.now.Add(time.Hour)}), http.StatusNotFound},
	} {
		body := get(t, h, "/ack/"+c.token, c.status)
		if c.status != http.StatusOK && (strings.Contains(body, "HS-10") || strings.Contains(body, "<form")) {
			t.Errorf("%s: the page tells %s", name, body)
		}
		if c.status == http.StatusOK {
			continue
		}
		if rec := post(h, "/ack/"+c.token); rec.Code != c.status {
			t.Errorf("%s: pressing it answers %d, want %d", name, rec.Code, c.status)
		}
	}
	if len(w.done) != 0 {
		t.Errorf("hostile links did %+v", w.done)
	}
}

// TestLinkTellsNoSecret: of what is confidential the page says no more than the mail.
func TestLinkTellsNoSecret(t *testing.T) {
	w, links, page := ackWorld(t)
	i, _ := w.view.Find("HS-1043")
	i.Confidential = true
	w.put(headstart.TableIncidents, string(i.ID), i)
	w.fill()
	body := get(t, serve(w.ackSite(links), headstart.Identity{}), pathOf(t, links.URL(page)), http.StatusOK)
	if strings.Contains(body, i.Title.In("nl")) || !strings.Contains(body, "Vertrouwelijk") {
		t.Errorf("the page tells %s", body)
	}
}

// TestLinkOfWhatIsOver: nothing to press, and a refusal of the engine is told.
func TestLinkOfWhatIsOver(t *testing.T) {
	w, links, page := ackWorld(t)
	h := serve(w.ackSite(links), headstart.Identity{})
	path := pathOf(t, links.URL(page))
	w.do = func(c headstart.Command) (headstart.Outcome, bool, error) {
		return headstart.Outcome{Command: c.ID, Refused: "al gebruikt"}, false, nil
	}
	if rec := post(h, path); rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "al gebruikt") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.do = func(headstart.Command) (headstart.Outcome, bool, error) {
		return headstart.Outcome{}, false, errors.New("geheim")
	}
	if rec := post(h, path); rec.Code != http.StatusServiceUnavailable || strings.Contains(rec.Body.String(), "geheim") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	i, _ := w.view.Find("HS-1043")
	i.State = headstart.Resolved
	w.put(headstart.TableIncidents, string(i.ID), i)
	w.fill()
	if body := get(t, h, path, http.StatusOK); strings.Contains(body, "<form") {
		t.Error("what is over can be taken up")
	}
}

func FuzzAckToken(f *testing.F) {
	links := NewAckLinks(ackSecret, "https://desk.example.org")
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	good := links.token(ackClaim{"uid", "net-team", "key", now.Add(time.Hour)})
	for _, seed := range []string{good, good[1:], "", "AAAA", strings.Repeat("A", 3000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		c, err := links.read(token, now)
		if err == nil && links.token(c) != token {
			t.Errorf("%q is taken for %+v, whose link is another", token, c)
		}
	})
}
