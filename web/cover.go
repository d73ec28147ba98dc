package web

import (
	"slices"

	"headstart"
	"headstart/lang"
)

// alsoPart is what the page of an announcement shows of the other incidents it speaks
// for, and which ones it might.
type alsoPart struct {
	Carrier headstart.IncidentID
	Also    []choice
	May     []choice // live incidents that reach the same people
}

// alsoPart of a; who may not act sees no choices.
func (s *Site) alsoPart(a *headstart.Announcement, say *lang.Words, v viewer, acts bool) alsoPart {
	p := alsoPart{Carrier: a.Incident}
	for _, id := range a.Also {
		if i, ok := s.o.View.Find(string(id)); ok && v.sees(&i) {
			p.Also = append(p.Also, choice{string(id), nameOf(i.Title, string(id), say.Lang)})
		}
	}
	if !acts || !coverable(a) {
		return p
	}
	p.May = slices.DeleteFunc(s.linkable(say, v), func(c choice) bool {
		i, ok := s.o.View.Find(c.ID)
		return !ok || i.Confidential || a.About(i.ID) || !meets(s.o.View, a, &i)
	})
	return p
}

// sameAs are the announcements that may speak for i too, newest incident first.
func (s *Site) sameAs(i *headstart.Incident, say *lang.Words, v viewer) (out []choice) {
	if !i.Live() || i.Confidential {
		return nil
	}
	for a := range s.o.View.EachAnnouncement() {
		if len(out) == linkableMost || a.About(i.ID) || !v.seesAnnouncement(a) || !coverable(a) || !meets(s.o.View, a, i) {
			continue
		}
		of, ok := s.o.View.Find(string(a.Incident))
		if !ok || !of.Live() || !v.acts(&of) {
			continue
		}
		out = append(out, choice{a.ID, a.Ref() + " · " + locationName(s.o.View.Catalog(), a.Audience, say.Lang) + " · " + nameOf(of.Title, a.Ref(), say.Lang)})
	}
	return out
}

// coverable reports whether an announcement may speak for more: it is not over, and not
// about planned work. The engine has the last word.
func coverable(a *headstart.Announcement) bool {
	return !a.Planned() && (a.Live() || a.State == headstart.AnnouncementDraft)
}

// meets reports whether readers of a may have what i is: the two hit a place together,
// or one of them is not known to hit any.
func meets(view *headstart.View, a *headstart.Announcement, i *headstart.Incident) bool {
	if len(i.Locations) == 0 || view.Catalog().LocationByID(a.Audience) == nil {
		return true
	}
	return slices.Contains(i.Locations, a.Audience)
}
