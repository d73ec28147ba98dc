package correlate

import "slices"

// stance is what is hit of a department. It is hit where it sits, or when a
// service it uses does not work at all.
type stance struct {
	at    int32 // the first of its locations that is hit; below zero: none is
	uses  bool  // a service that is hit
	gone  bool  // a service that does not work at all
	named bool  // by a person
	told  bool  // it is on the list of what is hit
}

// settling says that a department sits at a location, the nth of its own.
type settling struct{ department, nth int32 }

// spot is a service at a location: people are counted once for each (CONTRACT 4).
type spot struct {
	location int32 // its number
	service  string
}

// crew tells every device where people miss it: the spots of its services, or that of
// its location alone.
func (t *topology) crew() {
	known := map[spot]int32{}
	at := func(location, service string) int32 {
		x := spot{t.number(location), service}
		n, has := known[x]
		if !has {
			n = int32(len(t.spots)) //nolint:gosec // below the devices of a catalog
			known[x] = n
			t.spots = append(t.spots, x)
		}
		return n
	}
	for i := range t.catalog.Devices {
		d := &t.catalog.Devices[i]
		n, missed := t.nodes[d.ID], len(t.missed)
		switch {
		case len(d.Services) > 0:
			for _, service := range d.Services {
				t.missed = append(t.missed, at(d.Location, service))
			}
		case d.People > 0:
			t.missed = append(t.missed, at(d.Location, ""))
		}
		n.spots = span{int32(len(t.missed) - missed), int32(missed)} //nolint:gosec // below what devices of a catalog name
	}
}

// span is a part of a list: how many, and from where on.
type span struct{ length, from int32 }

// spotsOf are where people miss a device.
func (t *topology) spotsOf(n *node) []int32 { return t.missed[n.spots.from:][:n.spots.length] }

// number is that of a location, of the catalog or not.
func (t *topology) number(location string) int32 {
	n, known := t.locations[location]
	if !known {
		n = int32(len(t.locations)) //nolint:gosec // below what a catalog names
		t.locations[location] = n
	}
	return n
}

// inhabit makes the indexes of departments by what they depend on.
func (t *topology) inhabit() {
	t.settled, t.users, t.departments = map[string][]settling{}, map[string][]int32{}, map[string]int32{}
	for n := range t.catalog.Departments {
		d := &t.catalog.Departments[n]
		t.departments[d.ID] = int32(n)
		for nth, at := range d.Locations {
			t.number(at)
			t.settled[at] = append(t.settled[at], settling{int32(n), int32(nth)})
		}
		for _, id := range d.Uses {
			t.users[id] = append(t.users[id], int32(n))
		}
	}
}

// regard takes news of a department, and counts its people anew.
func (i *impact) regard(t *topology, n int32, news func(*stance)) {
	t.looks++
	st, known := i.stances[n]
	if !known {
		st.at = -1
	} else {
		i.employ(t, n, st, -1)
	}
	news(&st)
	i.employ(t, n, st, 1)
	if hit := st.hit(len(i.locations) > 0); hit != st.told {
		st.told = hit
		i.list(t.catalog.Departments[n].ID, hit)
	}
	i.stances[n] = st
}

// hit reports whether a department is hit; somewhere: some location is, so that
// who only uses a service that is hit need not suffer.
func (st *stance) hit(somewhere bool) bool {
	return st.at >= 0 || st.gone || st.uses && !somewhere || st.named
}

// employ adds the people of a department where they are hit, or takes them away:
// those who use what is hit.
func (i *impact) employ(t *topology, n int32, st stance, sign int) {
	d := &t.catalog.Departments[n]
	if d.People == 0 || !(st.named || st.uses && st.hit(len(i.locations) > 0)) {
		return
	}
	location := ""
	if st.at >= 0 {
		location = d.Locations[st.at]
	}
	at := t.locations[location]
	i.total -= i.at(at)
	if i.byUse[at] += sign * d.People; i.byUse[at] == 0 {
		delete(i.byUse, at)
	}
	i.total += i.at(at)
}

// somewhere takes it that the first location is hit. Until then whoever uses a
// service that is hit counts as hit.
func (i *impact) somewhere(t *topology) {
	clear(i.byUse)
	for n, st := range i.stances { // sums and a sorted list, so map order decides nothing
		i.employ(t, n, st, 1)
		if hit := st.hit(true); hit != st.told {
			st.told = hit
			i.list(t.catalog.Departments[n].ID, hit)
			i.stances[n] = st
		}
	}
	i.recount()
}

// name takes it from a person that a department is hit, of the catalog or not.
func (i *impact) name(t *topology, id string) {
	if n, known := t.departments[id]; known {
		i.regard(t, n, func(st *stance) { st.named = true })
		return
	}
	i.list(id, true)
}

// list puts a department on the list of what is hit, or takes it off.
func (i *impact) list(id string, hit bool) {
	n, has := slices.BinarySearch(i.departments, id)
	switch {
	case hit && !has:
		i.departments = slices.Insert(i.departments, n, id)
	case !hit && has:
		i.departments = orNone(slices.Delete(i.departments, n, n+1))
	}
}

// lose counts people of a device, once per location: the most that one service
// loses there.
func (i *impact) lose(t *topology, at int32, people int) {
	lost := i.people[at] + people
	i.people[at] = lost
	location := t.spots[at].location
	if n, known := i.byDevices[location]; !known || lost > n {
		i.total -= i.at(location)
		i.byDevices[location] = lost
		i.total += i.at(location)
	}
}

// recount counts the people of all locations anew.
func (i *impact) recount() {
	i.total = 0
	for at := range i.byDevices {
		i.total += i.at(at)
	}
	for at := range i.byUse {
		if _, counted := i.byDevices[at]; !counted {
			i.total += i.at(at)
		}
	}
}

// at is how many people are hit at a location of a number: the most that one service loses
// there, or the departments that use what is hit where devices tell no number or
// a whole service is gone.
func (i *impact) at(location int32) int {
	n, devices := i.byDevices[location]
	use, uses := i.byUse[location]
	if uses && (!devices || i.whole || n == 0) {
		return max(n, use)
	}
	return n
}
