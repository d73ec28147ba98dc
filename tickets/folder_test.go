package tickets

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
	"headstart/tickets/systems"
)

func csvStand(t testing.TB, columns map[string]string) (*stand, *folder) {
	t.Helper()
	s := newStand(t, Source{Name: "balie", Type: TypeCSV, Dir: t.TempDir(), Columns: columns})
	return s, newFolder(s.Inbox, s.sources["balie"])
}

func (f *folder) file(t testing.TB, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(f.source.Dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// settle looks twice: a file is read when it has stood still between two looks.
func (f *folder) settle() { f.poll(context.Background()); f.poll(context.Background()) }

func ids(tickets []headstart.Ticket) string {
	var out []string
	for _, t := range tickets {
		out = append(out, t.ID+" "+t.Status)
	}
	return strings.Join(out, ", ")
}

func TestCSV(t *testing.T) {
	for name, tt := range map[string]struct {
		content string
		columns map[string]string
	}{
		"commas":         {"id,title,body,department,created_at,status\nT-1,printer,\"doet het niet, echt\",fin,2026-11-23T08:30:00+01:00,open\n", nil},
		"semicolons":     {"id;title;body;department;created_at;status\r\nT-1;printer;doet het niet, echt;fin;23-11-2026 08:30;open\r\n", nil},
		"tabs":           {"id\ttitle\tbody\tdepartment\tcreated_at\tstatus\nT-1\tprinter\tdoet het niet, echt\tfin\t2026-11-23 08:30\topen\n", nil},
		"a mark":         {"\xef\xbb\xbfid;title;body;department;created_at;status\nT-1;printer;doet het niet, echt;fin;2026-11-23 08:30:00;open\n", nil},
		"Windows-1252":   {"id;title;body;department;created_at;status\nT-1;printer;doet het niet, echt;Financi\xebn;2026-11-23 08:30;open\n", nil},
		"other headings": {"Meldingnummer;Korte omschrijving;body;department;Aangemaakt;status;Behandelaar\nT-1;printer;doet het niet, echt;fin;2026-11-23 08:30;open;Joris\n", map[string]string{"meldingnummer": "id", "Korte omschrijving": "title", "Aangemaakt": "created_at"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := csvStand(t, tt.columns)
			f.file(t, "a.csv", tt.content)
			f.poll(context.Background())
			if n := len(s.appends); n != 0 {
				t.Fatalf("%d records at the first look; the file may still be written", n)
			}
			f.poll(context.Background())
			if len(s.appends) != 1 {
				t.Fatalf("%d records, want 1; log:\n%s", len(s.appends), s.logs)
			}
			text := s.appends[0].Text
			got := s.taken(t)
			if ids(got) != "T-1 open" || got[0].Requester.Department != "fin" || !got[0].CreatedAt.Equal(t0.Add(-30*60*1e9)) {
				t.Errorf("%+v; want T-1 of fin, made at 07:30 UTC", got)
			}
			if len(text) != 2 || string(text[1].Value) != "doet het niet, echt" {
				t.Errorf("text %v; want title and body", text)
			}
		})
	}
}

func TestCSVIsReadOncePerChange(t *testing.T) {
	s, f := csvStand(t, nil)
	const head = "id,title,status,created_at,updated_at\n"
	f.file(t, "a.csv", head+"T-1,printer,open,2026-11-23 08:00,2026-11-23 08:00\nT-2,wifi,open,2026-11-23 08:01,2026-11-23 08:01\n")
	f.settle()
	f.settle()
	if got := ids(s.taken(t)); got != "T-1 open, T-2 open" {
		t.Errorf("first: %s", got)
	}
	f.file(t, "a.csv", head+"T-1,printer,closed,2026-11-23 08:00,2026-11-23 08:30\nT-2,wifi,open,2026-11-23 08:01,2026-11-23 08:01\nT-3,mail,open,2026-11-23 08:31,2026-11-23 08:31\n")
	f.settle()
	if got := ids(s.taken(t)); got != "T-1 closed, T-3 open" {
		t.Errorf("after a change: %s; want what is new only", got)
	}
	f.file(t, "old.csv", head+"T-1,printer,open,2026-11-23 08:00,2026-11-23 08:00\n")
	f.settle()
	if got := ids(s.taken(t)); got != "" {
		t.Errorf("an older export: %s; want nothing", got)
	}
}

func TestCSVAfterARestart(t *testing.T) {
	s, f := csvStand(t, nil)
	const lines = "id,title,status,created_at\nT-1,printer,open,2026-11-23 08:00\nT-2,wifi,closed,2026-11-23 08:00\nT-3,mail,open,2026-01-02 08:00\n"
	f.file(t, "a.csv", lines)
	f.settle()
	got := s.taken(t)
	if ids(got) != "T-1 open" {
		t.Errorf("first read: %s; want T-1: T-2 is over and T-3 older than 14 days", ids(got))
	}
	row, _ := json.Marshal(headstart.TicketState{V: 1, Ticket: got[0]})
	if err := s.view.Reset(headstart.Cursor{}, headstart.Offset{}, []headstart.FeedOp{{Table: headstart.TableTickets, Row: headstart.Row{Key: "balie/T-1", Val: row}}}); err != nil {
		t.Fatal(err)
	}
	again := newFolder(s.Inbox, f.source)
	again.settle()
	if got := ids(s.taken(t)); got != "" {
		t.Errorf("read again after a restart: %s; want nothing, the view shows it", got)
	}
}

func TestCSVBadLinesAreNamedAndTheRestKept(t *testing.T) {
	s, f := csvStand(t, nil)
	f.file(t, "a.csv", "id,title,body,created_at,line\nT-1,printer,geheimwoord,2026-11-23 08:00,1\nT-2,geheimwoord,x,gisteren,1\n,geheimwoord,x,2026-11-23 08:00,1\nT-4,wifi,x,2026-11-23 08:00,veel\nT-5,mail,x,2026-11-23 08:00,1,extra\nT-6,mail,x,2026-11-23 08:00\n")
	f.settle()
	if got := ids(s.taken(t)); got != "T-1 , T-6 " {
		t.Errorf("kept %s; want T-1 and T-6", got)
	}
	logged := s.logs.String()
	for _, want := range []string{"a.csv:3: created_at: no time", "a.csv:4: id is missing", "a.csv:5: line: no whole number", "a.csv:6: the line has 6 columns"} {
		if !strings.Contains(logged, want) {
			t.Errorf("the log lacks %q:\n%s", want, logged)
		}
	}
	if strings.Contains(logged, "geheimwoord") {
		t.Errorf("the log holds text of tickets:\n%s", logged)
	}
	if got := testutil.ToFloat64(s.metrics.refused.WithLabelValues("balie")); got != 4 {
		t.Errorf("refused %v, want 4", got)
	}
}

func TestCSVFilesThatMakeNoSense(t *testing.T) {
	for name, tt := range map[string]struct{ content, want string }{
		"empty":         {"", "a.csv:1: the file is empty"},
		"no id":         {"title,created_at\nx,2026-11-23 08:00\n", "a.csv:1: no column holds id"},
		"twice":         {"id,id,created_at\n", "a.csv:1: two columns hold id"},
		"a spreadsheet": {"PK\x03\x04\x00\x00", "a.csv:1: this is a workbook, not CSV"},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := csvStand(t, nil)
			f.file(t, "a.csv", tt.content)
			f.settle()
			f.settle()
			if !strings.Contains(s.logs.String(), tt.want) {
				t.Errorf("the log lacks %q:\n%s", tt.want, s.logs)
			}
			if strings.Count(s.logs.String(), "in trouble") != 1 {
				t.Errorf("said more than once:\n%s", s.logs)
			}
			f.file(t, "a.csv", "id,title,created_at\nT-1,x,2026-11-23 08:00\n")
			f.settle()
			if got := ids(s.taken(t)); got != "T-1 " {
				t.Errorf("mended: %s, want T-1", got)
			}
		})
	}
}

