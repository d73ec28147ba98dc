package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"headstart"
	"headstart/lang"
)

const (
	mostFound    = 10  // hits of one kind
	longestQuery = 200 // characters

	// titlesSearched is how many tickets, the newest, are searched by their title too:
	// titles lie beside the log, and each is read.
	titlesSearched = 500
)

// searchPage is what was found, by kind.
type searchPage struct {
	frame
	Groups []foundGroup
	Asked  bool
}

// foundGroup is what was found of one kind.
type foundGroup struct {
	Kind string // in words
	Hits []found
	More bool // there are others
}

// found is one hit. What has no page of its own has no address, but the incidents that
// touch it.
type found struct {
	Href, ID, Text, Meta string
	Incidents            []headstart.IncidentID // live
}

// serveSearch finds things by words that all occur in them, whatever their case. A
// number of an incident leads straight to it.
func (s *Site) serveSearch(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say, v := s.say(r), s.viewer(r)
	q := cutText(strings.TrimSpace(strings.ToValidUTF8(r.URL.Query().Get("q"), "")), longestQuery)
	if i, ok := s.o.View.Find(q); ok && v.sees(&i) {
		http.Redirect(w, r, "/i/"+string(i.ID), http.StatusSeeOther)
		return
	}
	p := searchPage{frame: s.frame(r, "search", say.Say("search.label")), Asked: q != ""}
	p.Query = q
	if words := searchWords(q); len(words) > 0 {
		p.Groups = s.find(r.Context(), words, say, v)
	}
	s.render(w, r, http.StatusOK, "search", p)
}

// search looks for words in what one reader may see.
type search struct {
	s     *Site
	cat   *headstart.Catalog
	say   *lang.Words
	v     viewer
	words []string
	live  []*headstart.Incident             // that the reader may see
	of    map[string][]headstart.IncidentID // those of live an asset belongs to

	text   []byte            // what match looks through
	places map[string]string // names of locations that were asked for
}

func (s *Site) find(ctx context.Context, words []string, say *lang.Words, v viewer) []foundGroup {
	mine := v.catalog()
	f := search{s: s, cat: &mine, say: say, v: v, words: words}
	f.live = slices.DeleteFunc(s.liveIncidents(), func(i *headstart.Incident) bool { return !v.sees(i) })
	f.of = f.byAsset()
	var out []foundGroup
	for _, kind := range []struct {
		name string
		hits []found
	}{
		{"incidents", f.incidents()},
		{"tickets", f.tickets(ctx)},
		{"services", f.services()},
		{"devices", f.devices()},
		{"locations", f.locations()},
		{"people", f.departments()},
		{"announcements", f.announcements()},
		{"errors", f.knownErrors()},
	} {
		if len(kind.hits) > 0 {
			out = append(out, foundGroup{say.Say("found." + kind.name), kind.hits[:min(len(kind.hits), mostFound)], len(kind.hits) > mostFound})
		}
	}
	return out
}

// match reports whether each word occurs somewhere in texts.
func (f *search) match(texts ...string) bool {
	f.text = f.text[:0] // thousands are asked: the room for their words is one
	for _, t := range texts {
		f.text = append(appendLower(f.text, t), '\n')
	}
	return !slices.ContainsFunc(f.words, func(w string) bool { return !bytes.Contains(f.text, []byte(w)) })
}

