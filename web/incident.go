package web

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
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
	Once    string             // makes the button that counts a caller count one
	LeftOut *headstart.LeftOut // its head start is, of the figures
	Merges  []choice           // incidents it may be merged into
	Same    []choice           // announcements that may speak for it too
	Assets  []choice           // that may be taken out of it
	Known   []choice           // known errors it may be resolved with, those that fit first
	Against *comparison        // with another incident; nil: nobody asked
	Asks    bool               // that may be asked
}

// incidentView is what the live regions of the page show.
type incidentView struct {
	Card          card
	Now           time.Time
	Write         bool
	Approve       bool // whoever looks may send to users what waits for approval
	Tab           string
	Tabs          []tabLink
	Shows         []tabLink // kinds of timeline entries
	Show          string
	Places        []place
	After         afterCare
	Unanswered    []linkedTicket // linked, and not solved yet
	Replies       []reply        // what to write to those who reported it
	Steps         []step
	Where, What   []mapLink
	viewer        viewer
	Priority      string
	ETA           string
	Earlier       string // when earlier cases were over, while no person has set a time
	EarlierAt     string // the same as a field of a form takes it
	Summary       *headstart.Summary
	Members       []member
	Announcements []told
	Tickets       []linkedTicket
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
	Changes            []changed // since the update before, in each language of both
	Texts              []toldText
	Why                []string
	Hits               []headstart.Hit
}

// changed is how the words of one language became what they are.
type changed struct {
	Lang   string
	Pieces []piece
}

type toldText struct {
	Lang, Name string
	headstart.Text
}

func (s *Site) serveIncident(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say, id := s.say(r), headstart.IdentityFrom(r.Context())
	found, ok := s.o.View.Find(r.PathValue("id"))
	if !ok {
		s.forgotten(w, r, r.PathValue("id"))
		return
	}
	if string(found.ID) != r.PathValue("id") {
		http.Redirect(w, r, "/i/"+string(found.ID), http.StatusSeeOther)
		return
	}
	v := s.viewer(r)
	if !v.knows(&found) {
		s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("page.forbidden.text"))
		return
	}
	if !v.sees(&found) {
		s.message(w, r, http.StatusForbidden, say.Say("confidential"), say.Say("confidential.text"))
		return
	}
	p := incidentPage{frame: s.frame(r, "now", string(found.ID))}
	q := r.URL.Query()
	t := topic{incident: found.ID, tab: tabOf(q.Get("tab")), show: showOf(q.Get("show")), language: say.Lang, viewer: v, write: p.frame.Write, user: id.Name}
	p.Topics = "incident:" + string(found.ID) + ":" + t.tab + ":" + t.show
	p.incidentView = s.incidentView(t)
	s.titleTickets(r.Context(), &p.incidentView)
	p.Now, p.Write = p.incidentView.Now, p.incidentView.Write
	p.frame.Title = string(found.ID) + " " + p.Card.Title
	p.forms(s, &found, say, v)
	if p.Asks = s.o.WhyNot != nil && t.tab == tabEvidence; p.Asks {
		whole, _ := s.o.View.Incident(found.ID, say.Lang)
		p.Against = s.compare(r.Context(), &whole, q.Get("against"), v, say)
	}
	if p.Tab == tabOverview || p.Tab == tabTickets {
		p.Others = slices.DeleteFunc(s.unlinked(say, v), func(t looseTicket) bool { return slices.Contains(p.Card.Alike, t.Key) })
		s.fillTitles(r.Context(), p.Others)
	}
	s.render(w, r, http.StatusOK, "incident", p)
}

