package public

import (
	"bytes"
	"embed"
	"html/template"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/chart"
	"headstart/lang"
)

//go:embed templates
var templateFiles embed.FS

func parseTemplates(words map[string]*lang.Words, static *Assets) map[string]*template.Template {
	out := map[string]*template.Template{}
	for l, w := range words {
		out[l] = template.Must(template.New("").Funcs(template.FuncMap{
			"t": w.Say, "clock": w.Clock, "asset": static.Name, "icon": chart.Icon,
			"levelIcon": func(l Level) template.HTML { return chart.LevelIcon(string(l)) },
			"key":       func(l string) template.HTML { return chart.Key(chart.Level(l)) },
			"iso":       func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		}).ParseFS(templateFiles, "templates/*.html"))
	}
	return out
}

// frame is what every page has around its content.
type frame struct {
	Lang, Title string
	Root        string // the way up to /s/, relative, so that a copy in another place finds its files
	Canonical   string // empty: not for everybody, or a page nobody should come back to
	Others      []otherLanguage
	Now         time.Time
	Contact     string
}

// htmlPage is what page.html shows: a State in the words of a language.
type htmlPage struct {
	frame
	Level          Level
	Headline, Lead string
	Messages       []htmlMessage
	Over           []htmlMessage // resolved in the last day
	Planned        []htmlWindow
	Services       []htmlService
	More           []htmlService // fine, and without an outage in 90 days
	Closed         []string      // "Noord gesloten t/m 3 jan"
	Unseen         bool          // a strip has days before Options.Known
	Ticket         string        // where "I have another problem" leads; empty: nowhere
	Subscribe      string        // the form, on the live page even in a copy; empty: nobody may
}

type otherLanguage struct{ Lang, Name, Href string }

// htmlMessage shows the questions and answers of the last update, and every
// update in order.
type htmlMessage struct {
	ID                       string // public
	Word, Where, Title, Lang string
	Level                    Level
	Number                   headstart.IncidentID
	Path                     string // to its own page, from the page; empty on that page
	Have                     string // to where one says "I have this too"; empty: nobody counts
	Lines                    []headstart.TextLine
	Updates                  []htmlUpdate // newest first
}

type htmlUpdate struct {
	At                      time.Time
	When, Lang, Title, Text string // no title: the message's own
}

type htmlWindow struct {
	ID, Text, Lang, Word, When string
	From                       time.Time
}

type htmlService struct {
	Name, Word, Outage string
	Level              Level
	Strip              template.HTML
}

// html renders the page itself.
func (e *edition) html(s *State) ([]byte, error) {
	d := htmlPage{frame: e.frame(s, 0), Level: s.Level, Ticket: e.page.site.o.Config.TicketURL}
	if sub := e.page.site.o.Subscriptions; sub != nil && sub.Open() {
		d.Subscribe = e.url() + "subscribe"
	}
	d.Headline, d.Lead = e.headline(s)
	for _, m := range s.Live() {
		d.Messages = append(d.Messages, e.message(s, &m))
	}
	for _, m := range s.Recent() {
		d.Over = append(d.Over, e.message(s, &m))
	}
	for _, w := range s.Coming() {
		d.Planned = append(d.Planned, e.window(s, &w))
	}
	for _, c := range s.Closed {
		where := s.catalog.LocationName(c.Location, e.words.Lang)
		d.Closed = append(d.Closed, e.words.Say("pub.closed.place", "place", where, "day", e.words.DayOfYear(c.Last)))
	}
	for i := range s.Services {
		svc := &s.Services[i]
		d.Unseen = d.Unseen || slices.ContainsFunc(svc.Days, func(day Day) bool { return day.Level == chart.Unseen })
		if svc.Calm() && len(s.Services) > 8 {
			d.More = append(d.More, e.service(s, svc))
		} else {
			d.Services = append(d.Services, e.service(s, svc))
		}
	}
	return e.execute("page.html", d)
}

// frame is that of a page that lies deeper folders below the edition.
func (e *edition) frame(s *State, deeper int) frame {
	f := frame{
		Lang: e.words.Lang, Title: e.title(s), Root: upToRoot(e.path) + strings.Repeat("../", deeper), Now: s.At, Contact: e.page.Contact,
		Others: e.others(),
	}
	if e.page.Access == accessOpen {
		f.Canonical = e.url()
	}
	return f
}

func (e *edition) execute(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := e.page.site.pages[e.words.Lang].ExecuteTemplate(&b, name, data)
	return b.Bytes(), err
}

// title is the page's own, else the organisation's.
func (e *edition) title(s *State) string {
	switch {
	case e.page.Title != "":
		return e.page.Title
	case s.Organisation != "":
		return s.Organisation + " – " + e.words.Say("pub.title")
	default:
		return e.words.Say("pub.title")
	}
}

// headline says the level of the page in a sentence, and what to expect below it.
func (e *edition) headline(s *State) (head, lead string) {
	say := e.words
	switch {
	case len(s.Live()) > 0 && s.Hit > 0:
		return say.Say("pub.head.services", "n", s.Hit), say.Say("pub.lead.messages")
	case len(s.Live()) > 0:
		return say.Say("pub.head.messages"), say.Say("pub.lead.messages")
	case s.Level == Down:
		return say.Say("pub.head.down"), say.Say("pub.lead.hand")
	case s.Level == Partly:
		return say.Say("pub.head.messages"), say.Say("pub.lead.hand")
	case s.Level == Unsure:
		return say.Say("pub.head.suspect"), say.Say("pub.lead.suspect")
	case s.Level == Planned:
		return say.Say("pub.head.planned"), say.Say("pub.lead.planned")
	default:
		return say.Say("pub.head.fine"), say.Say("pub.lead.fine")
	}
}

