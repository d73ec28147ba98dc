package figures

import (
	"time"

	"headstart"
	"headstart/lang"
)

// KPIs are Figures as the API tells them: GET /api/v1/kpis.
type KPIs struct {
	From   string `json:"from"` // first day
	To     string `json:"to"`   // last day
	Before Days   `json:"before"`
	Period Kind   `json:"period"`
	Runs   bool   `json:"runs"` // it is not over: its figures will change
	Zone   string `json:"zone"`

	Figures []AnsweredFigure `json:"figures"`
	By      Dimension        `json:"by,omitempty"`
	Rows    []AnsweredRow    `json:"rows,omitempty"`

	Recurring      []AnsweredCause `json:"recurring"`
	TicketsAvoided AnsweredAvoided `json:"tickets_avoided"`

	Sources            []AnsweredSource `json:"sources"`
	ConfidentialHidden int              `json:"confidential_hidden"` // incidents left out: the asker may not see them
}

// Days are the first and the last day of a period.
type Days struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// AnsweredFigure is one figure.
type AnsweredFigure struct {
	Key         string            `json:"key"`
	Name        string            `json:"name"`
	Unit        Unit              `json:"unit"`
	Value       *float64          `json:"value"`
	Cases       int               `json:"cases"`
	NotMeasured string            `json:"not_measured,omitempty"` // why there is no value, in words
	LeftOut     []AnsweredLeftOut `json:"left_out,omitempty"`
	NotGivenBy  []string          `json:"not_given_by,omitempty"` // ticket sources whose tickets lack what it needs
	Before      AnsweredBefore    `json:"before"`
}

// AnsweredBefore is the figure of the period before.
type AnsweredBefore struct {
	Value       *float64 `json:"value"`
	Cases       int      `json:"cases"`
	NotMeasured string   `json:"not_measured,omitempty"`
}

// AnsweredLeftOut counts cases that a figure leaves out.
type AnsweredLeftOut struct {
	Why  Reason `json:"why"`
	Text string `json:"text"`
	N    int    `json:"n"`
}

// AnsweredRow is the figures of one service, category, department, location or month.
type AnsweredRow struct {
	ID      string           `json:"id"` // empty: not known, or other
	Name    string           `json:"name"`
	Other   bool             `json:"other,omitempty"` // departments of fewer than five tickets
	Figures []AnsweredFigure `json:"figures"`
}

// AnsweredCause is a cause that came back.
type AnsweredCause struct {
	Asset         string                 `json:"asset"`
	Name          string                 `json:"name"`
	Services      []string               `json:"services"`
	Count         int                    `json:"count"`
	Incidents     []headstart.IncidentID `json:"incidents"`
	When          []time.Time            `json:"when"` // they began
	Minutes       int64                  `json:"minutes"`
	PeopleMinutes int64                  `json:"people_minutes"`
	Tickets       int                    `json:"tickets"`
	Pattern       string                 `json:"pattern,omitempty"` // when most of them began, in words
	Candidate     bool                   `json:"problem_candidate"`
	Draft         string                 `json:"draft"` // where its problem record is drafted
}

// AnsweredAvoided is the estimate of tickets avoided.
type AnsweredAvoided struct {
	Tickets     *int   `json:"tickets"`
	Low         *int   `json:"low"`
	High        *int   `json:"high"`
	NotMeasured string `json:"not_measured,omitempty"`
	Assumption  string `json:"assumption"`
}

// AnsweredSource says what a ticket source does not give.
type AnsweredSource struct {
	Name  string   `json:"name"`
	Lacks []string `json:"lacks"`
}

// Answer tells f in say's language. Names come from the catalog.
func (f *Figures) Answer(catalog *headstart.Catalog, say *lang.Words) KPIs {
	t := teller{f, catalog, say}
	a := KPIs{
		From: f.Period.From.Format(time.DateOnly), To: f.Period.Last().Format(time.DateOnly), Period: f.Period.Kind, Runs: f.Runs,
		Zone: f.Period.From.Location().String(), Figures: t.figures(f.All), By: f.By, Recurring: []AnsweredCause{}, Sources: []AnsweredSource{},
		Before: Days{f.Before.From.Format(time.DateOnly), f.Before.Last().Format(time.DateOnly)}, ConfidentialHidden: f.Hidden, TicketsAvoided: t.avoided(),
	}
	for _, r := range f.Rows {
		a.Rows = append(a.Rows, AnsweredRow{ID: r.ID, Name: t.row(r), Other: r.Other, Figures: t.figures(r.Figures)})
	}
	for n := range f.Recurring {
		a.Recurring = append(a.Recurring, t.cause(&f.Recurring[n]))
	}
	for _, s := range f.Sources {
		a.Sources = append(a.Sources, AnsweredSource{s.Name, append([]string{}, s.Lacks...)})
	}
	return a
}