// forms fills in what the forms of the page offer.
func (p *incidentPage) forms(s *Site, i *headstart.Incident, say *lang.Words, v viewer) {
	cat := s.o.View.Catalog()
	p.Running, p.LeftOut = i.Live(), i.LeadLeftOut
	p.Groups = supportGroups(cat)
	p.Phases = []headstart.Phase{headstart.Identified, headstart.Progress, headstart.WorkaroundFound, headstart.ETAChanged}
	if !slices.ContainsFunc(p.Announcements, func(t told) bool { return t.Live }) {
		p.Phases = append([]headstart.Phase{headstart.Investigating}, p.Phases...)
	}
	p.Known = s.knownChoices(i, p.Card.Known, say, v)
	if !p.Running || !p.Write {
		return
	}
	p.Merges = s.otherIncidents(i, say, v)
	p.Same = s.sameAs(i, say, v)
	for _, m := range p.Members {
		known := slices.ContainsFunc(p.Assets, func(c choice) bool { return c.ID == m.Asset })
		if m.Asset != "" && !known && m.Level != "grey" {
			p.Assets = append(p.Assets, choice{m.Asset, m.Name})
		}
	}
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
func (s *Site) incidentView(t topic) incidentView {
	say, v := s.words[t.language], t.viewer
	i, _ := s.o.View.Incident(t.incident, say.Lang)
	i.Announcements = v.announcements(i.Announcements)
	now := s.now()
	page := incidentView{
		Now: now, Write: t.write && v.acts(&i), Approve: v.approves(), Tab: tabOf(t.tab), Show: showOf(t.show),
		Card: s.card(&i, pointers(i.Announcements), say, v, now), Steps: steps(&i, say, now),
		Where: v.things(say.Lang, i.Locations...), What: v.things(say.Lang, i.Services...), viewer: v,
		Priority: i.Priority, Summary: i.Summary, Resolvable: i.State != headstart.Closed && i.State != headstart.Merged && i.State != headstart.Resolved,
		Reopenable: i.State == headstart.Resolved,
	}
	page.Card.Known = offers(s.o.Known, []*headstart.Incident{&i}, say, v)[i.ID]
	page.Ackable = i.Live() && !page.Card.Acked
	page.expected(&i, say, now)
	if i.Live() {
		page.Map = s.dependencyMap(&i, say)
	}
	page.Members = s.members(&i, v, say)
	for n := range i.Announcements {
		t := describe(&i.Announcements[n], say, now)
		if page.Tab == tabMessages {
			t.compareUpdates(i.Announcements[n].Updates)
		}
		page.Announcements = append(page.Announcements, t)
	}
	linked, alike := candidatesOf(v, t.incident)
	page.Places = s.places(&i, linked, v, say.Lang)
	page.tickets(s, linked, alike, say, now)
	page.Replies = s.replies(&i, say)
	page.After = s.afterCare(&i, linked, say)
	page.Lead = LeadFacts(say, now, &i)
	page.Timeline, page.Shows = narrowed(i.Timeline, page.Show), shows(i.Timeline, page.Show, say)
	page.Tabs = page.tabLinks(say)
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

// describeHead is what a line says of an announcement: none of its words.
func describeHead(a *headstart.Announcement, say *lang.Words) told {
	return told{
		ID: a.ID, Audience: a.Audience, State: say.SayOr("announcement.", string(a.State), string(a.State)), People: a.People,
		PushWaits: a.PushDraft && a.Draft == nil, Live: a.Live(),
	}
}

func describe(a *headstart.Announcement, say *lang.Words, now time.Time) told {
	t := describeHead(a, say)
	for _, u := range slices.Backward(a.Updates) {
		t.Updates = append(t.Updates, describeUpdate(u, say, now))
	}
	if a.Draft != nil {
		d := describeUpdate(*a.Draft, say, now)
		t.Draft = &d
	}
	return t
}

// compareUpdates says what each of the published updates changed, of which t has the
// newest first.
func (t *told) compareUpdates(updates []headstart.Update) {
	for n := 1; n < len(updates); n++ {
		to := &t.Updates[len(updates)-1-n]
		for _, l := range lang.Languages() {
			was, before := updates[n-1].Text[l]
			is, now := updates[n].Text[l]
			if before && now {
				to.Changes = append(to.Changes, changed{l, wordDiff(wholeText(was), wholeText(is))})
			}
		}
	}
}

// wholeText is a message as one text.
func wholeText(t headstart.Text) string {
	words := []string{t.Title + "."}
	for _, l := range t.Lines {
		words = append(words, l.Label, l.Text)
	}
	return strings.Join(words, " ")
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

// unlinked are the tickets a person may link by hand.
func (s *Site) unlinked(say *lang.Words, v viewer) []looseTicket {
	var out []looseTicket
	all := v.tickets(s.looseTickets())
	for n := range all[:min(len(all), 50)] {
		out = append(out, s.loose(all[n], say, v))
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
