package headstart

import (
	"encoding/json"
	"slices"
	"time"
)

// Phase is what an announcement tells, in the order people usually meet them.
type Phase string

// The phases of an announcement.
const (
	Investigating        Phase = "investigating"
	Identified           Phase = "identified"
	Progress             Phase = "progress"
	ETAChanged           Phase = "eta_changed"
	WorkaroundFound      Phase = "workaround"
	Solved               Phase = "resolved"
	Reopened             Phase = "reopened"
	Withdrawn            Phase = "withdrawn"
	MaintenanceAnnounced Phase = "maintenance_announced"
	MaintenanceStarted   Phase = "maintenance_started"
	MaintenanceExtended  Phase = "maintenance_extended"
	MaintenanceDone      Phase = "maintenance_done"
	MaintenanceCancelled Phase = "maintenance_cancelled"
	DigestSent           Phase = "digest" // of a message that lists several notices; no announcement has it
)

// Tellable are the phases a person may announce about an incident.
var Tellable = []Phase{Investigating, Identified, Progress, WorkaroundFound, ETAChanged, Solved, Reopened, Withdrawn}

// TellableOfWork are the phases a person may announce about planned work.
var TellableOfWork = []Phase{MaintenanceAnnounced, MaintenanceStarted, MaintenanceExtended, MaintenanceDone, MaintenanceCancelled}

// Final reports whether nothing follows a message of this phase.
func (p Phase) Final() bool {
	return p == Solved || p == Withdrawn || p == MaintenanceDone || p == MaintenanceCancelled
}

// AnnouncementState is where an announcement stands.
type AnnouncementState string

// The states of an announcement.
const (
	AnnouncementDraft     AnnouncementState = "draft"     // nothing published yet; Draft says why
	AnnouncementPublished AnnouncementState = "published" // Updates stand on the page
	AnnouncementFinal     AnnouncementState = "final"     // resolved
	AnnouncementWithdrawn AnnouncementState = "withdrawn" //
	AnnouncementDiscarded AnnouncementState = "discarded" // never shown to a user
)

// How says how far a message went.
type How string

// The ways of a message: status page only, also pushed, or waiting for a person.
const (
	HowPage  How = "page"
	HowPush  How = "push"
	HowDraft How = "draft"
)

// Announcement is what one audience is told about one incident, about several that a
// person put together, or about planned work. Each has at most one per audience; a
// later cause or a merge corrects it in place.
type Announcement struct {
	V  int    `json:"v"`
	ID string `json:"id"` // uid.audience

	// Incident is empty while it is about planned work that has left nothing broken;
	// what the work leaves broken becomes an incident, which takes the announcement over.
	Incident IncidentID `json:"incident"`

	// Also are other incidents it speaks for since a person said so, in that order; it is
	// over when all are. Once Incident is over the next of them that is not takes its
	// place, and Incident stands among these.
	Also []IncidentID `json:"also,omitempty"`

	// First is the incident it began with, once another one has taken its place.
	First IncidentID `json:"first,omitempty"`

	// Window is the planned work it began with, by MaintenanceWindow.ID; Number is
	// what people call that work: HS-W7.
	Window string `json:"window,omitempty"`
	Number string `json:"number,omitempty"`

	// StartsAt and EndsAt are the period of the planned work as users were told it
	// last; of a draft, as it says.
	StartsAt time.Time `json:"starts_at,omitzero"`
	EndsAt   time.Time `json:"ends_at,omitzero"`

	// NextPush is when planned work that was approved is pushed next, before it
	// begins; zero: not again.
	NextPush time.Time `json:"next_push,omitzero"`

	// Declined is what a person did not want to be told of running work; it is not
	// offered again until something else was told.
	Declined Phase `json:"declined,omitempty"`

	UID          string            `json:"uid"`
	Audience     string            `json:"audience"`
	Languages    []string          `json:"languages"`
	State        AnnouncementState `json:"state"`
	How          How               `json:"how"`
	Severity     string            `json:"severity"`
	Kind         ServiceKind       `json:"kind"`
	Effect       string            `json:"effect"` // down slow partly
	Services     []string          `json:"services"`
	Locations    []string          `json:"locations"`
	People       int               `json:"people"`
	Confidential bool              `json:"confidential,omitempty"`

	Updates []Update `json:"updates"` // published, oldest first; frozen
	Draft   *Update  `json:"draft"`   // waits for a person; nil: nothing waits

	// PushDraft: the page stands, the push of the last update waits for approval.
	PushDraft bool `json:"push_draft,omitempty"`

	Pushing Pushing `json:"pushing,omitzero"` // how the push of its first message stands

	NextUpdateBy *time.Time `json:"next_update_by"`   // the open promise
	Missed       *time.Time `json:"missed,omitempty"` // a promise that passed, until a message follows
	Promises     [2]int     `json:"promises"`         // kept, missed

	// Heard are channels that a merged notice was sent to whose words this one carries on,
	// and Folded the ids of those notices: their posts are kept as this one is.
	Heard  []string `json:"heard,omitempty"`
	Folded []string `json:"folded,omitempty"`

	// Posts are the handles of what channels posted, by channel name, as the
	// deliveries in the log reported them.
	Posts map[string]json.RawMessage `json:"posts,omitempty"`
}

// Pushing says how the push of an announcement's first message stands: when it left
// the page, or what keeps it there. Of the zero value nothing was decided yet.
type Pushing struct {
	At time.Time `json:"at,omitzero"` // when it was pushed; zero: it was not

	// Why is what keeps it on the page, in the desk's language; empty unless PushDraft.
	// Again: once nothing of that holds any more a rule pushes it, nobody need be there.
	Why   []string `json:"why,omitempty"`
	Again bool     `json:"again,omitempty"`

	Declined bool `json:"declined,omitempty"` // a person threw its push away

	// Digest is the time of the digest that will name it, or name its end; Digested
	// when one last did (ruling 26).
	Digest   time.Time `json:"digest,omitzero"`
	Digested time.Time `json:"digested,omitzero"`

	Would *WouldPush `json:"would,omitempty"` // nil: it left by itself, or more stood against it
}

