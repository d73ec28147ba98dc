package incidents

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"headstart"
)

// subject is what the words of an incident are about: a service of the
// catalog, or one device when it alone fails.
type subject struct {
	service *headstart.Service // nil: none known
	device  *headstart.Device  // set when the incident is one printer
	kind    headstart.ServiceKind
}

// chooseSubject takes the service people will notice first: the one that failed
// itself, else one the failing device carries, else the most critical one hit.
func (b *book) chooseSubject(i *incident) subject {
	if s := b.services[i.X.Service]; s != nil {
		return subject{service: s, kind: kindOf(s)}
	}
	if s := b.services[i.Cause.Asset]; s != nil {
		return subject{service: s, kind: kindOf(s)}
	}
	var own []string
	d := b.devices[i.Cause.Asset]
	if d != nil {
		own = d.Services
	}
	s := b.mostCritical(own)
	if s == nil {
		s = b.mostCritical(i.Services)
	}
	sub := subject{service: s, kind: headstart.KindOther}
	if s != nil {
		sub.kind = kindOf(s)
	}
	if d != nil && d.Kind == "printer" && i.single() {
		sub.device, sub.kind = d, headstart.KindPrinter
	}
	return sub
}

func kindOf(s *headstart.Service) headstart.ServiceKind {
	return cmp.Or(s.Kind, headstart.KindOther)
}

func (b *book) mostCritical(ids []string) *headstart.Service {
	var best *headstart.Service
	rank := -1
	for _, id := range ids {
		s := b.services[id]
		if s == nil {
			continue
		}
		if r := level(s); r > rank || r == rank && s.ID < best.ID {
			best, rank = s, r
		}
	}
	return best
}

// level orders services by how critical they are; -1: the catalog says a word that
// is none of ours.
func level(s *headstart.Service) int {
	return slices.Index(levels, cmp.Or(s.Criticality, headstart.Normal))
}

var levels = []headstart.Criticality{headstart.Low, headstart.Normal, headstart.High, headstart.Vital}

// name is what users call the subject; empty when the kind's own words do.
func (s subject) name(lang string) string {
	switch {
	case s.device != nil:
		return s.device.Name.In(lang)
	case s.service != nil && (s.kind == headstart.KindApplication || s.kind == headstart.KindOther || s.kind == headstart.KindFileshare):
		return s.service.Name.In(lang)
	}
	return ""
}

// title writes what the incident is called on the desk. It follows the cause.
func (b *book) title(i *incident) {
	if i.Title != nil && i.X.Touched && i.Cause.Kind == headstart.CauseManual {
		return // a person's words stay
	}
	if b.titleStands(i) {
		return
	}
	s := b.subject(i)
	t := headstart.Names{}
	for _, lang := range []string{"nl", "en"} {
		text := ""
		if b.composer != nil && i.Cause.Kind != headstart.CauseStorm { // no one service stands for a storm
			// Not by Compose: thousands join one incident, and each of them asks.
			text = b.composer.Title(s.kind, i.effect(), s.name(lang), lang)
		}
		if text == "" {
			text = b.plainTitle(i, lang)
		}
		if where := b.whereNow(i, lang); where != "" {
			text += " – " + where
		}
		t[lang] = text
	}
	i.Title = t
}

// plainTitle serves where the catalog knows no service: what fails, as its
// source names it. Users never see it, since such an incident has no audience.
func (b *book) plainTitle(i *incident, lang string) string {
	g := b.groups.Group(i.Group)
	if t, has := collections[i.Cause.Kind]; has && g != nil && g.Top == "" {
		return t[lang]
	}
	name := i.Cause.Asset
	if i.Cause.Kind == headstart.CauseSuspected {
		if lang == "en" {
			return "Probably down: " + name
		}
		return "Vermoedelijk uitgevallen: " + name
	}
	if g != nil {
		key := g.Top
		if key == "" {
			key = g.Opener
		}
		if p := b.groups.Problem(key); p != nil {
			if agent, is := isolated(p); is {
				return strings.TrimSpace(map[string]string{"nl": "Prober geïsoleerd", "en": "Prober isolated"}[lang] + " " + agent)
			}
			name = onOneLine(p.Check + " " + p.Asset)
		}
	}
	if name == "" { // its labels have no alertname
		return map[string]string{"nl": "Signaal zonder naam", "en": "Alert without a name"}[lang]
	}
	if lang == "en" {
		return "Alert " + name
	}
	return "Signaal " + name
}

