package incidents

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"headstart"
)

type jsonRaw = json.RawMessage

// paging is an incident that operators are to be paged of at the end of the unit, so
// that one that opens with twenty members pages once.
type paging struct {
	of      *incident
	reason  string
	members []headstart.ProblemKey // to look at, unless all
	all     bool
}

// pagingOf is that of i, new or as it stands; the reason is that of a new one.
func (b *book) pagingOf(i *incident, reason string) (p *paging, fresh bool) {
	for n := range b.paging {
		if b.paging[n].of == i {
			return &b.paging[n], false
		}
	}
	if len(b.paging) < cap(b.paging) {
		b.paging = b.paging[:len(b.paging)+1]
	} else {
		b.paging = append(b.paging, paging{})
	}
	p = &b.paging[len(b.paging)-1]
	*p = paging{of: i, reason: reason, members: p.members[:0]} // in the room of one before
	return p, true
}

// touchPages asks for operators to be paged of i once the unit is applied.
func (b *book) touchPages(i *incident, reason string) {
	p, fresh := b.pagingOf(i, reason)
	p.all = true
	if !fresh && (reason == "resolved" || reason == "severity") {
		p.reason = reason
	}
}

// touchMember is touchPages for one member. Only it is looked at: in a storm of
// ten thousand each would otherwise walk the route with all the others again.
func (b *book) touchMember(i *incident, key headstart.ProblemKey) {
	if key == "" {
		b.touchPages(i, "joined")
		return
	}
	// A member with many alerts is told of once for each, one after the other.
	if p, _ := b.pagingOf(i, "joined"); !p.all && (len(p.members) == 0 || p.members[len(p.members)-1] != key) {
		p.members = append(p.members, key)
	}
}

// page owes each receiver its alerts lead to at least one notification of the
// incident they are in, and another when the priority rises (ruling 16).
// Correlation folds pages; it never loses a (receiver, alert) pair.
func (b *book) page() {
	for n := range b.paging {
		switch p := &b.paging[n]; {
		case p.all:
			b.pageOn(p.of, p.reason, "", b.groups.OpenMembers(p.of.Group))
		case b.owesPage(p.of, p.members): // else the receivers of these know of it
			b.pageOn(p.of, p.reason, "", p.members)
		}
	}
	b.paging = b.paging[:0]
}

// pageOn pages the receivers after one, for members.
func (b *book) pageOn(i *incident, reason, from string, members []headstart.ProblemKey) {
	switch {
	case b.router == nil, i.State == headstart.Merged:
	case reason == "resolved":
		b.pageResolved(i, from)
	case b.paused(i): // explicit maintenance suppresses pages; what is owed goes out after it
	default:
		b.pageFiring(i, reason, from, members)
	}
}

func (b *book) pageFiring(i *incident, reason, from string, members []headstart.ProblemKey) {
	wanted, held := map[string][]headstart.NoticeAlert{}, false
	for _, key := range members {
		for _, a := range b.memberAlerts(key) {
			to, later := b.router.Receivers(a.Labels, b.now)
			for _, r := range to {
				wanted[r] = append(wanted[r], a)
			}
			held = held || later
		}
	}
	if held {
		b.openLater(i)
	}
	b.eachReceiver(i, reason, from, slices.Sorted(maps.Keys(wanted)), func(r string) {
		got, told := i.knows(r)
		if told && reason != "reopened" && i.Priority >= got.Priority {
			return // it knows of this incident, at this priority
		}
		b.pageOne(i, r, receipt{N: got.N + 1, Priority: i.Priority, UID: got.UID}, reason, wanted[r])
	})
}

// eachReceiver is each for the receivers of i, which are sorted: those after from.
func (b *book) eachReceiver(i *incident, reason, from string, receivers []string, step func(string)) {
	for _, r := range receivers {
		if r <= from {
			continue
		}
		if b.spent() >= enough {
			b.goOn(i, round{Do: doPage, From: from, Arg: reason})
			return
		}
		step(r)
		from = r
	}
}

// owesPage reports whether a receiver that the alerts of members lead to does not
// know of i yet, at its priority.
func (b *book) owesPage(i *incident, members []headstart.ProblemKey) bool {
	if b.router == nil || i.State == headstart.Merged {
		return false
	}
	for _, key := range members {
		if b.leadsOn(i, key) {
			return true
		}
	}
	return false
}

// leadsOn is owesPage for one member.
func (b *book) leadsOn(i *incident, key headstart.ProblemKey) bool {
	for n, more := 0, true; more; n++ {
		var labels map[string]string
		var quiet bool
		labels, quiet, more = b.groups.AlertLabels(key, n)
		switch {
		case labels == nil && n == 0:
			return b.leadsOnItself(i, key)
		case labels != nil && !quiet && b.unaware(i, labels):
			return true
		}
	}
	return false
}

// leadsOnItself is leadsOn for a member without an alert.
func (b *book) leadsOnItself(i *incident, key headstart.ProblemKey) bool {
	p := b.groups.Problem(key)
	return p != nil && pagesItself(p) && b.unaware(i, checkLabels(p))
}

