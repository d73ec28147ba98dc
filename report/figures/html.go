package figures

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/chart"
	"headstart/lang"
)

//go:embed reports.html
var reportsHTML string

// pages are the page by language, parsed once.
var pages = func() map[string]*template.Template {
	out := map[string]*template.Template{}
	for _, l := range lang.Languages() {
		w := lang.New(l, time.UTC) // words only: times come from the period's own zone
		out[l] = template.Must(template.New("reports").Funcs(template.FuncMap{"t": w.Say}).Parse(reportsHTML))
	}
	return out
}()

// family is figures that one definition explains.
type family struct {
	key    string
	prefix []string // of the keys that belong to it
}

// families are in the order of the page.
var families = []family{
	{"head_start", []string{"head_start_"}},
	{"promises", []string{"promises_"}},
	{"reaction", []string{"reaction_"}},
	{"resolution", []string{"resolution_"}},
	{"telephone", []string{"telephone_"}},
	{"first_contact", []string{"first_contact"}},
	{"escalated", []string{"escalated"}},
	{"reopened", []string{"reopened"}},
	{"satisfaction", []string{"satisfaction_"}},
	{"time_spent", []string{"time_spent_"}},
	{"outage", []string{"outage_"}},
	{"volume", []string{"incidents", "tickets_", "alerts_"}},
}