// appendLower appends t in lower case.
func appendLower(b []byte, t string) []byte {
	start := len(b)
	for n := range len(t) {
		c := t[n]
		if c >= utf8.RuneSelf {
			return append(b[:start], strings.ToLower(t)...)
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return b
}

// full reports whether hits are enough: one more than is shown says that there are more.
func full(hits []found) bool { return len(hits) > mostFound }

func names(n headstart.Names) string { return n[""] + "\n" + n["nl"] + "\n" + n["en"] }

func (f *search) incidents() (out []found) {
	for i := range f.s.o.View.EachIncident() {
		if full(out) || !f.v.sees(i) {
			continue
		}
		where := joined(i.Locations, func(id string) string { return locationName(f.cat, id, f.say.Lang) })
		what := joined(i.Services, func(id string) string { return serviceName(f.cat, id, f.say.Lang) })
		if f.match(string(i.ID), i.Ref, names(i.Title), where, what, i.Cause.Asset, assetName(f.cat, i.Cause.Asset, f.say.Lang), i.KnownError) {
			out = append(out, found{
				Href: "/i/" + string(i.ID), ID: string(i.ID), Text: nameOf(i.Title, string(i.ID), f.say.Lang),
				Meta: f.say.When(i.StartedAt, f.s.now()) + " · " + f.say.SayOr("state.", string(i.State), string(i.State)),
			})
		}
	}
	return out
}

// place names where a ticket comes from; most of thousands say one of a few places, or none.
func (f *search) place(id string) string {
	name, known := f.places[id]
	if !known {
		name = locationName(f.cat, id, f.say.Lang)
		if f.places == nil {
			f.places = map[string]string{}
		}
		f.places[id] = name
	}
	return name
}

func (f *search) tickets(ctx context.Context) (out []found) {
	all := f.v.tickets(f.s.o.View.Tickets())
	keys := make([]string, 0, titlesSearched)
	for n := range all[:min(len(all), titlesSearched)] {
		keys = append(keys, all[n].Key())
	}
	titles := f.s.ticketTitles(ctx, keys)
	for n := range all {
		if full(out) {
			break
		}
		t := all[n]
		key, place := t.Key(), f.place(t.Requester.Location)
		if !f.match(key, titles[key], place, t.Category) {
			continue
		}
		hit := found{ID: key, Text: titles[key], Meta: f.say.When(t.Since(), f.s.now()), Href: "/tickets"}
		if place != "" {
			hit.Meta += " · " + place
		}
		if l := t.Linked(); l != nil {
			if i, ok := f.s.o.View.Find(string(l.Incident)); ok && f.v.sees(&i) {
				hit.Href, hit.Incidents = "/i/"+string(i.ID)+"?tab=tickets", []headstart.IncidentID{i.ID}
			}
		}
		out = append(out, hit)
	}
	return out
}

// touching are the live incidents for which is holds.
func (f *search) touching(is func(*headstart.Incident) bool) (out []headstart.IncidentID) {
	for n := range f.live {
		if is(f.live[n]) && len(out) < mostFound {
			out = append(out, f.live[n].ID)
		}
	}
	return out
}

// byAsset are the live incidents each asset belongs to.
func (f *search) byAsset() map[string][]headstart.IncidentID {
	out := map[string][]headstart.IncidentID{}
	for n := range f.live {
		members, _ := f.s.o.View.Members(f.live[n].Group)
		for _, m := range members {
			if list := out[m.Asset]; m.Left.IsZero() && !slices.Contains(list, f.live[n].ID) {
				out[m.Asset] = append(list, f.live[n].ID)
			}
		}
	}
	return out
}

func (f *search) services() (out []found) {
	for n := range f.cat.Services {
		svc := &f.cat.Services[n]
		if full(out) || !f.match(svc.ID, names(svc.Name), strings.Join(svc.Aliases, "\n")) || !f.v.seesAsset(svc.ID) {
			continue
		}
		out = append(out, found{
			Href: assetAddress(svc.ID), ID: svc.ID, Text: nameOf(svc.Name, svc.ID, f.say.Lang), Meta: svc.SupportGroup,
			Incidents: f.touching(func(i *headstart.Incident) bool { return slices.Contains(i.Services, svc.ID) }),
		})
	}
	return out
}

func (f *search) devices() (out []found) {
	for n := range f.cat.Devices {
		d := &f.cat.Devices[n]
		place := f.place(d.Location)
		if full(out) || !f.match(d.ID, names(d.Name), d.Kind, d.Address, place, strings.Join(d.Aliases, "\n")) || !f.v.seesAsset(d.ID) {
			continue
		}
		out = append(out, found{Href: f.v.thing(d.ID, f.say.Lang).Href, ID: d.ID, Text: nameOf(d.Name, d.ID, f.say.Lang), Meta: joinedParts(d.Kind, place, d.Address), Incidents: f.of[d.ID]})
	}
	return out
}

func (f *search) locations() (out []found) {
	for n := range f.cat.Locations {
		l := &f.cat.Locations[n]
		if full(out) || !f.match(l.ID, names(l.Name), strings.Join(l.Aliases, "\n")) {
			continue
		}
		out = append(out, found{
			Href: assetAddress(l.ID), ID: l.ID, Text: nameOf(l.Name, l.ID, f.say.Lang), Meta: l.Contact,
			Incidents: f.touching(func(i *headstart.Incident) bool { return slices.Contains(i.Locations, l.ID) }),
		})
	}
	return out
}

// departments are the people a live incident may hit.
func (f *search) departments() (out []found) {
	for n := range f.cat.Departments {
		d := &f.cat.Departments[n]
		if full(out) || !f.match(d.ID, names(d.Name), strings.Join(d.Aliases, "\n")) {
			continue
		}
		out = append(out, found{
			ID: d.ID, Text: nameOf(d.Name, d.ID, f.say.Lang), Meta: f.say.Say("word.people", "n", d.People),
			Incidents: f.touching(func(i *headstart.Incident) bool { return slices.Contains(i.Departments, d.ID) }),
		})
	}
	return out
}

func (f *search) announcements() (out []found) {
	for a := range f.s.o.View.EachAnnouncement() {
		u := edited(a)
		if full(out) || u == nil {
			continue
		}
		var texts []string
		for _, l := range lang.Languages() {
			texts = append(texts, u.Text[l].Title, u.Text[l].Short, u.Text[l].Body)
		}
		audience := locationName(f.s.o.View.Catalog(), a.Audience, f.say.Lang)
		if f.match(append(texts, string(a.Incident), a.Audience, audience)...) && f.v.seesAnnouncement(a) {
			text, _ := textIn(u.Text, f.say.Lang)
			out = append(out, found{Href: "/announcements/" + url.PathEscape(a.ID), ID: string(a.Incident), Text: text.Title, Meta: audience + " · " + f.say.SayOr("announcement.", string(a.State), string(a.State))})
		}
	}
	return out
}

func (f *search) knownErrors() (out []found) {
	for _, k := range f.v.records(f.s.o.View.KnownErrors()) {
		if !full(out) && f.match(recordText(&k)...) {
			out = append(out, found{Href: "/known-errors/" + url.PathEscape(k.ID), ID: k.ID, Text: k.Name(f.say.Lang), Meta: short(k.Remedy(f.say.Lang))})
		}
	}
	return out
}

// joinedParts are the parts that say something, with a dot between.
func joinedParts(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}
