package web

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"time"

	"headstart"
	"headstart/spreadsheet"
)

// auditList is a page of what people did, newest first.
type auditList struct {
	Audit      []headstart.AuditEntry `json:"audit"`
	NextCursor string                 `json:"next_cursor"` // empty: that was all
}

// auditFilter is what a query wants of the audit log.
type auditFilter struct {
	By, Do, On   string
	Refused      bool
	Since, Until time.Time
}

var auditParams = []apiParam{
	{"by", "login name"},
	{"do", "what was done: a command such as hush, an outcome such as acked, or login, logout, login-failed, reload, channel-test, login-link"},
	{"on", "id of what it was done to, such as HS-12"},
	{"refused", "true: what was asked for and not done"},
	{"since", "RFC 3339 time"},
	{"until", "RFC 3339 time"},
	{"format", "json or csv; csv holds every entry and no cursor"},
}

func auditFilterOf(q url.Values) (f auditFilter, wrong []fieldError) {
	f = auditFilter{By: q.Get("by"), Do: q.Get("do"), On: q.Get("on"), Refused: q.Get("refused") == "true"}
	if v := q.Get("refused"); v != "" && v != "true" {
		wrong = append(wrong, fieldError{"?refused", "write true, or leave it out"})
	}
	moment := func(name string) (at time.Time) {
		v := q.Get(name)
		if v == "" {
			return at
		}
		at, err := time.Parse(time.RFC3339, v)
		if err != nil {
			wrong = append(wrong, fieldError{"?" + name, "write RFC 3339 such as 2026-11-23T09:15:00+01:00"})
		}
		return at
	}
	f.Since, f.Until = moment("since"), moment("until")
	return f, wrong
}

func (f auditFilter) keeps(e *headstart.AuditEntry) bool {
	return (f.By == "" || e.By == f.By) && (f.Do == "" || e.Do == f.Do) && (f.On == "" || strings.EqualFold(e.On, f.On)) &&
		(!f.Refused || e.Refused) && !e.At.Before(f.Since) && (f.Until.IsZero() || e.At.Before(f.Until))
}

// listAudit answers GET /api/v1/audit.
func (a *API) listAudit(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f, wrong := auditFilterOf(q)
	p, more := pageOf(q.Get("limit"), q.Get("cursor"))
	wrong = append(wrong, more...)
	format := q.Get("format")
	if format != "" && format != "json" && format != "csv" {
		wrong = append(wrong, fieldError{"?format", "write json or csv"})
	}
	if len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the query is not understood", wrong...)
		return
	}
	all := a.o.View.Audit(f.keeps)
	if format == "csv" {
		writeAuditCSV(w, all)
		return
	}
	var out auditList
	out.Audit, out.NextCursor = cut(all, p)
	writeJSON(w, http.StatusOK, out)
}

func writeAuditCSV(w http.ResponseWriter, all []headstart.AuditEntry) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="audit.csv"`)
	c := csv.NewWriter(w)
	_ = c.Write([]string{"at", "by", "do", "on", "outcome"}) // the caller went away: nothing to do
	for n := range all {
		e := &all[n]
		_ = c.Write([]string{e.At.UTC().Format(time.RFC3339), spreadsheet.Escape(e.By), spreadsheet.Escape(e.Do), spreadsheet.Escape(e.On), outcomeOf(e)})
	}
	c.Flush()
}

func outcomeOf(e *headstart.AuditEntry) string {
	if e.Refused {
		return "refused"
	}
	return "done"
}
