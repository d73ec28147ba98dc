package headstart

// The state tables. Rows are JSON with "v":1. The first group is written by
// package correlate, the second by package incidents; each package loads only
// its own. Viewed tables travel in the feed.
const (
	TableConfig   = "config"   // one row "current": LogConfig
	TableProblems = "problems" // ProblemKey: Problem (viewed), and what correlate adds in TableMemory
	TableMemory   = "memory"   // ProblemKey: liveness, flips and the like; correlate's own
	TableGroups   = "groups"   // GroupID: Group, correlate's own fields beside it
	TableMembers  = "members"  // MemberKey: Member (viewed)
	TableAlerts   = "alerts"   // fingerprint: AlertState (viewed)
	TableAssets   = "assets"   // asset: last healthy answer; correlate's own
	TableTickets  = "tickets"  // Ticket.Key: TicketState (viewed)
	TableTimers   = "timers"   // running number: correlate's deadlines
	TableClock    = "clock"    // one row per package: "correlate", "incidents", "engine"

	TableIncidents     = "incidents"     // IncidentID: Incident (viewed)
	TableTimeline      = "timeline"      // incident's sequence/number: Decision (viewed)
	TableAnnouncements = "announcements" // Announcement.ID: Announcement (viewed)
	TableOutcomes      = "outcomes"      // Command.ID: Outcome (viewed)
	TableDeadlines     = "deadlines"     // running number: incidents' deadlines
	TableOwed          = "owed"          // outbox id: Notice; what the outbox holds, so that a retry needs only the log
	TableDesk          = "desk"          // id: DeskNote (viewed)
	TableMaintenance   = "maintenance"   // id: MaintenanceWindow (viewed)
	TableSilences      = "silences"      // id: Silence (viewed)
	TableFlaws         = "flaws"         // Flaw.Key: Flaw (viewed); correlate's
	TableConfirms      = "confirms"      // incident/device: when; incidents' own
	TableAudit         = "audit"         // Command.ID: AuditEntry (viewed)
	TableDead          = "dead"          // Notice.Key: DeadLetter (viewed)
	TableKnown         = "known"         // KnownError.ID: KnownRecord (viewed)
	TableDeadLinks     = "dead_links"    // URL of an article: DeadLink (viewed)
)

// CorrelateTables are the tables package correlate owns.
func CorrelateTables() []string {
	return []string{
		TableConfig, TableProblems, TableMemory, TableGroups, TableMembers, TableAlerts, TableAssets,
		TableTickets, TableTimers, TableMaintenance, TableSilences, TableFlaws,
	}
}

// IncidentTables are the tables package incidents owns.
func IncidentTables() []string {
	return []string{
		TableIncidents, TableTimeline, TableAnnouncements, TableOutcomes, TableDeadlines, TableOwed, TableDesk, TableConfirms, TableAudit,
		TableDead, TableKnown, TableDeadLinks,
	}
}

// AllTables are all state tables, TableClock last.
func AllTables() []string {
	return append(append(CorrelateTables(), IncidentTables()...), TableClock)
}

// Viewed reports whether rows of table travel in the feed, for readers.
func Viewed(table string) bool {
	switch table {
	case TableConfig, TableProblems, TableMembers, TableAlerts, TableTickets, TableIncidents, TableTimeline,
		TableAnnouncements, TableOutcomes, TableDesk, TableMaintenance, TableSilences, TableFlaws, TableAudit,
		TableDead, TableKnown, TableDeadLinks:
		return true
	}
	return false
}