// WouldPush is the push that did not go by itself though all but one thing allowed
// it: push.mode is approve, or it was a quiet hour. The morning report lists them, so
// that a desk sees what auto would have sent before it trusts it (ruling 25).
type WouldPush struct {
	At       time.Time `json:"at"` // when it would have left
	People   int       `json:"people"`
	Channels []string  `json:"channels"`
	Digest   bool      `json:"digest,omitempty"` // as a line of the digest of that time
	Quiet    bool      `json:"quiet,omitempty"`  // held until At, the end of the quiet hours
}

// Planned reports whether a is about planned work alone, and about no incident.
func (a *Announcement) Planned() bool { return a.Window != "" && a.Incident == "" }

// Ref is what people call what a is about: HS-12, or HS-W7 for planned work. Whoever was
// told a number may go on naming it, for as long as a speaks for that incident.
func (a *Announcement) Ref() string {
	if a.First != "" && a.About(a.First) {
		return string(a.First)
	}
	if a.Incident != "" {
		return string(a.Incident)
	}
	return a.Number
}

// Began is the number of the update from which on users hear of what goes on now: the
// last that said it was back, else the first.
func (a *Announcement) Began() int {
	for n := len(a.Updates) - 1; n > 0; n-- {
		if a.Updates[n].Phase == Reopened {
			return n
		}
	}
	return 0
}

// Expected is when users were last told that it will work, as far as they were since it
// Began; nil: they were told no time.
func (a *Announcement) Expected() *time.Time {
	for n := len(a.Updates) - 1; n >= 0 && n >= a.Began(); n-- {
		if a.Updates[n].Expected != nil {
			return a.Updates[n].Expected
		}
	}
	return nil
}

// Told are the channels that got the first message of a, or of one it carries on: they
// get the last one.
func (a *Announcement) Told() []string {
	told := slices.Clone(a.Heard)
	for n := range a.Updates {
		if len(a.Updates[n].Pushed) > 0 {
			told = append(told, a.Updates[n].Pushed...)
			break
		}
	}
	slices.Sort(told)
	return slices.Compact(told)
}

// Live reports whether users see a and it is not over.
func (a *Announcement) Live() bool { return a.State == AnnouncementPublished }

// Last returns the newest published update, or nil.
func (a *Announcement) Last() *Update {
	if len(a.Updates) == 0 {
		return nil
	}
	return &a.Updates[len(a.Updates)-1]
}

// Update is one message, rendered and frozen. Withdrawal is a new update.
type Update struct {
	N            int             `json:"n"`
	Phase        Phase           `json:"phase"`
	At           time.Time       `json:"at"`
	Text         map[string]Text `json:"text"` // by language
	NextUpdateBy *time.Time      `json:"next_update_by"`
	Expected     *time.Time      `json:"expected,omitempty"` // when it says that it will work; nil: it names no time
	Final        bool            `json:"final"`
	How          How             `json:"how"`
	Corrects     bool            `json:"corrects,omitempty"` // replaces the words of the update before, in place
	By           string          `json:"by"`                 // author: rule, or the login name of who wrote or changed it last
	Earlier      []string        `json:"earlier,omitempty"`  // people who wrote it before that
	Edited       bool            `json:"edited,omitempty"`   // a person changed a draft of the rules
	Approver     string          `json:"approver,omitempty"` // a login name, or the policy that sent it
	PushedBy     string          `json:"pushed_by,omitempty"`
	Hits         []Hit           `json:"hits,omitempty"`    // of the language gate
	Why          []string        `json:"why,omitempty"`     // of a draft: what is missing to send it by itself
	Missing      []string        `json:"missing,omitempty"` // of a draft: slots no person can leave empty, as "nl: NextUpdate"
	People       int             `json:"people,omitempty"`
	Groups       int             `json:"groups,omitempty"` // of the audience
	Pushed       []string        `json:"pushed,omitempty"` // channels it was handed to

	// ScheduledFor is when an approved message goes out by itself; nil: not so.
	ScheduledFor *time.Time `json:"scheduled_for,omitempty"`

	// About are the incidents these words speak for, where they are others than the one
	// the announcement began with; see Announcement.SpeaksFor. Over are those of several
	// that they say work again.
	About []IncidentID `json:"about,omitempty"`
	Over  []IncidentID `json:"over,omitempty"`

	// Basis is what the words follow from; absent from updates of older versions.
	Basis *Basis `json:"basis,omitempty"`

	// Hashes are of the words of a published message, by language and form: "nl/body".
	Hashes map[string]string `json:"hashes,omitempty"`
}

// Text is a message in one language, rendered once and never again.
type Text struct {
	Title   string     `json:"title"`
	Short   string     `json:"short"` // at most 160 characters of GSM-7
	Phone   string     `json:"phone,omitempty"`
	Subject string     `json:"subject,omitempty"` // of a mail: the same for the whole incident
	Lines   []TextLine `json:"lines"`
	Body    string     `json:"body"` // Lines as plain text
}

// TextLine is one question and its answer; an empty label stands alone.
type TextLine struct {
	Label string `json:"label"`
	Text  string `json:"text"`
}

// Hit is one word of a message that users should not meet.
type Hit struct {
	Lang  string `json:"lang"`
	Word  string `json:"word"`
	Plain string `json:"plain,omitempty"` // what to write instead
	Why   string `json:"why,omitempty"`
}
