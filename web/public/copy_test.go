package public

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
)

// copied runs the copy once and returns the folder.
func copied(t *testing.T, w *world, change ...func(*Options)) (*Site, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	s := w.site(append(change, func(o *Options) {
		o.Config.StaticDir = dir
		o.Key, o.Confirm = []byte("k"), func(context.Context, headstart.Confirm) error { return nil }
	})...)
	if err := s.copy(); err != nil {
		t.Fatal(err)
	}
	return s, dir
}

var links = regexp.MustCompile(`(?:href|src|action)="([^"#]+)`)

// Every link of the copy leads to a file of the copy, or by its whole address to the
// live page; the live page's own links lead somewhere too.
func TestLinksOfPagesLeadSomewhere(t *testing.T) {
	s, dir := copied(t, badMonday(t), func(o *Options) { o.Config.TicketURL = "https://portal.example.org/nieuw" })
	copies := http.StripPrefix("/s", http.FileServer(http.Dir(dir)))
	for name, h := range map[string]http.Handler{"live": serve(s), "copy": copies} {
		seen := map[string]bool{}
		queue := []string{"/s/"}
		for len(queue) > 0 {
			path := queue[0]
			queue = queue[1:]
			if seen[path] {
				continue
			}
			seen[path] = true
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
			if rec.Code != http.StatusOK && rec.Code != http.StatusNoContent {
				t.Errorf("%s: %s answers %d", name, path, rec.Code)
				continue
			}
			if !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
				continue
			}
			base, _ := url.Parse(path)
			for _, m := range links.FindAllStringSubmatch(rec.Body.String(), -1) {
				u, err := base.Parse(html.UnescapeString(m[1]))
				if err != nil {
					t.Fatal(err)
				}
				if u.Host == "" && !strings.HasSuffix(u.Path, "/confirm") && !strings.HasSuffix(u.Path, "/subscribe") {
					queue = append(queue, u.Path)
				}
			}
			if name == "copy" && (strings.Contains(rec.Body.String(), "<form") || strings.Contains(rec.Body.String(), `method="post"`)) {
				t.Errorf("%s of the copy has a form; it takes nothing", path)
			}
		}
		if len(seen) < 12 {
			t.Errorf("%s: only %d paths were found", name, len(seen))
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "nl", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), `href="https://storingen.example.org/s/nl/`+wifi+`/#have"`) {
		t.Error("the button of the copy does not lead to the live page")
	}
}

// A page that is not for everybody is not left in a folder that a web server shows.
func TestOnlyOpenPagesAreCopied(t *testing.T) {
	_, dir := copied(t, badMonday(t), func(o *Options) {
		o.Config.Pages = []Page{{ID: ""}, {ID: "net", Access: "network", Networks: []string{"192.0.2.0/24"}}, {ID: "link", Access: "link"}, {ID: "desk", Access: "oidc"}}
	})
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "net" || e.Name() == "link" || e.Name() == "desk" {
			t.Errorf("%s is copied", e.Name())
		}
	}
	info, err := os.Stat(filepath.Join(dir, "nl", "index.html"))
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v: a web server has to read it", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", ".new-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The copy follows the view, takes away what is gone, and outlives the process.
func TestTheCopyIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := badMonday(t)
		dir := t.TempDir()
		began := time.Now()
		s := w.site(func(o *Options) {
			o.Config.StaticDir = dir
			o.Now = func() time.Time { return w.now.Add(time.Since(began)) }
			o.Fresh = nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		read := func() string {
			b, err := os.ReadFile(filepath.Join(dir, "nl", "index.html"))
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		slow := publicID("announcement", "bb22.alle")
		synctest.Wait()
		if page := read(); !strings.Contains(page, "HS-1043") || !strings.Contains(page, ">08:24<") {
			t.Error("the copy does not show the state")
		}
		off := headstart.Offset{Ms: uint64(w.now.UnixMilli()) + 1}
		time.Sleep(2 * atMostEvery)
		if err := w.view.Apply(off, headstart.FeedEntry{Rows: []headstart.FeedOp{{Table: headstart.TableAnnouncements, Row: headstart.Row{Key: "bb22.alle"}}}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * atMostEvery)
		if strings.Contains(read(), "HS-1043") {
			t.Error("two seconds after a change the copy is the old one")
		}
		if _, err := os.Stat(filepath.Join(dir, "nl", slow)); !os.IsNotExist(err) {
			t.Errorf("the page of a message that is gone is there still: %v", err)
		}
		time.Sleep(2*time.Minute + copyEvery + 2*atMostEvery)
		if !strings.Contains(read(), ">08:26<") {
			t.Error("the copy does not say that it is still true")
		}
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(read(), "HS-1042") {
			t.Error("the copy went with the process")
		}
	})
}
