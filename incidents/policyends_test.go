package incidents

// policyEnds is how its end comes to be told (ruling 27): each condition broken alone, and
// what a person may do without breaking one.
var policyEnds = []policyRow{
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
}
