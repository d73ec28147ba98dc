package main

// older is the last commit whose rules have the version before ours (event.go): what
// an upgrade comes from, and what its way back leads to.
const older = "8c8830ec154e39d9d897aea320c1e6df7d0b5aad"

// parts are what the program shows, in the order of their lanes.
var parts = []part{
	{
		name: "pages", lane: alone, shows: "pages beside Alertmanager's, 5,000 alerts at once",
		command: `go test -count 1 -timeout 20m -run '^TestPagesBesideAlertmanager$' -v ./cmd/headstart -pairs 5000`,
	},
	{
		name: "sweep", lane: alone, shows: "10,000 pings, half of them to nobody",
		command: `go test -count 1 -timeout 10m -run '^TestSweepHalfDead$' -v ./probes/icmp -targets 10000`,
	},

	{
		name: "kills", lane: waits, shows: "500 kill -9 of service, leader and redis-server on three stores",
		command: `go test -count 1 -timeout 40m -run '^TestCrashLoop$' -v ./cmd/headstart -crashes 200`,
	},
	{
		name: "failovers", lane: waits, shows: "12 failovers of Redis that lose the end of what was written",
		command: `go test -count 1 -timeout 20m -run '^TestFailoverLoop$' -v ./cmd/headstart -failovers 12`,
	},
	{
		name: "takeovers", lane: waits, shows: "40 changes of the leader: killed, or stopped for ten seconds; a lease lost in mid-commit",
		command: `go test -count 1 -timeout 30m -run '^(TestTakeover|TestLeaseLostInCommit)$' -v ./cmd/headstart -takeovers 40`,
	},
	{
		name: "faults", lane: waits, shows: "faults of Redis under load, 20 s each; a partition; a cluster",
		command: `go test -count 1 -timeout 20m -run '^(TestFaultsUnderLoad|TestPartition|TestClusterUnderLoad)$' -v ./store -faults 20s`,
	},
	{
		name: "partition", lane: waits, shows: "a network in two for 90 s, a replica on each side",
		command: `go test -count 1 -timeout 20m -run '^TestServiceInPartition$' -v ./cmd/headstart -parted 90s`,
	},
	{
		name: "upgrade", lane: waits, shows: "an upgrade and the way back, under load",
		command: `go test -count 1 -timeout 15m -run '^TestUpgrade$' -v ./cmd/headstart -older ` + older,
	},
	{
		name: "cut", lane: waits, shows: "a site cut off for five minutes",
		command: `go test -count 1 -timeout 20m -run '^TestSiteCutOff$' -v ./cmd/headstart -cut 5m`,
	},
	{
		name: "soak", lane: waits, shows: "half an hour at 1,000 alerts a second, with churn",
		command: `go test -count 1 -timeout 45m -run '^TestSoak$' -v ./cmd/headstart -soak 30m`,
	},

	{
		name: "lives", lane: busy, shows: "10,000 random lives of incidents",
		command: `go test -count 1 -timeout 20m -run '^TestLives$' -v ./correlate -lives 10000`,
	},
	{
		name: "cover", lane: busy, shows: "5,000 random lives of announcements, in any order",
		command: `go test -count 1 -timeout 20m -run '^TestCoverInAnyOrder$' -v ./incidents -rapid.checks 5000 -rapid.seed $(date +%s)`,
	},
	{
		name: "simulation", lane: busy, shows: "3,000 stories of engine and store under seeded faults",
		command: `go test -count 1 -timeout 20m -run '^TestEngineUnderFaults$' -v ./incidents -simulated 3000`,
	},
	{
		name: "surges", lane: busy, shows: "surges of tickets that are outages, and weeks without any",
		command: `go test -count 1 -timeout 30m -run '^TestSurgeFindsOutages$' -v ./correlate -quietweeks 40 -surgeweeks 30`,
	},
	{
		name: "browser", lane: busy, shows: "each page dark and light, on a desk and on a phone",
		command: `go test -count 1 -timeout 20m -run '^TestPagesInABrowser$' -v ./web -shots "$SCRATCH"`,
	},
	{
		name: "mutants", lane: busy, shows: "decision code broken in one small way at a time",
		command: `go -C tools run ./mutants`, figures: lastLine,
	},
	{
		name: "race", lane: busy, shows: "the race detector everywhere but in cmd",
		command: `GORACE=atexit_sleep_ms=0 go test -race -count 1 -timeout 30m $(go list ./... | grep -v /cmd/)`, figures: packages,
	},
	{
		name: "fuzz", lane: busy, shows: "each decoder of outside input for 20 s",
		command: `make --no-print-directory fuzz FUZZTIME=20s`, figures: fuzzed,
	},
	{
		name: "install", lane: busy, shows: "the Debian package installed, upgraded, removed and purged",
		command: `CI=1 tools/parts.sh debootstrap:debootstrap && go -C tools/release test . -count 1 -timeout 30m -v`,
	},
	{
		name: "release", lane: busy, shows: "a release made twice, with the same bytes",
		command: `go -C tools/release run . -again -arch amd64 -out "$SCRATCH/dist"`, figures: lastLine,
	},
}
