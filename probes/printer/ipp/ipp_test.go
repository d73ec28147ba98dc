package ipp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"
	"github.com/google/go-cmp/cmp"
)

// printer answers Get-Printer-Attributes at path with attributes.
func printer(t testing.TB, path string, attributes ...goipp.Attribute) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		var q goipp.Message
		if err := q.Decode(r.Body); err != nil || goipp.Op(q.Code) != goipp.OpGetPrinterAttributes {
			t.Errorf("asked %v, %v", q.Code, err)
		}
		reply(w, goipp.NewResponse(q.Version, goipp.StatusOk, q.RequestID), attributes...)
	})
	return mux
}

func reply(w http.ResponseWriter, m *goipp.Message, attributes ...goipp.Attribute) {
	m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	for _, a := range attributes {
		m.Printer.Add(a)
	}
	w.Header().Set("Content-Type", goipp.ContentType)
	_ = m.Encode(w)
}

func state(n int) goipp.Attribute {
	return goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(n))
}

func ask(t testing.TB, address string) (Answer, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	return Ask(ctx, Question{Dial: new(net.Dialer).DialContext, Address: address})
}

// at is the ipp address of a test server.
func at(s *httptest.Server) string {
	return strings.NewReplacer("https://", "ipps://", "http://", "ipp://").Replace(s.URL)
}

// Every attribute that counts is read, from text, binary and list values alike.
func TestAttributes(t *testing.T) {
	binary := func(name string, rows ...string) goipp.Attribute {
		a := goipp.Attribute{Name: name}
		for _, row := range rows {
			a.Values.Add(goipp.TagString, goipp.Binary(row))
		}
		return a
	}
	s := httptest.NewServer(printer(t, "/ipp/print", state(5),
		goipp.MakeAttr("printer-state-reasons", goipp.TagKeyword, goipp.String("paused"), goipp.String("toner-low-warning")),
		goipp.MakeAttribute("printer-state-message", goipp.TagTextLang, goipp.TextWithLang{Lang: "nl", Text: "stoort"}),
		goipp.MakeAttribute("printer-is-accepting-jobs", goipp.TagBoolean, goipp.Boolean(false)),
		goipp.MakeAttribute("queued-job-count", goipp.TagInteger, goipp.Integer(7)),
		binary("printer-supply", "type=toner;maxcapacity=100;level=4;unit=percent;colorantname=black;", "type=wasteToner;maxcapacity=-2;level=-3;"),
		goipp.MakeAttr("printer-supply-description", goipp.TagText, goipp.String("Black Toner"), goipp.String("Box")),
		binary("printer-input-tray", "type=sheetFeedAutoRemovableTray;maxcapacity=250;level=0;name=main;"),
		binary("printer-alert", "code=jam;severity=critical;group=mediaPath;", "nonsense"),
		goipp.MakeAttribute("printer-alert-description", goipp.TagText, goipp.String("Tray 2")),
	))
	defer s.Close()
	a, err := ask(t, at(s))
	want := Answer{
		Place: Place{URL: s.URL + "/ipp/print", Version: goipp.DefaultVersion},
		State: 5, Reasons: []string{"paused", "toner-low-warning"}, Message: "stoort", Refuses: true, Queued: 7,
		Supplies: []Supply{{"Black Toner", "toner", 100, 4}, {"Box", "wasteToner", -2, -3}},
		Trays:    []Tray{{"main", 250, 0}}, Alerts: []Alert{{"jam", true, "Tray 2"}, {}},
	}
	if diff := cmp.Diff(want, a); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// Printers that know only the older marker attributes tell percents.
func TestMarkers(t *testing.T) {
	s := httptest.NewServer(printer(t, "/ipp", state(3),
		goipp.MakeAttr("marker-names", goipp.TagName, goipp.String("Black"), goipp.String("Cyan")),
		goipp.MakeAttr("marker-levels", goipp.TagInteger, goipp.Integer(9), goipp.Integer(-3), goipp.Integer(50)),
		goipp.MakeAttr("marker-types", goipp.TagKeyword, goipp.String("toner")),
	))
	defer s.Close()
	a, err := ask(t, at(s)) // answers at the second path tried
	if diff := cmp.Diff([]Supply{{"Black", "toner", 100, 9}, {"Cyan", "", 100, -3}}, a.Supplies); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if again, err := Ask(t.Context(), Question{Dial: new(net.Dialer).DialContext, Address: "ipp://nowhere.invalid", Known: a.Place}); err != nil || again.State != 3 {
		t.Errorf("where it answered before: %+v, %v", again, err)
	}
}

// A printer that no longer answers where it did is searched again.
func TestPlaceIsLeft(t *testing.T) {
	s := httptest.NewServer(printer(t, "/ipp/print", state(3)))
	defer s.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	q := Question{Dial: new(net.Dialer).DialContext, Address: at(s), Known: Place{URL: gone.URL + "/ipp/print", Version: goipp.DefaultVersion}}
	if a, err := Ask(t.Context(), q); err != nil || a.Place.URL != s.URL+"/ipp/print" {
		t.Errorf("%+v, %v", a.Place, err)
	}
}

// Printers sign their certificates themselves; that is accepted, and no news.
func TestSelfSigned(t *testing.T) {
	s := httptest.NewTLSServer(printer(t, "/ipp/print", state(3)))
	defer s.Close()
	if a, err := ask(t, at(s)); err != nil || a.State != 3 {
		t.Errorf("%+v, %v", a, err)
	}
}

// A printer that knows only IPP 1.1 is asked in it.
func TestOldVersion(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q goipp.Message
		if err := q.Decode(r.Body); err != nil {
			t.Error(err)
		}
		if q.Version != goipp.MakeVersion(1, 1) {
			reply(w, goipp.NewResponse(goipp.MakeVersion(1, 1), goipp.StatusErrorVersionNotSupported, q.RequestID))
			return
		}
		reply(w, goipp.NewResponse(q.Version, goipp.StatusOk, q.RequestID), state(4))
	}))
	defer s.Close()
	if a, err := ask(t, at(s)); err != nil || a.State != 4 || a.Place.Version != goipp.MakeVersion(1, 1) {
		t.Errorf("%+v, %v", a, err)
	}
}

