package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"headstart/web/browsertest"
	"headstart/web/public"
)

// A portal shows what runs: by a script, under a policy that allows that script and
// our address and nothing else, and in a frame, if the configuration names it.
func TestABannerOnAPortal(t *testing.T) {
	w := badMonday(t)
	policy, body := "", ""
	portal := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Security-Policy", policy)
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(rw, `<!doctype html><html lang="nl"><title>Portaal</title><link rel="icon" href="data:,"><main><h1>Portaal</h1><div id="news"></div>%s</main>`, body)
	}))
	defer portal.Close()
	stranger := httptest.NewServer(portal.Config.Handler)
	defer stranger.Close()
	pages := w.public(func(o *public.Options) { o.Config.EmbedOrigins = []string{portal.URL} })
	status := httptest.NewServer(serve(w.site(), nobody, pages.Routes()...))
	defer status.Close()
	defer status.CloseClientConnections()
	ctx, console := browsertest.Start(t)

	policy = "default-src 'none'; img-src data:; script-src " + status.URL + "; connect-src " + status.URL
	body = `<script src="` + status.URL + `/s/nl/banner.js" data-into="#news" defer></script>`
	visit(ctx, t, portal.URL)
	const shown = `(document.querySelector('#news [role=status] a') || {}).textContent || ''`
	got := ""
	for deadline := time.Now().Add(10 * time.Second); got == "" && time.Now().Before(deadline); {
		got = evaluate(ctx, t, shown)
	}
	if want := "2 diensten werken nu niet goed · Wifi en internet werken niet · Roosterplanner is langzaam"; got != want {
		t.Errorf("the script shows %q, want %q", got, want)
	}
	if said := console(); len(said) > 0 {
		t.Errorf("the console says %v", said)
	}
	if cookies := evaluate(ctx, t, "document.cookie + localStorage.length"); cookies != "0" {
		t.Errorf("the script stores %q", cookies)
	}

	policy, body = "", `<iframe title="Storingen" width="600" height="160" src="`+status.URL+`/s/nl/banner.html"></iframe>`
	visit(ctx, t, portal.URL)
	if said := console(); len(said) > 0 {
		t.Errorf("the portal may not frame the banner: %v", said)
	}
	visit(ctx, t, stranger.URL)
	if said := strings.Join(console(), "\n"); !strings.Contains(said, "frame-ancestors") {
		t.Errorf("somebody else may frame the banner; the console says %q", said)
	}

	axe := axeSource(t)
	for _, l := range looks {
		seen := examine(ctx, t, axe, status.URL+"/s/nl/banner.html", l)
		for _, v := range seen.Violations {
			t.Errorf("%s: %s\n%s", v.ID, v.Help, strings.Join(v.Nodes, "\n"))
		}
		if seen.Wide > l.width {
			t.Errorf("the banner is %d wide on a screen of %d", seen.Wide, l.width)
		}
	}
	if said := console(); len(said) > 0 {
		t.Errorf("the banner's console says %v", said)
	}
}

func visit(ctx context.Context, t *testing.T, url string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
}

func evaluate(ctx context.Context, t *testing.T, js string) string {
	t.Helper()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](js))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
