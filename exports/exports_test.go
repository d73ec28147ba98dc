package exports

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/model"

	"headstart"
)

var begin = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// TestMain makes the test binary the writer that TestKilledWriter kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killedEnv); dir != "" {
		writeForever(dir)
		return
	}
	os.Exit(m.Run())
}

// engine stands for what the log decides: it keeps rows, and deletes what is said to
// stand in a file.
type engine struct {
	dir    string
	view   *headstart.View
	rows   map[[2]string]any
	leads  bool
	refuse error
	said   []headstart.Exported
	saying func(headstart.Exported) // nil: nobody listens
	logs   bytes.Buffer
	now    time.Time
}

func newEngine(dir string) *engine {
	x := &engine{dir: dir, view: headstart.NewView(), rows: map[[2]string]any{}, leads: true, now: begin}
	x.rows[[2]string{headstart.TableConfig, "current"}] = headstart.LogConfig{
		ExportFirst: true, KeepIncidents: model.Duration(10 * 24 * time.Hour), KeepLinks: model.Duration(5 * 24 * time.Hour),
	}
	return x
}

// incident ended days before now, and has a timeline of so many decisions.
func (x *engine) incident(n, days, decisions int) {
	closed := x.now.AddDate(0, 0, -days)
	id := headstart.IncidentID("HS-" + strconv.Itoa(n))
	x.rows[[2]string{headstart.TableIncidents, string(id)}] = headstart.Incident{V: 1, ID: id, Seq: n, Group: headstart.GroupID(n), State: headstart.Closed, ClosedAt: &closed}
	for d := range decisions {
		number := uint64(n*100 + d)
		x.rows[[2]string{headstart.TableTimeline, headstart.TimelineKey(n, number)}] = headstart.Decision{V: 1, N: number, At: closed, Rule: "T-07", Outcome: "joined", Incident: id}
	}
}

func (x *engine) ticket(id string, days int, group headstart.GroupID, verdict string) {
	t := headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "rt", ID: id, Requester: headstart.Requester{ID: "hash-of-her"}, CreatedAt: x.now.AddDate(0, 0, -days)}, HeardAt: x.now.AddDate(0, 0, -days)}
	t.Links = []headstart.Link{{Ticket: id, Source: "rt", Group: group, Verdict: verdict, By: headstart.LinkedByRule, Band: headstart.BandAuto, Score: .93, For: []string{"the word she used"}}}
	x.rows[[2]string{headstart.TableTickets, "rt/" + id}] = t
}

func (x *engine) work(id string, days, updates int) {
	a := headstart.Announcement{V: 1, ID: id, Window: "W-1", State: headstart.AnnouncementFinal, EndsAt: x.now.AddDate(0, 0, -days), Posts: map[string]json.RawMessage{"chat": json.RawMessage(`{}`)}}
	for n := range updates {
		a.Updates = append(a.Updates, headstart.Update{N: n, By: "joris"})
	}
	x.rows[[2]string{headstart.TableAnnouncements, id}] = a
}

// show lets the view have the rows.
func (x *engine) show() {
	var ops []headstart.FeedOp
	for key, val := range x.rows {
		b, err := json.Marshal(val)
		if err != nil {
			panic(err)
		}
		ops = append(ops, headstart.FeedOp{Table: key[0], Row: headstart.Row{Key: key[1], Val: b}})
	}
	if err := x.view.Reset(headstart.Cursor{}, headstart.Offset{}, ops); err != nil {
		panic(err)
	}
}

func (x *engine) do(_ context.Context, c headstart.Command) (headstart.Outcome, bool, error) {
	if x.refuse != nil {
		return headstart.Outcome{}, false, x.refuse
	}
	x.said = append(x.said, *c.Exported)
	if x.saying != nil {
		x.saying(*c.Exported)
	}
	for _, item := range c.Exported.Items {
		delete(x.rows, [2]string{headstart.TableIncidents, string(item.Incident)})
		delete(x.rows, [2]string{headstart.TableAnnouncements, item.Announcement})
		delete(x.rows, [2]string{headstart.TableTickets, item.Ticket})
	}
	x.show()
	return headstart.Outcome{}, false, nil
}

