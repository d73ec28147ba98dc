package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"headstart"
	"headstart/configs"
	"headstart/correlate"
	"headstart/incidents"
	"headstart/store"
)

const (
	// pastDevices fail one after the other, each at a place of its own: those of one place
	// would be one incident.
	pastDevices = 1000

	// pastRound is the time in which each of them fails once, for a minute. It is longer
	// than an incident waits for its cause to come back.
	pastRound = 40 * time.Minute

	// pastDecided is how many incidents the engine itself decides; the others are copies of
	// their rows. Deciding all would take minutes, and is not what is measured.
	pastDecided = 2 * pastDevices
)

// writePast writes a store with n incidents that are over, n a multiple of pastDecided, and
// returns the configuration of a service on it.
func writePast(b *testing.B, n int) (config string) {
	b.Helper()
	if n%pastDecided != 0 {
		b.Fatalf("%d incidents are not a multiple of %d", n, pastDecided)
	}
	config = pastOrganisation(b)
	cfg, err := configs.Load(configs.Source{File: config})
	if err != nil {
		b.Fatal(err)
	}
	p := &past{b: b}
	p.clock.Store(time.Now().Add(-72 * time.Hour).UnixNano())
	if p.store, err = store.OpenBolt(boltFile(cfg), store.BoltOptions{NoSync: true, Now: p.now}); err != nil {
		b.Fatal(err)
	}
	if _, err := recordConfig(b.Context(), p.store, cfg); err != nil {
		b.Fatal(err)
	}
	p.fail()
	p.decide()
	p.copies(n)
	if err := p.store.Close(); err != nil {
		b.Fatal(err)
	}
	return config
}

// pastOrganisation writes a configuration with pastDevices devices, none of which fails
// because of another, and in which many that fail are no storm.
func pastOrganisation(b *testing.B) (config string) {
	b.Helper()
	dir := b.TempDir()
	catalog := map[string][]map[string]any{}
	for i := range pastDevices {
		place, service := fmt.Sprintf("place-%04d", i), fmt.Sprintf("service-%04d", i)
		catalog["locations"] = append(catalog["locations"], map[string]any{"id": place, "name": fmt.Sprintf("Gebouw %d", i)})
		catalog["services"] = append(catalog["services"], map[string]any{"id": service, "name": fmt.Sprintf("Dienst %d", i)})
		catalog["devices"] = append(catalog["devices"], map[string]any{"id": pastDevice(i), "location": place, "services": []string{service}, "people": 20})
	}
	text, err := json.Marshal(catalog)
	if err != nil {
		b.Fatal(err)
	}
	write(b, filepath.Join(dir, "catalog.yml"), string(text))
	config = filepath.Join(dir, "headstart.yml")
	write(b, config, fmt.Sprintf(`listen: 127.0.0.1:0
data_dir: %s
catalog: [catalog.yml]
correlation: {storm: {causes: 10000}, group: {assets: 10000}}
`, filepath.Join(dir, "data")))
	return config
}