// unaware reports whether an alert of such labels leads to a receiver that does not
// know of i, at its priority.
func (b *book) unaware(i *incident, labels map[string]string) bool {
	to, later := b.router.Receivers(labels, b.now)
	for _, r := range to {
		if got, told := i.knows(r); !told || i.Priority < got.Priority {
			return true
		}
	}
	return later && !i.X.Look.After(b.now) && !b.router.Opens(b.now).IsZero()
}

func (b *book) pageResolved(i *incident, from string) {
	if i.Live() {
		return // it came back meanwhile
	}
	b.eachReceiver(i, "resolved", from, sortedKeys(i.X.Paged), func(r string) {
		got, open := i.knows(r)
		switch {
		case !open:
			return // closed before, and not opened again since
		case !got.Called && b.router.Resting(r, b.now):
			b.openLater(i)
			return
		}
		a := headstart.NoticeAlert{
			Labels:      map[string]string{"alertname": "Incident", "incident": string(i.ID), "asset": b.pageCause(i, got, "resolved")},
			Annotations: map[string]string{"summary": b.pageTitle(i, got, "resolved")},
			StartsAt:    i.StartedAt, EndsAt: b.now,
		}
		got.N, got.Over = got.N+1, true
		b.pageOne(i, r, got, "resolved", []headstart.NoticeAlert{a})
	})
}

// mostAlerts is how many alerts one page lists; the incident's page has all.
const mostAlerts = 50

func (b *book) pageOne(i *incident, receiver string, r receipt, reason string, alerts []headstart.NoticeAlert) {
	slices.SortFunc(alerts, func(x, y headstart.NoticeAlert) int { return cmp.Compare(canonical(x.Labels), canonical(y.Labels)) })
	uid := cmp.Or(r.UID, i.UID)
	n := &headstart.Notice{
		V: 1, Key: fmt.Sprintf("%s/operators/%d/%s", uid, r.N, receiver), Plane: headstart.PlaneOperators, At: b.now,
		Incident: i.ID, UID: uid, Priority: i.Priority, Receiver: receiver, Reason: reason, N: r.N,
		Title: b.pageTitle(i, r, reason), Cause: b.pageCause(i, r, reason), Resolved: r.Over, Alerts: alerts[:min(len(alerts), mostAlerts)],
	}
	i.setPaged(receiver, r)
	b.dirty.incident(i)
	b.decide(i, headstart.Decision{Rule: "O-16", Outcome: "paged", Subject: receiver, Facts: facts("reason", reason, "alerts", itoa(len(alerts)))})
	b.messages = append(b.messages, Message{
		At: b.now, Incident: i.ID, Plane: headstart.PlaneOperators, How: headstart.HowPush, Receiver: receiver, Final: n.Resolved,
		Text: map[string]headstart.Text{b.language(): {Title: n.Title}},
	})
	b.owe(n)
}

// pageTitle is what a page of r is about.
func (b *book) pageTitle(i *incident, r receipt, reason string) string {
	if veiled(i, r, reason) {
		return b.because("vertrouwelijk", "confidential")
	}
	return i.Title.In(b.language())
}

func (b *book) pageCause(i *incident, r receipt, reason string) string {
	if veiled(i, r, reason) {
		return ""
	}
	return i.Cause.Asset
}

// veiled reports whether a page says only that there is something: a group that no alert
// leads to learns no more of what is confidential (ruling 30).
func veiled(i *incident, r receipt, reason string) bool {
	return i.Confidential && (r.Called || reason == unowned || reason == silent)
}

func (b *book) language() string { return cmp.Or(b.log.Language, "nl") }

// memberAlerts are the alerts of a problem that page: those alive, not silenced and
// heard by now, or one made up for a failed check of our own. What expired under a
// silence stays silent: that nobody reports it any more is no news.
func (b *book) memberAlerts(key headstart.ProblemKey) []headstart.NoticeAlert {
	p := b.groups.Problem(key)
	if p == nil {
		return nil
	}
	var out []headstart.NoticeAlert
	for n, fp := range p.Alerts {
		if _, quiet, _ := b.groups.AlertLabels(key, n); quiet {
			continue
		}
		a := b.groups.Alert(fp)
		if a == nil {
			continue
		}
		out = append(out, headstart.NoticeAlert{Labels: a.Labels, Annotations: a.Annotations, StartsAt: a.StartsAt, Generator: a.Generator})
	}
	if pagesItself(p) {
		out = append(out, headstart.NoticeAlert{Labels: checkLabels(p), Annotations: map[string]string{"summary": p.Reason}, StartsAt: p.Onset})
	}
	return out
}

// pagesItself reports whether a problem has no alert of anybody else to page for it,
// and none that ended in silence.
func pagesItself(p *headstart.Problem) bool { return len(p.Alerts) == 0 && len(p.Muted) == 0 }

// checkLabels are the labels a failed check of ours walks the route with.
func checkLabels(p *headstart.Problem) map[string]string {
	labels := map[string]string{"alertname": "HeadstartCheck", "check": p.Check, "severity": cmp.Or(p.Severity, "warning")}
	for k, v := range map[string]string{"asset": p.Asset, "service": p.Service, "location": p.Location} {
		if v != "" {
			labels[k] = v
		}
	}
	return labels
}

func canonical(labels map[string]string) string {
	var s strings.Builder
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		s.WriteString(k + "\x00" + labels[k] + "\x00")
	}
	return s.String()
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
