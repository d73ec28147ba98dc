package correlate

import (
	"strings"

	"headstart"
)

// scout finds out what alerts say by themselves, by the names and matchers of one
// configuration: who they are and where they belong. In a storm that is a sixth of what an
// alert costs, and needs nothing that decisions change, so it is done beside them.
type scout struct {
	placer *Placer
	found  []sighting
}

// Scout returns one that goes by the configuration of now, for events that come next. What
// it finds is of use for as long as that configuration holds, and is looked for again once
// it does not. Room is one that nobody needs any more, or nil.
func (s *State) Scout(room headstart.Scout) headstart.Scout {
	x, ok := room.(*scout)
	if !ok {
		x = &scout{}
	}
	clear(x.found) // it may be the last that knows a catalog of before
	x.placer, x.found = s.placer, emptyRoom(x.found)
	return x
}

// Look implements headstart.Scout.
func (x *scout) Look(events []headstart.Event) {
	if cap(x.found) < len(events) {
		x.found = make([]sighting, 0, len(events))
	}
	x.found = x.found[:0]
	for n := range events {
		a := events[n].Alert
		if a == nil {
			continue
		}
		x.found = append(x.found, x.placer.identify(a))
		found := &x.found[len(x.found)-1]
		if !found.watchdog {
			found.seek()
		}
		events[n].Ahead = found
	}
}

// sighting is what an alert says by itself.
type sighting struct {
	placer      *Placer           // by whose names and matchers
	labels      map[string]string // without those that drop_labels names; never nil
	fingerprint string            // of a watchdog none
	watchdog    bool
	ignored     bool

	sought   bool // what follows is known
	atOnce   bool // it is to page at once
	at       Placement
	node     *node // where that is in the catalog; nil: nowhere
	key      headstart.ProblemKey
	asset    string
	check    string
	severity string
	summary  string
}

// sighted returns what is known ahead of an alert, or finds out who it is now.
func (s *State) sighted(a *headstart.Alert, ahead any) *sighting {
	if x, is := ahead.(*sighting); is && x.placer == s.placer {
		return x
	}
	s.sight = s.placer.identify(a)
	return &s.sight
}

// identify says who an alert is.
func (p *Placer) identify(a *headstart.Alert) sighting {
	x := sighting{placer: p, labels: p.dropped(a.Labels)}
	if x.labels == nil {
		x.labels = map[string]string{} // what has none is a tombstone
	}
	if x.watchdog = p.watchdog.any(x.labels); x.watchdog {
		return x
	}
	x.ignored = p.ignore.any(x.labels)
	x.fingerprint = (&headstart.Alert{Labels: x.labels}).Fingerprint()
	x.severity, x.summary = x.labels["severity"], summary(a.Annotations)
	return x
}

// seek finds out where the alert belongs, once.
func (x *sighting) seek() {
	if x.sought {
		return
	}
	x.sought, x.atOnce = true, x.placer.pageAtOnce.any(x.labels)
	x.at, x.node = x.placer.place(x.labels)
	x.asset, x.check = x.at.Asset, x.labels["alertname"]
	if !x.at.Placed {
		x.key = headstart.ProblemKey("alert:" + x.fingerprint)
		return
	}
	// Named by parts of the key: what lies together is read together.
	x.key = headstart.ProblemKey(strings.Join([]string{x.asset, x.check}, "/"))
	x.asset, x.check = string(x.key[:len(x.asset)]), string(x.key[len(x.asset)+1:])
}
