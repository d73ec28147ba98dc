package web

import (
	"html/template"
	"net/http"
	"slices"
	"time"

	"headstart"
	"headstart/lang"
)

// incidentPage is one incident: what it is, why, who was told what.
type incidentPage struct {
	frame
	incidentView
	Now     time.Time // of frame and view
	Write   bool
	Groups  []string // support groups of the catalog, for assigning
	Others  []looseTicket
	Phases  []headstart.Phase
	Running bool
	Once    string // makes the button that counts a caller count one
	Callers int
	LeftOut *headstart.LeftOut // its head start is, of the figures
}

// incidentView is what the live regions of the page show.
type incidentView struct {
	Card          card
	Now           time.Time
	Write         bool
	Steps         []step
	Where         string
	What          string
	Priority      string
	ETA           string
	Earlier       string // when earlier cases were over, while no person has set a time
	EarlierAt     string // the same as a field of a form takes it
	Summary       *headstart.Summary
	Members       []member
	Announcements []told
	Tickets       []linkedTicket
	Alike         []string                  // keys of those that look like being about it
	Lead          []string                  // who was first
	Timeline      []headstart.TimelineEntry // newest first
	Map           template.HTML
	Resolvable    bool
	Reopenable    bool
	Ackable       bool
}

// step is a phase of an incident's life.
type step struct {
	Word, At string
	Done     bool
	Current  bool
}

// member is one failing thing and how it joined.
type member struct {
	Name, Asset, Check, Reason, Rule, At, Level, Word string
}

// told is one announcement with its updates in every language side by side.
type told struct {
	ID, Audience, State string
	People              int
	Updates             []toldUpdate
	Draft               *toldUpdate
	PushWaits           bool
	Live                bool
}

type toldUpdate struct {
	At, Phase, By, How string
	Texts              []toldText
	Why                []string
	Hits               []headstart.Hit
}

type toldText struct {
	Lang, Name string
	headstart.Text
}

// linkedTicket is a ticket with what speaks for and against it being about the
// incident.
type linkedTicket struct {
	looseTicket
	Linked bool
	By     string // who linked it, and when
	Pct    int
}

func (s *Site) serveIncident(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say := s.say(r)
	found, ok := s.o.View.Find(r.PathValue("id"))
	if !ok {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.incident", "id", cutText(r.PathValue("id"), 40)))
		return
	}
	if string(found.ID) != r.PathValue("id") {
		http.Redirect(w, r, "/i/"+string(found.ID), http.StatusSeeOther)
		return
	}
	v := s.viewer(r)
	p := incidentPage{frame: s.frame(r, "now", string(found.ID))}
	if !v.knows(&found) {
		s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("page.forbidden.text"))
		return
	}
	if !v.sees(&found) {
		s.message(w, r, http.StatusForbidden, say.Say("confidential"), say.Say("confidential.text"))
		return
	}
	p.Topics = "incident:" + string(found.ID)
	p.incidentView = s.incidentView(found.ID, say, v, p.frame.Write)
	s.titleTickets(r, p.Tickets)
	p.Now, p.Write = p.incidentView.Now, p.incidentView.Write
	p.frame.Title = string(found.ID) + " " + p.Card.Title
	p.Running = found.Live()
	p.Groups = supportGroups(s.o.View.Catalog())
	p.Phases = []headstart.Phase{headstart.Identified, headstart.Progress, headstart.WorkaroundFound, headstart.ETAChanged}
	if !slices.ContainsFunc(p.Announcements, func(t told) bool { return t.Live }) {
		p.Phases = append([]headstart.Phase{headstart.Investigating}, p.Phases...)
	}
	p.Once, p.Callers, p.LeftOut = newID(), found.Callers, found.LeadLeftOut
	p.Others = slices.DeleteFunc(s.unlinked(say, v), func(t looseTicket) bool { return slices.Contains(p.Alike, t.Key) })
	titles := s.ticketTitles(r.Context(), ticketsOf(p.Others))
	for i := range p.Others {
		p.Others[i].Title = titles[p.Others[i].Key]
	}
	s.render(w, r, http.StatusOK, "incident", p)
}