// A redirect within the host is followed, one to another host never (ruling 40).
func TestRedirects(t *testing.T) {
	inner := httptest.NewServer(printer(t, "/ipp/print", state(3)))
	defer inner.Close()
	for name, c := range map[string]struct {
		to   string
		want error
	}{
		"another port of the host": {inner.URL + "/ipp/print", nil},
		"another host":             {"http://169.254.169.254/latest", ErrElsewhere},
		"a name of the same":       {strings.Replace(inner.URL, "127.0.0.1", "localhost", 1), ErrElsewhere},
		"a file":                   {"file:///etc/passwd", ErrElsewhere},
		"itself":                   {"", ErrNoIPP},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", orElse(c.to, r.URL.Path))
			w.WriteHeader(http.StatusTemporaryRedirect)
		}))
		if _, err := ask(t, at(s)+"/q"); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		s.Close()
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// What answers and is no printer is told apart from what does not answer.
func TestStrangers(t *testing.T) {
	ok := func(attributes ...goipp.Attribute) []byte {
		m := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, 1)
		m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
		for _, a := range attributes {
			m.Printer.Add(a)
		}
		b, err := m.EncodeBytes()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	whole := ok(state(3))
	for name, c := range map[string]struct {
		say  func(http.ResponseWriter)
		want error
	}{
		"a web page":     {func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") }, ErrNoIPP},
		"nothing":        {func(http.ResponseWriter) {}, ErrNoIPP},
		"half an answer": {func(w http.ResponseWriter) { _, _ = w.Write(whole[:len(whole)-4]) }, ErrNoIPP},
		"wrong lengths": {func(w http.ResponseWriter) {
			_, _ = w.Write(bytes.Replace(whole, []byte("\x00\x0dprinter-state"), []byte("\x7f\xffprinter-state"), 1))
		}, ErrNoIPP},
		"no state": {func(w http.ResponseWriter) { _, _ = w.Write(ok()) }, ErrNoIPP},
		"state of text": {func(w http.ResponseWriter) {
			_, _ = w.Write(ok(goipp.MakeAttribute("printer-state", goipp.TagText, goipp.String("idle"))))
		}, ErrNoIPP},
		"no such path":      {func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) }, ErrNoQueue},
		"asks for a log-in": {func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) }, ErrRefused},
		"broken":            {func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }, ErrNoIPP},
		"no such queue": {func(w http.ResponseWriter) {
			reply(w, goipp.NewResponse(goipp.DefaultVersion, goipp.StatusErrorNotFound, 1))
		}, ErrNoQueue},
		"forbidden": {func(w http.ResponseWriter) {
			reply(w, goipp.NewResponse(goipp.DefaultVersion, goipp.StatusErrorForbidden, 1))
		}, ErrRefused},
		"cannot": {func(w http.ResponseWriter) {
			reply(w, goipp.NewResponse(goipp.DefaultVersion, goipp.StatusErrorInternal, 1))
		}, ErrNoIPP},
		"attributes for ever": {func(w http.ResponseWriter) {
			_, _ = w.Write(whole[:len(whole)-1])
			for range 100 {
				_, _ = w.Write(bytes.Repeat([]byte("\x44\x00\x00\x00\x04none"), 1000))
			}
		}, ErrNoIPP},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { c.say(w) }))
		if a, err := ask(t, at(s)+"/q"); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v, want %v", name, a, err, c.want)
		}
		s.Close()
	}
}

// A body that never ends costs the time of the probe and no more.
func TestBodyWithoutEnd(t *testing.T) {
	over := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-over
	}))
	defer s.Close()
	defer close(over)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := Ask(ctx, Question{Dial: new(net.Dialer).DialContext, Address: at(s)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the deadline", err)
	}
}

// Whatever arrives, there is an error or an answer of bounded size.
func FuzzAnswer(f *testing.F) {
	m := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, 1)
	m.Printer.Add(state(5))
	m.Printer.Add(goipp.MakeAttribute("printer-supply", goipp.TagString, goipp.Binary("type=toner;level=4;maxcapacity=100")))
	m.Printer.Add(goipp.MakeAttr("marker-levels", goipp.TagInteger, goipp.Integer(4)))
	b, err := m.EncodeBytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(append(b[:len(b)-1], "\x34\x00\x01a\x00\x00\x4a\x00\x00\x00\x01b\x34\x00\x00\x00\x00"...))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, _, err := decode(io.LimitReader(bytes.NewReader(body), 1<<20))
		if err != nil {
			return
		}
		if a := answer(m.Printer); len(a.Supplies) > mostValues || len(a.Reasons) > mostValues || len(a.Alerts) > mostValues {
			t.Errorf("read %d supplies, %d reasons", len(a.Supplies), len(a.Reasons))
		}
	})
}
