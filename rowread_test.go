package headstart

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

// sample has a member of each shape that rows have.
type sample struct {
	sampleHead
	Text   string               `json:"text"`
	Some   []string             `json:"some,omitempty"`
	When   time.Time            `json:"when,omitzero"`
	Until  *time.Time           `json:"until"`
	Small  int8                 `json:"small"`
	Big    int64                `json:"big"`
	Count  uint16               `json:"count"`
	Ratio  float64              `json:"ratio"`
	Took   time.Duration        `json:"took"`
	Title  Names                `json:"title"`
	Needs  Dependencies         `json:"needs"`
	Raw    json.RawMessage      `json:"raw,omitempty"`
	Bytes  []byte               `json:"bytes,omitempty"`
	Pair   [2]int               `json:"pair"`
	At     Cursor               `json:"at"`
	Labels map[string]string    `json:"labels"`
	Times  map[string]time.Time `json:"times,omitempty"`
	ByID   map[IncidentID]int   `json:"by_id,omitempty"`
	More   *sample              `json:"more,omitempty"`
	All    []sample             `json:"all,omitempty"`
	Any    any                  `json:"any,omitempty"`
	Hidden string               `json:"-"`
	Plain  string
	inner  string
}

type sampleHead struct {
	V  int  `json:"v"`
	On bool `json:"on"`
}

// rowSamples are rows, and what is nearly one.
func rowSamples(t testing.TB) []string {
	at := time.Date(2026, 11, 23, 8, 0, 0, 120_000_000, time.UTC)
	var out []string
	for _, x := range []any{
		sample{},
		sample{Labels: map[string]string{}, Some: []string{}, inner: "no"},
		sample{
			sampleHead: sampleHead{1, true}, Text: `a "quote" <b> café`, Some: []string{"x", ""}, When: at, Until: &at, Small: -7, Big: math.MinInt64, Count: 9, Ratio: 0.25,
			Took: time.Minute, Title: Names{"nl": "Storing", "en": "Outage"}, Needs: Dependencies{{"a"}, {"b", "c"}}, Raw: json.RawMessage(`{"x":[1,"}"]}`), Bytes: []byte("bytes"),
			Pair: [2]int{1, 2}, At: Cursor{Off: Offset{Ms: 5, Seq: 1}, Part: 3}, Labels: map[string]string{"a": "b", "c\n": "d"}, Times: map[string]time.Time{"x": at.In(time.FixedZone("", 3600))},
			ByID: map[IncidentID]int{"HS-1": 1}, More: &sample{Text: "deeper"}, All: []sample{{Text: "first"}, {Title: Names{"": "plain"}}}, Any: []any{"x", 1.5}, Plain: "untagged",
		},
	} {
		row, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(row))
	}
	return append(out,
		`{"v":1,"received":7,"lines":[{"alert":{"source":"a","labels":{"b":"c"}}},{"refresh":[{"fingerprint":"0a","source":"p","ends_at":"2026-11-23T08:00:00Z"}]},{"alert":null}]}`,
		`{"v":1,"x":{"gen":1,"at":[]}}`, `{"x":1,"v":1}`, `{"v":1,"x":1,"x":2}`, `{"v":1,"x":}`, `{"v":1,"TEXT":"x"}`, `{"v":1,"\u0074ext":"x"}`, `{"v":1,"x":1,}`, `{"v":1,"ſome":[]}`,
		`{"v":1,"seq":7}`, `{"text":"late","v":1}`, `{"v":1,"v":2}`, `{"V":1}`, ` {"v":1}`, `{"v":1} `, `{"v":1,}`, `{"v":01}`, `{"v":-0}`, `{"v":1e2}`, `{"v":null}`, `null`, ``, `{`, `{"some":]`, `{"some":[`,
		`{"some":["x",]}`, `{"small":128}`, `{"count":-1}`, `{"big":9223372036854775807}`, `{"text":"\u00e9"}`, "{\"text\":\"\x01\"}", "{\"text\":\"\xff\"}", `{"when":"2026-02-30T00:00:00Z"}`,
		`{"when":"2026-11-23T24:00:00Z"}`, `{"when":"2026-11-23T08:00:00.Z"}`, `{"when":"2026-11-23T08:00:00,5Z"}`, `{"when":"2026-11-23T08:00:00+01:00"}`, `{"when":"2026-11-23T08:00:60Z"}`, `{"when":null}`, `{"until":null}`, `{"title":null}`,
		`{"title":{"fr":"x"}}`, `{"labels":{"a":"b","a":"c"}}`, `{"labels":{"a":1}}`, `{"raw":{"x":}}`, `{"at":5}`, `{"pair":[1]}`, `{"any":{"x":[{}]}}`, `{"more":{"more":{"text":"x"}}}`, `{"title":`,
	)
}

