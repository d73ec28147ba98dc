package incidents

// policyPushes is how far a notice goes once it stands (rulings 25, 26 and 11).
var policyPushes = []policyRow{
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
}
