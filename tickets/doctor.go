package tickets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/tickets/systems"
)

// Finding is one thing Examine looked at. An empty remedy is fine.
type Finding struct{ What, Remedy string }

// Bounds beyond which Examine complains.
const (
	mostSkew   = time.Minute
	expireSoon = 30 * 24 * time.Hour
)

// Examine asks a ticket system for rights, clock, time zone and queues, and
// writes nothing there. An announcement that is mailed to one of its own addresses
// would become a ticket: mailed are those that channels mail to.
func Examine(ctx context.Context, s Source, dialer *headstart.Dialer, now time.Time, mailed []string) []Finding {
	at := "tickets " + s.Name + " (" + s.Type + "): "
	zone, err := time.LoadLocation(s.zone())
	if err != nil {
		return []Finding{{at + "timezone " + s.Timezone + " is unknown", "write a name such as Europe/Amsterdam"}}
	}
	system, err := systems.Open(s.Type, s.Settings, systems.Options{Dialer: dialer, Zone: zone})
	if err != nil {
		return []Finding{{at + err.Error(), "correct the source"}}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	report, err := system.Check(ctx)
	if err != nil {
		return []Finding{{at + err.Error(), remedy(err)}}
	}
	found := []Finding{{What: at + "answers" + version(report.Version)}}
	mind := func(what, remedy string) { found = append(found, Finding{at + what, remedy}) }
	for _, lack := range report.Lacks {
		what, remedy, _ := strings.Cut(lack, "; ")
		mind(what, remedy)
	}
	if report.Skew.Abs() > mostSkew {
		mind(fmt.Sprintf("its clock is %s from ours", report.Skew.Round(time.Second)), "let both keep time by NTP; times of tickets are those of its clock")
	}
	if more := beyond(report.Queues, s.Queues); len(more) > 0 {
		mind("our user also sees "+strings.Join(more, ", "), "take its right to see them away, above all of personnel matters, or name them in queues")
	}
	for _, address := range meeting(report.Inbound, mailed) {
		mind("mail to "+address+" becomes a ticket, and a channel mails announcements there", "take the address out of to of that channel")
	}
	return append(found, s.expiry(at, report.Expires, now)...)
}

// meeting are the inbound addresses that are mailed to.
func meeting(inbound, mailed []string) []string {
	var out []string
	for _, address := range inbound {
		if slices.ContainsFunc(mailed, func(to string) bool { return strings.EqualFold(to, address) }) {
			out = append(out, address)
		}
	}
	return out
}

func version(v string) string {
	if v == "" {
		return ""
	}
	return ", version " + v
}

// remedy is what to do about a system that does not answer as it should.
func remedy(err error) string {
	switch {
	case errors.Is(err, systems.ErrAuth):
		return "renew the token or password of the integration user"
	case errors.Is(err, systems.ErrForbidden):
		return "give the integration user the rights docs/tickets names"
	case errors.Is(err, systems.ErrNotFound), errors.Is(err, systems.ErrMalformed):
		return "is url the address of the system itself, without a path to log in?"
	}
	return "let this machine reach it; see url, ca_file and proxy_url"
}

// beyond are the queues seen that are not the ones configured.
func beyond(seen, configured []string) []string {
	var out []string
	for _, q := range seen {
		if !slices.Contains(configured, q) {
			out = append(out, q)
		}
	}
	if len(configured) == 0 && len(out) < 2 {
		return nil // one queue is what it is there for
	}
	if len(out) > 10 {
		out = append(out[:10], fmt.Sprintf("and %d more", len(out)-10))
	}
	return out
}

// expiry warns of a secret that ends: as the system says, else the configuration.
func (s Source) expiry(at string, told, now time.Time) []Finding {
	if day, err := time.Parse(time.DateOnly, s.SecretExpires); err == nil && told.IsZero() {
		told = day
	}
	switch left := told.Sub(now); {
	case told.IsZero():
		return nil
	case left <= 0:
		return []Finding{{at + "the secret ended on " + told.Format(time.DateOnly), "renew it"}}
	case left < expireSoon:
		return []Finding{{fmt.Sprintf("%sthe secret ends on %s, in %d days", at, told.Format(time.DateOnly), int(left.Hours()/24)), "renew it, and set secret_expires"}}
	}
	return []Finding{{What: at + "the secret is good until " + told.Format(time.DateOnly)}}
}
