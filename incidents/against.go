package incidents

import (
	"fmt"
	"slices"

	"headstart"
)

// againstPush lists what stands against a notice leaving the page by itself, beside
// push.mode and the hour (ruling 25), in the words of the draft that then waits.
func (b *book) againstPush(i *incident, a *headstart.Announcement) []string {
	var why []string
	if people := b.peopleOf(i, a); people < b.config.Push.MinPeople && !slices.Contains(b.config.Push.Priorities, b.priorityOf(i, a)) {
		why = append(why, fmt.Sprintf(b.because("%d mensen, push.min_people is %d", "%d people, push.min_people is %d"), people, b.config.Push.MinPeople))
	}
	if b.onePrinter(i) && len(b.spoken(i, a, false)) == 1 {
		why = append(why, b.because("één printer", "one printer"))
	}
	if b.spentToday(a) && b.digestFor(i, a).IsZero() {
		why = append(why, b.because("het dagbudget is op", "budget of the day is used up"))
	}
	return append(why, b.againstFirst(i, a)...)
}

// onePrinter reports whether i is one printer alone, by however many checks of it.
func (b *book) onePrinter(i *incident) bool {
	d := b.devices[i.Cause.Asset]
	return d != nil && d.Kind == "printer" && i.single()
}

// single reports whether no asset but one ever failed in i.
func (i *incident) single() bool { return !i.X.Several }

// mostChecks is how many checks of one asset may fail before it is taken for several:
// nobody goes through the members of a storm.
const mostChecks = 8

// widen takes note that a second asset failed in i. It stays so, unless the others
// were split off: the end is told in the words of the beginning.
func (b *book) widen(i *incident) {
	switch {
	case i.Alerts.Total <= 1:
		i.X.Several = false
	case i.X.Several:
	case i.Alerts.Total > mostChecks:
		i.X.Several = true
	default:
		keys := b.groups.OpenMembers(i.Group)
		i.X.Several = slices.ContainsFunc(keys, func(k headstart.ProblemKey) bool {
			p := b.groups.Problem(k)
			return p != nil && p.Asset != i.Cause.Asset
		})
	}
}
