package incidents

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// policyRow is one case: its ruling, what happened, and what users were told.
type policyRow struct{ ruling, story, config, events, want string }

// TestPolicyTable is what users are told without a person, and what is not, case by
// case: the table a helpdesk can read before it trusts the machine. Each row names its
// ruling, tells what happened, and what came of it (play explains the words). Times are
// UTC on Monday; 6+ is Sunday.
func TestPolicyTable(t *testing.T) {
	t.Parallel()
	for _, row := range slices.Concat(policyBeginnings, policyPushes, policyEnds) {
		t.Run(row.ruling+" "+row.story, func(t *testing.T) {
			got, want := play(t, row.config, row.events), strings.TrimLeft(row.want, "\n")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ruling %s: %s\n%s", row.ruling, row.story, diff)
			}
		})
	}
}

// policyBeginnings is how an outage comes to stand on the page, or not (ruling 24).
var policyBeginnings = []policyRow{
	{
		ruling: "24",
		story:  "one printer by one check, and one ticket: a draft, since two points are needed",
		events: `
08:00:00 check prn-1 ipp down kind=printer service=print
08:05:00 ticket rt/T-1 names=print:1 from=noord by=each
08:06:00 link rt/T-1 #1
08:30:00 tick`,
		want: `
08:00:15 draft HS-1 noord: evidence 1 of 2
`,
	},
	{
		ruling: "25",
		story:  "one printer by two checks, and one ticket: on the page, never pushed by itself",
		config: "announce: {push: {mode: auto, min_people: 0}}",
		events: `
08:00:00 check prn-1 ipp down kind=printer service=print
08:00:10 check prn-1 ping down kind=icmp
08:05:00 ticket rt/T-1 names=print:1 from=noord by=each
08:06:00 link rt/T-1 #1
08:30:00 tick`,
		want: `
08:00:15 page investigating HS-1 noord
08:02:15 push waits HS-1 noord: one printer
`,
	},
	{
		ruling: "24",
		story:  "one check and tickets of two people: on the page",
		events: `
08:00:00 check prn-1 ipp down kind=printer service=print
08:05:00 ticket rt/T-[1..2] names=print:1 from=noord by=each
08:06:00 link rt/T-1 #1
08:06:30 link rt/T-2 #1
08:07:00 tick`,
		want: `
08:00:15 draft HS-1 noord: evidence 1 of 2
08:06:30 page investigating HS-1 noord
08:06:30 push waits HS-1 noord: 10 people, push.min_people is 15; one printer
`,
	},
	{
		ruling: "24",
		story:  "two tickets of one person, or of people nobody vouches for: no point",
		events: `
08:00:00 check prn-1 ipp down kind=printer service=print
08:05:00 ticket rt/T-[1..2] names=print:1 from=noord by=u-1
08:05:00 ticket mail/T-[3..4] names=print:1 from=noord
08:06:00 link rt/T-1 #1
08:06:10 link rt/T-2 #1
08:06:20 link mail/T-3 #1
08:06:30 link mail/T-4 #1
08:07:00 tick`,
		want: `
08:00:15 draft HS-1 noord: evidence 1 of 2
`,
	},
	{
		ruling: "24, 25, 27",
		story:  "the mail service fails its end-to-end check: pushed, and the end to the same people",
		events: `
08:00:00 check - imap down kind=imap service=mail
08:20:00 check - imap ok kind=imap service=mail
09:00:00 tick`,
		want: `
08:00:15 page investigating HS-1 all
08:02:15 push investigating HS-1 all
08:35:00 page resolved HS-1 all
`,
	},
	{
		ruling: "24",
		story:  "one alert by two Prometheus and the webhook: one observation, a draft",
		events: `
08:00:00 firing ImapErrors service=mail severity=critical @prom-a
08:00:01 firing ImapErrors service=mail severity=critical @prom-b
08:00:02 firing ImapErrors service=mail severity=critical @webhook
08:20:00 tick`,
		want: `
08:01:00 draft HS-1 all: evidence 1 of 2
`,
	},
	{
		ruling: "24",
		story:  "ping and HTTP of one server: two observations",
		events: `
08:00:00 check srv-web ping down kind=icmp
08:00:05 check srv-web front down kind=http service=wifi
08:05:00 tick`,
		want: `
08:01:00 draft HS-1 noord: evidence 1 of 2; en: Name is empty; en: Title is empty; nl: Name is empty; nl: Title is empty
08:01:05 page investigating HS-1 noord
08:03:00 push waits HS-1 noord: 0 people, push.min_people is 15
`,
	},
	{
		ruling: "24",
		story:  "two pings of one server: one observation, whatever they are called",
		events: `
08:00:00 check srv-web ping down kind=icmp service=wifi
08:00:05 check srv-web core-ping down kind=icmp service=wifi
08:05:00 tick`,
		want: `
08:01:00 draft HS-1 noord: evidence 1 of 2
`,
	},
	{
		ruling: "24",
		story:  "a switch nobody watches, three silent printers behind it: suspected, two points and theirs",
		events: `
07:00:00 check prn-[1..3] ping ok kind=icmp
08:00:00 check prn-[1..3] ping down kind=icmp
08:10:00 tick`,
		want: `
08:00:15 draft HS-1 noord: evidence 1 of 2
08:00:15 page investigating HS-1 noord
08:02:15 push investigating HS-1 noord
`,
	},
	{
		ruling: "28",
		story:  "03:00 on Sunday: page at once, pushed on Monday with the true start",
		config: "correlation: {stale: 72h}",
		events: `
6+03:00:00 check - imap down kind=imap service=mail
7+08:10:00 tick`,
		want: `
6+03:00:15 page investigating HS-1 all
6+03:02:15 push held HS-1 all until 2026-11-30T08:00:00Z
7+08:00:00 page investigating HS-1 all
7+08:00:00 push investigating HS-1 all
`,
	},
	{
		ruling: "28",
		story:  "03:00 on Sunday, over by four: nothing is pushed",
		events: `
6+03:00:00 check - imap down kind=imap service=mail
6+04:00:00 check - imap ok kind=imap service=mail
7+09:00:00 tick`,
		want: `
6+03:00:15 page investigating HS-1 all
6+03:02:15 push held HS-1 all until 2026-11-30T08:00:00Z
6+04:15:00 page resolved HS-1 all
`,
	},
	{
		ruling: "28",
		story:  "quiet hours hold even what is critical, unless quiet.critical is push",
		config: "announce: {push: {mode: auto}, quiet: {critical: push}}",
		events: `
6+03:00:00 check - portal down kind=http service=portal
6+03:05:00 tick`,
		want: `
6+03:01:00 page investigating HS-1 all
6+03:02:00 push investigating HS-1 all
`,
	},
	{
		ruling: "25",
		story:  "a core switch reboots for three minutes: the page, no push",
		events: `
08:01:00 check core ping down kind=icmp
08:01:02 check sw-n ping down kind=icmp
08:01:03 check prn-[1..3] ping down kind=icmp
08:03:00 check core ping ok kind=icmp
08:03:10 check sw-n ping ok kind=icmp
08:04:00 check prn-[1..3] ping ok kind=icmp
08:40:00 tick`,
		want: `
08:01:15 draft HS-1 noord: evidence 1 of 2; en: Name is empty; en: Title is empty; nl: Name is empty; nl: Title is empty
08:01:17 draft HS-1 noord: en: Name is empty; en: Title is empty; nl: Name is empty; nl: Title is empty
08:01:18 page investigating HS-1 noord
08:19:00 page resolved HS-1 noord
`,
	},
	{
		ruling: "30",
		story:  "ransomware on a confidential server: nothing to anybody",
		events: `
08:00:00 firing RansomwareSuspected instance=srv-dossier severity=critical
08:00:00 firing HostDown instance=srv-dossier severity=critical
08:30:00 tick`,
		want: `
08:01:00 draft HS-1 noord: confidential
`,
	},
	{
		ruling: "24",
		story:  "five tickets while monitoring is green: a draft",
		events: `
00:00:00 ticket rt/A-[1..700] every=90m names=wifi:1 from=zuid by=each cues=malfunction
44+09:00:00 ticket rt/N-[1..5] every=50s names=print:1 from=noord by=each cues=malfunction
44+09:30:00 tick`,
		want: `
44+09:01:40 draft HS-1 noord: evidence 0 of 2; cause is surge
`,
	},
	{
		ruling: "24",
		story:  "forty people press 'I have this too': nothing",
		events: `
08:00:00 check prn-1 ipp down kind=printer service=print
08:01:00 confirm d-[1..40] every=5s #1 service=print at=noord inside
08:30:00 tick`,
		want: `
08:00:15 draft HS-1 noord: evidence 1 of 2
`,
	},
	{
		ruling: "42",
		story:  "three people at one place say within ten minutes that wifi fails: a suspicion, never a message",
		events: `
08:00:00 confirm d-[1..3] every=3m service=wifi at=noord inside
08:40:00 tick`,
		want: `
08:06:00 draft HS-1 noord: evidence 0 of 2; cause is surge
`,
	},
	{
		ruling: "42",
		story:  "a check sees it after the people did: the same incident, told of then",
		events: `
08:00:00 confirm d-[1..3] every=1m service=wifi at=noord inside
08:10:00 check srv-web front down kind=http service=wifi
08:10:05 check srv-web ping down kind=icmp service=wifi
08:10:06 check srv-web portal down kind=http service=portal
08:20:00 tick`,
		want: `
08:02:00 draft HS-1 noord: evidence 0 of 2; cause is surge
08:11:00 page investigating HS-1 noord
08:11:00 push waits HS-1 noord: 0 people, push.min_people is 15
08:11:06 page investigating HS-1 noord
08:11:06 push investigating HS-1 noord
`,
	},
	{
		ruling: "42",
		story:  "two people, or three from outside, or over half an hour: nothing",
		events: `
08:00:00 confirm d-[1..2] every=1m service=wifi at=noord inside
08:10:00 confirm e-[1..3] every=1m service=mail at=noord
08:20:00 confirm f-[1..3] every=15m service=print at=zuid inside
09:30:00 tick`,
		want: `
`,
	},
	{
		ruling: "42",
		story:  "what an incident explains counts for it, and opens nothing",
		events: `
08:00:00 check - imap down kind=imap service=mail
08:01:00 confirm d-[1..5] every=1m #1 at=noord inside
08:10:00 tick`,
		want: `
08:00:15 page investigating HS-1 all
08:02:15 push investigating HS-1 all
`,
	},
	{
		ruling: "17",
		story:  "silenced at the source: a draft, which says by whom while it waits",
		events: `
08:00:00 firing HostDown instance=core @am
08:00:01 firing HostDown instance=sw-n @am
08:00:02 silence S-1 until=12:00:00 instance=~.* by=marie comment=new_firmware source=am
08:10:00 tick`,
		want: `
08:01:00 draft HS-1 noord: evidence 1 of 2; all alerts silenced; en: Name is empty; en: Title is empty; nl: Name is empty; nl: Title is empty
08:01:01 draft HS-1 noord: all alerts silenced; en: Name is empty; en: Title is empty; nl: Name is empty; nl: Title is empty
`,
	},
	{
		ruling: "16",
		story:  "planned work covers all that fails: nothing about an outage",
		events: `
07:55:00 maintenance W-1 on=core,sw-n until=10:00:00
08:00:00 check core ping down kind=icmp
08:00:00 check sw-n ping down kind=icmp
08:30:00 tick`,
		want: `
07:55:00 draft noord: nobody approved the announcement before it began
`,
	},
	{
		ruling: "30",
		story:  "all messages are held: a draft",
		events: `
07:55:00 hush for=2h
08:00:00 check - imap down kind=imap service=mail
08:30:00 tick`,
		want: `
08:00:15 draft HS-1 all: hushed
`,
	},
	{
		ruling: "24",
		story:  "nothing of the catalog has an audience: said in the timeline",
		events: `
08:00:00 firing Strange foo=bar
08:00:01 firing Strange2 foo=bar
08:30:00 tick`,
		want: `
08:00:00 draft: no audience
08:00:01 draft: no audience
`,
	},
}
