package web

import (
	"context"
	"errors"
	"html/template"
	"io"
	"net/http"
	"net/url"

	"headstart"
)

// Figures computes what the desk is measured by. Package report/figures does; this
// package says who may see what of them.
type Figures interface {
	// Answer is the answer of GET /api/v1/kpis, CSV the same as a list, and Page the
	// article of the page.
	Answer(ctx context.Context, q FiguresQuery) (any, error)
	CSV(ctx context.Context, q FiguresQuery) ([]byte, error)
	Page(ctx context.Context, q FiguresQuery) (template.HTML, error)

	// Problem drafts a problem record of a cause that keeps coming back, as Markdown;
	// empty: asset is none.
	Problem(ctx context.Context, q FiguresQuery, asset string) (string, error)

	// Telephone takes over what the telephone system counted, as CSV.
	Telephone(ctx context.Context, data []byte) (any, error)

	// Schema is the zero value of what Answer returns, for openapi.json.
	Schema() any
}

// FiguresQuery is what somebody asks of the figures, and what of them they may see.
type FiguresQuery struct {
	Values url.Values
	Lang   string

	Sees         func(locations []string) bool // nil: everything
	Confidential bool
}

// FiguresRefused is why a query, or a list of calls, is not understood: by place, with
// what to write instead.
type FiguresRefused struct{ Mistakes [][2]string }

func (e *FiguresRefused) Error() string {
	text := ""
	for _, m := range e.Mistakes {
		if text != "" {
			text += "; "
		}
		text += m[0] + ": " + m[1]
	}
	return text
}

func (v viewer) figures(r *http.Request, lang string) FiguresQuery {
	q := FiguresQuery{Values: r.URL.Query(), Lang: lang, Confidential: v.confidential}
	if !v.everywhere() {
		q.Sees = func(locations []string) bool { return v.at(locations...) }
	}
	return q
}

var figuresParams = []apiParam{
	{"from", "first day, as 2026-11-01"},
	{"to", "last day, included; default today"},
	{"period", "instead of from and to: week, month, quarter or year; default month"},
	{"on", "a day in that period; default today"},
	{"by", "also split by service, category, department, location or month"},
	{"format", "json or csv; default json"},
	{"lang", "nl or en: language of names and reasons"},
}

func (a *API) figuresRoutes() []apiRoute {
	var schema any
	if a.o.Figures != nil {
		schema = a.o.Figures.Schema()
	}
	return []apiRoute{
		{pattern: "GET /api/v1/kpis", scope: headstart.ScopeRead, everywhere: true, handler: a.showFigures, summary: "Figures of a period beside the period before; none is by worker", answers: schema, texts: []string{"text/csv"}, query: figuresParams},
		{pattern: "GET /api/v1/kpis/problem", scope: headstart.ScopeRead, everywhere: true, handler: a.draftProblem, summary: "Draft of a problem record of a cause that keeps coming back, as Markdown", texts: []string{"text/markdown"}, query: append([]apiParam{{"asset", "id of the probable cause, of those under recurring"}}, figuresParams[:4]...)},
		{pattern: "POST /api/v1/telephone", scope: headstart.ScopeWrite, handler: a.importCalls, summary: "Take over what the telephone system counted by hour or day: CSV with the columns from, to, calls, answered, abandoned, mean wait", takes: "text/csv", maxBody: maxCallList, everywhere: true},
	}
}

func (a *API) showFigures(w http.ResponseWriter, r *http.Request) {
	if a.o.Figures == nil {
		writeProblem(w, http.StatusNotFound, "this process keeps no figures")
		return
	}
	q := a.viewer(r).figures(r, a.language(r))
	switch format := q.Values.Get("format"); format {
	case "", "json":
		answer, err := a.o.Figures.Answer(r.Context(), q)
		if !a.refusedFigures(w, err) {
			writeJSON(w, http.StatusOK, answer)
		}
	case "csv":
		list, err := a.o.Figures.CSV(r.Context(), q)
		if !a.refusedFigures(w, err) {
			w.Header().Set("Content-Type", "text/csv; charset=utf-8")
			w.Header().Set("Content-Disposition", `attachment; filename="headstart-kpis.csv"`)
			_, _ = w.Write(list) // the caller left
		}
	default:
		writeProblem(w, http.StatusUnprocessableEntity, "the query is not understood", fieldError{"?format", "write json or csv"})
	}
}

func (a *API) draftProblem(w http.ResponseWriter, r *http.Request) {
	if a.o.Figures == nil {
		writeProblem(w, http.StatusNotFound, "this process keeps no figures")
		return
	}
	q := a.viewer(r).figures(r, a.language(r))
	text, err := a.o.Figures.Problem(r.Context(), q, q.Values.Get("asset"))
	switch {
	case a.refusedFigures(w, err):
	case text == "":
		writeProblem(w, http.StatusNotFound, "this is no cause that kept coming back in that period; GET /api/v1/kpis lists them under recurring")
	default:
		w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
		_, _ = w.Write([]byte(text)) // the caller left
	}
}

// maxCallList bounds a list of calls, in bytes: some years by the hour.
const maxCallList = 2 << 20

// importCalls takes the list as the body.
func (a *API) importCalls(w http.ResponseWriter, r *http.Request) {
	if a.o.Figures == nil {
		writeProblem(w, http.StatusNotFound, "this process keeps no figures")
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCallList))
	if err != nil {
		rejectBody(w, err)
		return
	}
	done, err := a.o.Figures.Telephone(r.Context(), data)
	if !a.refusedFigures(w, err) {
		writeJSON(w, http.StatusOK, done)
	}
}

// refusedFigures answers an error, and reports whether there was one.
func (a *API) refusedFigures(w http.ResponseWriter, err error) bool {
	var refused *FiguresRefused
	switch {
	case err == nil:
		return false
	case errors.As(err, &refused):
		fields := make([]fieldError, len(refused.Mistakes))
		for n, m := range refused.Mistakes {
			fields[n] = fieldError{m[0], m[1]}
		}
		writeProblem(w, http.StatusUnprocessableEntity, "it is not understood", fields...)
	default:
		a.logger.Error("figures not read", "err", err)
		w.Header().Set("Retry-After", "5")
		writeProblem(w, http.StatusServiceUnavailable, "the figures were not read; try again")
	}
	return true
}

type reportsPage struct {
	frame
	Figures template.HTML
}

// serveReports shows the figures of a period. It is made anew for each reader: what
// they may see differs.
func (s *Site) serveReports(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say := s.say(r)
	if s.o.Figures == nil {
		s.message(w, r, http.StatusNotFound, say.Say("figures.gone"), say.Say("figures.gone.text"))
		return
	}
	article, err := s.o.Figures.Page(r.Context(), s.viewer(r).figures(r, say.Lang))
	var refused *FiguresRefused
	switch {
	case errors.As(err, &refused):
		s.message(w, r, http.StatusUnprocessableEntity, say.Say("figures.wrong"), refused.Error())
	case err != nil:
		s.logger.Error("figures not read", "err", err)
		s.message(w, r, http.StatusServiceUnavailable, say.Say("figures.gone"), say.Say("figures.failed"))
	default:
		s.render(w, r, http.StatusOK, "reports", reportsPage{frame: s.frame(r, "reports", say.Say("nav.reports")), Figures: article})
	}
}
