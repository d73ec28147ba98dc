package subscriptions

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"headstart"
)

// Untold returns who is to get n and has not got it, in a fixed order: those whom it
// touches and who subscribed before it was decided; what ends an announcement goes to
// those who got it before, and to nobody else. Whoever hears of an incident by one
// announcement gets no other one about it.
func (r *Register) Untold(ctx context.Context, n *headstart.Notice) ([]headstart.Subscriber, error) {
	if len(r.o.Domains) == 0 {
		return nil, nil
	}
	var out []headstart.Subscriber
	err := r.each(ctx, func(key string, w *row) {
		if s, ok := r.concerned(w, n); ok && r.mayMail(w.Address, n) {
			to := r.subscriber(key, w, s)
			t, heard := w.Told[n.UID]
			to.Heard, to.First = heard, t.First
			out = append(out, to)
		}
	})
	slices.SortFunc(out, func(a, b headstart.Subscriber) int { return cmp.Compare(a.Key, b.Key) })
	return out, err
}

// Told notes that s has got n.
func (r *Register) Told(ctx context.Context, n *headstart.Notice, s headstart.Subscriber) error {
	return r.change(ctx, rowKey+s.Key, func(w *row) error {
		if w.Address == "" {
			return errSame // gone meanwhile
		}
		t, heard := w.Told[n.UID]
		if !heard {
			t.First, t.Announcement = n.N, n.Announcement
		}
		t.Last, t.At, t.Final = max(t.Last, n.N), time.Now(), n.Final
		if w.Told == nil {
			w.Told = map[string]told{}
		}
		w.Told[n.UID] = t
		return nil
	})
}

// concerned returns the subscription by which w is to get n.
func (r *Register) concerned(w *row, n *headstart.Notice) (*subscription, bool) {
	t, heard := w.Told[n.UID]
	switch {
	case len(w.Subs) == 0, heard && (t.Announcement != n.Announcement || t.Last >= n.N), !heard && n.Final:
		return nil, false
	}
	for _, p := range r.o.Pages {
		if s := w.of(p.ID); s != nil && !n.At.Before(s.Since) && r.touches(p, s, n) {
			return s, true
		}
	}
	if heard { // whoever was told that it broke is told the rest, whatever it touches by now
		return &w.Subs[0], true
	}
	return nil, false
}

// touches reports whether n is about what s chose of page p, and for its readers.
func (r *Register) touches(p Page, s *subscription, n *headstart.Notice) bool {
	services, locations := s.Services, s.Locations
	if len(services) == 0 {
		services = p.Services
	}
	if len(locations) == 0 {
		locations = p.Locations
	}
	return meets(services, n.Services) && r.near(locations, n.Locations) &&
		meets(services, n.AudienceServices) && r.near(locations, n.AudienceLocations)
}

// mayMail reports whether address is still listed, and hears of n nowhere else.
func (r *Register) mayMail(to string, n *headstart.Notice) bool {
	_, domain, _ := strings.Cut(to, "@")
	return r.listed(domain) && (r.o.Elsewhere == nil || !r.o.Elsewhere(n.Audience, to))
}

func (r *Register) subscriber(key string, w *row, s *subscription) headstart.Subscriber {
	page := r.pageURL(s.Page, s.Language)
	to := headstart.Subscriber{
		Key: strings.TrimPrefix(key, rowKey), Address: w.Address, Language: s.Language,
		Page: page, Unsubscribe: page + "unsubscribe/" + tokenFor(key, r.o.Keys.leaveSecret(w.ID)).String(),
	}
	if p := r.page(s.Page); p == nil || p.Linked {
		to.Page = ""
	}
	return to
}

// pageURL is the address of a page in a language, with a slash at the end.
func (r *Register) pageURL(page, language string) string {
	u := strings.TrimRight(r.o.URL, "/") + "/s/"
	if page != "" {
		u += page + "/"
	}
	return u + language + "/"
}

// How long what an address was told is remembered: what is over may come back, and a
// message that comes twice must not be a second mail.
const (
	rememberOver = 7 * 24 * time.Hour
	remember     = 180 * 24 * time.Hour
	mostTold     = 500
)

// prune forgets what w was told long ago.
func (w *row) prune(now time.Time) (pruned bool) {
	before := len(w.Told)
	maps.DeleteFunc(w.Told, func(_ string, t told) bool {
		return t.Final && now.Sub(t.At) > rememberOver || now.Sub(t.At) > remember
	})
	if over := len(w.Told) - mostTold; over > 0 {
		byAge := slices.SortedFunc(maps.Keys(w.Told), func(a, b string) int { return w.Told[a].At.Compare(w.Told[b].At) })
		for _, uid := range byAge[:over] {
			delete(w.Told, uid)
		}
	}
	return len(w.Told) < before
}
