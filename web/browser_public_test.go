package web

import (
	"context"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"headstart"
	"headstart/web/browsertest"
	"headstart/web/public"
)

// wifiMessage is where readers find the message about the wifi: its id is a hash of
// the announcement's, the same for ever.
const wifiMessage = "/s/nl/592ba0142bc6/"

// readers are the public pages of a bad Monday with somebody who counts answers.
// wait moves their clock.
func readers(w *world) (s *public.Site, wait func(time.Duration), answers func() []headstart.Confirm) {
	var mu sync.Mutex
	var got []headstart.Confirm
	now := time.Now()
	s = w.public(func(o *public.Options) {
		o.Known = w.at("2026-11-05 10:00") // most days were not watched
		o.ExternalURL = "http://127.0.0.1" // a cookie for plain HTTP
		o.Key = []byte("a key of the installation, 32 b.")
		o.Config.TicketURL = "https://portaal.example.org/nieuw"
		o.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		}
		o.Fresh = func() time.Time { return w.now }
		o.Subscriptions = subscribing{}
		o.Confirm = func(_ context.Context, c headstart.Confirm) error {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, c)
			return nil
		}
	})
	wait = func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
	}
	return s, wait, func() []headstart.Confirm {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(got)
	}
}

// subscribing lets anybody subscribe to something.
type subscribing struct{}

func (subscribing) Open() bool { return true }
func (subscribing) Offer(string) (services, locations []string) {
	return []string{"wifi", "print"}, []string{"noord", "zuid"}
}
func (subscribing) Ask(context.Context, netip.Addr, string, headstart.Wish) error { return nil }
func (subscribing) Asked(context.Context, string) (headstart.Wish, error) {
	return headstart.Wish{Services: []string{"wifi"}}, nil
}

func (s subscribing) Confirm(ctx context.Context, token string) (headstart.Wish, error) {
	return s.Asked(ctx, token)
}

func (subscribing) Subscribed(context.Context, string) ([]headstart.Wish, error) {
	return []headstart.Wish{{Locations: []string{"noord"}}}, nil
}
func (subscribing) Leave(context.Context, string) error { return nil }

// withoutScripts makes a tab run none, as of the next page.
func withoutScripts(off bool) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
		return chromedp.Void{}, err
	}
}

// A reader without JavaScript reads the page, goes to the message and says that he
// has it too: links, a form, and a page of thanks.
func TestAReaderWithoutJavaScript(t *testing.T) {
	w := badMonday(t)
	pages, wait, answers := readers(w)
	srv := httptest.NewServer(serve(w.site(), nobody, pages.Routes()...))
	defer srv.Close()
	defer srv.CloseClientConnections()
	ctx, console := browsertest.Start(t)
	if err := chromedp.Do(ctx, withoutScripts(true), chromedp.Navigate(srv.URL+"/s/nl/"), chromedp.Click(`article a[href$="#have"]`), chromedp.WaitVisible("#place")); err != nil {
		t.Fatal(err)
	}
	wait(3 * time.Second) // younger is thanked and not counted
	if err := chromedp.Do(ctx, chromedp.SetAttributeValue("#place option:last-child", "selected", "selected")); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Click("#have button"), chromedp.WaitVisible(".card > h1")); err != nil {
		t.Fatal(err)
	}
	head, err := chromedp.Run(ctx, chromedp.Text(".card > h1"))
	if err != nil || head != "Bedankt voor uw antwoord" {
		t.Errorf("the reader is told %q, %v", head, err)
	}
	got := answers()
	if len(got) != 1 || got[0].Incident != "HS-1042" || got[0].Service != "wifi" || got[0].Location != "zuid" {
		t.Errorf("counted %+v", got)
	}
	for _, c := range console() {
		if !strings.Contains(c, "favicon") {
			t.Errorf("console: %s", c)
		}
	}
}
