package public

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"headstart"
)

// Limits of "Ik heb dit ook" (ruling 42). A building behind one address has a few
// hundred people; a program that makes itself a name for each press has one address
// too, and is worth no more than they.
const (
	perRangeAndIncident = 200
	perRangeBurst       = 60 // of one address range and incident in a burst's time
	burstTime           = 5 * time.Minute
	maxRanges           = 10_000 // address ranges and incidents remembered at once
	maxConfirm          = 4 << 10
)

// serveConfirm takes "Ik heb dit ook" for a message that stands now. Whoever sends
// it is thanked in the same way, counted or not: a program learns nothing.
func (e *edition) serveConfirm(w http.ResponseWriter, r *http.Request, s *State, m *Message) {
	r.Body = http.MaxBytesReader(w, r.Body, maxConfirm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, e.words.Say("pub.form"), http.StatusBadRequest)
		return
	}
	site := e.page.site
	d, known := site.deviceOf(r)
	c := headstart.Confirm{
		Incident: string(m.Incident), Service: s.serviceBy(r.PostFormValue("service")), Location: s.placeBy(r.PostFormValue("place")),
		Device: d.id, Channel: "page", Inside: e.page.inside(r), Works: r.PostFormValue("answer") == "works",
	}
	if known {
		d.place = ""
		if c.Location != "" {
			d.place = publicID("location", c.Location)
		}
		site.keep(w, d)
	}
	old := known && site.o.Now().Sub(d.given) >= deviceYoung
	if m.Live && old && site.caps.allow(headstart.ClientFrom(r.Context()), m.ID, site.o.Now()) {
		if err := site.o.Confirm(r.Context(), c); err != nil {
			site.logger.Warn("a confirmation was not kept", "incident", m.Incident, "err", err)
			w.Header().Set("Retry-After", "10")
			http.Error(w, e.words.Say("pub.notkept"), http.StatusServiceUnavailable)
			return
		}
	}
	http.Redirect(w, r, "thanks", http.StatusSeeOther)
}

// serviceBy is the catalog's id of a service of the page by its public id; empty:
// the reader chose none, or wrote something of his own.
func (s *State) serviceBy(id string) string {
	for i := range s.Services {
		if s.Services[i].ID == id {
			return s.Services[i].Catalog
		}
	}
	return ""
}

// placeBy is serviceBy for locations.
func (s *State) placeBy(id string) string {
	for i := range s.catalog.Locations {
		if l := &s.catalog.Locations[i]; publicID("location", l.ID) == id {
			return l.ID
		}
	}
	return ""
}

// caps counts what was counted, by address range and message.
type caps struct {
	mu  sync.Mutex
	all map[capKey]*capOf
}

type capKey struct {
	network netip.Prefix
	message string
}

type capOf struct {
	total, burst int
	since        time.Time // of the burst
}

// allow reports whether one more counts, and counts it.
func (c *caps) allow(a netip.Addr, message string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[capKey]*capOf{}
	}
	k := capKey{addressRange(a), message}
	x := c.all[k]
	if x == nil {
		if len(c.all) >= maxRanges {
			c.makeRoom(now)
		}
		if len(c.all) >= maxRanges {
			return false // thousands of networks within minutes are no readers
		}
		x = &capOf{since: now}
		c.all[k] = x
	}
	if now.Sub(x.since) >= burstTime {
		x.burst, x.since = 0, now
	}
	if x.total >= perRangeAndIncident || x.burst >= perRangeBurst {
		return false
	}
	x.total++
	x.burst++
	return true
}

// makeRoom forgets ranges that were quiet for ten bursts.
func (c *caps) makeRoom(now time.Time) {
	for k, x := range c.all {
		if now.Sub(x.since) >= 10*burstTime {
			delete(c.all, k)
		}
	}
}

// addressRange is what one household or attacker holds at least: an IPv4 /24 or an
// IPv6 /48.
func addressRange(a netip.Addr) netip.Prefix {
	bits := 24
	if a = a.Unmap().WithZone(""); a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
