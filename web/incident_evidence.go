package web

import (
	"context"
	"net/http"
	"slices"

	"headstart"
	"headstart/lang"
)

// member is one failing thing, how it joined, and what would have kept it out.
type member struct {
	Name, Asset, Check, Reason, Rule, At, Level, Word string
	Href                                              string // of its page; empty: it has none

	Text, Why string // of the decision that put it here
}

func (s *Site) members(i *headstart.Incident, v viewer, say *lang.Words) []member {
	cat, now, id := s.o.View.Catalog(), s.now(), i.Group
	members, problems := s.o.View.Members(id)
	out := make([]member, len(members))
	for n, m := range members {
		p := problems[n]
		out[n] = member{
			Name: assetName(cat, m.Asset, say.Lang), Asset: m.Asset, Href: v.thing(m.Asset, say.Lang).Href, Check: p.Check, Reason: say.Reason(p.Reason), Rule: m.Rule,
			At: say.When(m.Joined, now), Level: "green", Word: say.Say("member.well"),
		}
		out[n].Text, out[n].Why = joining(i.Timeline, m)
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

// place is what an incident does at one place.
type place struct {
	Name, Href     string // of its page; empty: it has none
	Failing, Total int    // of its devices there that belong to the incident
	Tickets        int    // linked, of people there
}

// places says what the incident does where, in the order of the incident's places.
func (s *Site) places(i *headstart.Incident, linked []candidate, v viewer, language string) []place {
	cat := s.o.View.Catalog()
	var out []place
	for _, id := range i.Locations {
		at := v.place(id, language)
		p := place{Name: at.Name, Href: at.Href, Total: devicesAt(cat, id, i.Alerts.Assets), Failing: devicesAt(cat, id, i.Alerts.FiringAssets)}
		for n := range linked {
			if linked[n].Ticket.Requester.Location == id {
				p.Tickets++
			}
		}
		out = append(out, p)
	}
	return out
}

// devicesAt is how many of assets are devices at a location.
func devicesAt(cat *headstart.Catalog, location string, assets []string) (n int) {
	for _, a := range assets {
		if d := cat.DeviceByID(a); d != nil && d.Location == location {
			n++
		}
	}
	return n
}

// comparison answers why an incident and another one are not one.
type comparison struct {
	Other headstart.IncidentID
	One   bool // they are
	Text  string
	Rule  string
}

// compare answers the question ?against= of a request; nil: it asks nothing that can
// be answered. It says in words why not.
func (s *Site) compare(ctx context.Context, i *headstart.Incident, against string, v viewer, say *lang.Words) *comparison {
	other, ok := s.o.View.Find(against)
	switch {
	case against == "" || s.o.WhyNot == nil:
		return nil
	case !ok || !v.sees(&other) || other.ID == i.ID:
		return &comparison{Text: say.Say("evidence.noother", "id", cutText(against, 40))}
	}
	d, known, err := s.o.WhyNot(ctx, i.Group, other.Group)
	if err != nil {
		s.logger.Warn("cannot say why two incidents are not one", "incident", i.ID, "err", err)
	}
	if err != nil || !known {
		return &comparison{Other: other.ID, Text: say.Say("evidence.notkept")}
	}
	whole, _ := s.o.View.Incident(other.ID, say.Lang)
	d.Blame(i.Timeline, whole.Timeline)
	return &comparison{Other: other.ID, One: d.Outcome == "one", Rule: d.Rule, Text: d.Words(say.Lang, s.o.View.Zone())}
}

// otherIncidents are the live ones beside i that v may act on, the worst first.
func (s *Site) otherIncidents(i *headstart.Incident, say *lang.Words, v viewer) []choice {
	return slices.DeleteFunc(s.linkable(say, v), func(c choice) bool { return c.ID == string(i.ID) })
}

// forgotten answers for an incident that is not kept, or never was.
func (s *Site) forgotten(w http.ResponseWriter, r *http.Request, id string) {
	say := s.say(r)
	s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.incident", "id", cutText(id, 40)))
}
