package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/charmap"

	"headstart/notify/smtptest"
)

// forms are the ways in which something that was planted may be written down.
func forms(planted string) [][]byte {
	var out [][]byte
	for _, s := range []string{planted, strings.ToUpper(planted), strings.ToLower(planted)} {
		out = append(out, []byte(s))
		if quoted, err := json.Marshal(s); err == nil {
			out = append(out, quoted[1:len(quoted)-1])
		}
		if ascii := strings.Trim(fmt.Sprintf("%+q", s), `"`); ascii != s {
			out = append(out, []byte(ascii))
		}
		var qp bytes.Buffer
		w := quotedprintable.NewWriter(&qp)
		_, _ = w.Write([]byte(s))
		_ = w.Close()
		out = append(out, qp.Bytes())
		if b, err := charmap.Windows1252.NewEncoder().Bytes([]byte(s)); err == nil {
			out = append(out, b)
		}
		var wide []byte
		for _, u := range utf16.Encode([]rune(s)) {
			wide = append(wide, byte(u), byte(u>>8))
		}
		out = append(out, wide)
		for shift := range 3 { // base64 of a longer text that holds it, wherever it begins
			// Whole letters of base64 alone, and all of them: of five bytes six. Two of them
			// stand in any encrypted row by chance.
			enc := base64.StdEncoding.EncodeToString(append(make([]byte, shift), s...))
			out = append(out, []byte(enc[(shift*8+5)/6:(shift+len(s))*8/6]))
		}
	}
	slices.SortFunc(out, bytes.Compare)
	return slices.CompactFunc(out, bytes.Equal)
}

// Whatever stands around it, a name is found in base64, and by no form so short that
// what is encrypted holds it by chance.
func TestFormsOfWhatWasPlanted(t *testing.T) {
	for _, s := range []string{"joris", "samira", plantedIDs[0], plantedTexts[0]} {
		for before := range 7 {
			for after := range 7 {
				text := strings.Repeat("\xff", before) + s + strings.Repeat("\xff", after)
				if got := found([]byte(base64.StdEncoding.EncodeToString([]byte(text))), []string{s}); len(got) != 1 {
					t.Errorf("%q between %d and %d bytes is not found in base64", s, before, after)
				}
			}
		}
		for _, form := range forms(s) {
			if len(form) < utf8.RuneCountInString(s) {
				t.Errorf("%q is looked for as %q, which is shorter", s, form)
			}
		}
	}
}

// found are the planted things that data holds, in any form.
func found(data []byte, planted []string) (which []string) {
	for _, p := range planted {
		if slices.ContainsFunc(forms(p), func(form []byte) bool { return bytes.Contains(data, form) }) {
			which = append(which, p)
		}
	}
	return which
}

