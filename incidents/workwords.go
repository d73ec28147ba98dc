package incidents

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"headstart"
)

// composeWork renders a message about planned work in every language of its
// audience. What a person typed wins over what the window says.
func (b *book) composeWork(x *work, a *headstart.Announcement, phase headstart.Phase, by string, typed map[string]string) *headstart.Update {
	return b.composeWorkUntil(x, a, phase, by, typed, time.Time{})
}

// composeWorkUntil is composeWork with the end that a person expects; zero: that of
// the window.
func (b *book) composeWorkUntil(x *work, a *headstart.Announcement, phase headstart.Phase, by string, typed map[string]string, until time.Time) *headstart.Update {
	u := &headstart.Update{
		N: len(a.Updates), Phase: phase, At: b.now, Final: phase.Final(), By: by, Text: map[string]headstart.Text{}, People: x.reach.People,
	}
	from, to := b.periodOf(x, a, phase, until)
	switch phase {
	case headstart.MaintenanceAnnounced:
		u.NextUpdateBy = at(from)
	case headstart.MaintenanceStarted, headstart.MaintenanceExtended:
		if !to.IsZero() {
			u.NextUpdateBy = at(to)
		}
	default: // nothing follows
	}
	_, before := b.plans.Failing(x.id)
	for _, lang := range a.Languages {
		w := b.wordingOfWork(x, a, phase, lang)
		w.Start, w.End = b.local(from), b.local(to)
		if u.NextUpdateBy != nil {
			w.NextUpdate = u.NextUpdateBy.In(b.zone)
		}
		if phase == headstart.MaintenanceExtended && !to.Equal(a.EndsAt) {
			w.EndOld = b.local(a.EndsAt)
		}
		// Only a person says that it works, and not while anything there fails.
		w.ByPerson = phase == headstart.MaintenanceDone && before == 0 && (by != "rule" || b.config.policy(string(phase)) != auto)
		maps.Copy(w.Vars, typed)
		b.renderInto(u, w)
	}
	if u.Basis != nil {
		u.Basis.Typed = typed
	}
	for _, h := range u.Hits {
		u.Why = append(u.Why, h.Lang+": "+b.plainWords()+h.Word)
	}
	return u
}

// periodOf is from when to when the work is, as a message of phase says it; an end
// nobody knows is zero.
func (b *book) periodOf(x *work, a *headstart.Announcement, phase headstart.Phase, until time.Time) (from, to time.Time) {
	from, to = a.StartsAt, a.EndsAt
	switch phase {
	case headstart.MaintenanceCancelled, headstart.MaintenanceDone, headstart.Withdrawn: // as it was told
		return from, to
	default:
	}
	if x.window != nil {
		from, to = x.window.StartsAt, x.window.EndsAt
	}
	if phase == headstart.MaintenanceExtended {
		if !until.IsZero() {
			to = until
		}
		if !to.After(b.now) {
			to = time.Time{}
		}
	}
	return from, to
}

func (b *book) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(b.zone)
}

// renderInto writes u in the language of w, and what stands against sending it.
func (b *book) renderInto(u *headstart.Update, w headstart.Wording) {
	c := b.composer.Compose(w)
	u.Text[w.Lang] = c.Text
	u.Hits = append(u.Hits, c.Hits...)
	if u.Basis == nil {
		u.Basis = headstart.NewBasis(&w)
		u.Basis.Template = c.Template
	} else {
		u.Basis.Add(&w)
	}
	for _, m := range c.Missing {
		u.Missing = append(u.Missing, w.Lang+": "+m)
		u.Why = append(u.Why, w.Lang+": "+m+b.empty())
	}
	if c.TooLong {
		u.Why = append(u.Why, w.Lang+b.because(": korte tekst langer dan 160 tekens", ": short text over 160 characters"))
	}
}

// wordingOfWork is what the words about planned work depend on beside its times.
func (b *book) wordingOfWork(x *work, a *headstart.Announcement, phase headstart.Phase, lang string) headstart.Wording {
	w := headstart.Wording{
		Phase: phase, Kind: a.Kind, Effect: a.Effect, Lang: lang, Now: b.now.In(b.zone), Attended: true,
		Vars: map[string]string{
			"Name": x.subject.name(lang), "Where": b.whereOfWork(x, a.Audience, lang), "Contact": b.log.Contact, "Ref": a.Number,
			"StatusURL": b.statusURL(a.Services, a.Locations), "Why": b.whyOfWork(x, lang),
		},
	}
	if s := x.subject.service; s != nil {
		w.Vars["UrgentContact"] = s.UrgentContact.In(lang)
	}
	return w
}

// whereOfWork names the places the work touches, those of the audience first.
func (b *book) whereOfWork(x *work, audience, lang string) string {
	var own []*headstart.Location
	for _, id := range b.placesOf(audience) {
		if l := b.places[id]; l != nil && slices.Contains(x.doors, l) && len(own) < mostPlaces {
			own = append(own, l)
		}
	}
	return where(x.doors, own, lang)
}

// whyOfWork is what was written to the window for people to read. What a calendar
// calls its event was written for colleagues.
func (b *book) whyOfWork(x *work, lang string) string {
	w := x.window
	if w == nil || strings.HasPrefix(w.Source, "ical/") {
		return ""
	}
	text := strings.TrimSpace(cmp.Or(w.Summary[lang], w.Summary[""]))
	if text != "" && !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "!") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	return text
}

// describeWork copies what the status page shows beside the words.
func (b *book) describeWork(x *work, a *headstart.Announcement) {
	if x.window == nil {
		return
	}
	r := &x.reach
	if a.Severity == "minor" && a.Kind == x.subject.kind && a.People == r.People && a.Confidential == r.Confidential &&
		slices.Equal(a.Services, r.Services) && slices.Equal(a.Locations, r.Locations) {
		return
	}
	a.Severity, a.Kind, a.Effect = "minor", x.subject.kind, "down"
	a.Services, a.Locations, a.People, a.Confidential = orNone(r.Services), orNone(r.Locations), r.People, r.Confidential
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}