// exporter is a process that starts.
func (x *engine) exporter() *Exporter {
	x.show()
	return New(Options{
		Dir: x.dir, View: x.view, Do: x.do, Leading: func() bool { return x.leads }, Now: func(context.Context) (time.Time, error) { return x.now, nil },
		Incident: func(id headstart.IncidentID) (headstart.Incident, uint64, bool) {
			i, known := x.view.Incident(id, "en")
			newest := uint64(0)
			for _, d := range x.view.Timeline(id) {
				newest = d.N
			}
			return i, newest, known
		},
		Notice: func(a *headstart.Announcement) headstart.Announcement { out := *a; out.Posts = nil; return out },
		Logger: slog.New(slog.NewTextHandler(&x.logs, nil)), Registerer: prometheus.NewRegistry(),
	})
}

// left are the rows of a table that are not deleted.
func (x *engine) left(table string) (keys []string) {
	for key := range x.rows {
		if key[0] == table {
			keys = append(keys, key[1])
		}
	}
	slices.Sort(keys)
	return keys
}

// lines reads every line of the whole files of dir, by file; it fails at one that is torn.
func lines(t *testing.T, dir string) map[string][]map[string]any {
	t.Helper()
	out := map[string][]map[string]any{}
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) == 0 || data[len(data)-1] != '\n' {
			t.Errorf("%s does not end with its line", name)
		}
		for line := range strings.Lines(string(data)) {
			var row map[string]any
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				t.Errorf("%s: %v in %q", name, err, line)
			}
			out[filepath.Base(name)] = append(out[filepath.Base(name)], row)
		}
	}
	return out
}

