package web

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/lang"
)

const (
	fullCards  = 20 // incidents drawn whole; the rest are lines
	looseShown = 8
	smallShown = 12

	unplacedShown = 5 // alerts the catalog has no place for; GET /api/v1/catalog lists all
)

// boardPage is the board: what is wrong now, and what waits for a person.
type boardPage struct {
	frame
	board
	Now   time.Time // of frame and board
	Write bool
}

// board is what the live regions show. It depends on the view, the checks, the
// viewer, the language and the minute alone.
type board struct {
	Now   time.Time
	Write bool

	Headline, Lead                        string
	Quiet                                 bool // nothing is wrong
	Linked, Loose, Confirmed              int
	ChecksRunning, ChecksTotal, ChecksBad int
	ChecksAgo                             string // empty: there are no checks

	Cards []card
	More  []card // beyond fullCards

	Own   bool // only what the reader works on is shown
	Named bool // the reader has a name, so that something can be his
	Elses int  // incidents left out because of Own

	Hushed string // until when all messages are held, in words; empty: they are not
	Hushes bool   // the reader may hold them

	Drafts  []draft
	Dead    int // messages that were given up
	Planned []window
	Day     dayChart
	Tickets []looseTicket
	Desk    deskPart

	// Offer is how many drafts in a row went out unchanged, and OfferLine what to write
	// to let messages go by themselves; empty: that is not offered.
	Offer, OfferLine string

	Agents []agentLine // of sites

	Unplaced     []headstart.UnplacedAlert // failing, and not in the catalog
	MoreUnplaced int
	Aliases      []headstart.AliasProposal // words of users that the catalog lacks
	Small        []smallThing
	Fine         []string // names of services that work

	// Foot is how the service itself does, in a few words; empty: nobody knows.
	Foot string
}

// smallThing is a check that warns: no hurry, but today.
type smallThing struct {
	Word, Text string
	At         time.Time
	Trend      template.HTML // how its latest runs went; empty: nobody remembers them
}

func (s *Site) serveBoard(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	p := boardPage{frame: s.frame(r, "now", s.say(r).Say("nav.now"))}
	id := headstart.IdentityFrom(r.Context())
	t := topic{language: s.language(r), viewer: s.viewer(r), write: p.frame.Write, user: id.Name}
	p.frame.Topics = "board"
	if t.own = id.Name != "" && r.URL.Query().Get("own") != ""; t.own {
		p.frame.Topics = "board:own"
	}
	p.board = s.board(t)
	p.Now, p.Write = p.board.Now, p.board.Write
	s.fillWords(r.Context(), &p.board, t.viewer)
	s.render(w, r, http.StatusOK, "board", p)
}

// board gathers the board.
func (s *Site) board(t topic) board {
	say, now, v, language := s.words[t.language], s.now(), t.viewer, t.language
	b := board{Now: now, Write: t.write, Own: t.own, Named: t.user != ""}
	live, loose := v.known(s.liveIncidents()), v.tickets(s.looseTickets())
	shown := live
	if t.own {
		shown = slices.DeleteFunc(slices.Clone(live), func(i *headstart.Incident) bool { return i.Owner != t.user || !v.sees(i) })
		b.Elses = len(live) - len(shown)
	}
	cards := s.cards(shown, alikeOf(loose, shown[:min(len(shown), fullCards)]), say, v, now)
	b.Cards, b.More = cards[:min(len(cards), fullCards)], cards[min(len(cards), fullCards):]
	b.headline(live, say, now)
	b.Drafts, b.Dead = s.drafts(v), len(deadLettersFor(v))
	b.Tickets = s.suggestedTickets(loose, say, v)
	b.Loose = len(loose)
	b.Hushed, b.Hushes = s.hushedUntil(say, now), t.write && v.everywhere()
	b.checks(v.checks(s.o.Checks()), s.o.Trend, s.o.View.Catalog(), say, now)
	b.Fine = s.fineServices(live, language)
	b.Planned, b.Day = s.today(say, v, now)
	b.Desk = s.deskPart(say, v, now, boardNotes)
	for _, n := range s.o.View.Desk() {
		if n.Kind == headstart.NoteOffer {
			b.Offer, b.OfferLine = n.Text, headstart.AutoLine
		}
	}
	b.Agents = s.agents(say, v, now)
	b.Unplaced = v.unplaced()
	if n := len(b.Unplaced); n > unplacedShown {
		b.Unplaced, b.MoreUnplaced = b.Unplaced[:unplacedShown], n-unplacedShown
	}
	if d := s.diagnose(context.Background(), say); d != nil { // a page of now: no request waits for it
		b.Foot = d.foot()
	}
	return b
}

