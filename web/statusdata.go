package web

import (
	"cmp"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/lang"
)

// publicPage is what a reader of the status page sees. Everything in it comes
// from frozen texts, the catalog's public names and our own words.
type publicPage struct {
	Lang, Title, Root, Canonical string
	Others                       []otherLanguage
	Now                          time.Time
	Level                        string // red amber blue grey green
	Headline, Lead               string
	Messages                     []publicMessage
	Over                         []publicMessage // resolved in the last day
	Planned                      []publicWindow
	Services                     []publicService
	More                         []publicService // fine, and without an outage in 90 days
	Unseen                       bool            // a strip has days before Options.Known
	Contact                      string
}

type otherLanguage struct{ Lang, Name, Href string }

// publicMessage is one announcement with all its updates.
type publicMessage struct {
	ID, Level, Word, Where, Title, Lang string
	Number                              headstart.IncidentID
	Lines                               []headstart.TextLine
	Updates                             []publicUpdate // newest first
}

type publicUpdate struct {
	At    time.Time
	When  string
	Lang  string
	Title string // empty: the message's own
	Text  string
}

type publicWindow struct {
	ID, Text, Word string
	From, To       time.Time
	When           string
	Running        bool
}

type publicService struct {
	Name, Level, Word, Outage string
	Strip                     template.HTML
}

// data gathers the page as of now.
func (p *statusPage) data(now time.Time) publicPage {
	now = now.In(p.site.zone)
	cat := p.site.o.View.Catalog()
	d := publicPage{
		Lang: p.words.Lang, Title: p.title(cat), Root: p.root(), Now: now, Contact: p.page.Contact,
		Canonical: p.site.o.Config.publicURL() + p.path,
	}
	for _, l := range p.page.Languages {
		if l != p.words.Lang {
			d.Others = append(d.Others, otherLanguage{Lang: l, Name: p.site.words[l].Say("language.name"), Href: p.toLanguage(l)})
		}
	}
	shown := p.announcements()
	for _, a := range shown {
		switch {
		case a.Live():
			d.Messages = append(d.Messages, p.message(a, cat, now))
		case a.Last() != nil && now.Sub(a.Last().At) < 24*time.Hour:
			d.Over = append(d.Over, p.message(a, cat, now))
		}
	}
	slices.SortStableFunc(d.Messages, func(a, b publicMessage) int {
		return cmp.Compare(slices.Index(worst, a.Level), slices.Index(worst, b.Level))
	})
	d.Planned = p.planned(now)
	running := map[string]bool{}
	for _, w := range p.site.o.View.Maintenance() {
		if w.Holds() && w.Running(now) {
			for _, id := range w.Services {
				running[id] = true
			}
		}
	}
	suspect := p.suspect(running)
	d.services(p, shown, running, suspect, now)
	d.headline(p.words, shown, len(suspect))
	return d
}

func (p *statusPage) title(cat *headstart.Catalog) string {
	if p.page.Title != "" {
		return p.page.Title
	}
	if cat.Organisation != "" {
		return cat.Organisation + " – " + p.words.Say("pub.title")
	}
	return p.words.Say("pub.title")
}

func (p *statusPage) toLanguage(l string) string {
	root := "/s/"
	if p.page.ID != "" {
		root += p.page.ID + "/"
	}
	up := strings.Repeat("../", strings.Count(strings.TrimPrefix(p.path, root), "/"))
	return up + l + "/"
}

// announcements are those readers of this page may see, newest incident first.
func (p *statusPage) announcements() []headstart.Announcement {
	return slices.DeleteFunc(p.site.o.View.Announcements(), func(a headstart.Announcement) bool {
		if a.Confidential || len(a.Updates) == 0 || a.State == headstart.AnnouncementDiscarded || a.State == headstart.AnnouncementDraft {
			return true
		}
		i, ok := p.site.o.View.Find(string(a.Incident))
		return (ok && i.Confidential) || !p.covers(a.Services, a.Locations)
	})
}

