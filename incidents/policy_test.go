package incidents

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPolicyTable is what users are told without a person, and what is not, case by
// case: the table a helpdesk can read before it trusts the machine. Each row names its
// ruling, tells what happened, and what came of it (play explains the words). Times are
// UTC on Monday; 6+ is Sunday.
func TestPolicyTable(t *testing.T) {
	for _, row := range []struct{ ruling, story, config, events, want string }{
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
			story:  "silenced at the source: a draft with who and why",
			events: `
08:00:00 firing HostDown instance=core @am
08:00:01 firing HostDown instance=sw-n @am
08:00:02 silence S-1 until=12:00:00 instance=~.* by=marie comment=new_firmware source=am
08:10:00 tick`,
			want: `
08:01:00 draft HS-1 noord: evidence 1 of 2; all alerts silenced by marie: new firmware (until 23-11 12:00); en: Name is empty; en: Title is empty; nl: Name is empty; nl: Title is empty
08:01:01 draft HS-1 noord: all alerts silenced by marie: new firmware (until 23-11 12:00); en: Name is empty; en: Title is empty; nl: Name is empty; nl: Title is empty
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
		{
			ruling: "25",
			story:  "ten people: on the page, no push",
			events: `
08:00:00 check prn-z ipp down kind=printer service=print
08:00:10 check prn-z ping down kind=icmp
08:00:20 check prn-y ping down kind=icmp
08:10:00 tick`,
			want: `
08:01:00 page investigating HS-1 zuid
08:01:20 draft HS-2 zuid: evidence 1 of 2
08:03:00 push waits HS-1 zuid: 10 people, push.min_people is 15; one printer
`,
		},
		{
			ruling: "25",
			story:  "it grows: what waited is pushed",
			events: `
08:00:00 check prn-1 ipp down kind=printer service=print
08:00:10 check prn-1 ping down kind=icmp
08:10:00 check prn-2 ping down kind=icmp
08:10:01 check prn-3 ping down kind=icmp
08:10:02 check sw-n ping down kind=icmp
08:30:00 tick`,
			want: `
08:00:15 page investigating HS-1 noord
08:02:15 push waits HS-1 noord: 10 people, push.min_people is 15; one printer
08:10:15 page investigating HS-1 noord
08:10:15 push investigating HS-1 noord
`,
		},
		{
			ruling: "25",
			story:  "push.mode approve: the push waits for a person",
			config: "announce: {push: {mode: approve}}",
			events: `
08:00:00 check - imap down kind=imap service=mail
08:30:00 tick`,
			want: `
08:00:15 page investigating HS-1 all
08:02:15 push waits HS-1 all: push.mode is approve
`,
		},
		{
			ruling: "26",
			story:  "the budget of a day counts first messages; then a person decides",
			config: "announce: {push: {mode: auto, budget: 1, digest: []}}\ncorrelation: {stale: 72h}",
			events: `
08:00:00 check - imap down kind=imap service=mail
08:20:00 check - imap ok kind=imap service=mail
08:40:00 check - portal down kind=http service=portal
08:50:00 tick`,
			want: `
08:00:15 page investigating HS-1 all
08:02:15 push investigating HS-1 all
08:35:00 page resolved HS-1 all
08:41:00 page investigating HS-2 all
08:42:00 push waits HS-2 all: budget of the day is used up
`,
		},
		{
			ruling: "26",
			story:  "the third minor disruption of a day waits for the digest, and its end for the next",
			config: "announce: {push: {mode: auto, min_people: 5}}\ncorrelation: {stale: 72h}",
			events: `
08:00:00 check - intra down kind=http service=a1
08:20:00 check - intrb down kind=http service=a2
08:40:00 check - intrc down kind=http service=a3
09:00:00 check - intrd down kind=http service=a4
11:00:00 check - intrc ok kind=http service=a3
13:00:00 check - intrd ok kind=http service=a4
16:30:00 tick`,
			want: `
08:01:00 page investigating HS-1 all
08:03:00 push investigating HS-1 all
08:21:00 page investigating HS-2 all
08:23:00 push investigating HS-2 all
08:41:00 page investigating HS-3 all
08:43:00 in the digest HS-3 all of 12:00
09:01:00 page investigating HS-4 all
09:03:00 in the digest HS-4 all of 12:00
11:15:00 page resolved HS-3 all
12:00:00 page progress HS-1 all
12:00:00 digest HS-4 all
12:20:00 page progress HS-2 all
13:00:00 page progress HS-4 all
13:15:00 page resolved HS-4 all
16:00:00 digest over HS-4 all
`,
		},
		{
			ruling: "11",
			story:  "nobody looked for half an hour: the push that was due becomes a draft",
			events: `
08:00:00 check - imap down kind=imap service=mail
08:01:00 blind 30m
08:40:00 tick`,
			want: `
08:00:15 page investigating HS-1 all
08:31:00 push waits HS-1 all: older than 15 minutes after a stop
`,
		},
		{
			ruling: "27",
			story:  "acknowledged, assigned, noted and linked: still resolved by itself",
			events: `
08:00:00 check - imap down kind=imap service=mail
08:05:00 ack #1
08:05:10 assign #1 owner=joris
08:05:20 note #1 text=rebooting
08:06:00 ticket rt/T-1 names=mail:1 from=noord by=each
08:07:00 link rt/T-1 #1
08:20:00 check - imap ok kind=imap service=mail
08:40:00 tick`,
			want: `
08:00:15 page investigating HS-1 all
08:02:15 push investigating HS-1 all
08:35:00 page resolved HS-1 all
`,
		},
		{
			ruling: "27a",
			story:  "no machine knows the cause: failures alike that nothing explains",
			events: `
08:00:00 check - intra down kind=http service=a1
08:00:10 check - intrb down kind=http service=a2
08:00:20 check - intrc down kind=http service=a3
08:20:00 check - intra ok kind=http service=a1
08:20:10 check - intrb ok kind=http service=a2
08:20:20 check - intrc ok kind=http service=a3
08:40:00 tick`,
			want: `
08:01:00 page investigating HS-1 all
08:03:00 push investigating HS-1 all
08:35:20 draft resolved HS-1 all: cause is none
`,
		},
		{
			ruling: "27a, 14",
			story:  "its alerts were only no longer heard: gone is not fixed",
			events: `
08:00:00 firing HostDown instance=core ends=+5m
08:00:01 firing HostDown instance=sw-n ends=+5m
08:00:01 firing PrinterDown instance=prn-1 ends=+5m
08:45:00 tick`,
			want: `
08:01:00 draft HS-1 noord: evidence 1 of 2; en: Name is empty; en: Title is empty; nl: Name is empty; nl: Title is empty
08:01:01 draft HS-1 noord: en: Name is empty; en: Title is empty; nl: Name is empty; nl: Title is empty
08:01:01 page investigating HS-1 noord
08:03:00 push waits HS-1 noord: 10 people, push.min_people is 15
`,
		},
		{
			ruling: "27b",
			story:  "a person wrote",
			events: `
08:00:00 check - imap down kind=imap service=mail
08:05:00 announce #1 phase=identified text=A_device_broke.
08:20:00 check - imap ok kind=imap service=mail
08:40:00 tick`,
			want: `
08:00:15 page investigating HS-1 all
08:02:15 push investigating HS-1 all
08:05:00 page identified HS-1 all
08:35:00 draft resolved HS-1 all: a person took part
`,
		},
		{
			ruling: "27b",
			story:  "a person set a time",
			events: `
08:00:00 check - imap down kind=imap service=mail
08:05:00 set-eta #1 eta=09:30:00
08:20:00 check - imap ok kind=imap service=mail
08:40:00 tick`,
			want: `
08:00:15 page investigating HS-1 all
08:02:15 push investigating HS-1 all
08:05:00 page eta_changed HS-1 all
08:35:00 draft resolved HS-1 all: a person took part
`,
		},
		{
			ruling: "27b",
			story:  "a person pinned",
			events: `
08:00:00 check - imap down kind=imap service=mail
08:05:00 pin #1
08:20:00 check - imap ok kind=imap service=mail
08:40:00 tick`,
			want: `
08:00:15 page investigating HS-1 all
08:02:15 push investigating HS-1 all
08:35:00 draft resolved HS-1 all: a person took part
`,
		},
		{
			ruling: "27c",
			story:  "somebody calls after all was well",
			events: `
08:00:00 check - imap down kind=imap service=mail
08:20:00 check - imap ok kind=imap service=mail
08:25:00 ticket rt/T-1 names=mail:1 from=noord by=each
08:26:00 link rt/T-1 #1
09:40:00 tick`,
			want: `
08:00:15 page investigating HS-1 all
08:02:15 push investigating HS-1 all
08:35:00 draft resolved HS-1 all: somebody reported it after all was well
09:00:00 page progress HS-1 all
09:35:00 page progress HS-1 all
`,
		},
		{
			ruling: "27c",
			story:  "somebody presses 'I have this too' after all was well",
			events: `
08:00:00 check - imap down kind=imap service=mail
08:20:00 check - imap ok kind=imap service=mail
08:25:00 confirm d-1 #1
08:40:00 tick`,
			want: `
08:00:15 page investigating HS-1 all
08:02:15 push investigating HS-1 all
08:35:00 draft resolved HS-1 all: somebody reported it after all was well
`,
		},
		{
			ruling: "27d",
			story:  "it was made confidential meanwhile",
			events: `
08:00:00 check - imap down kind=imap service=mail
08:20:00 check - imap ok kind=imap service=mail
08:25:00 confidential #1
08:40:00 tick`,
			want: `
08:00:15 page investigating HS-1 all
08:02:15 push investigating HS-1 all
08:35:00 draft resolved HS-1 all: confidential
`,
		},
	} {
		t.Run(row.ruling+" "+row.story, func(t *testing.T) {
			got, want := play(t, row.config, row.events), strings.TrimLeft(row.want, "\n")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ruling %s: %s\n%s", row.ruling, row.story, diff)
			}
		})
	}
}
