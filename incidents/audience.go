package incidents

import (
	"slices"
	"strings"

	"headstart"
)

// audiencesHit are those the configuration lists that an incident touches, else
// one per location hit, else everybody.
func (b *book) audiencesHit(i *incident) []headstart.Audience {
	return b.audiencesOf(i.Services, i.Locations, i.Departments)
}

// audiencesOf are those that these services, places and departments touch.
func (b *book) audiencesOf(services, locations, departments []string) []headstart.Audience {
	return b.log.AudiencesOf(services, locations, departments)
}

func (b *book) languages(a headstart.Audience) []string {
	if len(a.Languages) > 0 {
		return a.Languages
	}
	if b.log.Language == "en" {
		return []string{"en", "nl"}
	}
	return []string{"nl", "en"}
}

// announcement returns the announcement of i for audience, making it if need be.
func (b *book) announcement(i *incident, aud headstart.Audience) *headstart.Announcement {
	a := b.notice(i, aud.ID)
	if a == nil {
		uid := b.freeUID(i, aud.ID)
		id := uid + "." + aud.ID
		a = &headstart.Announcement{
			V: 1, ID: id, Incident: i.ID, UID: uid, Audience: aud.ID, Languages: b.languages(aud),
			State: headstart.AnnouncementDraft, How: headstart.HowDraft, Updates: []headstart.Update{},
		}
		b.announcements[id] = a
		b.describe(a, i)
	} else if !b.described(a, i) {
		b.describe(a, i)
	}
	return a
}

// freeUID is what a new announcement of i is called by outside: as i, unless another
// incident carries on one of i that is called so.
func (b *book) freeUID(i *incident, audience string) string {
	uid := i.UID
	for n := 2; b.announcements[uid+"."+audience] != nil; n++ {
		uid = i.UID + "-" + itoa(n)
	}
	return uid
}

// notice returns what i tells audience, or nil. After a merge its id may be that
// of the incident it came from; one that users see goes before one they do not.
func (b *book) notice(i *incident, audience string) *headstart.Announcement {
	list := b.told[i.ID]
	if len(list) > 0 && list[0].UID == i.UID && list[len(list)-1].UID == i.UID {
		// Nothing came with a merge: with a thousand audiences a walk for each is too much.
		n, found := slices.BinarySearchFunc(list, audience, func(x *headstart.Announcement, key string) int {
			return strings.Compare(x.ID[len(i.UID)+len("."):], key)
		})
		if !found {
			return nil
		}
		return list[n]
	}
	var best *headstart.Announcement
	for _, a := range list {
		if a.Audience == audience && (best == nil || a.Live() && !best.Live()) {
			best = a
		}
	}
	return best
}

// filed returns the announcement called id of a list in order of ids, or nil.
func filed(list []*headstart.Announcement, id string) *headstart.Announcement {
	if n, found := placeOf(list, id); found {
		return list[n]
	}
	return nil
}

// placeOf is where id stands in a list in order of ids, or would.
func placeOf(list []*headstart.Announcement, id string) (n int, found bool) {
	return slices.BinarySearchFunc(list, id, func(x *headstart.Announcement, key string) int { return strings.Compare(x.ID, key) })
}

// attach files a under incident id, and no longer under the one before.
func (b *book) attach(a *headstart.Announcement, id headstart.IncidentID) {
	b.detach(a)
	a.Incident = id
	n, _ := placeOf(b.told[id], a.ID)
	b.told[id] = slices.Insert(b.told[id], n, a)
}

// fileTold files a stored announcement where it is looked for.
func (b *book) fileTold(a *headstart.Announcement) {
	b.fileWork(a)
	if !a.Planned() {
		b.attach(a, a.Incident)
		b.fileCover(a)
	}
}

func (b *book) detach(a *headstart.Announcement) {
	b.told[a.Incident] = slices.DeleteFunc(b.told[a.Incident], func(x *headstart.Announcement) bool { return x == a })
	if len(b.told[a.Incident]) == 0 {
		delete(b.told, a.Incident)
	}
}

// describe copies what the status page shows beside the words.
func (b *book) describe(a *headstart.Announcement, i *incident) {
	if b.announcements[a.ID] == a && (a.Incident != i.ID || filed(b.told[i.ID], a.ID) != a) {
		b.attach(a, i.ID)
	}
	r := b.reachOf(i, a)
	a.Severity, a.Kind, a.Effect = r.severity, b.subject(i).kind, r.effect
	a.Services, a.Locations, a.People, a.Confidential = r.services, r.locations, r.people, r.confidential
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// described reports whether a shows what describe would copy: in a storm
// thousands join who change none of it, and the row need not be written again.
func (b *book) described(a *headstart.Announcement, i *incident) bool {
	r, alike := b.reachOf(i, a), same
	if len(a.Also) > 0 {
		alike = slices.Equal[[]string] // of several the lists are made anew each time
	}
	return a.Incident == i.ID && a.Severity == r.severity && a.Kind == b.subject(i).kind && a.Effect == r.effect &&
		a.People == r.people && a.Confidential == r.confidential && alike(a.Services, r.services) && alike(a.Locations, r.locations)
}

// of returns the announcements of i in a fixed order. The slice is the caller's.
func (b *book) of(i *incident) []*headstart.Announcement { return slices.Clone(b.told[i.ID]) }