// covers reports whether the page is about any of these services and places; an
// empty list is about all of them.
func (p *statusPage) covers(services, locations []string) bool {
	meets := func(page, of []string) bool { return len(page) == 0 || len(of) == 0 || overlap(page, of) }
	return meets(p.page.Services, services) && meets(p.page.Locations, locations)
}

// worst orders levels, the worst first.
var worst = []string{"red", "amber", "blue", "grey", "green"}

// message shows one announcement: the questions and answers of its last update,
// and every update in order. An update that corrects replaces the one before.
func (p *statusPage) message(a headstart.Announcement, cat *headstart.Catalog, now time.Time) publicMessage {
	last := a.Last()
	text, textLang := textIn(last.Text, p.words.Lang)
	m := publicMessage{
		ID: "m" + a.UID, Number: a.Incident, Title: text.Title, Lines: text.Lines, Lang: textLang,
		Where: joined(a.Locations, func(id string) string { return locationName(cat, id, p.words.Lang) }),
	}
	m.Level, m.Word = effectLevel(a.Effect, p.words)
	if !a.Live() {
		m.Level, m.Word = "green", p.words.Say("pub.over")
	}
	if a.State == headstart.AnnouncementWithdrawn {
		m.Level, m.Word = "grey", p.words.Say("pub.withdrawn")
	}
	if len(m.Lines) == 0 && text.Body != "" {
		m.Lines = []headstart.TextLine{{Text: text.Body}}
	}
	for n, u := range a.Updates {
		if n+1 < len(a.Updates) && a.Updates[n+1].Corrects {
			continue
		}
		t, l := textIn(u.Text, p.words.Lang)
		v := publicUpdate{At: u.At, When: p.words.When(u.At, now), Lang: l, Title: t.Title, Text: t.Short}
		if v.Title == m.Title {
			v.Title = ""
		}
		m.Updates = append(m.Updates, v)
	}
	slices.Reverse(m.Updates)
	return m
}

func effectLevel(effect string, say *lang.Words) (level, word string) {
	if effect == "down" {
		return "red", say.Say("effect.down")
	}
	return "amber", say.SayOr("effect.", effect, say.Say("effect.partly"))
}

// headline is the worst of messages, planned work and checks: never green while
// a message stands (ruling 25).
func (d *publicPage) headline(say *lang.Words, shown []headstart.Announcement, suspect int) {
	hit := map[string]bool{} // services messages are about
	for _, a := range shown {
		for _, id := range a.Services {
			hit[id] = hit[id] || a.Live()
		}
	}
	maps.DeleteFunc(hit, func(_ string, live bool) bool { return !live })
	running := slices.ContainsFunc(d.Planned, func(w publicWindow) bool { return w.Running })
	switch {
	case len(d.Messages) > 0:
		d.Level, d.Lead = "amber", say.Say("pub.lead.messages")
		if d.Messages[0].Level == "red" {
			d.Level = "red"
		}
		d.Headline = say.Say("pub.head.messages")
		if len(hit) > 0 {
			d.Headline = say.Say("pub.head.services", "n", len(hit))
		}
	case suspect > 0:
		d.Level, d.Headline, d.Lead = "grey", say.Say("pub.head.suspect"), say.Say("pub.lead.suspect")
	case running:
		d.Level, d.Headline, d.Lead = "blue", say.Say("pub.head.planned"), say.Say("pub.lead.planned")
	default:
		d.Level, d.Headline, d.Lead = "green", say.Say("pub.head.fine"), say.Say("pub.lead.fine")
	}
}

// suspect are the services whose own check says down and that no message is
// about yet. It keeps the page from saying that all works; it claims no outage.
func (p *statusPage) suspect(planned map[string]bool) map[string]bool {
	out := map[string]bool{}
	cat := p.site.o.View.Catalog()
	for _, r := range p.site.o.Checks() {
		svc := cat.ServiceByID(r.Service)
		if r.Verdict == headstart.Down && r.Asset == "" && svc != nil && !svc.Confidential && !planned[svc.ID] && p.covers([]string{svc.ID}, nil) {
			out[svc.ID] = true
		}
	}
	return out
}
