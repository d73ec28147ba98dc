package headstart

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// Event is one line of the log as the engine applies it: when, and exactly one
// thing that was observed, commanded or configured, or nothing (a tick).
type Event struct {
	Off Offset // of its record
	N   int    // number of the line within its record, from 0

	// At is when the log accepted the record; it never goes backwards and is
	// the only clock decisions know.
	At time.Time

	// Received is when it first arrived, stamped in the record itself, so that a
	// record replayed after a failover keeps it. Identity only (ruling 6).
	Received time.Time

	Line

	// Ahead is what a Scout found out about it; nil: none looked.
	Ahead any
}

// Scout finds out what events say by themselves, before and beside who applies them.
// It knows nothing that decisions change, so what it finds changes none: an event no
// Scout looked at is applied alike.
type Scout interface {
	// Look notes in each event what it found. That serves until the next Look.
	Look(events []Event)
}

// Line is the content of an event: at most one field is set, none is a tick.
type Line struct {
	Config      *LogConfig         `json:"config,omitempty"`
	Alert       *Alert             `json:"alert,omitempty"`
	Refresh     []Refresh          `json:"refresh,omitempty"`
	Check       *Check             `json:"check,omitempty"`
	Ticket      *Ticket            `json:"ticket,omitempty"`
	Maintenance *MaintenanceWindow `json:"maintenance,omitempty"`
	Silence     *Silence           `json:"silence,omitempty"`
	Confirm     *Confirm           `json:"confirm,omitempty"`
	Command     *Command           `json:"command,omitempty"`
	Model       *Model             `json:"model,omitempty"`
	Delivery    *Delivery          `json:"delivery,omitempty"`
}

// Kind names what l holds, for metrics: "alert", "check", ... or "tick".
func (l Line) Kind() string {
	switch {
	case l.Config != nil:
		return "config"
	case l.Alert != nil:
		return "alert"
	case len(l.Refresh) > 0:
		return "refresh"
	case l.Check != nil:
		return "check"
	case l.Ticket != nil:
		return "ticket"
	case l.Maintenance != nil:
		return "maintenance"
	case l.Silence != nil:
		return "silence"
	case l.Confirm != nil:
		return "confirm"
	case l.Command != nil:
		return "command"
	case l.Model != nil:
		return "model"
	case l.Delivery != nil:
		return "delivery"
	default:
		return "tick"
	}
}

// count returns how many of the fields are set.
func (l Line) count() int {
	n := 0
	for _, set := range []bool{
		l.Config != nil, l.Alert != nil, len(l.Refresh) > 0, l.Check != nil, l.Ticket != nil, l.Maintenance != nil,
		l.Silence != nil, l.Confirm != nil, l.Command != nil, l.Model != nil, l.Delivery != nil,
	} {
		if set {
			n++
		}
	}
	return n
}

// Record is one entry of the log: everything one request brought, in order. A
// record without lines is a tick.
type Record struct {
	V        int    `json:"v"`                  // 1
	Received int64  `json:"received,omitempty"` // Unix milliseconds on arrival
	Lines    []Line `json:"lines,omitempty"`
}

// NewRecord returns a record of lines received at at.
func NewRecord(at time.Time, lines ...Line) Record {
	return Record{V: 1, Received: at.UnixMilli(), Lines: lines}
}

// Encode renders r as the log stores it.
func (r Record) Encode() []byte {
	b, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("headstart: encode record: %v", err)) // only types of ours: a programmer's error
	}
	return b
}

// DecodeRecord reads what Encode wrote.
func DecodeRecord(data []byte) (Record, error) {
	var r Record
	if err := ReadRow(data, &r); err != nil {
		return Record{}, fmt.Errorf("decode record: %w", err)
	}
	if r.V != 1 {
		return Record{}, fmt.Errorf("record has version %d, this program reads 1; use a newer headstart", r.V)
	}
	for i, l := range r.Lines {
		if l.count() != 1 {
			return Record{}, fmt.Errorf("line %d of a record holds %d things, want one", i, l.count())
		}
	}
	return r, nil
}

// Events returns the lines of e in order; a tick is one event without content.
func (r Record) Events(off Offset) []Event { return r.AppendEvents(nil, off) }

