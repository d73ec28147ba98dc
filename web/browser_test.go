package web

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/web/browsertest"
	"headstart/web/public"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "folder to write screenshots of every page to")

// axeVersion is used in tests only and is never part of the program.
const axeVersion = "4.14.1"

// axeSource returns axe-core, fetched once through npm into the user's cache.
func axeSource(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "headstart", "axe-core-"+axeVersion)
	file := filepath.Join(dir, "package", "axe.min.js")
	if _, err := os.Stat(file); err != nil {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			t.Fatal(err)
		}
		run := func(name string, args ...string) {
			cmd := exec.CommandContext(t.Context(), name, args...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s\ninstall npm, or unpack axe-core %s into %s", name, err, out, axeVersion, dir)
			}
		}
		run("npm", "pack", "--silent", "axe-core@"+axeVersion)
		run("tar", "xzf", "axe-core-"+axeVersion+".tgz")
	}
	b, err := os.ReadFile(file) //nolint:gosec // a path of our own making
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const axeCall = `axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa','best-practice']})
.then(r => JSON.stringify(r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => n.html.slice(0, 200) + ' ' + n.failureSummary)}))))`

type violation struct {
	ID, Help string
	Nodes    []string
}

// view is how a page is looked at.
type look struct {
	theme string
	width int64
}

var looks = []look{{"light", 1440}, {"dark", 360}, {"dark", 1440}, {"light", 360}}

// Every page, light and dark, wide and narrow: no finding of axe-core, nothing
// on the console, no sideways scrolling. Without -shots each is looked at once, by turns
// on a desk and on a phone; make shots and make long look at each in all four ways.
func TestPagesInABrowser(t *testing.T) {
	axe := axeSource(t)
	w := lookAlikes(t)
	w.bury(headstart.Notice{Key: "aa11/noord/0/mail-all", Plane: headstart.PlaneUsers, Incident: "HS-1042", Channel: "mail-all", Phase: headstart.Investigating})
	w.bury(headstart.Notice{Key: "aa11/noord/1/mail-all", Plane: headstart.PlaneUsers, Incident: "HS-1042", Channel: "mail-all", Phase: headstart.Progress})
	w.put(headstart.TableDesk, "wt", headstart.DeskNote{V: 1, ID: "wt", Kind: "todo", By: "daan", At: w.now, Text: "WT-220 bestellen"})
	w.put(headstart.TableDesk, headstart.SeenKey("samira"), headstart.DeskNote{V: 1, ID: headstart.SeenKey("samira"), Kind: headstart.NoteSeen, By: "samira", At: w.now})
	w.fill()
	report, err := os.ReadFile("../report/testdata/monday-nl.html.golden") // what package report makes
	if err != nil {
		t.Fatal(err)
	}
	site := w.site(func(o *Options) {
		o.TryChannel = func(context.Context, string) error { return nil }
		o.WhyNot = func(context.Context, headstart.GroupID, headstart.GroupID) (headstart.Decision, bool, error) {
			return headstart.Decision{Rule: "L-12", Outcome: "refused", Facts: []headstart.Fact{{Name: "with", Value: "HS-1042"}, {Name: "who", Value: "joris"}, {Name: "since", Value: "2026-11-23T07:20:00Z"}}}, true, nil
		}
		o.Subscribers = func(context.Context) (int, error) { return 12, nil }
		o.Figures, o.About = &figuresOf{t: t}, about
		healthy(w, func(h *Health) {
			h.Dead, h.Findings, h.Examined = 2, []HealthFinding{{"channels: none", "users only see the status page; add a channel of type email"}}, w.now
		})(o)
		o.Reload, o.Examine = func(context.Context) error { return nil }, func(context.Context) {}
		o.Morning = func(context.Context, headstart.ReportAsk) (headstart.ReportAnswer, error) {
			return headstart.ReportAnswer{Body: report}, nil
		}
		o.SendReport, o.Tick = true, func(string, string) bool { return true }
	})
	pages, _, _ := readers(w)
	srv := httptest.NewServer(serve(site, desk, pages.Routes()...))
	defer srv.Close()
	defer srv.CloseClientConnections()
	admins := httptest.NewServer(serve(site, admin))
	defer admins.Close()
	defer admins.CloseClientConnections()
	guided := httptest.NewServer(serve(w.site(withGuide(w)), desk))
	defer guided.Close()
	defer guided.CloseClientConnections()
	ctx, console := browsertest.Start(t)
	for n, p := range []string{"/", "/?lang=en", "/i/HS-1042", "/i/HS-1043?lang=en", "/new", "/new?service=print&location=noord", "/new?service=wifi&lang=en", "/search?q=noord", "/i/HS-1042?tab=tickets", "/i/HS-1042?tab=evidence&against=HS-1043", "/i/HS-1042?tab=messages", "/i/HS-1042?tab=timeline", "/i/HS-1042?tab=after", "/tickets", "/tickets?lang=en", "/announcements", "/announcements/aa11.noord", "/announcements/aa11.noord?lang=en", "/channels", "/maintenance", "/maintenance?lang=en", "/known-errors", "/known-errors?lang=en", "/known-errors/KE-2", "/known-errors/KE-2?lang=en", "/morning", "/reports?by=department", "/audit", "/audit?lang=en", "/morning?edition=standup&since=seen&lang=en", "/morning?show=walk", "/morning/tick?todo=wt&sig=x", "/desk", "/desk?lang=en", "/map", "/map?layer=all&lang=en", "/map?asset=nrd-sw-02", "/a/nrd-sw-02", "/a/noord?lang=en", "/wall", "/wall?lang=en", "/settings", "/settings?lang=en", "/s/nl/", "/s/en/", wifiMessage, wifiMessage + "thanks", "/s/nl/subscribe", "/s/en/subscribe/token", "/s/nl/unsubscribe/token", "/i/HS-9", "/demo", "/demo?lang=en"} {
		all := looks
		if *shots == "" {
			all = looks[n%2 : n%2+1]
		}
		for _, l := range all {
			t.Run(fmt.Sprintf("%s %s %d", p, l.theme, l.width), func(t *testing.T) {
				from := srv.URL
				if strings.HasPrefix(p, "/settings") || strings.HasPrefix(p, "/audit") {
					from = admins.URL
				}
				if strings.HasPrefix(p, "/demo") {
					from = guided.URL
				}
				seen := examine(ctx, t, axe, from+p, l)
				for _, v := range seen.Violations {
					t.Errorf("%s: %s\n%s", v.ID, v.Help, strings.Join(v.Nodes, "\n"))
				}
				if seen.Wide > l.width {
					t.Errorf("the page is %d wide on a screen of %d", seen.Wide, l.width)
				}
				for _, c := range console() {
					if p != "/i/HS-9" || !strings.Contains(c, "404") {
						t.Errorf("console: %s", c)
					}
				}
			})
		}
	}
}