// moveToRedis writes what the embedded store of config holds to a Redis server, and returns
// the configuration of a service on that.
func moveToRedis(b *testing.B, config, address string) string {
	b.Helper()
	cfg, err := configs.Load(configs.Source{File: config})
	if err != nil {
		b.Fatal(err)
	}
	from, err := store.OpenBolt(boltFile(cfg), store.BoltOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	to, err := store.OpenRedis(b.Context(), store.RedisOptions{Addresses: []string{address}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = to.Close() }()
	copyRows(b, from, to)
	text, err := os.ReadFile(config)
	if err != nil {
		b.Fatal(err)
	}
	write(b, config, fmt.Sprintf("%sstore: {mode: redis, addresses: [%q]}\n", text, address))
	return config
}

// copyRows commits the rows of one store to another that is empty, at the same cursor.
func copyRows(b *testing.B, from, to store.Store) {
	b.Helper()
	const atOnce = 5000
	ctx := b.Context()
	head, err := from.Head(ctx)
	if err != nil {
		b.Fatal(err)
	}
	token, _, err := to.Acquire(ctx, "past", time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	batch := headstart.Batch{Token: token, Next: head}
	commit := func() error {
		err := to.Commit(ctx, batch)
		batch.Prev, batch.Ops = head, nil
		return err
	}
	for _, table := range headstart.AllTables() {
		err := from.Scan(ctx, table, func(r headstart.Row) error {
			batch.Ops = append(batch.Ops, headstart.Op{Kind: headstart.Put, Table: table, Key: r.Key, Val: bytes.Clone(r.Val)})
			if len(batch.Ops) < atOnce {
				return nil
			}
			return commit()
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := errors.Join(commit(), to.Release(ctx, token)); err != nil {
		b.Fatal(err)
	}
}

func pastDevice(i int) string { return fmt.Sprintf("host-%05d", i%pastDevices) }

// past is a store that is being written, as if at the time of its own clock.
type past struct {
	b     *testing.B
	store *store.Bolt
	clock atomic.Int64 // Unix nanoseconds
}

func (p *past) now() time.Time { return time.Unix(0, p.clock.Load()) }

// fail logs that one device after the other fails and is well again, until there are
// pastDecided incidents, all of them over.
func (p *past) fail() {
	const apart = pastRound / pastDevices
	began := p.now()
	for i := range pastDecided {
		fails := began.Add(time.Duration(i) * apart)
		p.pass(fails)
		logged := []headstart.Line{{Alert: pastAlert(i, fails, fails.Add(time.Hour))}}
		if well := i - int(time.Minute/apart) - 1; well >= 0 {
			logged = append(logged, headstart.Line{Alert: pastAlert(well, fails.Add(-time.Minute), fails)})
		}
		p.append(headstart.NewRecord(fails, logged...))
	}
	p.pass(p.now().Add(pastRound))
}

// pass lets time pass, with a tick every twenty seconds, as of a service in which deadlines
// fall due all the time.
func (p *past) pass(until time.Time) {
	const tick = 20 * time.Second
	for next := p.now().Add(tick); next.Before(until); next = next.Add(tick) {
		p.clock.Store(next.UnixNano())
		p.append(headstart.Record{V: 1})
	}
	p.clock.Store(until.UnixNano())
}

func (p *past) append(r headstart.Record) {
	if _, err := p.store.Append(p.b.Context(), []headstart.Append{{Data: r.Encode()}}); err != nil {
		p.b.Fatal(err)
	}
}

func pastAlert(i int, starts, ends time.Time) *headstart.Alert {
	return &headstart.Alert{
		Source: "prom-a", Labels: map[string]string{"alertname": "HostDown", "device": pastDevice(i), "severity": "critical", "job": "snmp"},
		Annotations: map[string]string{"summary": "does not answer"},
		StartsAt:    starts, EndsAt: ends, GeneratorURL: "http://prometheus.example.org:9090/graph?g0.expr=up",
	}
}

// decide has the engine decide on all that was logged.
func (p *past) decide() {
	ctx, cancel := context.WithCancel(p.b.Context())
	defer cancel()
	e := incidents.New(incidents.Options{
		Store: p.store, NewCorrelator: func() incidents.Correlator { return correlate.NewState() }, Makers: makers(), Owner: "past",
		Logger: slog.New(slog.DiscardHandler),
	})
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	waitFor(p.b, time.Minute, "the engine to have decided", e.Leading)
	cancel()
	if err := <-done; err != nil {
		p.b.Fatal(err)
	}
}

// copies writes the rows of what was decided again and again, each time under other
// numbers, until there are n incidents.
func (p *past) copies(n int) {
	ctx := p.b.Context()
	decided := p.rows()
	if len(decided) != pastDecided {
		p.b.Fatalf("%d incidents were decided, want %d", len(decided), pastDecided)
	}
	token, _, err := p.store.Acquire(ctx, "past", time.Hour)
	if err != nil {
		p.b.Fatal(err)
	}
	at, err := p.store.Head(ctx)
	if err != nil {
		p.b.Fatal(err)
	}
	for round := 1; round < n/pastDecided; round++ {
		ops := p.counters(n)
		for seq, rows := range decided {
			ops = append(ops, copyOf{round: round, from: seq, to: seq + round*pastDecided}.rows(rows)...)
		}
		if err := p.store.Commit(ctx, headstart.Batch{Token: token, Prev: at, Next: at, Ops: ops}); err != nil {
			p.b.Fatal(err)
		}
	}
	if err := p.store.Release(ctx, token); err != nil {
		p.b.Fatal(err)
	}
}

// incidentOf finds the number of the incident in a row of a table; that of its group is
// the same here.
var incidentOf = map[string]*regexp.Regexp{
	headstart.TableGroups:        regexp.MustCompile(`"id":(\d+),`),
	headstart.TableMembers:       regexp.MustCompile(`"group":(\d+),`),
	headstart.TableIncidents:     regexp.MustCompile(`"id":"HS-(\d+)"`),
	headstart.TableTimeline:      regexp.MustCompile(`"incident":"HS-(\d+)"`),
	headstart.TableAnnouncements: regexp.MustCompile(`"incident":"HS-(\d+)"`),
	headstart.TableDeadlines:     regexp.MustCompile(`"key":"HS-(\d+)"`),
}

// rows are those of each incident, by its number.
func (p *past) rows() map[int][]headstart.Op {
	out := map[int][]headstart.Op{}
	for table, number := range incidentOf {
		p.scan(table, func(r headstart.Row) error {
			m := number.FindSubmatch(r.Val)
			if m == nil {
				return nil // a deadline of something else
			}
			seq, err := strconv.Atoi(string(m[1]))
			out[seq] = append(out[seq], headstart.Op{Kind: headstart.Put, Table: table, Key: r.Key, Val: bytes.Clone(r.Val)})
			return err
		})
	}
	return out
}

// counters are the rows that say which numbers were given, as they are with n incidents.
func (p *past) counters(n int) (out []headstart.Op) {
	incident, deadline := regexp.MustCompile(`"(groups|last)":\d+`), regexp.MustCompile(`"timer":\d+`)
	p.scan(headstart.TableClock, func(r headstart.Row) error {
		val := incident.ReplaceAll(r.Val, fmt.Appendf(nil, `"$1":%d`, n))
		val = deadline.ReplaceAll(val, fmt.Appendf(nil, `"timer":%d`, (n/pastDecided)*deadlinesApart))
		out = append(out, headstart.Op{Kind: headstart.Put, Table: headstart.TableClock, Key: r.Key, Val: val})
		return nil
	})
	return out
}

func (p *past) scan(table string, each func(headstart.Row) error) {
	if err := p.store.Scan(p.b.Context(), table, each); err != nil {
		p.b.Fatal(err)
	}
}

// deadlinesApart keeps the numbers of the deadlines of one round from those of the next.
const deadlinesApart = 1_000_000

// copyOf is an incident under another number.
type copyOf struct{ round, from, to int }

// uidOf finds what an incident is called outside.
var uidOf = regexp.MustCompile(`"uid":"(\w{4})(\w+)"`)

func (c copyOf) rows(rows []headstart.Op) []headstart.Op {
	words := []string{
		fmt.Sprintf(`"HS-%d"`, c.from), fmt.Sprintf(`"HS-%d"`, c.to), fmt.Sprintf(`"seq":%d,`, c.from), fmt.Sprintf(`"seq":%d,`, c.to),
		fmt.Sprintf(`"id":%d,`, c.from), fmt.Sprintf(`"id":%d,`, c.to), fmt.Sprintf(`"group":%d,`, c.from), fmt.Sprintf(`"group":%d,`, c.to),
	}
	for _, r := range rows {
		if r.Table == headstart.TableIncidents {
			uid := uidOf.FindSubmatch(r.Val)
			words = append(words, string(uid[1])+string(uid[2]), fmt.Sprintf("%04x%s", c.round, uid[2]))
		}
	}
	other := strings.NewReplacer(words...)
	out := make([]headstart.Op, len(rows))
	for i, r := range rows {
		r.Val = []byte(other.Replace(string(r.Val)))
		switch r.Table {
		case headstart.TableGroups:
			r.Key = fmt.Sprintf("%012d", c.to)
		case headstart.TableMembers:
			r.Key = fmt.Sprintf("%012d%s", c.to, r.Key[12:])
		case headstart.TableIncidents:
			r.Key = fmt.Sprintf("HS-%d", c.to)
		case headstart.TableTimeline:
			r.Key = fmt.Sprintf("%08d%s", c.to, r.Key[8:])
		case headstart.TableAnnouncements:
			r.Key = other.Replace(r.Key)
		case headstart.TableDeadlines:
			r = c.deadline(r)
		}
		out[i] = r
	}
	return out
}

// deadline gives a deadline, whose key is its number, another.
func (c copyOf) deadline(r headstart.Op) headstart.Op {
	old := strings.TrimLeft(r.Key, "0")
	n, err := strconv.Atoi(old)
	if err != nil {
		panic(fmt.Sprintf("deadline %q has no number for its key", r.Key))
	}
	n += c.round * deadlinesApart
	r.Key = fmt.Sprintf("%012d", n)
	r.Val = []byte(strings.Replace(string(r.Val), `"n":`+old+`,`, fmt.Sprintf(`"n":%d,`, n), 1))
	return r
}