// expected says when it is expected to work, and who says so.
func (v *incidentView) expected(i *headstart.Incident, say *lang.Words, now time.Time) {
	switch e := i.ETA; {
	case e == nil:
	case i.Live() && !e.At.After(now):
		v.ETA = say.Say("incident.eta.over", "time", say.When(e.At, now))
	case e.Source == "history":
		v.ETA = say.Say("incident.eta.history", "time", say.When(e.At, now), "why", e.Confidence)
	default:
		v.ETA = say.Say("incident.eta", "time", say.When(e.At, now))
	}
	if p := i.ETAProposed; p != nil && i.Live() && p.At.After(now) {
		v.Earlier = say.Say("incident.eta.proposed", "time", say.When(p.At, now), "why", p.Confidence)
		v.EarlierAt = say.Clock(p.At)
	}
}

// incidentView gathers what the page of one incident shows.
func (s *Site) incidentView(id headstart.IncidentID, say *lang.Words, v viewer, write bool) incidentView {
	i, _ := s.o.View.Incident(id, say.Lang)
	now, cat := s.now(), s.o.View.Catalog()
	page := incidentView{
		Now: now, Write: write && v.acts(&i), Card: s.card(&i, i.Announcements, say, v, now), Steps: steps(&i, say, now),
		Where:    joined(i.Locations, func(id string) string { return locationName(cat, id, say.Lang) }),
		What:     joined(i.Services, func(id string) string { return serviceName(cat, id, say.Lang) }),
		Priority: i.Priority, Summary: i.Summary, Resolvable: i.State != headstart.Closed && i.State != headstart.Merged && i.State != headstart.Resolved,
		Reopenable: i.State == headstart.Resolved,
	}
	page.Ackable = i.Live() && !page.Card.Acked
	page.expected(&i, say, now)
	if i.Live() {
		page.Map = s.dependencyMap(&i, say)
	}
	page.Members = s.members(i.Group, say, now)
	for _, a := range i.Announcements {
		page.Announcements = append(page.Announcements, describe(a, say, now))
	}
	page.Tickets = s.ticketsFor(id, say, v, now)
	for _, t := range page.Tickets {
		if !t.Linked && len(page.Alike) < mostAtOnce {
			page.Alike = append(page.Alike, t.Key)
		}
	}
	page.Lead = LeadFacts(say, now, &i)
	page.Timeline = slices.Clone(i.Timeline)
	slices.Reverse(page.Timeline)
	return page
}

// steps are the phases every incident passes, with when it did.
func steps(i *headstart.Incident, say *lang.Words, now time.Time) []step {
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return say.When(*t, now)
	}
	all := []step{
		{Word: say.Say("step.noticed"), At: at(&i.StartedAt), Done: true},
		{Word: say.Say("step.told"), At: at(i.AnnouncedAt), Done: i.AnnouncedAt != nil},
		{Word: say.Say("step.taken"), At: at(i.AcknowledgedAt), Done: i.AcknowledgedAt != nil || i.Owner != ""},
		{Word: say.Say("step.recovering"), Done: i.State == headstart.Recovering || i.State == headstart.Holding || i.ResolvedAt != nil},
		{Word: say.Say("step.solved"), At: at(i.ResolvedAt), Done: i.ResolvedAt != nil},
	}
	for n := range all {
		if all[n].Done && !slices.ContainsFunc(all[n+1:], func(s step) bool { return s.Done }) {
			all[n].Current = true
		}
	}
	return all
}