// On a phone what one can do stands right under what it is, and the keyboard
// goes down the page as the eye does.
func TestActionsComeFirstOnAPhone(t *testing.T) {
	w := badMonday(t)
	srv := httptest.NewServer(serve(w.site(), desk))
	defer srv.Close()
	defer srv.CloseClientConnections()
	ctx, _ := browsertest.Start(t)
	const order = `(() => {
		const box = q => document.querySelector(q).getBoundingClientRect(), gap = (a, b) => Math.round(box(b).top - box(a).bottom);
		const stops = [...document.querySelectorAll('main a[href], main button, main input:not([type=hidden]), main select, main textarea, main summary')]
			.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect()).filter(b => b.height > 0).map(b => b.top);
		return JSON.stringify({Acts: gap('#facts', 'aside'), Rest: gap('aside', '.rest'), Forms: gap('.rest', '.forms'),
			WideRest: gap('#facts', '.rest'), WideForms: gap('aside', '.forms'), Beside: Math.round(box('aside').left - box('#facts').right),
			Back: stops.filter((y, n) => n > 0 && y < stops[n - 1] - 40).length, Top: Math.round(box('aside').top + scrollY)});
	})()`
	near := func(gaps ...int) bool {
		return !slices.ContainsFunc(gaps, func(g int) bool { return g < 12 || g > 24 })
	}
	for _, path := range []string{"/i/HS-1043", "/i/HS-1042"} { // HS-1042 is taken: nothing but ways to the forms
		for _, width := range []int64{360, 1440} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(srv.URL+path)); err != nil {
				t.Fatal(err)
			}
			out, err := chromedp.Run(ctx, chromedp.Evaluate[string](order))
			if err != nil {
				t.Fatal(err)
			}
			var got struct{ Acts, Rest, Forms, WideRest, WideForms, Beside, Back, Top int }
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatal(err)
			}
			ok := near(got.Acts, got.Rest, got.Forms) && got.Back == 0 && got.Top < 1300
			if width == 1440 {
				ok = near(got.WideRest) && (path == "/i/HS-1042" || near(got.WideForms, got.Beside))
			}
			if !ok {
				t.Errorf("%s, %d wide: %+v", path, width, got)
			}
		}
	}
}

type seen struct {
	Violations []violation
	Wide       int64
}

func examine(ctx context.Context, t *testing.T, axe, url string, l look) (s seen) {
	t.Helper()
	scheme := func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.theme}},
		})
		return chromedp.Void{}, err
	}
	if err := chromedp.Do(ctx, scheme, chromedp.EmulateViewport(l.width, 1200), chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](axe+";0")); err != nil {
		t.Fatal(err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](axeCall, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(found), &s.Violations); err != nil {
		t.Fatal(err)
	}
	if s.Wide, err = chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth")); err != nil {
		t.Fatal(err)
	}
	if *shots != "" {
		shoot(ctx, t, url, l)
	}
	if l.width < 600 { // the narrowest screen a page must fit (WCAG 1.4.10)
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(320, 800)); err != nil {
			t.Fatal(err)
		}
		narrow, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
		if err != nil {
			t.Fatal(err)
		}
		if narrow > 320 {
			t.Errorf("the page is %d wide on a screen of 320", narrow)
		}
	}
	return s
}

