package web

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// Editor is how the words of a message come about and who gets it, handed in by cmd:
// pages and API word nothing by themselves.
type Editor struct {
	// Compose renders one message; nil: only what is stored can be shown.
	Compose func(headstart.Wording) headstart.Composed

	// Fields are the variables of a phase that a person may write.
	Fields func(headstart.Phase) []string

	// Recipients are the addresses of each channel that has some, by its name.
	Recipients map[string][]string
}

// Limits of the short forms.
const (
	mostSeptets = 160 // of GSM-7
	mostSpoken  = 45  // words
)

// proof is a message as it would read, in one language.
type proof struct {
	Lang       string          `json:"lang"`
	Text       headstart.Text  `json:"text"`
	Septets    int             `json:"septets"`     // of the short form, at most 160; zero: not counted
	PhoneWords int             `json:"phone_words"` // at most 45
	Missing    []string        `json:"missing"`     // places that are empty: it cannot go out so
	Hits       []headstart.Hit `json:"hits"`        // words that users should not meet
}

// proofs are u in each language of a, with what a person writes in place of what he
// wrote before; nil: as it is stored.
func (e *Editor) proofs(a *headstart.Announcement, u *headstart.Update, typed map[string]string, zone *time.Location) []proof {
	var out []proof
	for _, lang := range a.Languages {
		p := proof{Lang: lang, Text: u.Text[lang], Missing: []string{}, Hits: []headstart.Hit{}}
		if u.Basis != nil && e.Compose != nil {
			w := u.Basis.Wording(u.Phase, lang, zone)
			if typed != nil {
				w.ByPerson = true
				w.Type(typed)
			}
			c := e.Compose(w)
			if p.Septets = c.Septets; typed != nil {
				p.Text = c.Text
			}
			p.Missing, p.Hits = append(p.Missing, c.Missing...), append(p.Hits, c.Hits...)
		}
		p.PhoneWords = len(strings.Fields(p.Text.Phone))
		out = append(out, p)
	}
	return out
}

// reach is who a message goes to, as far as the configuration tells (ruling 29).
type reach struct {
	Audience string     `json:"audience"`
	People   int        `json:"people"`
	Groups   []string   `json:"groups"`
	Channels []string   `json:"channels"` // that carry it
	LeftOut  []string   `json:"left_out"` // places the incident hits that no audience covers
	Overlaps []sharedBy `json:"overlaps"`
}

// sharedBy is an address, or a group, that more than one message of the incident reaches.
type sharedBy struct {
	Recipient string   `json:"recipient"`
	Through   []string `json:"through"` // channels, or audiences of a group
}

// reachOf says who gets a message of a about i.
func (e *Editor) reachOf(view *headstart.View, a *headstart.Announcement, i *headstart.Incident) reach {
	r := reach{Audience: a.Audience, People: a.People, Groups: []string{}, Channels: []string{}, LeftOut: []string{}, Overlaps: []sharedBy{}}
	c := view.Config()
	if c == nil {
		return r
	}
	told := []string{a.Audience}
	for _, other := range view.Announcements() {
		if other.Incident == i.ID && !slices.Contains(told, other.Audience) && (other.Live() || other.Draft != nil) {
			told = append(told, other.Audience)
		}
	}
	through := map[string][]string{} // by recipient
	mine := map[string]bool{}
	for n := range c.Channels {
		ch := &c.Channels[n]
		if ch.Carries(a.Audience, c.Audiences) {
			r.Channels = append(r.Channels, ch.Name)
		}
		carried := slices.ContainsFunc(told, func(id string) bool { return ch.Carries(id, c.Audiences) })
		for _, address := range e.Recipients[ch.Name] {
			if carried {
				through[address] = append(through[address], ch.Name)
				mine[address] = mine[address] || ch.Carries(a.Audience, c.Audiences)
			}
		}
	}
	covered := map[string]bool{}
	for n := range c.Audiences {
		aud := &c.Audiences[n]
		for _, l := range aud.Locations {
			covered[l] = true
		}
		if slices.Contains(told, aud.ID) {
			for _, g := range aud.Groups {
				through[g] = append(through[g], aud.ID)
				mine[g] = mine[g] || aud.ID == a.Audience
			}
		}
		if aud.ID == a.Audience {
			r.Groups = append(r.Groups, aud.Groups...)
		}
	}
	if len(c.Audiences) > 0 && !slices.ContainsFunc(c.Audiences, func(aud headstart.Audience) bool { return len(aud.Locations) == 0 }) {
		for _, l := range i.Locations {
			if !covered[l] {
				r.LeftOut = append(r.LeftOut, l)
			}
		}
	}
	for recipient, by := range through {
		if len(by) > 1 && mine[recipient] {
			r.Overlaps = append(r.Overlaps, sharedBy{recipient, by})
		}
	}
	slices.SortFunc(r.Overlaps, func(x, y sharedBy) int { return strings.Compare(x.Recipient, y.Recipient) })
	return r
}