func (s *Site) members(id headstart.GroupID, say *lang.Words, now time.Time) []member {
	cat := s.o.View.Catalog()
	members, problems := s.o.View.Members(id)
	out := make([]member, len(members))
	for n, m := range members {
		p := problems[n]
		out[n] = member{
			Name: assetName(cat, m.Asset, say.Lang), Asset: m.Asset, Check: p.Check, Reason: say.Reason(p.Reason), Rule: m.Rule,
			At: say.When(m.Joined, now), Level: "green", Word: say.Say("member.well"),
		}
		if out[n].Name == "" {
			out[n].Name = string(m.Problem)
		}
		switch {
		case !m.Left.IsZero():
			out[n].Level, out[n].Word = "grey", say.Say("member.left")
		case p.State == headstart.ProblemOpen && p.Group == id:
			out[n].Level, out[n].Word = "red", say.Say("member.fails")
		case p.Expired:
			out[n].Level, out[n].Word = "grey", say.Say("member.silent")
		}
	}
	return out
}

func describe(a headstart.Announcement, say *lang.Words, now time.Time) told {
	t := told{
		ID: a.ID, Audience: a.Audience, State: say.SayOr("announcement.", string(a.State), string(a.State)), People: a.People,
		PushWaits: a.PushDraft && a.Draft == nil, Live: a.Live(),
	}
	for _, u := range slices.Backward(a.Updates) {
		t.Updates = append(t.Updates, describeUpdate(u, say, now))
	}
	if a.Draft != nil {
		d := describeUpdate(*a.Draft, say, now)
		t.Draft = &d
	}
	return t
}

func describeUpdate(u headstart.Update, say *lang.Words, now time.Time) toldUpdate {
	out := toldUpdate{
		At: say.When(u.At, now), Phase: say.SayOr("phase.", string(u.Phase), string(u.Phase)), By: u.By,
		How: say.SayOr("how.", string(u.How), string(u.How)), Why: u.Why, Hits: u.Hits,
	}
	if u.By == "rule" || u.By == "" {
		out.By = say.Say("by.rule")
	}
	for _, l := range lang.Languages() {
		if text, ok := u.Text[l]; ok {
			out.Texts = append(out.Texts, toldText{Lang: l, Name: say.Say("language." + l), Text: text})
		}
	}
	return out
}

// ticketsFor are the tickets of an incident, linked ones first, then those
// suggested, best first.
func (s *Site) ticketsFor(id headstart.IncidentID, say *lang.Words, v viewer, now time.Time) []linkedTicket {
	linked, alike := candidatesOf(v, id)
	var out []linkedTicket
	for _, c := range append(linked, alike...) {
		t, l := &c.Ticket, &c.Link
		row := linkedTicket{looseTicket: looseTicket{
			Key: t.Key(), Source: t.Source, ID: t.ID, At: t.Since(), When: say.When(t.Since(), now), Priority: t.Priority, For: l.For, Against: l.Against,
			Place: locationName(s.o.View.Catalog(), t.Requester.Location, say.Lang), Phone: t.Channel == "phone", Timeless: t.Timeless(),
		}, Linked: l.Verdict == "linked", Pct: int(l.Score*100 + 0.5)}
		switch {
		case !row.Linked || l.At.IsZero():
		case l.By == "rule":
			row.By = say.Say("desk.byrule", "time", say.When(l.At, now))
		default:
			row.By = say.Say("desk.by", "name", l.By, "time", say.When(l.At, now))
		}
		out = append(out, row)
	}
	return out
}

func (s *Site) titleTickets(r *http.Request, ts []linkedTicket) {
	keys := make([]string, len(ts))
	for i, t := range ts {
		keys[i] = t.Key
	}
	titles := s.ticketTitles(r.Context(), keys)
	for i := range ts {
		ts[i].Title = titles[ts[i].Key]
	}
}

// unlinked are the tickets a person may link by hand.
func (s *Site) unlinked(say *lang.Words, v viewer) []looseTicket {
	var out []looseTicket
	for _, t := range v.tickets(s.looseTickets()) {
		if len(out) < 50 {
			out = append(out, s.loose(t, say, v))
		}
	}
	return out
}

func supportGroups(cat *headstart.Catalog) []string {
	var out []string
	for _, s := range cat.Services {
		if s.SupportGroup != "" && !slices.Contains(out, s.SupportGroup) {
			out = append(out, s.SupportGroup)
		}
	}
	slices.Sort(out)
	return out
}

func cutText(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
