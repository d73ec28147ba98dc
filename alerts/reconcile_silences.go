package alerts

import (
	"errors"
	"maps"
	"slices"
	"time"

	"headstart"
)

// silences brings our copies of the peers' silences up to date (ruling 17). Peers
// of one cluster know the same silences by the same ids; of two versions the one
// changed last counts. A copy that no peer lists any more ends if all answered.
func (r *Reconciler) silences(snaps []*snapshot, whole bool, now time.Time) []headstart.Line {
	theirs := r.newest(snaps)
	var lines []headstart.Line
	end := func(s *headstart.Silence) {
		lines = append(lines, headstart.Line{Silence: &headstart.Silence{ID: s.ID, Matchers: []headstart.Matcher{}, Deleted: true, Source: s.Source}})
	}
	for _, id := range slices.Sorted(maps.Keys(theirs)) {
		x := theirs[id]
		ours, known := r.api.view.Silence(id)
		current := known && ours.Status(now) != "expired"
		switch over := x.expired || !x.EndsAt.After(now); {
		case known && ours.Source == "": // a silence of ours: the peer is ourselves
		case over && current:
			end(&ours)
		case !over && !(current && sameSilence(&ours, &x.Silence)):
			lines = append(lines, headstart.Line{Silence: &x.Silence})
		}
	}
	for _, ours := range r.api.view.Silences() {
		copied := ours.Source != "" && ours.Inhibits() == ""
		if copied && whole && theirs[ours.ID] == nil && ours.Status(now) != "expired" {
			end(&ours)
		}
	}
	return lines
}

// theirSilence is the latest version of a silence at the peers.
type theirSilence struct {
	headstart.Silence
	updated time.Time
	expired bool
}

// newest gives the last version of each silence that can be understood.
func (r *Reconciler) newest(snaps []*snapshot) map[string]*theirSilence {
	out := map[string]*theirSilence{}
	for _, snap := range snaps {
		for i := range snap.silences {
			x, err := snap.silences[i].copy(snap.peer)
			if err != nil {
				r.logger.Debug("silence of Alertmanager not copied", "source", snap.peer, "err", err)
				continue
			}
			if old := out[x.ID]; old == nil || x.updated.After(old.updated) {
				out[x.ID] = x
			}
		}
	}
	return out
}

// copy makes a silence of ours of p, or says why it cannot.
func (p *peerSilence) copy(from string) (*theirSilence, error) {
	s := headstart.Silence{
		ID: p.ID, StartsAt: p.StartsAt.Time, EndsAt: p.EndsAt.Time, CreatedBy: p.CreatedBy, Comment: p.Comment, Source: from,
	}
	for _, m := range p.Matchers {
		if m.Name == nil || m.Value == nil {
			return nil, &schemaError{codeRequired, "a matcher lacks name or value"}
		}
		s.Matchers = append(s.Matchers, headstart.Matcher{
			Name: *m.Name, Value: *m.Value, IsRegex: m.IsRegex != nil && *m.IsRegex, IsEqual: m.IsEqual == nil || *m.IsEqual,
		})
	}
	if !isUUID(p.ID) {
		return nil, &schemaError{codeFormat, "its id is no UUID"}
	}
	x := &theirSilence{updated: p.UpdatedAt.Time, expired: p.Status.State == "expired"}
	if !x.expired { // of one that is over only the id matters
		if err := errors.Join(checkTimes(&s, s.StartsAt), checkSilence(&s)); err != nil {
			return nil, err
		}
	}
	x.Silence = s
	return x, nil
}

func sameSilence(x, y *headstart.Silence) bool {
	return slices.Equal(x.Matchers, y.Matchers) && x.StartsAt.Equal(y.StartsAt) && x.EndsAt.Equal(y.EndsAt) &&
		x.CreatedBy == y.CreatedBy && x.Comment == y.Comment
}

// inhibitedFor is how long an inhibition lasts here if nobody is heard any more;
// it is written again at half of that.
const inhibitedFor = 10 * time.Minute

// inhibitions silence the alerts that every peer that lists them suppresses, and
// at least one because of another alert; they end when one no longer does.
func (r *Reconciler) inhibitions(l *listings, now time.Time) []headstart.Line {
	var lines []headstart.Line
	for _, fp := range slices.Sorted(maps.Keys(l.alerts)) {
		x, id := l.alerts[fp], headstart.InhibitionID(fp)
		ours, known := r.api.view.Silence(id)
		current := known && ours.Status(now) == "active"
		wanted := !x.active && len(x.inhibitors) > 0
		switch {
		case !wanted && current:
			lines = append(lines, headstart.Line{Silence: &headstart.Silence{ID: id, Matchers: []headstart.Matcher{}, Deleted: true, Source: x.peer}})
		case wanted && !(current && ours.EndsAt.After(now.Add(inhibitedFor/2))):
			slices.Sort(x.inhibitors)
			lines = append(lines, headstart.Line{Silence: &headstart.Silence{
				ID: id, Matchers: x.arrivals[0].matchers(), StartsAt: now.Truncate(time.Millisecond), EndsAt: now.Add(inhibitedFor).Truncate(time.Millisecond),
				Source: x.peer, Inhibitors: x.inhibitors,
			}})
		}
	}
	return lines
}

// matchers tell people which alert an inhibition is about.
func (a *arrival) matchers() []headstart.Matcher {
	out := make([]headstart.Matcher, len(a.labels))
	for i, l := range a.labels {
		out[i] = headstart.Matcher{Name: l.name, Value: l.value, IsEqual: true}
	}
	return out
}