func TestCSVIsReadAgainWhenItCouldNotBeStored(t *testing.T) {
	s, f := csvStand(t, nil)
	var b strings.Builder
	b.WriteString("id,title,created_at\n")
	for i := range 250 {
		fmt.Fprintf(&b, "T-%d,printer,2026-11-23 08:00\n", i)
	}
	f.file(t, "a.csv", b.String())
	s.fail = headstart.ErrDown
	f.settle()
	if got := testutil.ToFloat64(s.metrics.up.WithLabelValues("balie")); got != 0 {
		t.Errorf("ticket_source_up %v, want 0", got)
	}
	s.fail = nil
	f.poll(context.Background())
	if n := len(s.appends); n != 3 {
		t.Errorf("%d records, want 3 of at most 100 tickets", n)
	}
	if n := len(s.taken(t)); n != 250 {
		t.Errorf("%d tickets, want 250", n)
	}
}

func TestFolderThatIsMissing(t *testing.T) {
	s, f := csvStand(t, nil)
	if err := os.Remove(f.source.Dir); err != nil {
		t.Fatal(err)
	}
	f.settle()
	if !strings.Contains(s.logs.String(), "folder not read") || testutil.ToFloat64(s.metrics.up.WithLabelValues("balie")) != 0 {
		t.Errorf("log %s; want the trouble named and the source down", s.logs)
	}
}