// FuzzReadRow: of any bytes ReadRow makes what json.Unmarshal makes, or refuses them too.
func FuzzReadRow(f *testing.F) {
	for _, row := range rowSamples(f) {
		f.Add(row)
	}
	f.Fuzz(func(t *testing.T, row string) {
		for _, x := range []func() any{
			func() any { return new(sample) }, func() any { return new(Incident) }, func() any { return new(Announcement) }, func() any { return new(Decision) },
			func() any { return new(Problem) }, func() any { return new(AlertState) }, func() any { return new(Member) }, func() any { return new(TicketState) }, func() any { return new(Record) },
		} {
			want, got := x(), x()
			wrong, err := json.Unmarshal([]byte(row), want), ReadRow([]byte(row), got)
			if fmt.Sprint(err) != fmt.Sprint(wrong) || !reflect.DeepEqual(got, want) {
				t.Fatalf("%T of %q: %+v, %v; json.Unmarshal: %+v, %v", want, row, got, err, want, wrong)
			}
			got = x()
			if _ = readRowOnce([]byte(row), got); !reflect.DeepEqual(got, want) {
				t.Fatalf("%T of %q, its texts parts of one: %+v; json.Unmarshal: %+v", want, row, got, want)
			}
		}
	})
}

// TestRowsAreReadQuickly: what rows are written as never takes the long way.
func TestRowsAreReadQuickly(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for _, x := range []any{
		&Incident{V: 1, ID: "HS-1", Title: Names{"nl": "Printen werkt niet – Utrecht"}, OpenedAt: at, ClosedAt: &at, Tags: []string{}, ProblemCandidate: &ProblemCandidate{Count: 3, Days: 7}, LeadSeconds: new(int64)},
		&Announcement{V: 1, ID: "a", Languages: []string{"nl", "en"}, Updates: []Update{{}}},
		&Decision{V: 1, N: 7, At: at, Facts: []Fact{{"why", "x"}}},
		&Problem{V: 1, Onset: at, Alerts: []string{"0a"}},
		&AlertState{V: 1, Labels: map[string]string{"a": "b"}, StartsAt: at, Origins: map[string]time.Time{"x": at}},
		&Member{V: 1, Joined: at},
		&TicketState{},
		&Record{V: 1, Received: 7, Lines: []Line{{Alert: &Alert{Labels: map[string]string{"a": "b"}, StartsAt: at, EndsAt: at}}, {Refresh: []Refresh{{Fingerprint: "0a", EndsAt: at}}}, {Check: &Check{}}}},
	} {
		row, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		r := rowReader{b: row}
		if !rowShapeOf(reflect.TypeOf(x).Elem())(&r, reflect.New(reflect.TypeOf(x).Elem()).Elem()) || r.at != len(row) {
			t.Errorf("%T is left to encoding/json from %q on", x, row[min(len(row), max(0, r.at-40)):])
		}
		if strings.Contains(string(row), " {") {
			t.Errorf("%T is written with space in it", x)
		}
	}
}

func BenchmarkReadRow(b *testing.B) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for name, x := range map[string]any{
		"incident": &Incident{V: 1, ID: "HS-1", UID: "234f309be6c062f3", Title: Names{"nl": "Printen werkt niet – Utrecht", "en": "Printing does not work – Utrecht"}, State: Closed, Priority: "P4", Tags: []string{}, OpenedAt: at, StartedAt: at, ClosedAt: &at, Services: []string{"print"}, Locations: []string{"utrecht"}},
		"decision": &Decision{V: 1, N: 7, At: at, Rule: "A-24", Outcome: "drafted", Subject: "place-0944", Facts: []Fact{{"why", "bewijs 0 van 2"}}, Incident: "HS-2945"},
	} {
		row, err := json.Marshal(x)
		if err != nil {
			b.Fatal(err)
		}
		for how, read := range map[string]func([]byte, any) error{"row": ReadRow, "json": json.Unmarshal} {
			b.Run(name+"/"+how, func(b *testing.B) {
				b.SetBytes(int64(len(row)))
				b.ReportAllocs()
				for b.Loop() {
					if err := read(row, reflect.New(reflect.TypeOf(x).Elem()).Interface()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
