package incidents

import (
	"maps"
	"slices"
	"time"

	"headstart"
)

// sayAll puts into w, which is about the one that carries a, what a message to the
// readers of a says of the others it speaks for. It claims what holds for all of them:
// that somebody is on it only if that is so of each.
func (b *book) sayAll(i *incident, a *headstart.Announcement, w *headstart.Wording) {
	if ref := a.Ref(); ref != "" && a.Incident != "" {
		w.Vars["Ref"] = ref
	}
	of := b.spoken(i, a, w.Phase.Final())
	if len(a.Also) == 0 {
		return
	}
	w.Vars["Also"] = b.nameOthers(i, of, w.Lang)
	w.Vars["Where"] = b.whereAll(of, a.Audience, w.Lang)
	w.Attended = true
	for _, o := range of {
		b.sayOne(o, w)
	}
	w.LookFrom = time.Time{}
	if !w.Attended {
		w.LookFrom = b.lookFrom(i)
	}
	r := b.reachOf(i, a)
	w.Vars["StatusURL"] = b.statusURL(r.services, r.locations)
	if w.Phase == headstart.Solved {
		w.Vars["Remains"] = b.remains(of, w.Lang)
	}
}

// sayOne puts into w what one of those it is about adds: since when, until when, whether
// nobody is on it, and the first contact and cause there are.
func (b *book) sayOne(o *incident, w *headstart.Wording) {
	if o.StartedAt.Before(w.Since) {
		w.Since = o.StartedAt.In(b.zone)
	}
	if end := b.ended(o); !w.Ended.IsZero() && end.After(w.Ended) {
		w.Ended = end
	}
	w.Attended = w.Attended && b.attended(o)
	if s := b.subject(o).service; s != nil && w.Vars["UrgentContact"] == "" {
		w.Vars["UrgentContact"] = s.UrgentContact.In(w.Lang)
	}
	if o.Summary != nil && w.Vars["Cause"] == "" {
		w.Vars["Cause"], w.Vars["Prevention"] = o.Summary.Cause, o.Summary.Prevention
	}
}

// nameOthers names, as people do, what those of a message are that it is not headed by;
// empty: they are the same thing, or have no name that users know.
func (b *book) nameOthers(i *incident, of []*incident, lang string) string {
	return b.nameOf(slices.DeleteFunc(slices.Clone(of), func(o *incident) bool { return o == i || b.sameSubject(i, o) }), lang)
}

func (b *book) sameSubject(i, o *incident) bool {
	x, y := b.subject(i), b.subject(o)
	return x.service == y.service && x.device == y.device
}

// nameOf names, as people do, what the words about several incidents are about.
func (b *book) nameOf(of []*incident, lang string) string {
	printers, services := map[string]string{}, map[string]string{} // by id
	for _, o := range of {
		switch s := b.subject(o); {
		case s.device != nil && !s.device.Confidential:
			printers[s.device.ID] = s.device.Name.In(lang)
		case s.service != nil && !s.service.Confidential && s.service.Name.In(lang) != "":
			services[s.service.ID] = s.service.Name.In(lang)
		}
	}
	things := few(slices.Sorted(maps.Values(services)), lang)
	if named := printersByName(slices.Sorted(maps.Values(printers)), lang); named != "" {
		things = append(things, named)
	}
	return enumerate(things, lang)
}

// whereAll names the places that any of several incidents hits; empty: one of them is
// everywhere.
func (b *book) whereAll(of []*incident, audience, lang string) string {
	var hit []string
	for _, o := range of {
		if everyPlace(o) {
			return ""
		}
		hit = append(hit, o.Locations...)
	}
	hit = sortedOnce(hit)
	var all, own []*headstart.Location
	mine := b.placesOf(audience)
	for _, id := range hit {
		if l := b.places[id]; l != nil {
			all = append(all, l)
			if slices.Contains(mine, id) && len(own) < mostPlaces {
				own = append(own, l)
			}
		}
	}
	return where(all, own, lang)
}
