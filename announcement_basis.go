package headstart

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
)

// Basis is what the words of an update follow from, beside the incident's phase: with
// the same templates it gives the same words. Times are UTC; zero: not known.
type Basis struct {
	Template string                       `json:"template,omitempty"` // version of the templates
	Kind     ServiceKind                  `json:"kind"`
	Effect   string                       `json:"effect"`
	Vars     map[string]map[string]string `json:"vars"`            // by language and name; empty ones left out
	Typed    map[string]string            `json:"typed,omitempty"` // those a person wrote, as in Command.Variables

	Now         time.Time `json:"now,omitzero"`
	Since       time.Time `json:"since,omitzero"`
	NextUpdate  time.Time `json:"next_update,omitzero"`
	Expected    time.Time `json:"expected,omitzero"`
	ExpectedOld time.Time `json:"expected_old,omitzero"`
	Ended       time.Time `json:"ended,omitzero"`
	LookFrom    time.Time `json:"look_from,omitzero"`
	Start       time.Time `json:"start,omitzero"`
	End         time.Time `json:"end,omitzero"`
	EndOld      time.Time `json:"end_old,omitzero"`

	Attended   bool `json:"attended,omitempty"`
	ChecksGood bool `json:"checks_good,omitempty"`
	NotSeen    bool `json:"not_seen,omitempty"`
	ByPerson   bool `json:"by_person,omitempty"`
	LessOften  bool `json:"less_often,omitempty"`
}

// NewBasis is the basis of an update whose words in w's language w gives.
func NewBasis(w *Wording) *Basis {
	b := &Basis{
		Kind: w.Kind, Effect: w.Effect, Vars: map[string]map[string]string{},
		Now: w.Now.UTC(), Since: w.Since.UTC(), NextUpdate: w.NextUpdate.UTC(), Expected: w.Expected.UTC(), ExpectedOld: w.ExpectedOld.UTC(),
		Ended: w.Ended.UTC(), LookFrom: w.LookFrom.UTC(), Start: w.Start.UTC(), End: w.End.UTC(), EndOld: w.EndOld.UTC(),
		Attended: w.Attended, ChecksGood: w.ChecksGood, NotSeen: w.NotSeen, ByPerson: w.ByPerson, LessOften: w.LessOften,
	}
	b.Add(w)
	return b
}

// Add takes over what w says in its language.
func (b *Basis) Add(w *Wording) {
	said := map[string]string{}
	for name, text := range w.Vars {
		if text != "" {
			said[name] = text
		}
	}
	b.Vars[w.Lang] = said
}

// Wording is what b gives in a language, for readers in zone.
func (b *Basis) Wording(phase Phase, lang string, zone *time.Location) Wording {
	in := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.In(zone)
	}
	w := Wording{
		Phase: phase, Kind: b.Kind, Effect: b.Effect, Lang: lang, Vars: map[string]string{},
		Now: in(b.Now), Since: in(b.Since), NextUpdate: in(b.NextUpdate), Expected: in(b.Expected), ExpectedOld: in(b.ExpectedOld),
		Ended: in(b.Ended), LookFrom: in(b.LookFrom), Start: in(b.Start), End: in(b.End), EndOld: in(b.EndOld),
		Attended: b.Attended, ChecksGood: b.ChecksGood, NotSeen: b.NotSeen, ByPerson: b.ByPerson, LessOften: b.LessOften,
	}
	maps.Copy(w.Vars, b.Vars[lang])
	return w
}

// Type puts what a person wrote into w: NAME for every language, NAME.nl for one.
func (w *Wording) Type(vars map[string]string) {
	for _, name := range Typable {
		if text, has := vars[name]; has {
			w.Vars[name] = text
		}
		if text, has := vars[name+"."+w.Lang]; has {
			w.Vars[name] = text
		}
	}
}

// Typable are the variables of a message that a person may write: what comes from a
// check, the catalog or the calendar alone is not among them (ruling 28).
var Typable = []string{"Name", "Where", "Who", "Workaround", "Cause", "Prevention", "Reason", "Progress", "Why", "UrgentContact", "Still", "Remains", "Also", "Back"}

// TypedName reports whether name is a variable a person may write, for one language or
// for all.
func TypedName(name string) bool {
	name, lang, one := strings.Cut(name, ".")
	if one && lang != "nl" && lang != "en" {
		return false
	}
	return slices.Contains(Typable, name)
}

// Hashes are those of the forms of t that channels use: body (title and lines), short
// and phone, the first 64 bits of SHA-256 in hexadecimal. A form without words has none.
func (t *Text) Hashes() map[string]string {
	out := map[string]string{}
	for form, words := range map[string]string{"body": t.Title + "\x00" + t.Body, "short": t.Short, "phone": t.Phone} {
		if words != "" {
			sum := sha256.Sum256([]byte(words))
			out[form] = hex.EncodeToString(sum[:8])
		}
	}
	return out
}