// inFiles says which of planted stands in which file below dir, compressed ones too.
func inFiles(t *testing.T, dir string, planted []string) (where []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, p := range found(append(data, unpacked(data)...), planted) {
			where = append(where, p+" in "+filepath.Base(path))
		}
		for _, p := range found([]byte(path), planted) {
			where = append(where, p+" names "+filepath.Base(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return where
}

// unpacked is what a compressed file holds.
func unpacked(data []byte) []byte {
	if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
		out, _ := io.ReadAll(z)
		return out
	}
	z, err := zstd.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	defer z.Close()
	out, _ := io.ReadAll(z)
	return out
}

// What users wrote in their tickets, and how long it may be kept.
var (
	plantedTitles = []string{"Kwantumplant Wilhelmina Plantgoed-Snoek", "ZEEVONK Çelik meldt storing", "Papiermolen 06-55512399"}
	plantedTexts  = []string{
		"Morgenrood Zoë Müller-Çelik", "Plantsoenlaan 12 bis Utrecht", "06-55598765", "bsn 123456782", "w.plantgoed@planten.voorbeeld.example",
		"geheim medisch dossier Oranjebloesem",
	}
	plantedPeople = []string{"zoe.oranjebloesem@planten.voorbeeld.example", "plantgoedw1", "kaartspel.k@planten.voorbeeld.example"}
	plantedIDs    = []string{"T-PLANTEN-7001", "T-PLANTEN-7002", "T-PLANTEN-7003"}
	plantedPlaces = []string{"Thuisadres Rozenstraat 99 Bloemendaal"}

	// Who asked for mail on the status page, and who asked and never confirmed.
	plantedSubscribers = []string{"Wilgenroosje.K@planten.voorbeeld.example", "akkerdistel@planten.voorbeeld.example"}

	// What the desk writes goes with the incident.
	plantedNotes = []string{"gebeld met Wolfram Notenboom 06-55577711"}
)

// TestPrivacy follows what people wrote, typed and signed for more than a year: the
// rows of the retention table, and the promise that after their time they are nowhere
// (issue 5; rulings 7 and 35).
func TestPrivacy(t *testing.T) {
	t.Parallel()
	sink := smtptest.Start(t) // outside the bubble: it waits for the network
	synctest.Test(t, func(t *testing.T) {
		l := newLifetime(t, "auth: {tokens: [{name: samira, token_file: samira-token, scopes: [read, write]}]}\n"+
			strings.Replace(subscribeBy(sink), "Voorbeeld.example", "planten.voorbeeld.example", 1))
		write(t, filepath.Join(l.dir, "samira-token"), "a token of samira's own, long enough")
		csv := filepath.Join(l.dir, "csv")
		secret := filepath.Join(l.dir, "secret")
		write(t, secret, "a secret of at least sixteen bytes")
		if err := os.Mkdir(csv, 0o700); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(l.config)
		if err != nil {
			t.Fatal(err)
		}
		write(t, l.config, strings.Replace(string(text), "{name: portal, type: webhook}", fmt.Sprintf("{name: portal, type: webhook}, {name: lijst, type: csv, dir: %q}", csv), 1))
		data := filepath.Join(l.dir, "data")
		fromTickets := slices.Concat(plantedTitles, plantedTexts, plantedPeople, plantedPlaces)

		l.until(0, "18:00")
		l.session(func() {
			l.subscribes(sink)
			began := time.Now()
			l.outage(began, began.Add(time.Hour))
			l.plant(csv)
			l.arrived(slices.Concat(fromTickets, plantedSubscribers))
			admin := l.as
			l.as = filepath.Join(l.dir, "samira-token")
			l.work()
			l.as = admin
			l.outage(began, time.Now())
			time.Sleep(time.Hour) // it is over, and closes
		})
		if n := len(mailsTo(sink, plantedSubscribers[0])); n < 2 {
			t.Errorf("the subscriber got %d mails; this test proves little", n)
		}
		for _, w := range inFiles(t, data, plantedSubscribers) {
			t.Errorf("while they are subscribed: %s", w)
		}
		l.subscribed(2)
		// Nothing but the side texts ever holds what users wrote.
		for _, w := range inFiles(t, data, fromTickets) {
			if !strings.HasSuffix(w, ".title") && !strings.HasSuffix(w, ".text") {
				t.Errorf("after arrival: %s", w)
			}
		}
		if n := len(inFiles(t, filepath.Join(data, "headstart.text"), slices.Concat(plantedTitles, plantedTexts))); n < 8 {
			t.Errorf("only %d of the planted texts were kept at all; this test proves nothing", n)
		}
		for _, args := range [][]string{{"store", "export"}, {"store", "export", "--raw"}} {
			if f := found([]byte(l.cli(args...)), fromTickets); len(f) > 0 {
				t.Errorf("%v holds %v", args, f)
			}
		}
		if f := found([]byte(l.cli("store", "export")), slices.Concat(plantedNotes, plantedIDs, []string{"samira"})); len(f) > 0 {
			t.Errorf("an export without --raw holds %v", f)
		}
		if err := os.RemoveAll(csv); err != nil { // those are the operator's own files
			t.Fatal(err)
		}

		l.until(3, "08:00") // Monday
		l.session(func() {
			if audit := l.ask("GET", "/api/v1/audit", "").Body.String(); strings.Count(audit, `"do":"export"`) != 1 {
				t.Errorf("of two exports, one as it is, the audit says %s", audit)
			}
			for _, path := range []string{"/i/HS-1", "/api/v1/tickets"} {
				for _, title := range []string{plantedTitles[0], strings.ToUpper(plantedTitles[1]), plantedTitles[2]} {
					if page := l.ask("GET", path, "").Body.String(); !strings.Contains(page, title) {
						t.Errorf("on Monday at 08:00 %s does not show the title %q of Friday evening", path, title)
					}
				}
			}
		})
		l.gone("texts on Monday", slices.Concat(plantedTexts, plantedPeople, plantedPlaces, plantedSubscribers))
		l.subscribed(1)

		l.until(32, "08:00")
		l.session(nil)
		l.gone("titles after a month", fromTickets)

		l.until(93, "08:00")
		l.session(nil)
		l.until(94, "08:00")
		l.session(func() {
			for path, page := range l.pages() {
				if path == "/api/v1/openapi.json" { // its examples name invented people
					continue
				}
				for _, name := range found([]byte(page), slices.Concat(plantedIDs, []string{"samira", "joris"})) {
					t.Errorf("after three months %s says %s", path, name)
				}
			}
			var list struct {
				Incidents []struct {
					ID      string
					Tickets struct{ Linked int }
				}
			}
			if err := json.Unmarshal(l.ask("GET", "/api/v1/incidents?limit=1000", "").Body.Bytes(), &list); err != nil {
				t.Fatal(err)
			}
			linked := 0
			for _, i := range list.Incidents {
				linked += i.Tickets.Linked
			}
			if linked == 0 {
				t.Error("how many tickets an incident had is gone with them")
			}
			time.Sleep(copiesLag)
		})
		l.gone("tickets and names after three months", slices.Concat(fromTickets, plantedIDs, []string{"samira", "joris"}))

		l.until(403, "08:00")
		l.session(nil)
		l.until(404, "08:00")
		l.session(func() {
			if out := l.ask("GET", "/api/v1/incidents?limit=1000", "").Body.String(); strings.Contains(out, `"HS-1"`) {
				t.Error("the incident is known after 404 days")
			}
			time.Sleep(copiesLag)
		})
		l.subscribed(0)
		l.gone("everything after a year", slices.Concat(fromTickets, plantedSubscribers, plantedIDs, plantedNotes, []string{"samira", "joris"}))
		l.cli("store", "verify")
	})
}

// copiesLag is how much longer the hourly copies of the store hold what went: the older of
// the two is of two hours ago.
const copiesLag = 2*time.Hour + 2*time.Minute

// subscribes lets two people ask for mail, of whom one confirms.
func (l *lifetime) subscribes(sink *smtptest.Sink) {
	l.t.Helper()
	form := func(path string, values url.Values) {
		r := httptest.NewRequest("POST", "http://127.0.0.1:8480"+path, strings.NewReader(values.Encode()))
		r.RemoteAddr = "198.51.100.7:50000"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		if l.h.ServeHTTP(w, r); w.Code != http.StatusOK {
			l.t.Fatalf("POST %s: %d %s", path, w.Code, w.Body)
		}
	}
	for n, address := range plantedSubscribers {
		form("/s/nl/subscribe", url.Values{"address": {address}})
		for len(mailsTo(sink, address)) == 0 {
			time.Sleep(time.Second)
		}
		if link := linkIn(l.t, mailsTo(sink, address)[0]); n == 0 {
			form(link, nil)
		}
	}
}

// subscribed counts who is still kept on the shelf, while no service runs.
func (l *lifetime) subscribed(want int) {
	l.t.Helper()
	names, err := filepath.Glob(filepath.Join(l.dir, "data", "headstart.shelf", "subscriptions.*"))
	if err != nil {
		l.t.Fatal(err)
	}
	kept := 0
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			l.t.Fatal(err)
		}
		kept += bytes.Count(data, []byte(`"k":"a-`))
	}
	if kept != want {
		l.t.Errorf("%d addresses are kept, want %d", kept, want)
	}
}

