// Package incidents runs the engine that folds the log into incidents, and
// keeps the life of each: number, priority, owner, links as shown, the
// announcement with its states and promise, and what is owed to whom.
//
// Only the engine decides, and only one runs per log: it holds a lease, and
// each commit proves it. What it decides is a function of the log alone; the
// clock of a decision is the log's. State, cursor and outbox become visible in
// one commit or not at all. Rows are written and committed beside the fold, which
// is ahead of the store by two commits at most. After a failed commit the engine
// drops its memory and loads again.
//
// Rules that decide carry the number of their ruling where they have one:
// I-01 number, P-13 priority, O-16 paging, A-24 to A-30 announcements, H-01
// what a person did.
package incidents
