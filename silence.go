package headstart

import (
	"strings"
	"time"
	"unicode"
)

// Silence mutes the paging of alerts that match; nobody is told of it. The keys
// that Alertmanager has are spelt as there.
type Silence struct {
	ID        string    `json:"id"`
	Matchers  []Matcher `json:"matchers"`
	StartsAt  time.Time `json:"startsAt"`
	EndsAt    time.Time `json:"endsAt"` // zero: until it is deleted
	CreatedBy string    `json:"createdBy,omitempty"`
	Comment   string    `json:"comment,omitempty"`

	// Every is when it comes back, as ParseRecurrence reads it; empty: it comes once. Then
	// StartsAt and EndsAt are those of the time that runs, or comes next, and Until is
	// when the last is over; in what a client asks for EndsAt is that.
	Every string    `json:"every,omitempty"`
	Until time.Time `json:"until,omitzero"`

	// Annotations are what a client keeps with it; they decide nothing.
	Annotations map[string]string `json:"annotations,omitempty"`

	// Deleted ends the silence that ID names; nothing else of the line counts.
	Deleted bool `json:"deleted,omitempty"`

	// By is who was logged in, where CreatedBy, which clients fill in freely,
	// says another.
	By string `json:"by,omitempty"`

	// Source is the Alertmanager it was read from, host and port; empty for ours.
	// It ends when it ends there, and cannot be changed here (ruling 17).
	Source string `json:"source,omitempty"`

	// Inhibitors are the fingerprints of the alerts that inhibit an alert there.
	Inhibitors []string `json:"inhibitors,omitempty"`

	UpdatedAt time.Time `json:"updatedAt,omitzero"` // when the engine took it over
	Over      bool      `json:"over,omitempty"`     // the engine has seen its end
}

// Matcher is one condition of a silence on a label, Alertmanager's semantics.
type Matcher struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	IsRegex bool   `json:"isRegex"`
	IsEqual bool   `json:"isEqual"`
}

// inhibition begins the id of a silence that stands for one alert inhibited at
// its source. Its matchers are for reading only: others could match more.
const inhibition = "inhibited/"

// InhibitionID is the id of the silence that mutes the alert with this
// fingerprint, and no other.
func InhibitionID(fingerprint string) string { return inhibition + fingerprint }

// Inhibits returns the fingerprint of the one alert s mutes; "" unless s stands
// for an inhibition.
func (s *Silence) Inhibits() string { return Inhibited(s.ID) }

// Inhibited returns the fingerprint within the id of a silence that stands for
// an inhibition, and "" for any other id.
func Inhibited(id string) string {
	fingerprint, is := strings.CutPrefix(id, inhibition)
	if !is {
		return ""
	}
	return fingerprint
}

// Status is Alertmanager's word for where s stands at now: pending, active, expired.
func (s *Silence) Status(now time.Time) string {
	switch {
	case s.Over || !s.EndsAt.IsZero() && !now.Before(s.EndsAt):
		return "expired"
	case now.Before(s.StartsAt):
		return "pending"
	default:
		return "active"
	}
}

// Mute says why something is silent: a silence in the words of whoever set it.
type Mute struct {
	Silence   string    `json:"silence,omitempty"` // its id; empty for inhibitions
	By        string    `json:"by,omitempty"`
	Comment   string    `json:"comment,omitempty"` // cut short
	Until     time.Time `json:"until,omitzero"`    // zero: without end, or an inhibition
	Inhibited bool      `json:"inhibited,omitempty"`
}

// longestComment is how much of a comment is shown beside an incident, in
// characters; the silence itself has all of it.
const longestComment = 160

// Mute returns what s says about what it silences.
func (s *Silence) Mute() Mute {
	if s.Inhibits() != "" {
		return Mute{Inhibited: true} // one for all: an inhibition has no author
	}
	m := Mute{Silence: s.ID, By: s.CreatedBy, Comment: oneLine(s.Comment), Until: s.EndsAt}
	if s.By != "" && s.By != s.CreatedBy {
		m.By = strings.TrimSpace(s.CreatedBy + " (" + s.By + ")")
	}
	return m
}

// Words tells of m, as in "by joris: printer is replaced (until 09:00)".
func (m Mute) Words(lang string, zone *time.Location) string {
	by, until, inhibited := "door ", "tot ", "onderdrukt bij de bron"
	if lang == "en" {
		by, until, inhibited = "by ", "until ", "inhibited at the source"
	}
	if m.Inhibited {
		return inhibited
	}
	out := by + m.By
	if m.By == "" {
		out = strings.TrimSpace(by) + " ?"
	}
	if m.Comment != "" {
		out += ": " + m.Comment
	}
	if !m.Until.IsZero() {
		out += " (" + until + m.Until.In(zone).Format("2-1 15:04") + ")"
	}
	return out
}

// oneLine is what a person wrote, on one line and not too long.
func oneLine(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	if r := []rune(strings.Join(words, " ")); len(r) > longestComment {
		return string(r[:longestComment-1]) + "…"
	}
	return strings.Join(words, " ")
}
