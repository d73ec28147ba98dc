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
package headstart
