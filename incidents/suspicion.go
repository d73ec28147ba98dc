package incidents

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// suspects is what of the table of confirmations is about no incident: its keys begin with
// it, and go on with service, location and device.
const suspects = "?"

// suspicion counts what people confirm that no incident explains. It returns what is
// suspected once announce.confirm has enough devices of one place within the time: from
// networks of the organisation, or after a log-in, only (ruling 42). It is never
// evidence and sends no message.
func (b *book) suspicion(c *headstart.Confirm) *headstart.Suspicion {
	service, place := b.confirmed(c), c.Location
	if c.Works || !c.Inside || c.Device == "" || len(c.Device) > longestName || b.services[service] == nil || b.places[place] == nil || b.explains(service, place) {
		return nil
	}
	scope := suspects + service + "@" + place + "/"
	if _, seen := b.confirms[scope+c.Device]; !seen {
		b.putConfirm(scope+c.Device, b.now)
		b.agenda.add(b.now.Add(time.Duration(b.config.Confirm.Within)), doLapse, scope+c.Device, 0, false)
	}
	var keys []string
	since := b.now
	for key, at := range b.confirms {
		if strings.HasPrefix(key, scope) {
			keys = append(keys, key)
			if at.Before(since) {
				since = at
			}
		}
	}
	if len(keys) < b.config.Confirm.Devices {
		return nil
	}
	slices.Sort(keys)
	for _, key := range keys {
		b.lapse(key)
	}
	return &headstart.Suspicion{Service: service, Location: place, Since: since, Devices: len(keys), Within: time.Duration(b.config.Confirm.Within)}
}

// confirmed is the service somebody has trouble with: the one they chose, else the one
// of the notice they pressed at.
func (b *book) confirmed(c *headstart.Confirm) string {
	if i := b.find(c.Incident); c.Service == "" && i != nil {
		if s := b.subject(i).service; s != nil {
			return s.ID
		}
	}
	return c.Service
}

// explains reports whether a live incident hits a service at a place.
func (b *book) explains(service, place string) bool {
	for _, i := range b.live {
		if slices.Contains(i.Services, service) && (len(i.Locations) == 0 || slices.Contains(i.Locations, place)) {
			return true
		}
	}
	return false
}

func (b *book) putConfirm(key string, at time.Time) {
	b.confirms[key] = at
	b.dirty.put(headstart.TableConfirms, key, at)
}

// lapse forgets a confirmation that no incident explained.
func (b *book) lapse(key string) {
	if _, has := b.confirms[key]; has {
		delete(b.confirms, key)
		b.dirty.del(headstart.TableConfirms, key)
	}
}
