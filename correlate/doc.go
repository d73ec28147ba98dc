// Package correlate decides which alerts and checks are one thing, what its
// probable cause is, and which tickets are about it.
//
// State is a plain value machine: it reads no clock, starts no goroutine and
// does no I/O, so the same log always yields the same groups. All of it is rows
// (Take, Load); a state loaded from its rows goes on as if it had never stopped.
//
// Every decision names its rule. Letters tell the family; numbers are stable,
// because they are metric labels and stand in people's notes:
//
//	C-01  configuration taken over, or refused; an asset left the catalog
//	C-08  a cause that nobody reports is suspected, confirmed, or dropped
//	D-02  liveness per origin: stale, tombstone, expired, heard, unlisted (rulings 13, 14)
//	D-14  a source of alerts has been silent for too long: blind (rulings 14, 19)
//	D-15  a site agent has been silent for too long: its site is cut off, or it is
//	D-16  one of our probers reaches nothing itself: isolated; what rests on its word waits
//	E-21  a ticket's candidates changed
//	E-22  a refit of the matcher taken over, or refused
//	E-23  a ticket linked without a person, or no longer
//	E-24  links without a person are offered, begin or end, by what people say of them
//	F-04  flapping: unstable while it comes and goes, steady once it was quiet
//	G-09  failures alike in one place become one group without a cause
//	H-20  a person opened, merged, split, resolved, reopened or pinned a group
//	H-21  a person linked or unlinked a ticket, or judged a link
//	K-11  a surge of tickets: users report it and monitoring sees nothing
//	K-12  a suspicion: people on the organisation's network confirm it, the same
//	L-12  a late cause explains a group that is already open
//	M-06  planned work and closed periods: suppressed, judged again, overrun, paused
//	P-13  what is hit changed: services, locations, departments, people
//	P-16  not waited for: an alert nobody could place, or page_at_once (ruling 16)
//	P-17  all failing members are silenced, or no longer; an alert is heard among others that are (ruling 17)
//	Q-01  a source's clock is off, or it delivers late: told, never used
//	Q-02  an edge of the catalog is contradicted by answers
//	R-01  a member that had cleared fails again
//	R-02  a member cleared
//	R-03  all members are clear: the group holds
//	R-04  the cause is clear, members remain: the group recovers
//	R-05  back to open from holding or recovering
//	R-06  resolved after the hold
//	R-07  the same cause within reopen: the same group
//	R-08  what did not follow the cause is split off
//	R-09  closed after reopen
//	R-10  the same cause after reopen: a new group that recurs
//	R-11  its cause came back often enough: a problem candidate
//	R-12  nothing was heard of any member for too long: stale; or again something
//	R-13  closed by silence, which proves nothing (rulings 14, 15)
//	S-05  settle: a blip, a question to the neighbours, or an alert that nothing inhibited in time
//	T-07  topology: an own failure, behind a cause, or a joint cause
//	U-10  a storm of unexplained causes: one umbrella collects the rest, until it is calm
package correlate