func shoot(ctx context.Context, t *testing.T, url string, l look) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	_, path, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	name := strings.Trim(strings.NewReplacer("/", "-", "?", "-", "=", "-", "&", "-").Replace(path), "-")
	if name == "" {
		name = "board"
	}
	if err := os.WriteFile(filepath.Join(*shots, fmt.Sprintf("%s-%s-%d.png", name, l.theme, l.width)), png, 0o600); err != nil {
		t.Fatal(err)
	}
}

// The board lives: a change in the view reaches the open page by itself, under
// the policy, and a form works. Cut off, it says since when, until it hears again.
func TestBoardLives(t *testing.T) {
	w := badMonday(t)
	srv := httptest.NewServer(serve(w.site(), desk))
	defer srv.Close()
	defer srv.CloseClientConnections()
	ctx, console := browsertest.Start(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/"), chromedp.WaitVisible("#inc-HS-1042")); err != nil {
		t.Fatal(err)
	}
	i, _ := w.view.Find("HS-1043")
	i.People = 1034
	b, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	off := headstart.Offset{Ms: uint64(w.now.UnixMilli()) + 1}
	if err := w.view.Apply(off, headstart.FeedEntry{V: 1, Cursor: headstart.Cursor{Off: off}, At: w.now.UnixMilli(), Rows: []headstart.FeedOp{{Table: headstart.TableIncidents, Row: headstart.Row{Key: "HS-1043", Val: b}}}}); err != nil {
		t.Fatal(err)
	}
	const changed = `new Promise((yes, no) => { const end = Date.now() + 90000; const look = () =>
		document.querySelector('#headline h1').textContent.includes('1214') ? yes('changed') : Date.now() > end ? no('still ' + document.querySelector('#headline h1').textContent) : setTimeout(look, 50); look(); })`
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[string](changed, chromedp.EvalAwaitPromise)); err != nil {
		t.Errorf("the open board did not change: %v", err)
	}
	const late = `(() => { const now = Date.now; Date.now = () => now() + 45000; })(), new Promise((yes, no) => { const end = performance.now() + 90000, note = document.getElementById('old'); const look = () =>
		!note.hidden ? yes(note.textContent) : performance.now() > end ? no('nothing is said') : setTimeout(look, 50); look(); })`
	said, err := chromedp.Run(ctx, chromedp.Evaluate[string](late, chromedp.EvalAwaitPromise))
	if err != nil || !strings.Contains(said, "Deze pagina is sinds 08:24 niet bijgewerkt") {
		t.Errorf("without a sign of life the board says %q: %v", said, err)
	}
	srv.CloseClientConnections() // it comes back by itself
	const back = `new Promise((yes, no) => { const end = performance.now() + 90000, note = document.getElementById('old'); const look = () =>
		note.hidden ? yes('') : performance.now() > end ? no(note.textContent) : setTimeout(look, 50); look(); })`
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[string](back, chromedp.EvalAwaitPromise)); err != nil {
		t.Errorf("a board that hears again still says %v", err)
	}
	if err := chromedp.Do(ctx, chromedp.Click("#inc-HS-1043 .act button"), chromedp.WaitVisible(".notice[role=status]")); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	done := w.done
	w.mu.Unlock()
	if len(done) != 1 || done[0].Do != "ack" || done[0].Incident != "HS-1043" || done[0].By != "samira" {
		t.Errorf("the button sent %+v", done)
	}
	for _, c := range console() {
		if !strings.Contains(c, "/events?topics=board") { // which was cut
			t.Errorf("console: %s", c)
		}
	}
}

// A page that nobody renewed says so by the reader's own clock; a fresh one
// says nothing.
func TestAStalePageSaysSo(t *testing.T) {
	w := badMonday(t)
	ctx, console := browsertest.Start(t)
	for age, hidden := range map[time.Duration]bool{0: true, 20 * time.Minute: false} {
		fresh := time.Now().Add(-age)
		srv := httptest.NewServer(serve(w.site(), nobody, w.public(func(o *public.Options) { o.Fresh = func() time.Time { return fresh } }).Routes()...))
		t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
		if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/s/nl/")); err != nil {
			t.Fatal(err)
		}
		note, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(n => n.hidden ? "" : n.textContent)(document.getElementById("stale"))`))
		if err != nil {
			t.Fatal(err)
		}
		want := "Deze pagina is sinds " + fresh.In(w.zone).Format("15:04") + " uur niet bijgewerkt."
		if hidden {
			want = ""
		}
		if note != want {
			t.Errorf("a page %s old says %q, want %q", age, note, want)
		}
	}
	for _, c := range console() {
		t.Errorf("console: %s", c)
	}
}
