// Package headstart holds the nouns of the product: events, alerts, checks,
// tickets, assets, incidents, links, announcements and what the store keeps.
//
// Every other package imports this one; this one imports none of ours, reads
// no clock, starts no goroutine and does no I/O. Read left to right, an
// observation travels
//
//	probes, alerts, tickets -> store -> incidents (asks correlate, announce) -> store -> notify, report, web
//
// and the arrows are drawn in exactly one place, pipeline in cmd/headstart.
//
// # Where to look
//
// Start at event.go: all that is decided follows from events. A file is named after what
// it holds, and files whose names begin alike belong together:
//
//   - event, log, command, feed, tables: what stands in the log, and what is kept of it
//   - row, rowread, rowreader, rowsaid, jsontext: how rows of tables are written and read
//   - alert, check, ticket, agent, heard, host: what is observed, and by whom
//   - catalog, topology, whatif, calendar, wallclock, recurrence, moment: the organisation and its hours
//   - maintenance, conflict, silence, duty: what is planned, and who works
//   - group, incident, decision, rules, flaw, standing, retention: what is decided, and for how long it stays known
//   - announcement, wording, notice, rehearsal, routing, subscriber, deadletter, acklink, adaptivecard, hush: what people are told
//   - words: how decisions are said in Dutch and English
//   - knownerror, knownfinder, knownfit, proposal, desknote, audit, report: what the desk writes, and learns
//   - view, reader, pagestate: what pages, reports and queries read
//   - dialer, route: the way out, and the ways in
package headstart
