package web

import (
	"cmp"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"time"

	"headstart"
	"headstart/lang"
)

// card is one live incident on the board, and the head of its own page.
type card struct {
	ID     headstart.IncidentID
	Hidden bool // confidential, and the viewer may not see it
	Title  string
	Level  string // red amber blue green grey
	Word   string // "Grote storing"
	Who    string
	Line   string // of support it lies with, in words; empty: nobody said
	Acked  bool
	Acts   bool // the viewer may act on it

	Promise string // "Bericht beloofd om 08:30, over 6 min"; empty: none
	Late    bool   // the promise has passed or is near

	Since, For       string
	People           int
	Linked, Possible int
	Confirmed        int
	WorksFor         int // readers of the status page who said that it works for them

	Cause    string
	Things   []mapLink // the probable cause, as far as it has a page
	Evidence []fact
	Known    []headstart.KnownOffer // what it looks like, the best first; the caller adds it
	Spoken   []spoken               // what to say on the telephone; empty: users were told nothing
	Map      template.HTML
	Open     bool // it still runs

	Alike   []string // keys of tickets that look like being about it, the likeliest first
	Callers int      // counted without a ticket
	Once    string   // makes the button that counts a caller count one
}

// fact is a short fact beside the cause, with where more is said of it, if anywhere.
type fact struct{ Text, Href string }

// spoken is what to say to a caller, in one language.
type spoken struct{ Lang, Name, Text string }

// cards describes live incidents, those after fullCards in a line each; alike are the loose tickets that may be about each.
func (s *Site) cards(live []*headstart.Incident, alike map[headstart.IncidentID][]string, say *lang.Words, v viewer, now time.Time) []card {
	told, out := s.told(), make([]card, len(live))
	known := offers(s.o.Known, live[:min(len(live), fullCards)], say, v)
	for n, i := range live {
		if n >= fullCards {
			out[n] = s.cardLine(i, told[i.ID], say, v, now)
			continue
		}
		out[n] = s.card(i, told[i.ID], say, v, now)
		out[n].Known = known[i.ID]
		if v.sees(i) {
			out[n].Map = s.dependencyMap(i, say)
			out[n].Alike = alike[i.ID]
		}
	}
	return out
}

// told are the announcements by each of the incidents they speak for.
func (s *Site) told() map[headstart.IncidentID][]*headstart.Announcement {
	out := map[headstart.IncidentID][]*headstart.Announcement{}
	for a := range s.o.View.EachAnnouncement() {
		for _, id := range a.Incidents() {
			out[id] = append(out[id], a)
		}
	}
	return out
}

// cardLine is what a line says of an incident.
func (s *Site) cardLine(i *headstart.Incident, as []*headstart.Announcement, say *lang.Words, v viewer, now time.Time) card {
	c := card{ID: i.ID, Open: i.Live(), Since: say.When(i.StartedAt, now)}
	if !v.sees(i) {
		c.Hidden, c.Level, c.Word, c.Title = true, "grey", say.Say("confidential"), say.Say("confidential")
		return c
	}
	c.Title = nameOf(i.Title, string(i.ID), say.Lang)
	c.Level, c.Word = level(i, as, say)
	return c
}

// card describes one incident; the map is the caller's to add.
func (s *Site) card(i *headstart.Incident, as []*headstart.Announcement, say *lang.Words, v viewer, now time.Time) card {
	c := s.cardLine(i, as, say, v, now)
	c.For = say.Brief(until(i, now).Sub(i.StartedAt))
	if c.Hidden {
		return c
	}
	cat := s.o.View.Catalog()
	c.Acts = v.acts(i)
	c.Acked = i.AcknowledgedAt != nil || i.Owner != ""
	c.Who, c.Line = who(i, say), line(s.o.View.Config(), i, say)
	c.People, c.Linked, c.Possible, c.Confirmed = i.People, i.Tickets.Linked, i.Tickets.Suggested, i.Confirmations+i.Callers
	c.WorksFor = i.WorksFor
	c.Cause = causeWords(cat, i, say)
	c.Things = reachable(v.things(say.Lang, append([]string{i.Cause.Asset}, i.Cause.Also...)...))
	c.Evidence = evidence(i, v, say)
	c.promise(i, as, say, now)
	c.Spoken = spokenOf(as, say)
	c.Callers, c.Once = i.Callers, strconv.Itoa(s.o.View.Decided(i.ID))
	return c
}

// spokenOf are the words of the first live message, in the reader's language first.
func spokenOf(as []*headstart.Announcement, say *lang.Words) (out []spoken) {
	for n := range as {
		u := as[n].Last()
		if u == nil || !as[n].Live() {
			continue
		}
		for _, l := range lang.Languages() {
			if text := u.Text[l].Phone; text != "" {
				out = append(out, spoken{l, say.Say("language." + l), text})
			}
		}
		slices.SortStableFunc(out, func(a, b spoken) int { return cmp.Compare(rank(a.Lang != say.Lang), rank(b.Lang != say.Lang)) })
		return out
	}
	return nil
}

// until is where the length of an incident is counted to.
func until(i *headstart.Incident, now time.Time) time.Time {
	if i.ResolvedAt != nil {
		return *i.ResolvedAt
	}
	return now
}