// TestWhatIsDueIsWrittenAndThenSaid covers what goes into which file, and what does not.
func TestWhatIsDueIsWrittenAndThenSaid(t *testing.T) {
	x := newEngine(t.TempDir())
	x.incident(1, 11, 3)
	x.incident(2, 9, 3)
	x.incident(3, 30, 0)
	x.ticket("T-1", 7, 1, "linked")
	x.ticket("T-2", 7, 1, "rejected")
	x.ticket("T-3", 4, 1, "linked")
	x.ticket("T-4", 7, 4, "linked")
	open := headstart.Incident{V: 1, ID: "HS-4", Seq: 4, Group: 4, State: headstart.Open}
	x.rows[[2]string{headstart.TableIncidents, "HS-4"}] = open
	x.rows[[2]string{headstart.TableIncidents, "HS-5"}] = headstart.Incident{V: 1, ID: "HS-5", Seq: 5, Group: 5, State: headstart.Merged, MergedInto: "HS-4"}
	x.ticket("T-5", 7, 5, "linked")
	x.work("w.noord", 12, 2)
	x.work("w.zuid", 3, 2)
	x.saying = func(s headstart.Exported) {
		if parts, _ := filepath.Glob(filepath.Join(x.dir, "*.part")); len(parts) > 0 || len(lines(t, x.dir)[s.File]) < len(s.Items) {
			t.Errorf("it says %+v while %v is not whole", s, parts)
		}
	}
	e := x.exporter()
	if err := e.turn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(x.left(headstart.TableIncidents), x.left(headstart.TableTickets), x.left(headstart.TableAnnouncements)); got != "[HS-2 HS-4 HS-5] [rt/T-2 rt/T-3 rt/T-4 rt/T-5] [w.zuid]" {
		t.Errorf("left are %s; want what is not due, not linked, or of an incident that runs", got)
	}
	files := lines(t, x.dir)
	for name, want := range map[string]int{"incidents-2026-11-23T080000Z.jsonl": 2, "links-2026-11-23T080000Z.jsonl": 1, "planned-work-2026-11-23T080000Z.jsonl": 1} {
		if len(files[name]) != want {
			t.Errorf("%s has %d lines, want %d", name, len(files[name]), want)
		}
		info, err := os.Stat(filepath.Join(x.dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v; want it for its owner alone", name, info, err)
		}
	}
	if i := files["incidents-2026-11-23T080000Z.jsonl"]; len(i) == 2 && len(i[1]["timeline"].([]any)) != 3 {
		t.Errorf("the incident stands there without its timeline: %v", i[1])
	}
	if got := fmt.Sprint(files["links-2026-11-23T080000Z.jsonl"]); strings.Contains(got, "her") || strings.Contains(got, "she") || !strings.Contains(got, "ticket:T-1") || !strings.Contains(got, "incident:HS-1") {
		t.Errorf("the link is %s; want ticket and incident, and nothing of her", got)
	}
	if err := e.turn(t.Context()); err != nil || len(lines(t, x.dir)) != 3 {
		t.Errorf("a second look wrote more (%v): %v", err, lines(t, x.dir))
	}
	if problems, err := testutil.GatherAndLint(e.o.Registerer.(*prometheus.Registry)); err != nil || len(problems) > 0 {
		t.Errorf("metrics: %v %v", problems, err)
	}
}

// TestFolderThatCannotBeWritten: nothing is said, so nothing is deleted; the log, the
// metrics and doctor's look tell where and what to do.
func TestFolderThatCannotBeWritten(t *testing.T) {
	for name, spoil := range map[string]func(dir string) string{
		"missing": func(dir string) string { return filepath.Join(dir, "away") },
		"a file": func(dir string) string {
			file := filepath.Join(dir, "file")
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return file
		},
		"under a file": func(string) string { return filepath.Join(os.Args[0], "below") },
	} {
		x := newEngine(spoil(t.TempDir()))
		x.incident(1, 11, 1)
		x.incident(2, 11, 1)
		e := x.exporter()
		err := e.turn(t.Context())
		if err == nil || !strings.Contains(err.Error(), x.dir) || !strings.Contains(err.Error(), "; ") || len(x.said) > 0 || len(x.left(headstart.TableIncidents)) != 2 {
			t.Errorf("%s: %v, said %v; want place and remedy, and nothing said", name, err, x.said)
		}
		if testutil.ToFloat64(e.metrics.success) != 0 || testutil.ToFloat64(e.metrics.waiting) != 2 {
			t.Errorf("%s: the metrics say %v and %v waiting, want 0 and 2", name, testutil.ToFloat64(e.metrics.success), testutil.ToFloat64(e.metrics.waiting))
		}
		x.leads = false
		if err := e.turn(t.Context()); err == nil || testutil.ToFloat64(e.metrics.waiting) != 0 {
			t.Errorf("%s: a process that does not lead says %v, want that it could not", name, err)
		}
		if name == "missing" {
			if _, err := os.Stat(x.dir); !errors.Is(err, os.ErrNotExist) {
				t.Error("the folder was made; it may be a disk that is away")
			}
			if err := os.Mkdir(x.dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if x.leads = true; e.turn(t.Context()) != nil || len(x.left(headstart.TableIncidents)) != 0 || testutil.ToFloat64(e.metrics.success) != 1 {
				t.Error("it is not exported once the folder is there")
			}
		}
	}
}

// TestLogThatCannotBeWritten: what stands in a file is said later, not written again; a
// process that starts anew writes it under another name.
func TestLogThatCannotBeWritten(t *testing.T) {
	x := newEngine(t.TempDir())
	for n := range 30 {
		x.incident(n+1, 11, 1)
	}
	x.refuse = errors.New("the store does not answer")
	e := x.exporter()
	for range 2 {
		if err := e.turn(t.Context()); err == nil || len(lines(t, x.dir)) != 1 {
			t.Fatalf("%v, files %d; want an error, and one file", err, len(lines(t, x.dir)))
		}
	}
	again := x.exporter()
	if err := again.turn(t.Context()); err == nil || len(lines(t, x.dir)) != 2 || lines(t, x.dir)["incidents-2026-11-23T080000Z-2.jsonl"] == nil {
		t.Errorf("after a restart: %v, want it in a second file", lines(t, x.dir))
	}
	x.refuse = nil
	x.incident(7, 11, 2) // somebody added a note to it
	x.show()
	x.now = x.now.Add(time.Hour)
	if err := e.turn(t.Context()); err != nil || len(x.left(headstart.TableIncidents)) != 0 {
		t.Errorf("%v, left %v", err, x.left(headstart.TableIncidents))
	}
	if got := lines(t, x.dir)["incidents-2026-11-23T090000Z.jsonl"]; len(got) != 1 || got[0]["id"] != "HS-7" {
		t.Errorf("written again is %v, want the one that changed alone", got)
	}
	for _, s := range x.said {
		if len(s.Items) > headstart.MostExported {
			t.Errorf("one command names %d, want at most %d", len(s.Items), headstart.MostExported)
		}
	}
	if len(e.written) != 30 {
		t.Errorf("it remembers %d", len(e.written))
	}
	if err := e.turn(t.Context()); err != nil || len(e.written) != 0 {
		t.Errorf("it remembers %d that are gone (%v)", len(e.written), err)
	}
}

// TestOtherReplicaWithoutFolder: where the configuration that decides knows of no folder,
// that is said, since things go without a file.
func TestOtherReplicaWithoutFolder(t *testing.T) {
	x := newEngine(t.TempDir())
	x.rows[[2]string{headstart.TableConfig, "current"}] = headstart.LogConfig{}
	if err := x.exporter().turn(t.Context()); err == nil || !strings.Contains(err.Error(), "all replicas") {
		t.Errorf("it says %v, want that replicas differ", err)
	}
}

const killedEnv = "HEADSTART_EXPORTS_KILLED_CHILD"

// writeForever exports new incidents until it is killed, and says on standard output
// what the log was told.
func writeForever(dir string) {
	x := newEngine(dir)
	x.saying = func(s headstart.Exported) {
		for _, item := range s.Items {
			fmt.Println(s.File, item.Incident, item.Stood)
		}
	}
	for n, e := os.Getpid()*1000, x.exporter(); ; n += 7 {
		for k := range 7 {
			x.incident(n+k, 11, 5)
		}
		x.show()
		if err := e.turn(context.Background()); err != nil {
			panic(err)
		}
	}
}

// TestKilledWriter kills a writer with -9 wherever it happens to be: whatever the log was
// told stands in a file that is whole, and no file has a torn line.
func TestKilledWriter(t *testing.T) {
	dir := t.TempDir()
	told := map[string][]string{} // by file: incidents
	for round := range 12 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), killedEnv+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		heard := bufio.NewScanner(out)
		for n := 0; heard.Scan(); n++ {
			var file, id, stood string
			if _, err := fmt.Sscan(heard.Text(), &file, &id, &stood); err != nil {
				continue // its last words
			}
			told[file] = append(told[file], id)
			if n == 3+round*5 {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // killed
	}
	files := lines(t, dir)
	for name, ids := range told {
		for _, id := range ids {
			if !slices.ContainsFunc(files[name], func(row map[string]any) bool { return row["id"] == id && len(row["timeline"].([]any)) == 5 }) {
				t.Errorf("the log was told that %s stands in %s; it does not", id, name)
			}
		}
	}
	if len(told) < 12 {
		t.Errorf("only %d files were written; this proves little", len(told))
	}
}

// TestLeftovers: what killed writers left goes after a day, what is being written stays.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	old, young, whole := filepath.Join(dir, "incidents-1.jsonl.part"), filepath.Join(dir, "incidents-2.jsonl.part"), filepath.Join(dir, "incidents-0.jsonl")
	for _, name := range []string{old, young, whole} {
		if err := os.WriteFile(name, []byte("{}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{old, whole} {
		if err := os.Chtimes(name, time.Time{}, time.Now().Add(-25*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := create(dir, "incidents", begin)
	if err != nil {
		t.Fatal(err)
	}
	f.discard()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 || left[0].Name() != filepath.Base(whole) || left[1].Name() != filepath.Base(young) {
		t.Errorf("left are %v (%v), want the whole file and the young one", left, err)
	}
}

// TestHolding finds the files that name a forgotten ticket, or hold an address.
func TestHolding(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"links-1.jsonl":     `{"source":"rt","ticket":"T-1"}` + "\n" + `{"source":"rt","ticket":"T-2"}` + "\n",
		"links-2.jsonl":     `{"source":"rt","ticket":"T-3"}` + "\n",
		"incidents-1.jsonl": `{"id":"HS-1","timeline":[{"text":"called joris@example.org"}]}` + "\n",
		"incidents-2.jsonl": `{"source":"rt","ticket":"T-2"}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Holding(dir, map[string]bool{"rt/T-2": true}, func(line string) bool { return strings.Contains(line, "joris@example.org") })
	if err != nil || fmt.Sprint(got) != "[incidents-1.jsonl links-1.jsonl]" {
		t.Errorf("found %v (%v)", got, err)
	}
}