// outage lets a switch and a printer fail, as a Prometheus reports it.
func (l *lifetime) outage(began, ends time.Time) {
	b, err := json.Marshal([]map[string]any{sent("prom", "HostDown", "sw-n-2", began, ends), sent("prom", "PrinterOffline", "prn-n2-04", began, ends)})
	if err != nil {
		l.t.Fatal(err)
	}
	l.do("/api/v2/alerts", string(b))
	time.Sleep(20 * time.Second)
}

// plant lets three users report by three ways.
func (l *lifetime) plant(csv string) {
	body := strings.Join(plantedTexts, "\n") + "\nDe printer in gebouw Noord doet het niet."
	l.ticket("portal", plantedIDs[0], plantedTitles[0]+": printer stuk", body, plantedPeople[0], "")
	l.ticket("portal", plantedIDs[1], strings.ToUpper(plantedTitles[1])+" afdrukken lukt niet", strings.ToUpper(body), plantedPeople[1], `,"category":"print"`)
	file := fmt.Sprintf("id;title;body;requester;location;created_at\n%s;%s: printer;%s;%s;%s;%s\n", plantedIDs[2], plantedTitles[2],
		strings.ReplaceAll(body, "\n", " "), plantedPeople[2], plantedPlaces[0], time.Now().UTC().Format("2006-01-02 15:04:05"))
	old, err := charmap.Windows1252.NewEncoder().String(file)
	if err != nil {
		l.t.Fatal(err)
	}
	write(l.t, filepath.Join(csv, "export.csv"), old)
	// Mistakes that quote: columns that slipped, and words where there should be none.
	write(l.t, filepath.Join(csv, "slipped.csv"), fmt.Sprintf("id;created_at;priority;channel;line\n%s;%s;%s;%s;%s\n", "T-9", plantedTitles[0], plantedTexts[0], plantedTexts[1], plantedTexts[2]))
	for _, bad := range []string{
		fmt.Sprintf(`{"ticket":{"id":"T-9","title":%q,"priority":%q,"channel":%q,"created_at":"2026-01-01T00:00:00Z"}}`, plantedTitles[0], plantedTexts[0], plantedTexts[4]),
		fmt.Sprintf(`{"ticket":{"id":"T-9","title":%q,"created_at":%q}}`, plantedTitles[0], plantedTexts[2]),
		fmt.Sprintf(`{"ticket":{"id":["%s"],"source":%q}}`, plantedTexts[0], plantedPeople[0]),
	} {
		if w := l.ask("POST", "/hooks/tickets/portal", bad); w.Code/100 == 2 {
			l.t.Errorf("%s was accepted", bad)
		}
	}
	time.Sleep(15 * time.Second)
}