// level is colour and word of an incident. A message that says "slow" says so
// here too, whatever the priority.
func level(i *headstart.Incident, as []*headstart.Announcement, say *lang.Words) (level, word string) {
	switch i.State {
	case headstart.Open: // what it is like stands below
	case headstart.Recovering:
		return "blue", say.Say("state.recovering")
	case headstart.Holding:
		return "blue", say.Say("state.holding")
	case headstart.Resolved:
		return "green", say.Say("state.resolved")
	case headstart.Closed:
		return "green", say.Say("state.closed")
	case headstart.Merged:
		return "grey", say.Say("state.merged")
	}
	slow := slices.ContainsFunc(as, func(a *headstart.Announcement) bool { return a.Effect == "slow" && a.Live() })
	switch {
	case slow:
		return "amber", say.Say("effect.slow")
	case i.Priority == "P1" || i.Priority == "P2":
		return "red", say.Say("priority.large")
	case i.Priority == "P3":
		return "amber", say.Say("priority.normal")
	default:
		return "amber", say.Say("priority.small")
	}
}

// who says who works on it; no name stands anywhere but on the desk.
func who(i *headstart.Incident, say *lang.Words) string {
	switch {
	case i.Owner != "" && i.SupportGroup != "":
		return say.Say("card.owner.group", "name", i.Owner, "group", i.SupportGroup)
	case i.Owner != "":
		return say.Say("card.owner", "name", i.Owner)
	case i.SupportGroup != "":
		return say.Say("card.group", "group", i.SupportGroup)
	default:
		return say.Say("card.nobody")
	}
}

// line says which line of support has an incident: the first while somebody of the desk
// has it, else that of its support group.
func line(c *headstart.LogConfig, i *headstart.Incident, say *lang.Words) string {
	if c == nil {
		return ""
	}
	n := 0
	if g := slices.IndexFunc(c.SupportGroups, func(g headstart.SupportGroup) bool { return g.ID == i.SupportGroup }); g >= 0 {
		n = c.SupportGroups[g].Line
	}
	if i.Owner != "" && c.Roster().Of(i.Owner) != nil {
		n = 1
	}
	if n == 0 {
		return ""
	}
	return say.Say("card.line", "line", n)
}

// causeWords says the probable cause. The machine guesses, so it says how it knows.
func causeWords(cat *headstart.Catalog, i *headstart.Incident, say *lang.Words) string {
	name := assetName(cat, i.Cause.Asset, say.Lang)
	also := joined(i.Cause.Also, func(id string) string { return assetName(cat, id, say.Lang) })
	text := say.SayOr("cause.", string(i.Cause.Kind), say.Say("cause.none"), "asset", name, "also", also)
	if name == "" && i.Cause.Kind != headstart.CauseManual && i.Cause.Kind != headstart.CauseSurge && i.Cause.Kind != headstart.CauseStorm {
		text = say.Say("cause.none")
	}
	if i.Cause.Reason != "" {
		text += " (" + say.Reason(i.Cause.Reason) + ")"
	}
	return text
}

// evidence are short facts beside the cause.
func evidence(i *headstart.Incident, v viewer, say *lang.Words) (out []fact) {
	add := func(key string, vars ...any) { out = append(out, fact{Text: say.Say(key, vars...)}) }
	if i.Alerts.Total > 1 {
		add("card.signals", "n", i.Alerts.Total, "firing", i.Alerts.Firing)
	}
	for _, m := range i.SilencedBy {
		if m.Inhibited {
			add("card.inhibited")
			continue
		}
		add("card.silenced", "why", m.Words(say.Lang, say.Zone))
	}
	if i.RecurrenceOf != "" {
		f := fact{Text: say.Say("card.recurrence", "id", i.RecurrenceOf)}
		if v.seesID(i.RecurrenceOf) {
			f.Href = "/i/" + string(i.RecurrenceOf)
		}
		out = append(out, f)
	}
	if i.Reopens > 0 {
		add("card.reopened", "n", i.Reopens)
	}
	if i.KnownError != "" {
		f := fact{Text: say.Say("card.known", "id", i.KnownError)}
		if _, may := v.record(i.KnownError); may {
			f.Href = "/known-errors/" + url.PathEscape(i.KnownError)
		}
		out = append(out, f)
	}
	for _, tag := range i.Tags {
		out = append(out, fact{Text: tag})
	}
	return out
}

// promise says when users were told they would hear more: the earliest that was missed
// and not made good since, else the earliest open one.
func (c *card) promise(i *headstart.Incident, as []*headstart.Announcement, say *lang.Words, now time.Time) {
	by := i.NextUpdateBy
	live := false
	var missed *time.Time
	for _, a := range as {
		if a.Live() {
			live = true
			by, missed = earlier(by, a.NextUpdateBy), earlier(missed, a.Missed)
		}
	}
	if missed != nil {
		by = missed
	}
	switch {
	case by == nil && live:
	case by == nil && i.Live():
		c.Promise, c.Late = say.Say("card.nomessage"), true
	case by != nil && by.Before(now):
		c.Promise, c.Late = say.Say("card.promise.late", "time", say.When(*by, now), "for", say.Brief(now.Sub(*by))), true
	case by != nil:
		c.Promise = say.Say("card.promise", "time", say.When(*by, now), "in", say.Brief(by.Sub(now)))
		c.Late = by.Sub(now) < 15*time.Minute
	}
}
