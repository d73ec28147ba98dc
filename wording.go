package headstart

import "time"

// Wording is everything the words of one message depend on. Package announce
// turns it into a Text; equal Wordings give equal Texts.
type Wording struct {
	Phase  Phase
	Kind   ServiceKind
	Effect string // down slow partly
	Lang   string // nl en

	// Vars are the free texts by variable name (Name, Where, Who, Workaround,
	// Cause, Prevention, Reason, Progress, Why, Contact, UrgentContact, StatusURL, Ref,
	// Still, only if a check proves now what still works; Remains, what was part of it
	// and does not work yet; Also, what else the message is about; and Back, what of all
	// that works again).
	Vars map[string]string

	Now         time.Time // in the audience's zone, as are all below; decides "today"
	Since       time.Time
	NextUpdate  time.Time
	Expected    time.Time
	ExpectedOld time.Time
	Ended       time.Time
	LookFrom    time.Time // nobody attends and it is outside hours: the next working start
	Start, End  time.Time
	EndOld      time.Time

	Attended   bool // acknowledged, an owner on duty, or announce.on_call
	ChecksGood bool
	NotSeen    bool // nothing is heard of it, or it was closed as no longer reported or heard
	ByPerson   bool // a person approves: Works and After may be filled in
	LessOften  bool // from now on messages come half as often
}

// DigestWording is everything the words of a digest depend on (ruling 26).
type DigestWording struct {
	Lang string // nl en
	Now  time.Time

	Live []DigestLine // notices that stand, oldest first
	Over []DigestLine // notices that a digest named before and that are over
	More int          // notices that stand and are not among Live

	StatusURL string // empty: there is no page
}

// DigestLine is one notice of a digest, in the words it stands in.
type DigestLine struct {
	Title, Where  string
	UrgentContact string
	Since, Ended  time.Time // in the audience's zone
}

// Composed is a rendered message and what stands against sending it by itself.
type Composed struct {
	Text     Text
	Template string   // version of the templates
	Missing  []string // required variables that are empty: the draft may not go out
	Septets  int      // of the short form, in GSM-7
	TooLong  bool     // the short form exceeds 160 characters even without Where
	Hits     []Hit    // words of Vars or Text that users should not meet
}
