package web

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"headstart/web/browsertest"
)

// TestEditorLives: what is typed shows at the right as people would read it, and is kept
// nowhere, under the policy of all pages.
func TestEditorLives(t *testing.T) {
	w := badMonday(t)
	srv := httptest.NewServer(serve(w.site(), desk))
	defer srv.Close()
	defer srv.CloseClientConnections()
	ctx, console := browsertest.Start(t)
	const field = `[name="Progress.nl"]`
	if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+editedPath), chromedp.WaitVisible(field), chromedp.SendKeys(field, " Morgen meer.")); err != nil {
		t.Fatal(err)
	}
	const shows = `new Promise((yes, no) => { const end = Date.now() + 90000; const look = () =>
		document.querySelector('#proofs').textContent.includes('Morgen meer.') ? yes('shown') : Date.now() > end ? no(document.querySelector('#proofs').textContent) : setTimeout(look, 50); look(); })`
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[string](shows, chromedp.EvalAwaitPromise)); err != nil {
		t.Errorf("the preview did not follow: %v", err)
	}
	w.mu.Lock()
	done := w.done
	w.mu.Unlock()
	if len(done) > 0 {
		t.Errorf("typing sent %+v", done)
	}
	for _, c := range console() {
		t.Errorf("console: %s", c)
	}
}

// TestEditorInABrowser: the page of a message, light and dark, wide and narrow, in both
// languages: no finding of axe-core, nothing on the console, no sideways scrolling.
func TestEditorInABrowser(t *testing.T) {
	axe := axeSource(t)
	srv := httptest.NewServer(serve(badMonday(t).site(), approver))
	defer srv.Close()
	defer srv.CloseClientConnections()
	ctx, console := browsertest.Start(t)
	for _, path := range []string{editedPath, editedPath + "?lang=en"} {
		for _, l := range looks {
			seen := examine(ctx, t, axe, srv.URL+path, l)
			for _, v := range seen.Violations {
				t.Errorf("%s %s %d: %s: %s\n%s", path, l.theme, l.width, v.ID, v.Help, strings.Join(v.Nodes, "\n"))
			}
			if seen.Wide > l.width {
				t.Errorf("%s is %d wide on a screen of %d", path, seen.Wide, l.width)
			}
		}
	}
	for _, c := range console() {
		t.Errorf("console: %s", c)
	}
}
