package door

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed refused.html
var refusedHTML string

var refusedTemplate = template.Must(template.New("refused").Parse(refusedHTML))

// refusedView is what a person reads whose request does not reach its page: what it
// means to him and what to do, and below that what a program would be told.
type refusedView struct {
	Lang   string
	W      refusedWords
	Status int
	Detail string // English

	Back, Home string // where to go on, and its name
	Login      string // that another account may help; empty: it does not
}

// refusedPage is the answer to a browser; false: it could not be made.
func refusedPage(r *http.Request, status int, detail string) ([]byte, bool) {
	lang := languageOf(r)
	own := refusedOf[lang]
	v := refusedView{Lang: lang, W: own.other, Status: status, Detail: detail, Back: "/", Home: own.desk}
	if words, has := own.by[status]; has {
		v.W = words
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/s/"):
		v.Back, v.Home = "/s/", own.page
	case status == http.StatusForbidden:
		v.Login = own.login
	}
	var b bytes.Buffer
	err := refusedTemplate.Execute(&b, v)
	return b.Bytes(), err == nil
}

// route hands r to its handler. What mux itself would answer, that there is none for the
// path or the method, is said in the shape that callers read.
func route(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	if _, pattern := mux.Handler(r); pattern != "" {
		mux.ServeHTTP(w, r)
		return
	}
	m := &miss{header: http.Header{}}
	mux.ServeHTTP(m, r)
	switch allow := m.header.Get("Allow"); m.status {
	case http.StatusNotFound:
		refuse(w, r, m.status, "there is nothing at this address")
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", allow)
		refuse(w, r, m.status, "this address answers "+allow+" only")
	default:
		mux.ServeHTTP(w, r)
	}
}

// miss takes what mux answers for want of a route.
type miss struct {
	header http.Header
	status int
}

// Header implements http.ResponseWriter.
func (m *miss) Header() http.Header { return m.header }

// Write implements http.ResponseWriter.
func (m *miss) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader implements http.ResponseWriter.
func (m *miss) WriteHeader(status int) { m.status = status }
