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

// touchPages asks for operators to be paged of i once the unit is applied, so
// that an incident that opens with twenty members pages once.
func (b *book) touchPages(i *incident, reason string) {
	delete(b.touched, i.ID)
	if _, has := b.paging[i.ID]; !has {
		b.pageOrder = append(b.pageOrder, i.ID)
		b.paging[i.ID] = reason
		return
	}
	if reason == "resolved" || reason == "severity" {
		b.paging[i.ID] = reason
	}
}

// touchMember is touchPages for one member. Only it is looked at: in a storm of
// ten thousand each would otherwise walk the route with all the others again.
func (b *book) touchMember(i *incident, key headstart.ProblemKey) {
	if key == "" {
		b.touchPages(i, "joined")
		return
	}
	if _, has := b.paging[i.ID]; !has {
		b.touchPages(i, "joined")
		b.touched[i.ID] = []headstart.ProblemKey{key}
		return
	}
	if keys, some := b.touched[i.ID]; some {
		b.touched[i.ID] = append(keys, key)
	}
}

// page owes each receiver its alerts lead to at least one notification of the
// incident they are in, and another when the priority rises (ruling 16).
// Correlation folds pages; it never loses a (receiver, alert) pair.
func (b *book) page() {
	for _, id := range b.pageOrder {
		i, reason := b.incidents[id], b.paging[id]
		members, some := b.touched[id]
		delete(b.paging, id)
		delete(b.touched, id)
		switch {
		case i == nil:
		case some && reason == "joined" && !b.owesPage(i, members):
			// the receivers of these know of it
		case some:
			b.pageOn(i, reason, "", members)
		default:
			b.pageOn(i, reason, "", b.groups.OpenMembers(i.Group))
		}
	}
	b.pageOrder = b.pageOrder[:0]
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
	wanted := map[string][]headstart.NoticeAlert{}
	for _, key := range members {
		for _, a := range b.memberAlerts(key) {
			for _, r := range b.router.Receivers(a.Labels) {
				wanted[r] = append(wanted[r], a)
			}
		}
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
	if b.router == nil {
		return false
	}
	for _, key := range members {
		for _, a := range b.memberAlerts(key) {
			for _, r := range b.router.Receivers(a.Labels) {
				if got, told := i.knows(r); !told || i.Priority < got.Priority {
					return true
				}
			}
		}
	}
	return false
}

func (b *book) pageResolved(i *incident, from string) {
	if i.Live() {
		return // it came back meanwhile
	}
	b.eachReceiver(i, "resolved", from, sortedKeys(i.X.Paged), func(r string) {
		got, open := i.knows(r)
		if !open {
			return // closed before, and not opened again since
		}
		a := headstart.NoticeAlert{
			Labels:      map[string]string{"alertname": "Incident", "incident": string(i.ID), "asset": i.Cause.Asset},
			Annotations: map[string]string{"summary": i.Title.In(b.language())},
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
		Title: i.Title.In(b.language()), Cause: i.Cause.Asset, Resolved: r.Over, Alerts: alerts[:min(len(alerts), mostAlerts)],
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

func (b *book) language() string { return cmp.Or(b.log.Language, "nl") }

// memberAlerts are the alerts of a problem that page: those alive and not
// silenced, or one made up for a failed check of our own. What expired under a
// silence stays silent: that nobody reports it any more is no news.
func (b *book) memberAlerts(key headstart.ProblemKey) []headstart.NoticeAlert {
	p := b.groups.Problem(key)
	if p == nil {
		return nil
	}
	var out []headstart.NoticeAlert
	for _, fp := range p.Alerts {
		a := b.groups.Alert(fp)
		if a == nil || len(a.Silenced) > 0 {
			continue
		}
		out = append(out, headstart.NoticeAlert{Labels: a.Labels, Annotations: a.Annotations, StartsAt: a.StartsAt, Generator: a.Generator})
	}
	if len(p.Alerts) == 0 && len(p.Muted) == 0 {
		out = append(out, headstart.NoticeAlert{Labels: checkLabels(p), Annotations: map[string]string{"summary": p.Reason}, StartsAt: p.Onset})
	}
	return out
}

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