// AppendEvents appends them to a list.
func (r Record) AppendEvents(events []Event, off Offset) []Event {
	received := off.At()
	if r.Received != 0 {
		received = time.UnixMilli(r.Received).UTC()
	}
	if len(r.Lines) == 0 {
		return append(events, Event{Off: off, At: off.At(), Received: received})
	}
	events = slices.Grow(events, len(r.Lines))
	for i, l := range r.Lines {
		events = append(events, Event{Off: off, N: i, At: off.At(), Received: received, Line: l})
	}
	return events
}

// FileLine is one line of a log kept as a file (CONTRACT section 3).
type FileLine struct {
	At       time.Time `json:"at"`
	Received time.Time `json:"received,omitzero"` // when it differs from At

	// Blind says that nobody looked for so long from At on: deadlines move by as
	// much (ruling 5). Only a log written by hand needs it; one with ticks of its
	// own shows it by their absence.
	Blind model.Duration `json:"blind,omitempty"`

	Line
}

// DecodeFileLine reads one line of a log file. Unknown keys are errors, since a
// misspelt key would silently replay as a tick.
func DecodeFileLine(data []byte) (FileLine, error) {
	var l FileLine
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return FileLine{}, misread(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return FileLine{}, errors.New("more than one object on the line; write one object a line")
	}
	if l.At.IsZero() {
		return FileLine{}, errors.New(`"at" is missing; write when the log accepted the event, as RFC 3339`)
	}
	if n := l.count(); n > 1 {
		return FileLine{}, fmt.Errorf("%d of alert, check, ticket, ... on one line; write one of them, or none for a tick", n)
	}
	switch {
	case l.Blind < 0:
		return FileLine{}, fmt.Errorf("blind is %s; write how long nobody looked, such as 8h", l.Blind)
	case l.Blind > 0 && l.count() > 0:
		return FileLine{}, errors.New("blind stands beside something that was seen; write it on a line of its own")
	}
	return l, nil
}

// misread says what encoding/json found, in the words of who writes logs by hand.
func misread(err error) error {
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("unknown key %s; correct its name, or take it out", name)
	}
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
		return fmt.Errorf("%s is of the kind %s, which does not fit; correct the value", cmp.Or(wrong.Field, "the line"), wrong.Value)
	}
	if bad := new(time.ParseError); errors.As(err, &bad) {
		return fmt.Errorf("%q is no time; write one such as 2026-11-23T08:00:00+01:00", strings.Trim(bad.Value, `"`))
	}
	return fmt.Errorf("%w; write one JSON object a line", err)
}

// StatusPage is a page that readers of a message can open without a link of their own.
// Empty lists cover everything.
type StatusPage struct {
	URL       string   `json:"url"` // absolute
	Services  []string `json:"services,omitempty"`
	Locations []string `json:"locations,omitempty"`
}

// Covers reports whether the page shows something of what is hit; a hit without any
// service or place is everywhere.
func (p *StatusPage) Covers(services, locations []string) bool {
	return touches(p.Services, services) && touches(p.Locations, locations)
}