// onOneLine takes out of a name what no line of text can hold.
func onOneLine(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
}

// isolated reports whether p stands for a prober of ours that is cut off, and which
// agent or replica that is; none: this service, of which there is but one.
func isolated(p *headstart.Problem) (name string, is bool) {
	kind, name, _ := strings.Cut(string(p.Key), "/")
	return strings.TrimPrefix(name, "/"), kind == "prober" && p.Asset == ""
}

// collections are the titles of incidents that no single thing stands for.
var collections = map[headstart.CauseKind]map[string]string{
	headstart.CauseNone:  {"nl": "Meer apparaten tegelijk uitgevallen", "en": "Several devices failed together"},
	headstart.CauseStorm: {"nl": "Veel losse storingen tegelijk", "en": "Many separate failures at once"},
	headstart.CauseSurge: {"nl": "Gebruikers melden uitval", "en": "Users report an outage"},
}

// wording is everything a message to an audience about i depends on, as of now.
func (b *book) wording(i *incident, audience string, phase headstart.Phase, lang string) headstart.Wording {
	s := b.subject(i)
	w := headstart.Wording{
		Phase: phase, Kind: s.kind, Effect: i.effect(), Lang: lang,
		Now: b.now.In(b.zone), Since: i.StartedAt.In(b.zone), Attended: b.attended(i),
		Vars: map[string]string{
			"Name": s.name(lang), "Where": b.whereFor(i, audience, lang), "Contact": b.log.Contact, "Ref": string(i.ID),
			"StatusURL": b.statusURL(i.Services, i.Locations),
		},
	}
	if s.service != nil {
		w.Vars["UrgentContact"] = s.service.UrgentContact.In(lang)
	}
	if !w.Attended {
		w.LookFrom = b.lookFrom(i)
	}
	w.Ended = b.ended(i)
	if phase == headstart.Solved {
		w.Vars["Remains"] = b.remains([]*incident{i}, lang)
	}
	if i.Summary != nil {
		w.Vars["Cause"], w.Vars["Prevention"] = i.Summary.Cause, i.Summary.Prevention
	}
	return w
}

// ended is when users of i could work again; zero: it is not over.
func (b *book) ended(i *incident) time.Time {
	switch {
	case i.ResolvedAt == nil:
		return time.Time{}
	case !i.X.Clear.IsZero() && i.X.Clear.Before(*i.ResolvedAt):
		return i.X.Clear.In(b.zone) // the hold is ours
	}
	return i.ResolvedAt.In(b.zone)
}

// effect is what people notice of the service; machines only know that it fails.
func (i *incident) effect() string { return cmp.Or(i.X.Effect, "down") }

// hear takes over the effect a person named.
func (i *incident) hear(vars map[string]string) {
	if e := vars["effect"]; e == "down" || e == "slow" || e == "partly" {
		i.X.Effect = e
	}
}

// statusURL is where a message about these services and places can be read as it stands
// now; empty: on no page.
func (b *book) statusURL(services, locations []string) string {
	for n := range b.log.Pages {
		if p := &b.log.Pages[n]; p.Covers(services, locations) {
			return p.URL
		}
	}
	return ""
}

// attended reports whether a text may say that somebody is on it (ruling 28).
func (b *book) attended(i *incident) bool {
	return b.config.OnCall || i.AcknowledgedAt != nil || b.onDuty(i)
}
