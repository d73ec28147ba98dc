package headstart

// Rehearsal is what commands would do if somebody gave them now: nothing of it has
// happened, and nothing of it is kept.
type Rehearsal struct {
	// Incident is the one they open or change. A new one has the next number, which
	// another may take first.
	Incident Incident

	// Announcements are what users would be told of it, by id.
	Announcements []Announcement

	// Refused says why the first command that would be refused is; those after it were
	// not tried. Empty: all would be carried out.
	Refused string
}