func (e *edition) message(s *State, m *Message) htmlMessage {
	text, in := m.Last().In(e.words.Lang)
	out := htmlMessage{
		ID: m.ID, Number: m.Incident, Title: text.Title, Lines: text.Lines, Lang: in, Level: m.Level,
		Word: e.effect(m.Effect), Where: s.LocationNames(m.Locations, e.words.Lang),
	}
	out.Path = m.ID + "/"
	switch {
	case !m.Live || e.page.site.o.Confirm == nil:
	case e.copy:
		out.Have = e.url() + m.ID + "/#have"
	default:
		out.Have = out.Path + "#have"
	}
	switch {
	case m.Withdrawn:
		out.Level, out.Word = Unsure, e.words.Say("pub.withdrawn")
	case !m.Live:
		out.Level, out.Word = Fine, e.words.Say("pub.over")
	}
	if len(out.Lines) == 0 && text.Body != "" {
		out.Lines = []headstart.TextLine{{Text: text.Body}}
	}
	for _, u := range slices.Backward(m.Updates) {
		t, l := u.In(e.words.Lang)
		v := htmlUpdate{At: u.At, When: e.words.When(u.At, s.At), Lang: l, Title: t.Title, Text: t.Short}
		if v.Title == out.Title {
			v.Title = ""
		}
		out.Updates = append(out.Updates, v)
	}
	return out
}

// effect says what users notice; one we do not know is partly.
func (e *edition) effect(effect string) string {
	return e.words.SayOr("effect.", effect, e.words.Say("effect.partly"))
}

func (e *edition) window(s *State, w *Window) htmlWindow {
	updates := e.told(s, w)
	text, in := updates[len(updates)-1].In(e.words.Lang)
	v := htmlWindow{ID: w.ID, Text: text.Title, Lang: in, From: w.From, Word: e.words.Day(w.From)}
	today := func(t time.Time) string { return t.Format(time.DateOnly) }
	switch {
	case w.Running(s.At):
		v.Word = e.words.Say("pub.planned.now")
	case today(w.From) == today(s.At):
		v.Word = e.words.Say("pub.today")
	}
	to := e.words.Clock(w.To)
	if today(w.From) != today(w.To) {
		to = e.words.Stamp(w.To)
	}
	v.When = e.words.Say("pub.fromto", "from", e.words.Clock(w.From), "to", to)
	return v
}

func (e *edition) service(s *State, svc *Service) htmlService {
	name := s.catalog.ServiceName(svc.Catalog, e.words.Lang)
	out := htmlService{Name: name, Level: svc.Level, Word: e.state(svc), Outage: e.outage(s, svc)}
	bars := make([]chart.Bar, len(svc.Days))
	for n, d := range svc.Days {
		bars[n] = chart.Bar{Level: d.Level, Title: e.day(d)}
	}
	out.Strip = chart.Strip(bars, name+": "+out.Outage+e.badDays(svc))
	return out
}

// mostBadDays is how many days a strip's sentence names: nobody listens to ninety.
const mostBadDays = 7

// badDays names the last days with trouble, newest first, for who cannot see the
// bars or point at them.
func (e *edition) badDays(svc *Service) string {
	var b strings.Builder
	n := 0
	for _, d := range slices.Backward(svc.Days) {
		if d.Bad > 0 && n < mostBadDays {
			b.WriteString("; " + e.day(d))
			n++
		}
	}
	return b.String()
}

// state says how a service does now.
func (e *edition) state(svc *Service) string {
	switch svc.Level {
	case Planned:
		return e.words.Say("pub.planned.now")
	case Unsure:
		return e.words.Say("pub.suspect")
	case Fine:
		return e.words.Say("pub.works")
	default:
		return e.effect(svc.Effect)
	}
}

// outage says how long in words; a percentage tells nobody anything. When the
// first day watched lies within the days shown, it says since when instead.
func (e *edition) outage(s *State, svc *Service) string {
	total, say := Total(svc.Outages), e.words
	first, _ := historyDay(s.At, 0)
	switch {
	case s.Known.After(first) && total > 0:
		return say.Say("pub.outage.since", "span", say.Span(total), "day", say.DayOfYear(s.Known))
	case s.Known.After(first):
		return say.Say("pub.outage.none.since", "day", say.DayOfYear(s.Known))
	case total > 0:
		return say.Say("pub.outage", "span", say.Span(total))
	default:
		return say.Say("pub.outage.none")
	}
}

// day says what one day was.
func (e *edition) day(d Day) string {
	say := e.words
	switch {
	case d.Bad > 0:
		return say.Say("pub.bar.outage", "day", say.Day(d.At), "span", say.Span(d.Bad))
	case d.Level == chart.Planned:
		return say.Say("pub.bar.planned", "day", say.Day(d.At))
	case d.Level == chart.Unseen:
		return say.Say("pub.bar.unseen", "day", say.Day(d.At))
	default:
		return say.Say("pub.bar.fine", "day", say.Day(d.At))
	}
}
