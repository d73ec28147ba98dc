package web

import (
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"headstart"
)

// figuresOf answers with what package report/figures makes, and keeps what it was asked.
type figuresOf struct {
	t     *testing.T
	asked FiguresQuery
	err   error
	calls string
}

func (f *figuresOf) Answer(_ context.Context, q FiguresQuery) (any, error) {
	f.asked = q
	return map[string]string{"from": q.Values.Get("from")}, f.err
}

func (f *figuresOf) CSV(_ context.Context, q FiguresQuery) ([]byte, error) {
	f.asked = q
	return []byte("from,to\n"), f.err
}

func (f *figuresOf) Page(_ context.Context, q FiguresQuery) (template.HTML, error) {
	f.asked = q
	page, err := os.ReadFile("../report/figures/testdata/page-" + q.Lang + ".html.golden")
	if err != nil {
		f.t.Error(err)
	}
	return template.HTML(page), f.err //nolint:gosec // our own golden file
}

func (f *figuresOf) Problem(_ context.Context, _ FiguresQuery, asset string) (string, error) {
	if asset != "sw-1" {
		return "", f.err
	}
	return "# Problem\n", f.err
}

func (f *figuresOf) Telephone(_ context.Context, data []byte) (any, error) {
	f.calls = string(data)
	return map[string]int{"rows": 1}, f.err
}

func (*figuresOf) Schema() any { return struct{}{} }

func TestFiguresOverHTTP(t *testing.T) {
	w := badMonday(t)
	f := &figuresOf{t: t}
	api := NewAPI(APIOptions{
		View: w.view, Do: func(context.Context, headstart.Command) (headstart.Outcome, bool, error) {
			return headstart.Outcome{}, false, errors.New("nothing is done here")
		}, Figures: f, Logger: slog.New(slog.DiscardHandler),
	})
	bound := headstart.Identity{Name: "noor", Role: "desk", Scopes: []headstart.Scope{headstart.ScopeRead, headstart.ScopeWrite}, Locations: []string{"noord"}}
	ask := func(h http.HandlerFunc, id headstart.Identity, method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		rec := httptest.NewRecorder()
		h(rec, r.WithContext(headstart.WithIdentity(r.Context(), id)))
		return rec
	}
	for name, c := range map[string]struct {
		h            http.HandlerFunc
		method, path string
		body         string
		status       int
		says         string
	}{
		"as JSON":            {api.showFigures, "GET", "/api/v1/kpis?from=2026-11-01", "", 200, `"from":"2026-11-01"`},
		"as CSV":             {api.showFigures, "GET", "/api/v1/kpis?format=csv", "", 200, "from,to"},
		"as nothing we know": {api.showFigures, "GET", "/api/v1/kpis?format=xls", "", 422, "write json or csv"},
		"a problem record":   {api.draftProblem, "GET", "/api/v1/kpis/problem?asset=sw-1", "", 200, "# Problem"},
		"no problem":         {api.draftProblem, "GET", "/api/v1/kpis/problem?asset=x", "", 404, "no cause"},
		"calls":              {api.importCalls, "POST", "/api/v1/telephone", "date,calls", 200, `"rows":1`},
		"far too many calls": {api.importCalls, "POST", "/api/v1/telephone", strings.Repeat("x", maxCallList+1), 413, "bytes"},
	} {
		rec := ask(c.h, desk, c.method, c.path, c.body)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.says) {
			t.Errorf("%s: %d %s; want %d with %q", name, rec.Code, rec.Body, c.status, c.says)
		}
	}
	f.err = &FiguresRefused{Mistakes: [][2]string{{"?from", "write a day"}}}
	if rec := ask(api.showFigures, desk, "GET", "/api/v1/kpis?from=x", ""); rec.Code != 422 || !strings.Contains(rec.Body.String(), `"pointer":"?from"`) {
		t.Errorf("a query that is not understood: %d %s", rec.Code, rec.Body)
	}
	f.err = errors.New("the disk is gone")
	if rec := ask(api.showFigures, desk, "GET", "/api/v1/kpis", ""); rec.Code != 503 || strings.Contains(rec.Body.String(), "disk") {
		t.Errorf("a store that does not answer: %d %s", rec.Code, rec.Body)
	}
	f.err = nil
	ask(api.showFigures, bound, "GET", "/api/v1/kpis", "")
	if q := f.asked; q.Sees == nil || !q.Sees([]string{"noord"}) || q.Sees([]string{"zuid"}) || q.Confidential {
		t.Error("an account bound to Noord must see Noord alone, and nothing confidential")
	}
	ask(api.showFigures, desk, "GET", "/api/v1/kpis", "")
	if f.asked.Sees != nil {
		t.Error("an account bound to no place is held to some")
	}
}

func TestReportsPage(t *testing.T) {
	w := badMonday(t)
	f := &figuresOf{t: t}
	h := serve(w.site(func(o *Options) { o.Figures = f }), desk)
	for path, want := range map[string]string{"/reports": "Wat is dit?", "/reports?lang=en&by=service": "What is this?"} {
		if body := get(t, h, path, 200); !strings.Contains(body, want) || !strings.Contains(body, `aria-current="page"`) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	if f.asked.Values.Get("by") == "" && f.asked.Lang == "en" {
		t.Error("the query did not arrive")
	}
	f.err = &FiguresRefused{Mistakes: [][2]string{{"?to", "write a day"}}}
	if body := get(t, h, "/reports?to=x", 422); !strings.Contains(body, "write a day") {
		t.Error("the page does not say what is wrong with the query")
	}
	get(t, serve(w.site(), desk), "/reports", 404)
}