func TestRunLooksEveryFiveSeconds(t *testing.T) {
	s, f := csvStand(t, nil)
	f.file(t, "a.csv", "id,title,created_at\nT-1,x,2026-11-23 08:00\n")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*pollEvery)
		defer cancel()
		if err := s.Run(ctx); err != nil {
			t.Errorf("Run: %v; want nil when its context ends", err)
		}
	})
	if got := ids(s.taken(t)); got != "T-1 " {
		t.Errorf("after ten seconds: %q, want T-1", got)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("id,title,created_at\nT-1,x,2026-11-23 08:00\n"))
	f.Add([]byte("\xef\xbb\xbfid;title;created_at;minutes_spent;shared\r\nT-1;\"a\nb\";23-11-2026 08:00;1,5;ja\r\n"))
	s, _ := csvStand(f, nil)
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := readCSV(data, s.sources["balie"])
		if err != nil {
			return
		}
		_, to := s.prepared()
		for _, r := range rows {
			if r.err != nil {
				continue
			}
			r.ticket.sum()
			tk := s.ticket(&r.ticket, s.sources["balie"], to)
			if headstart.NewRecord(t0, headstart.Line{Ticket: &tk}).Encode() == nil || tk.ID == "" {
				t.Fatalf("accepted %+v", r.ticket)
			}
		}
	})
}

func TestConfigTellsEveryMistake(t *testing.T) {
	c := Config{Sources: []Source{
		{Name: "rt", Type: "rt"},
		{Name: "Portal", Type: TypeWebhook},
		{Name: "a", Type: "webhok"},
		{Name: "a", Type: TypeWebhook, Auth: AuthHMAC},
		{Name: "c", Type: TypeCSV, Columns: map[string]string{"Nr": "number"}},
		{Name: "d", Type: TypeWebhook, Auth: "basic", Dir: "x", Timezone: "Mars"},
	}}
	got := strings.Split(c.Validate().Error(), "\n")
	want := []string{
		`tickets.sources[0].url is no plain http or https address; write one such as https://rt.example`,
		`tickets.sources[0].token_file is missing; name the file with the integration user's token`,
		`tickets.sources[1].name is "Portal"; write a short name of small letters, digits and dashes, such as portal`,
		`tickets.sources[2].type is "webhok"; write webhook, csv, or one of ` + strings.Join(systems.Types(), " "),
		`tickets.sources[3].name is "a" as that of a source above; every source needs its own`,
		`tickets.sources[3].auth is hmac and token_file is missing; name the file with the secret`,
		`tickets.sources[4].dir is missing; name the folder the files are written to`,
		`tickets.sources[4].columns: "Nr" maps to "number", which is no key of a ticket; use one of ` + strings.Join(columnKeys, " "),
		`tickets.sources[5].auth is "basic"; write bearer or hmac`,
		`tickets.sources[5] has dir or columns, which belong to type csv; take them out`,
		`tickets.sources[5].timezone is "Mars"; write a name such as Europe/Amsterdam`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mistakes (-want +got)\n%s", diff)
	}
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	if err := DefaultRetention().Validate(); err != nil {
		t.Error(err)
	}
	if err := (Retention{}).Validate(); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("no retention at all: %v; want two mistakes", err)
	}
}