func (f *family) has(key string) bool {
	for _, p := range f.prefix {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

// shown is the page as its template wants it.
type shown struct {
	KPIs
	Title, Beside  string
	Earlier, Later string // links
	Periods        []choice
	Bys            []choice
	CSV, JSON      string
	Families       []shownFamily
	Split          []shownRow
	Plots          []shownPlot
	Causes         []shownCause
	Avoided        string
	Lacks          []string
}

type choice struct {
	Text, Link string
	Now        bool
}

type shownFamily struct {
	Head, What string
	Figures    []shownFigure
	Notes      []string // what is left out, and which sources say nothing
}

type shownFigure struct {
	Name, Value, Cases, Was string
	None                    bool // there is no value: Value says why
}

type shownRow struct {
	Name    string
	Tickets string
	Figures []shownFigure
}

// shownPlot is one picture with what it is of.
type shownPlot struct {
	Head string
	SVG  template.HTML
}

type shownCause struct {
	Name, Line, Pattern, Draft string
	Times                      []shownTime
}

type shownTime struct {
	ID   headstart.IncidentID
	When string
}

// HTML is the article of the page Reports, in say's language.
func (f *Figures) HTML(catalog *headstart.Catalog, say *lang.Words) (template.HTML, error) {
	zoned := lang.New(say.Lang, f.Period.From.Location())
	s := shower{teller{f, catalog, zoned}, f.Answer(catalog, zoned)}
	var b bytes.Buffer
	if err := pages[zoned.Lang].Execute(&b, s.page()); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil //nolint:gosec // html/template escaped it
}

type shower struct {
	teller
	a KPIs
}

func (s *shower) page() *shown {
	p := &shown{
		KPIs: s.a, Title: s.period(s.f.Period), Beside: s.say.Say("figures.beside", "before", s.period(s.f.Before)),
		Earlier: s.link(s.f.Before, s.f.By), Later: s.link(s.f.Period.After(), s.f.By), Families: s.families(s.a.Figures), Plots: s.plots(),
	}
	for _, kind := range Kinds() {
		around := Around(kind, s.f.Period.From)
		if s.f.Runs { // a month that runs belongs to the week of today, not of its first day
			around = Around(kind, s.f.Period.Last())
		}
		p.Periods = append(p.Periods, choice{s.say.Say("figures.period." + string(kind)), s.link(around, s.f.By), s.f.Period.Kind == kind})
	}
	p.Bys = append(p.Bys, choice{s.say.Say("figures.by.all"), s.link(s.f.Period, ""), s.f.By == ""})
	for _, d := range Dimensions() {
		p.Bys = append(p.Bys, choice{s.say.Say("figures.by." + string(d)), s.link(s.f.Period, d), s.f.By == d})
	}
	query := s.query(s.f.Period, s.f.By)
	p.JSON = "/api/v1/kpis?" + query
	p.CSV = p.JSON + "&format=csv"
	for _, r := range s.a.Rows {
		p.Split = append(p.Split, s.row(r))
	}
	for _, c := range s.a.Recurring {
		p.Causes = append(p.Causes, s.cause(c))
	}
	p.Avoided = s.a.TicketsAvoided.NotMeasured
	if x := s.a.TicketsAvoided; x.Tickets != nil {
		p.Avoided = s.say.Say("figures.avoided.value", "tickets", *x.Tickets, "low", *x.Low, "high", *x.High)
	}
	for _, src := range s.a.Sources {
		if len(src.Lacks) > 0 {
			p.Lacks = append(p.Lacks, s.say.Say("figures.sources.line", "source", src.Name, "fields", joined(src.Lacks)))
		}
	}
	return p
}

// period is what people call p.
func (s *shower) period(p Period) string {
	switch p.Kind {
	case Month:
		return s.say.Month(p.From)
	case Year:
		return p.From.Format("2006")
	default:
		return s.say.Say("figures.span", "from", s.say.Date(p.From), "to", s.say.Date(p.Last()))
	}
}

func (s *shower) query(p Period, by Dimension) string {
	q := url.Values{"from": {p.From.Format(time.DateOnly)}, "to": {p.Last().Format(time.DateOnly)}}
	if by != "" {
		q.Set("by", string(by))
	}
	return q.Encode()
}

func (s *shower) link(p Period, by Dimension) string { return "/reports?" + s.query(p, by) }

func (s *shower) families(list []AnsweredFigure) []shownFamily {
	var out []shownFamily
	for n := range families {
		f := &families[n]
		x := shownFamily{Head: s.say.Say("figures.head." + f.key), What: s.say.Say("figures.what." + f.key)}
		var notes []string
		for k := range list {
			if !f.has(list[k].Key) {
				continue
			}
			x.Figures = append(x.Figures, s.figure(&list[k]))
			notes = append(notes, s.notes(&list[k])...)
		}
		for k, note := range notes { // figures of one family say the same
			if !slices.Contains(notes[:k], note) {
				x.Notes = append(x.Notes, note)
			}
		}
		out = append(out, x)
	}
	return out
}

func (s *shower) figure(f *AnsweredFigure) shownFigure {
	x := shownFigure{Name: f.Name, Value: f.NotMeasured, None: f.Value == nil, Was: s.say.Say("figures.was.none")}
	if f.Value != nil {
		x.Value = Words(s.say, f.Unit, *f.Value)
		if f.Unit != Count {
			x.Cases = s.say.Say("figures.cases", "n", f.Cases)
		}
	}
	if f.Before.Value != nil {
		x.Was = s.say.Say("figures.was", "value", Words(s.say, f.Unit, *f.Before.Value))
	}
	return x
}

func (s *shower) notes(f *AnsweredFigure) (notes []string) {
	var parts []string
	for _, l := range f.LeftOut {
		parts = append(parts, l.Text)
	}
	if len(parts) > 0 {
		notes = append(notes, s.say.Say("figures.leftout", "list", joined(parts)))
	}
	if len(f.NotGivenBy) > 0 && f.Value != nil {
		notes = append(notes, s.say.Say("figures.notgiven", "sources", joined(f.NotGivenBy)))
	}
	return notes
}

// row shows of a service or department what was measured.
func (s *shower) row(r AnsweredRow) shownRow {
	x := shownRow{Name: r.Name}
	for n := range r.Figures {
		f := &r.Figures[n]
		if f.Key == "tickets_reported" && f.Value != nil {
			x.Tickets = s.say.Say("figures.chart.values", "now", Words(s.say, f.Unit, *f.Value), "before", s.before(f))
		}
		if f.Value != nil || f.Before.Value != nil {
			x.Figures = append(x.Figures, s.figure(f))
		}
	}
	return x
}

func (s *shower) before(f *AnsweredFigure) string {
	if f.Before.Value == nil {
		return s.say.Say("figures.none")
	}
	return Words(s.say, f.Unit, *f.Before.Value)
}

func (s *shower) cause(c AnsweredCause) shownCause {
	x := shownCause{
		Name: c.Name, Pattern: c.Pattern, Draft: c.Draft + "&lang=" + s.say.Lang,
		Line: s.say.Say("figures.recurring.line", "n", c.Count, "minutes", lang.Number(s.say.Lang, int(c.Minutes)), "people", lang.Number(s.say.Lang, int(c.PeopleMinutes)), "tickets", c.Tickets),
	}
	for n, id := range c.Incidents {
		x.Times = append(x.Times, shownTime{id, s.say.Stamp(c.When[n])})
	}
	return x
}

// plots draws the resolution by priority, and of the rows the tickets and the outage.
func (s *shower) plots() []shownPlot {
	var out []shownPlot
	for _, p := range []struct {
		key   string
		pairs []chart.Pair
	}{{"resolution", s.priorities()}, {"tickets", s.bars("tickets_reported")}, {"outage", s.bars("outage_people_minutes")}} {
		if len(p.pairs) == 0 {
			continue
		}
		says := make([]string, len(p.pairs))
		for n := range p.pairs {
			says[n] = p.pairs[n].Name + ": " + p.pairs[n].Text
		}
		head := s.say.Say("figures.chart." + p.key)
		label := s.say.Say("figures.chart.of", "label", head, "list", strings.Join(says, "; "))
		out = append(out, shownPlot{head, chart.Pairs(p.pairs, label)})
	}
	return out
}

func (s *shower) priorities() (pairs []chart.Pair) {
	for _, p := range []string{"p1", "p2", "p3", "p4"} {
		if f := find(s.a.Figures, "resolution_"+p+"_p50"); f != nil && (f.Value != nil || f.Before.Value != nil) {
			pairs = append(pairs, s.pair(strings.ToUpper(p), f))
		}
	}
	return pairs
}

// bars are the rows of which a figure is more than nothing, now or before.
func (s *shower) bars(key string) (pairs []chart.Pair) {
	some := func(x *float64) bool { return x != nil && *x > 0 }
	for n := range s.a.Rows {
		f := find(s.a.Rows[n].Figures, key)
		if f != nil && len(pairs) < mostBars && (some(f.Value) || some(f.Before.Value)) {
			pairs = append(pairs, s.pair(s.a.Rows[n].Name, f))
		}
	}
	return pairs
}

// mostBars is how many lines a picture has: the rest is in the list below it.
const mostBars = 12

func (s *shower) pair(name string, f *AnsweredFigure) chart.Pair {
	p := chart.Pair{Name: name, None: f.Value == nil, NoneBefore: f.Before.Value == nil}
	now := s.say.Say("figures.none")
	if f.Value != nil {
		p.Now, now = *f.Value, Words(s.say, f.Unit, *f.Value)
	}
	if f.Before.Value != nil {
		p.Before = *f.Before.Value
	}
	p.Text = s.say.Say("figures.chart.values", "now", now, "before", s.before(f))
	return p
}

func find(list []AnsweredFigure, key string) *AnsweredFigure {
	for n := range list {
		if list[n].Key == key {
			return &list[n]
		}
	}
	return nil
}

// Words says a value as people read it: 8 min, 81 %, 1.234, 4,2.
func Words(say *lang.Words, unit Unit, x float64) string {
	switch unit {
	case Seconds:
		return signed(say, time.Duration(x*float64(time.Second)))
	case Minutes:
		return signed(say, time.Duration(x*float64(time.Minute)))
	case Ratio:
		return say.Decimal(100*x, 0) + " %"
	case Score, Each:
		return say.Decimal(x, 1)
	default:
		return say.Decimal(x, 0)
	}
}

// signed says a duration, one of less than two minutes in seconds: a wait on the
// telephone is no minute more or less.
func signed(say *lang.Words, d time.Duration) string {
	d = d.Round(time.Second)
	sign := ""
	if d < 0 {
		sign = "-"
	}
	if d.Abs() < 2*time.Minute {
		return sign + say.Say("figures.seconds", "count", int(d.Abs()/time.Second))
	}
	return sign + say.Brief(d)
}
