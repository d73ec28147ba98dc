package ipp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"
	"github.com/google/go-cmp/cmp"
)

// introduced are the attributes of a printer or queue.
func introduced(name, uri string) goipp.Attributes {
	var list goipp.Attributes
	list.Add(goipp.MakeAttribute("printer-name", goipp.TagName, goipp.String(name)))
	list.Add(goipp.MakeAttribute("printer-info", goipp.TagText, goipp.String("Bij de trap")))
	list.Add(goipp.MakeAttribute("printer-location", goipp.TagTextLang, goipp.TextWithLang{Lang: "nl", Text: "2.14"}))
	list.Add(goipp.MakeAttribute("printer-make-and-model", goipp.TagText, goipp.String("HP M507")))
	list.Add(goipp.MakeAttribute("printer-uuid", goipp.TagURI, goipp.String("urn:uuid:1-2")))
	list.Add(goipp.MakeAttribute("printer-uri-supported", goipp.TagURI, goipp.String(uri)))
	return list
}

func describes(t testing.TB, s *httptest.Server) (*Description, []Description, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	return Describe(ctx, Question{Dial: new(net.Dialer).DialContext, Address: at(s)})
}

// A printer introduces itself wherever it answers.
func TestDescribePrinter(t *testing.T) {
	s := httptest.NewServer(printer(t, "/ipp/printer", introduced("NPI1", "ipp://elsewhere.example/ipp/print")...))
	defer s.Close()
	d, queues, err := describes(t, s)
	want := &Description{Path: "/ipp/printer", Name: "NPI1", Info: "Bij de trap", Location: "2.14", Model: "HP M507", UUID: "1-2"}
	if diff := cmp.Diff(want, d); err != nil || diff != "" || queues != nil {
		t.Errorf("%v %v (-want +got):\n%s", err, queues, diff)
	}
}

// A print server has no printer of its own, and tells its queues by their paths: the
// host they name is not believed.
func TestDescribeQueues(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q goipp.Message
		if err := q.Decode(r.Body); err != nil || r.URL.Path != "/" || goipp.Op(q.Code) != goipp.OpCupsGetPrinters {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		m := goipp.NewMessageWithGroups(goipp.DefaultVersion, goipp.Code(goipp.StatusOk), q.RequestID, goipp.Groups{
			{Tag: goipp.TagOperationGroup, Attrs: goipp.Attributes{goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8"))}},
			{Tag: goipp.TagPrinterGroup, Attrs: introduced("a", "ipp://10.9.9.9/printers/a")},
			{Tag: goipp.TagPrinterGroup, Attrs: goipp.Attributes{goipp.MakeAttribute("printer-name", goipp.TagInteger, goipp.Integer(1))}},
			{Tag: goipp.TagPrinterGroup, Attrs: introduced("b", "ipp://localhost:631/printers/b")},
		})
		w.Header().Set("Content-Type", goipp.ContentType)
		_ = m.Encode(w)
	}))
	defer s.Close()
	d, queues, err := describes(t, s)
	if err != nil || d != nil || len(queues) != 2 || queues[0].Path != "/printers/a" || queues[1].Path != "/printers/b" || queues[1].Location != "2.14" {
		t.Errorf("%v %v %v", d, queues, err)
	}
}

// What is no printer has no description, and why.
func TestDescribeNobody(t *testing.T) {
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    error
	}{
		"a web server":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, ErrNoIPP},
		"nothing there": {http.NotFound, ErrNoQueue},
		"a log-in":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, ErrRefused},
		"sends us away": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
		}, ErrElsewhere},
		"says nothing": {func(w http.ResponseWriter, _ *http.Request) {
			reply(w, goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, 1))
		}, ErrNoIPP},
		"knows no queue": {func(w http.ResponseWriter, _ *http.Request) {
			reply(w, goipp.NewResponse(goipp.DefaultVersion, goipp.StatusErrorNotFound, 1))
		}, ErrNoQueue},
	} {
		s := httptest.NewServer(c.handler)
		if d, queues, err := describes(t, s); d != nil || queues != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v %v %v, want %v", name, d, queues, err, c.want)
		}
		s.Close()
	}
}

// Whatever a printer says of itself is read in bounds or not at all.
func FuzzDescribe(f *testing.F) {
	m := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, 1)
	for _, a := range introduced("a", "ipp://x/printers/a") {
		m.Printer.Add(a)
	}
	b, err := m.EncodeBytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		m, _, err := decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, path := range []string{"/", "/ipp/print"} {
			d := describe(m.Printer, Place{URL: "http://127.0.0.1" + path})
			if _, err := url.Parse("ipp://127.0.0.1" + d.Path); err != nil && path != "/" {
				t.Errorf("path %q: %v", d.Path, err)
			}
		}
	})
}
