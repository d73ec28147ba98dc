package notify

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/nflog"
	amnotify "github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/common/model"

	"headstart"
)

type amAlert = alert.Alert

// pageAlerts writes the members of an incident as the library takes them, with
// text from outside made harmless for this kind of integration. An incident
// without alerts, opened by hand, stands for itself.
func pageAlerts(n *headstart.Notice, kind string, now time.Time) []*amAlert {
	members := n.Alerts
	if len(members) == 0 {
		members = []headstart.NoticeAlert{{
			Labels:      map[string]string{"alertname": "Incident"},
			Annotations: map[string]string{"summary": n.Title},
			StartsAt:    n.At,
		}}
	}
	out := make([]*amAlert, 0, len(members))
	for _, m := range members {
		a := &amAlert{Alert: model.Alert{
			Labels: labelSet(m.Labels, kind), Annotations: labelSet(m.Annotations, kind),
			StartsAt: m.StartsAt, EndsAt: m.EndsAt, GeneratorURL: webAddress(m.Generator),
		}, UpdatedAt: n.At}
		if n.Resolved && a.EndsAt.IsZero() {
			a.EndsAt = n.At
		}
		// The library asks the wall clock whether an alert is over; its log clock
		// may be ahead of ours.
		if (n.Resolved || !m.EndsAt.IsZero()) && !a.EndsAt.Before(now) {
			a.EndsAt = now.Add(-time.Second)
		}
		out = append(out, a)
	}
	return out
}

// addAckLink puts the link by which a reader takes the incident up into the first alert:
// Alertmanager's mail shows annotations, and templates of one's own can.
func addAckLink(alerts []*amAlert, link string) {
	if link == "" || len(alerts) == 0 {
		return
	}
	alerts[0].Annotations = alerts[0].Annotations.Clone()
	if alerts[0].Annotations == nil {
		alerts[0].Annotations = model.LabelSet{}
	}
	alerts[0].Annotations["acknowledge"] = model.LabelValue(link)
}

func firing(alerts []*amAlert) []*amAlert {
	var out []*amAlert
	for _, a := range alerts {
		if a.EndsAt.IsZero() {
			out = append(out, a)
		}
	}
	return out
}

// pageContext carries what the library wants to know beside the alerts. The
// group key is the incident's uid (ruling 6), so every service threads and
// deduplicates per incident, also after a restore.
func pageContext(ctx context.Context, receiver string, n *headstart.Notice, kind string) context.Context {
	group := map[string]string{"incident": string(n.Incident), "priority": n.Priority, "title": n.Title, "cause": n.Cause}
	for k, v := range group {
		if v == "" {
			delete(group, k)
		}
	}
	reason := amnotify.ReasonFirstNotification
	switch n.Reason {
	case "joined", "severity":
		reason = amnotify.ReasonNewAlertsInGroup
	case "resolved", "merged":
		reason = amnotify.ReasonAllAlertsResolved
	}
	ctx = amnotify.WithGroupKey(ctx, n.UID)
	ctx = amnotify.WithReceiverName(ctx, receiver)
	ctx = amnotify.WithGroupLabels(ctx, labelSet(group, kind))
	ctx = amnotify.WithNotificationReason(ctx, reason)
	ctx = amnotify.WithNow(ctx, time.Now())
	ctx = amnotify.WithRepeatInterval(ctx, 4*time.Hour)
	return amnotify.WithNflogStore(ctx, nflog.NewStore(nil)) // Slack's update_message panics without
}

func labelSet(m map[string]string, kind string) model.LabelSet {
	set := make(model.LabelSet, len(m))
	for k, v := range m {
		set[model.LabelName(k)] = model.LabelValue(neutral(v, kind))
	}
	return set
}

// webAddress lets http and https through, and nothing a click could run.
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return s
}

// neutral makes text from outside plain text for one kind of integration
// (ruling 45): no mention, no markup, no link that says another address.
// Machines (webhook, PagerDuty and the like) get it unchanged, as data; mail
// escapes by itself.
func neutral(s, kind string) string {
	switch kind {
	case "slack":
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(noMentions(s))
	case "mattermost", "rocketchat", "discord", "webex", "msteams", "msteamsv2", "telegram", "wechat":
		return strings.NewReplacer("<", "‹", ">", "›", "](", "] (").Replace(noMentions(s))
	}
	return s
}

// noMentions parts an @ from the word it would call, with a character nobody
// sees. An address such as a@b.nl calls nobody and stays as it is.
func noMentions(s string) string {
	var b strings.Builder
	before := ' '
	for _, r := range s {
		b.WriteRune(r)
		if r == '@' && !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			b.WriteRune('\u200b')
		}
		before = r
	}
	return b.String()
}