// liveIncidents are those that disrupt, or may: worst first, then oldest. The list
// belongs to the caller, the incidents to the view.
func (s *Site) liveIncidents() (live []*headstart.Incident) {
	for i := range s.o.View.EachIncident() {
		if i.Live() {
			live = append(live, i)
		}
	}
	slices.SortStableFunc(live, func(a, b *headstart.Incident) int {
		if c := strings.Compare(a.Priority, b.Priority); c != 0 {
			return c
		}
		return a.Seq - b.Seq
	})
	return live
}

// headline says in one sentence how many people are hit, and in a second who
// was first: our message or a user.
func (b *board) headline(live []*headstart.Incident, say *lang.Words, now time.Time) {
	people := 0
	var announced, called *time.Time
	for _, i := range live {
		people += i.People
		b.Linked += i.Tickets.Linked
		b.Confirmed += i.Confirmations
		announced = earlier(announced, i.AnnouncedAt)
		called = earlier(earlier(called, i.Tickets.FirstAt), i.FirstCallerAt)
	}
	b.Quiet = len(live) == 0
	switch {
	case b.Quiet:
		b.Headline = say.Say("board.quiet")
	case people == 0:
		b.Headline = say.Say("board.running", "n", len(live))
	default:
		b.Headline = say.Say("board.hit", "n", len(live), "people", say.Say("word.people", "n", people))
	}
	switch {
	case announced != nil && called != nil:
		b.Lead = say.Say("board.lead", "message", say.When(*announced, now), "caller", say.When(*called, now))
	case announced != nil:
		b.Lead = say.Say("board.lead.message", "message", say.When(*announced, now))
	case called != nil:
		b.Lead = say.Say("board.lead.caller", "caller", say.When(*called, now))
	case !b.Quiet:
		b.Lead = say.Say("board.lead.none")
	}
}

func earlier(a, b *time.Time) *time.Time {
	if a == nil || (b != nil && b.Before(*a)) {
		return b
	}
	return a
}

// checks counts what runs and lists what warns.
func (b *board) checks(results []headstart.CheckResult, trend func(probe, asset string) []headstart.CheckSample, cat *headstart.Catalog, say *lang.Words, now time.Time) {
	var last time.Time
	for _, r := range results {
		b.ChecksTotal++
		if r.Verdict != headstart.Unknown {
			b.ChecksRunning++
		}
		if r.Verdict != headstart.OK {
			b.ChecksBad++
		}
		if r.At.After(last) {
			last = r.At
		}
		if r.Verdict == headstart.Warn && len(b.Small) < smallShown {
			b.Small = append(b.Small, smallThing{Word: smallWord(r, say), Text: subject(r, cat, say.Lang), At: r.At, Trend: spark(trend(r.Probe, r.Asset), say)})
		}
	}
	if !last.IsZero() {
		b.ChecksAgo = say.Span(now.Sub(last))
	}
}

// smallWord names what a check warns of: its first condition worth a line.
func smallWord(r headstart.CheckResult, say *lang.Words) string {
	for _, c := range r.Conditions {
		if c.Effect == headstart.EffectNone {
			continue
		}
		word := say.SayOr("condition.", c.Name, "")
		if word != "" && c.Detail != "" {
			return word + ": " + c.Detail
		}
		return cmp.Or(c.Detail, word, c.Name)
	}
	if r.Reason != "" {
		return say.Reason(r.Reason)
	}
	return say.Say("board.small.warn")
}

// subject names what a check is about, with its place.
func subject(r headstart.CheckResult, cat *headstart.Catalog, language string) string {
	name := assetName(cat, r.Asset, language)
	if name == "" {
		name = serviceName(cat, r.Service, language)
	}
	if name == "" {
		name = r.Target
	}
	if l := cat.LocationByID(r.Location); l != nil {
		name += ", " + l.Name.In(language)
	}
	return name
}

// fineServices are the services no live incident touches.
func (s *Site) fineServices(live []*headstart.Incident, language string) []string {
	hit := map[string]bool{}
	for _, i := range live {
		for _, id := range i.Services {
			hit[id] = true
		}
	}
	for _, r := range s.o.Checks() {
		if r.Verdict == headstart.Down && r.Service != "" && r.Asset == "" {
			hit[r.Service] = true
		}
	}
	var fine []string
	for _, svc := range s.o.View.Catalog().Services {
		if !hit[svc.ID] && !svc.Confidential {
			fine = append(fine, nameOf(svc.Name, svc.ID, language))
		}
	}
	slices.Sort(fine)
	return fine
}
