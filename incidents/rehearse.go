package incidents

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"headstart"
)

// Stage is what a rehearsal plays on: nothing runs but what its commands begin.
type Stage struct {
	Config *headstart.LogConfig // that decides; it is not changed
	At     time.Time
	Newest int       // number of the newest incident there is
	Held   time.Time // until when all messages are held; zero: they are not
}

// Rehearse says what commands would do if they were given at on.At, by the engine itself:
// its rules, and the words that its composer would send. It needs no incident that runs,
// since what a person says of a new one follows from the command, the configuration and
// the hour alone.
func Rehearse(on Stage, c Correlator, m Makers, commands ...headstart.Command) headstart.Rehearsal {
	r := &replay{fold: newFold(c, m)}
	b := r.fold.book
	r.step(on.At, time.Time{}, headstart.Line{Config: on.Config})
	b.last, b.hush = on.Newest, on.Held
	var out headstart.Rehearsal
	var of *incident
	for n := range commands {
		command := commands[n]
		command.ID = fmt.Sprintf("rehearsal/%d", n)
		r.step(on.At, time.Time{}, headstart.Line{Command: &command})
		o := b.outcomes[command.ID]
		if i := b.incidents[o.Incident]; i != nil {
			of = i
		}
		if out.Refused = o.Refused; out.Refused != "" {
			break
		}
	}
	if of == nil {
		return out
	}
	out.Incident = of.Incident
	for _, a := range b.told[of.ID] {
		out.Announcements = append(out.Announcements, *a)
	}
	slices.SortFunc(out.Announcements, func(x, y headstart.Announcement) int { return cmp.Compare(x.ID, y.ID) })
	return out
}