// arrived looks through all that may be read while the texts are fresh, but for the
// desk's own pages, which show titles.
func (l *lifetime) arrived(planted []string) {
	l.t.Helper()
	for path, page := range l.pages() {
		list := planted
		if path == "/" || path == "/tickets" || path == "/morning" || strings.HasPrefix(path, "/i/") || strings.HasPrefix(path, "/api/v1/tickets") {
			list = slices.DeleteFunc(slices.Clone(planted), func(p string) bool { return slices.Contains(plantedTitles, p) })
		}
		if f := found([]byte(page), list); len(f) > 0 {
			l.t.Errorf("%s says %v", path, f)
		}
	}
}

// work is what the desk does: it links, writes, calls back, answers and hands over.
func (l *lifetime) work() {
	var tickets struct {
		Tickets []struct {
			Source, ID string
		}
	}
	if err := json.Unmarshal(l.ask("GET", "/api/v1/tickets?limit=1000", "").Body.Bytes(), &tickets); err != nil || len(tickets.Tickets) != 3 {
		l.t.Fatalf("%d tickets, want three; %v", len(tickets.Tickets), err)
	}
	for _, x := range tickets.Tickets {
		l.do("/api/v1/incidents/HS-1/link", fmt.Sprintf(`{"source":%q,"ticket":%q}`, x.Source, x.ID))
	}
	l.do("/api/v1/incidents/HS-1/assign", `{"owner":"joris"}`)
	l.do("/api/v1/incidents/HS-1/note", fmt.Sprintf(`{"text":%q}`, plantedNotes[0]))
	l.do("/api/v1/incidents/HS-1/confirm", `{"channel":"phone"}`)
}

// gone looks for planted things in every file, in the log of the service, and in both
// exports.
func (l *lifetime) gone(what string, planted []string) {
	l.t.Helper()
	for _, w := range inFiles(l.t, filepath.Join(l.dir, "data"), planted) {
		l.t.Errorf("%s: %s", what, w)
	}
	if f := found([]byte(l.log.String()), slices.DeleteFunc(slices.Clone(planted), isOurs)); len(f) > 0 {
		l.t.Errorf("%s: the log of the service holds %v", what, f)
	}
	for _, args := range [][]string{{"store", "export"}, {"store", "export", "--raw"}} {
		if f := found([]byte(l.cli(args...)), planted); len(f) > 0 {
			l.t.Errorf("%s: %v holds %v", what, args, f)
		}
	}
}

// isOurs reports whether something may stand in the log of the service, which is the
// operator's to rotate: ids of tickets, and who did what.
func isOurs(planted string) bool {
	return slices.Contains(plantedIDs, planted) || planted == "samira" || planted == "joris"
}