// LogConfig is the configuration as the log holds it: the engine decides with
// what the log says, never with what a file says now, so that a replay needs
// nothing but the log. Secrets are never part of it.
type LogConfig struct {
	Engine       int    `json:"engine"`                 // version of the rules, EngineVersion
	Ticks        bool   `json:"ticks,omitempty"`        // the log holds its own ticks (ruling 5)
	Hash         string `json:"hash,omitempty"`         // over everything below
	Installation string `json:"installation,omitempty"` // random id of the first start

	Language    string          `json:"language,omitempty"` // nl or en; empty: nl
	Timezone    string          `json:"timezone,omitempty"` // IANA name; empty: Europe/Amsterdam
	Contact     string          `json:"contact,omitempty"`
	ExternalURL string          `json:"external_url,omitempty"` // of the desk
	Pages       []StatusPage    `json:"pages,omitempty"`        // that messages may link to, the first that covers them
	Calendar    *Calendar       `json:"calendar,omitempty"`
	Correlation json.RawMessage `json:"correlation,omitempty"` // correlate.Config; absent: its defaults
	Alerts      json.RawMessage `json:"alerts,omitempty"`      // correlate.Placing; absent: its defaults
	Announce    json.RawMessage `json:"announce,omitempty"`    // incidents.Announce; absent: its defaults
	Escalation  json.RawMessage `json:"escalation,omitempty"`  // incidents.Escalation; absent: its defaults
	Matching    json.RawMessage `json:"matching,omitempty"`    // correlate.Matching
	Catalog     *Catalog        `json:"catalog,omitempty"`
	Notices     map[string]int  `json:"notices,omitempty"` // asset: seconds until our slowest probe of it knows that it fails
	Audiences   []Audience      `json:"audiences,omitempty"`
	Channels    []ChannelInfo   `json:"channels,omitempty"`
	Route       string          `json:"route,omitempty"` // operators' route: as YAML, Alertmanager's syntax; with time intervals a document that holds both
	Inhibit     []InhibitRule   `json:"inhibit_rules,omitempty"`

	Desk          *Desk          `json:"desk,omitempty"`           // nil: nobody said who works when
	SupportGroups []SupportGroup `json:"support_groups,omitempty"` // none: nothing is escalated

	// KeepIncidents is how long an incident that is over stays known, in whole days
	// rounded up (retention.incidents); zero: 400 days.
	KeepIncidents model.Duration `json:"keep_incidents,omitempty"`

	// KeepLinks is how long tickets and their links stay known after they were last
	// heard of (retention.links), KeepNotes how long notes of the desk do once they are
	// over (retention.titles), KeepAudit how long it is known who had what forgotten or
	// exported (retention.audit); zero: 90, 30 and 400 days.
	KeepLinks model.Duration `json:"keep_links,omitempty"`
	KeepNotes model.Duration `json:"keep_notes,omitempty"`
	KeepAudit model.Duration `json:"keep_audit,omitempty"`

	// ExportFirst: incidents, messages of planned work and linked tickets are forgotten
	// when the log says that they stand in a file (retention.export_dir), not before.
	ExportFirst bool `json:"export_first,omitempty"`

	// OwnWords are the lines of messages to users that the organisation words itself,
	// by key (announce.templates); what it leaves out is said in ours.
	OwnWords map[string]string `json:"own_words,omitempty"`

	Systems []TicketSystem `json:"ticket_systems,omitempty"` // those that are written to

	Report *ReportPlan `json:"report,omitempty"` // nil: no report is sent
}

// EngineVersion is the version of the decision rules; replay is byte for byte
// the same for one version (ruling 8).
const EngineVersion = 11

// ShippedWeights is the version of the weights the matcher has before it learns: it
// grows with each change of them.
const ShippedWeights = 2

// Refresh says that an alert already known is still alive. It decides nothing.
type Refresh struct {
	Fingerprint string    `json:"fingerprint"`
	Source      string    `json:"source"` // its origin
	EndsAt      time.Time `json:"ends_at,omitzero"`

	// Gone says the opposite, and no more than that: no Alertmanager lists the
	// alert any longer. Who held it without naming an end holds it no more; that
	// ends it as expired, never as resolved (rulings 14, 15).
	Gone bool `json:"gone,omitempty"`
}

// Confirm is one "Ik heb dit ook", or "Bij mij werkt het", of a reader of the status page.
type Confirm struct {
	Incident string `json:"incident,omitempty"`
	Service  string `json:"service,omitempty"`
	Location string `json:"location,omitempty"`
	Device   string `json:"device,omitempty"` // random id of a signed cookie
	Channel  string `json:"channel,omitempty"`

	// Inside: it came from a network of the organisation, or after a log-in. Only
	// such a one may count towards a suspicion (ruling 42); it is never evidence.
	Inside bool `json:"inside,omitempty"`

	// Works: it works for this reader. It is counted apart.
	Works bool `json:"works,omitempty"`
}

// Suspicion is a service that people at a place say does not work, from inside the
// organisation and close together, while no incident explains it.
type Suspicion struct {
	Service, Location string
	Since             time.Time // of the first of them
	Devices           int       // how many said so, each once
	Within            time.Duration
}

// Model is a nightly refit of the matcher's weights.
type Model struct {
	Version int                `json:"version"`
	Weights map[string]float64 `json:"weights"`

	// Shipped is the ShippedWeights it was fitted around, zero before they had a
	// version. Beside others its weights would mean something else: until the next
	// refit only its words count.
	Shipped int `json:"shipped,omitempty"`
}

// Delivery is what became of one message owed. It is no decision; it takes the
// message off the outbox, or puts it off.
type Delivery struct {
	Key     string          `json:"key"`
	Outcome string          `json:"outcome"` // sent, retry, dead
	Handle  json.RawMessage `json:"handle,omitempty"`
	RetryAt time.Time       `json:"retry_at,omitzero"`
	Attempt int             `json:"attempt,omitempty"` // failed attempts so far; to be asked to wait is none
	Again   int             `json:"again,omitempty"`   // the Notice.Again it is about
	Err     string          `json:"err,omitempty"`     // without secrets
}