// teller says figures in words.
type teller struct {
	f       *Figures
	catalog *headstart.Catalog
	say     *lang.Words
}

func (t teller) figures(list []Figure) []AnsweredFigure {
	out := make([]AnsweredFigure, len(list))
	for n := range list {
		f := &list[n]
		out[n] = AnsweredFigure{
			Key: f.Key, Name: t.say.Say("figure." + f.Key), Unit: f.Unit, Value: f.Value, Cases: f.Cases,
			NotMeasured: t.missing(f.Missing, f.MissingFrom), NotGivenBy: f.LeavesUnsaid,
			Before: AnsweredBefore{Value: f.Before, Cases: f.CasesBefore, NotMeasured: t.missing(f.MissingBefore, nil)},
		}
		if f.Missing == NotGiven {
			out[n].NotGivenBy = f.MissingFrom
		}
		for _, l := range f.LeftOut {
			out[n].LeftOut = append(out[n].LeftOut, AnsweredLeftOut{l.Why, t.leftOut(l), l.N})
		}
	}
	return out
}

// missing says why there is no value; empty: there is one.
func (t teller) missing(why Reason, from []string) string {
	if why == "" {
		return ""
	}
	text := t.say.Say("figure.missing."+string(why), "least", minAnswers)
	if len(from) > 0 {
		text += " (" + joined(from) + ")"
	}
	return text
}

func (t teller) leftOut(l LeftOut) string {
	return t.say.Say("figure.leftout."+string(l.Why), "n", l.N)
}

func (t teller) row(r Row) string {
	switch {
	case r.Other:
		return t.say.Say("figures.other", "least", minTickets)
	case t.f.By == ByMonth:
		return t.say.Month(r.Month.From)
	case r.ID == "":
		return t.say.Say("figures.unknown." + string(t.f.By))
	}
	return t.name(t.f.By, r.ID)
}

func (t teller) name(d Dimension, id string) string {
	var names headstart.Names
	switch d {
	case ByService:
		if s := t.catalog.ServiceByID(id); s != nil {
			names = s.Name
		}
	case ByDepartment:
		if d := t.catalog.DepartmentByID(id); d != nil {
			names = d.Name
		}
	case ByLocation:
		if l := t.catalog.LocationByID(id); l != nil {
			names = l.Name
		}
	case ByCategory, ByMonth:
	}
	if name := names.In(t.say.Lang); name != "" {
		return name
	}
	return id
}

// asset is what people call a device or a service.
func (t teller) asset(id string) string {
	if d := t.catalog.DeviceByID(id); d != nil && d.Name.In(t.say.Lang) != "" {
		return d.Name.In(t.say.Lang)
	}
	return t.name(ByService, id)
}

func (t teller) cause(c *Cause) AnsweredCause {
	a := AnsweredCause{
		Asset: c.Asset, Name: t.asset(c.Asset), Services: append([]string{}, c.Services...), Count: len(c.Incidents), Minutes: c.Minutes,
		PeopleMinutes: c.PeopleMinutes, Tickets: c.Tickets, Pattern: t.pattern(c), Candidate: c.Candidate, Draft: t.f.draftPath(c.Asset),
		Incidents: []headstart.IncidentID{}, When: []time.Time{},
	}
	for _, i := range c.Incidents {
		a.Incidents = append(a.Incidents, i.ID)
		a.When = append(a.When, time.Unix(i.Started, 0).In(t.f.Period.From.Location()))
	}
	return a
}

// pattern says when most of a cause's incidents began; empty: at no time in particular.
func (t teller) pattern(c *Cause) string {
	switch {
	case c.Hour >= 0 && c.Weekday >= 0:
		return t.say.Say("figures.pattern.both", "day", t.say.Weekday(time.Weekday(c.Weekday)), "from", c.Hour, "to", (c.Hour+1)%24)
	case c.Hour >= 0:
		return t.say.Say("figures.pattern.hour", "from", c.Hour, "to", (c.Hour+1)%24)
	case c.Weekday >= 0:
		return t.say.Say("figures.pattern.day", "day", t.say.Weekday(time.Weekday(c.Weekday)))
	}
	return ""
}

func (t teller) avoided() AnsweredAvoided {
	x := t.f.Avoided
	a := AnsweredAvoided{Assumption: t.say.Say(
		"figures.avoided.assumption", "told", x.Told, "untold", x.Untold, "people", lang.Number(t.say.Lang, x.PeopleTold), "tickets", x.TicketsUntold,
		"hit", lang.Number(t.say.Lang, x.PeopleUntold), "came", x.TicketsTold,
	)}
	switch x.Missing {
	case "":
		a.Tickets, a.Low, a.High = &x.Tickets, &x.Low, &x.High
	case TooFew:
		a.NotMeasured = t.say.Say("figures.avoided.few", "least", minUntold)
	default:
		a.NotMeasured = t.say.Say("figures.avoided.none")
	}
	return a
}
