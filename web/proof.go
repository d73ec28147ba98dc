package web

import (
	"maps"
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
	told := audiencesTold(view, a, i)
	ways := ways{by: map[string][]string{}, mine: map[string]bool{}}
	for n := range c.Channels {
		ch := &c.Channels[n]
		carries := func(id string) bool { return ch.Carries(id, c.Audiences) }
		if carries(a.Audience) {
			r.Channels = append(r.Channels, ch.Name)
		}
		if slices.ContainsFunc(told, carries) {
			ways.add(e.Recipients[ch.Name], ch.Name, carries(a.Audience))
		}
	}
	for n := range c.Audiences {
		aud := &c.Audiences[n]
		if aud.ID == a.Audience {
			r.Groups = append(r.Groups, aud.Groups...)
		}
		if slices.Contains(told, aud.ID) {
			ways.add(aud.Groups, aud.ID, aud.ID == a.Audience)
		}
	}
	r.LeftOut, r.Overlaps = leftOut(c.Audiences, i.Locations), ways.shared()
	return r
}

// audiencesTold are that of a, and those that i has another message for, live or waiting.
func audiencesTold(view *headstart.View, a *headstart.Announcement, i *headstart.Incident) []string {
	told := []string{a.Audience}
	for other := range view.EachAnnouncement() {
		if other.About(i.ID) && !slices.Contains(told, other.Audience) && (other.Live() || other.Draft != nil) {
			told = append(told, other.Audience)
		}
	}
	return told
}

// leftOut are the places hit that none of the audiences names; where one is for all
// places, or where audiences follow from the places, there are none.
func leftOut(audiences []headstart.Audience, hit []string) []string {
	out := []string{}
	for _, l := range hit {
		covers := func(a headstart.Audience) bool { return len(a.Locations) == 0 || slices.Contains(a.Locations, l) }
		if len(audiences) > 0 && !slices.ContainsFunc(audiences, covers) {
			out = append(out, l)
		}
	}
	return out
}

// ways are how messages about one incident get to each recipient.
type ways struct {
	by   map[string][]string
	mine map[string]bool // the one looked at is among them
}

func (w *ways) add(recipients []string, through string, mine bool) {
	for _, r := range recipients {
		w.by[r] = append(w.by[r], through)
		w.mine[r] = w.mine[r] || mine
	}
}

// shared are the recipients that more than one way leads to.
func (w *ways) shared() []sharedBy {
	out := []sharedBy{}
	for _, r := range slices.Sorted(maps.Keys(w.by)) {
		if len(w.by[r]) > 1 && w.mine[r] {
			out = append(out, sharedBy{r, w.by[r]})
		}
	}
	return out
}
