package incidents

import (
	"slices"
	"time"

	"headstart"
)

// scope keeps what follows from the services and places an incident hits, for as
// long as they stay the same: in a storm thousands join who change neither. It
// only saves work, so nothing of it needs a row.
type scope struct {
	n                                int      // differs from that of any scope before
	services, locations, departments []string // as correlation gave them: it never changes a list, it makes another

	where        map[string]string     // by language: the places in words
	doors        []*headstart.Location // what the catalog says of the locations; nil: nothing
	known        []*headstart.Location // those of which it says something
	spare        []*headstart.Location // the doors of the scope before: room for those of the next
	long         longParts
	criticality  headstart.Criticality
	confidential bool                 // a service is
	audiences    []headstart.Audience // known only if told
	told         bool
	titled       titled
	judged       map[string]basis // by announcement: what its draft was composed from

	asked   asked // what subject was chosen for; of zero: nothing yet
	subject subject

	openAt time.Time // open was looked up for this minute
	open   bool
	lookAt time.Time // lookFrom was
	look   time.Time

	laterAt, later time.Time // worksFrom was
}

// asked is what the subject of an incident depends on beside its scope.
type asked struct {
	service, cause string
	single, known  bool
}

// titled is what a title depends on beside its scope.
type titled struct {
	cause, service, effect string
	kind                   headstart.CauseKind
	top                    headstart.ProblemKey
	single                 bool
}

// rescope takes over what a group hits now, unless it is what it hit before.
func (b *book) rescope(i *incident, g *headstart.Group) {
	x := b.scopes[i.ID]
	if x != nil && same(x.services, g.Services) && same(x.locations, g.Locations) && same(x.departments, g.Departments) {
		return
	}
	i.Services, i.Locations, i.Departments = orNone(g.Services), orNone(g.Locations), orNone(g.Departments)
	b.newScope(i, g.Services, g.Locations, g.Departments)
}

// same reports whether two lists are one.
func same(a, b []string) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// scope returns that of i; one loaded from its row gets a new one.
func (b *book) scope(i *incident) *scope {
	x := b.scopes[i.ID]
	if x == nil {
		x = b.newScope(i, i.Services, i.Locations, i.Departments)
	}
	return x
}

func (b *book) newScope(i *incident, services, locations, departments []string) *scope {
	b.scoped++
	x := &scope{n: b.scoped, services: services, locations: locations, departments: departments, where: map[string]string{}, judged: map[string]basis{}, criticality: headstart.Normal}
	was := b.scopes[i.ID]
	b.scopes[i.ID] = x
	x.doors = b.doors(locations, was)
	x.known = x.doors
	if slices.Contains(x.doors, nil) {
		x.known = slices.DeleteFunc(slices.Clone(x.doors), func(l *headstart.Location) bool { return l == nil })
	}
	if was != nil {
		x.spare, x.long = was.doors, was.long // which looks itself whether it still holds
	}
	if was != nil && same(was.services, services) {
		x.criticality, x.confidential, x.asked, x.subject = was.criticality, was.confidential, was.asked, was.subject
		return x
	}
	best := -1
	for _, id := range services {
		if s := b.services[id]; s != nil {
			best = max(best, level(s))
			x.confidential = x.confidential || s.Confidential
		}
	}
	if best >= 0 {
		x.criticality = levels[best]
	}
	return x
}

// openNow reports whether it is working time at one of the places i hits.
// Calendars change on whole minutes.
func (b *book) openNow(i *incident) bool {
	x, minute := b.scope(i), b.now.Truncate(time.Minute)
	if !x.openAt.Equal(minute) {
		x.openAt, x.open = minute, b.openHours(i)
	}
	return x.open
}

// lookFrom is the next working start, when nobody attends outside hours; zero in
// working time.
func (b *book) lookFrom(i *incident) time.Time {
	if b.openNow(i) {
		return time.Time{}
	}
	x, minute := b.scope(i), b.now.Truncate(time.Minute)
	if !x.lookAt.Equal(minute) || !x.look.After(b.now) { // open in general, though not here: that is now
		x.lookAt, x.look = minute, b.calendar.NextOpen(b.now.In(b.zone), onlyPlace(i))
	}
	return x.look
}

// worksFrom is when somebody works at one of the places i hits, from due on: due
// itself in working time, and where nobody ever works.
func (b *book) worksFrom(i *incident, due time.Time) time.Time {
	x := b.scope(i)
	if !x.laterAt.Equal(due) {
		x.laterAt, x.later = due, due
		if !b.opens(i, due) {
			if next := b.calendar.NextOpen(due.In(b.zone), onlyPlace(i)); next.After(due) {
				x.later = next
			}
		}
	}
	return x.later
}

// onlyPlace is the one place i hits; empty: it hits several, or none that is known.
func onlyPlace(i *incident) string {
	if len(i.Locations) == 1 {
		return i.Locations[0]
	}
	return ""
}

// subject is what the words of i are about.
func (b *book) subject(i *incident) subject {
	x, now := b.scope(i), asked{i.X.Service, i.Cause.Asset, i.single(), true}
	if x.asked != now {
		x.asked, x.subject = now, b.chooseSubject(i)
	}
	return x.subject
}

// audiences are who i is told to. The list is not the caller's.
func (b *book) audiences(i *incident) []headstart.Audience {
	x := b.scope(i)
	if !x.told {
		x.told, x.audiences = true, b.audiencesHit(i)
	}
	return x.audiences
}

// titleStands reports whether the title of i was written for what it is now.
func (b *book) titleStands(i *incident) bool {
	t := titled{cause: i.Cause.Asset, kind: i.Cause.Kind, service: i.X.Service, effect: i.effect(), single: i.single()}
	if g := b.groups.Group(i.Group); g != nil {
		t.top = g.Top
	}
	x := b.scope(i)
	if i.Title != nil && x.titled == t {
		return true
	}
	x.titled = t
	return false
}
