package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzForms sends any body to every form: it is refused in words or becomes a
// command whose texts are texts.
func FuzzForms(f *testing.F) {
	w := badMonday(f)
	h := serve(w.site(), desk)
	f.Add("/i/HS-1042/note", "text=hallo")
	f.Add("/i/HS-1042/note", "text=%ff%00")
	f.Add("/i/HS-1042/set-eta", "eta=9%3A1")
	f.Add("/i/HS-1042/link", "ticket=%2F")
	f.Add("/new", "service=wifi&location=noord&location=noord&effect=slow&severity=minor&announce=1")
	f.Add("/preferences", "lang=en&back=%2F%2Fevil")
	f.Add("/i/HS-1042/announce", "phase=progress&var_Progress=%zz")
	f.Fuzz(func(t *testing.T, path, body string) {
		if !strings.HasPrefix(path, "/i/") && path != "/new" && path != "/preferences" || strings.ContainsAny(path, " ?#%\\") || strings.IndexFunc(path, unicode.IsControl) >= 0 {
			return // not a path the router hands on
		}
		w.done = nil
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.URL.Path = path
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code >= 500 {
			t.Fatalf("%s %q: status %d", path, body, rec.Code)
		}
		if to := rec.Header().Get("Location"); rec.Code == http.StatusSeeOther && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")) {
			t.Fatalf("%s %q: leads to %q", path, body, to)
		}
		for _, c := range w.done {
			for _, text := range append(texts(c.Variables), c.Text, c.Title, c.Owner, c.Summary, c.Ticket, c.Source, c.Ref) {
				if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxText || strings.ContainsRune(text, 0) {
					t.Fatalf("%s %q: a command holds %q", path, body, text)
				}
			}
			if c.ID == "" || c.By != "samira" {
				t.Fatalf("a command of nobody: %+v", c)
			}
		}
	})
}

func texts(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}
