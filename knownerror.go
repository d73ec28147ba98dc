package headstart

import (
	"strings"
	"time"
)

// KnownError is what an earlier incident taught, as a person writes it: an entry of the
// catalog, or a record that the desk made.
type KnownError struct {
	ID    string `yaml:"id" json:"id"`                 // such as KE-7
	Title Names  `yaml:"title" json:"title,omitempty"` // a heading; empty: its first symptom

	// What it is about. Without locations it may happen anywhere; Checks are names of
	// alerts or probes that see it.
	Services  []string `yaml:"services" json:"services,omitempty"`
	Assets    []string `yaml:"assets" json:"assets,omitempty"`
	Locations []string `yaml:"locations" json:"locations,omitempty"`
	Checks    []string `yaml:"checks" json:"checks,omitempty"`

	Symptoms   map[string][]string `yaml:"symptoms" json:"symptoms,omitempty"`     // by language, as users say it
	Cause      string              `yaml:"cause" json:"cause,omitempty"`           // what was wrong
	Fix        string              `yaml:"fix" json:"fix,omitempty"`               // how it is solved
	Prevention string              `yaml:"prevention" json:"prevention,omitempty"` // how it comes no more
	Workaround Names               `yaml:"workaround" json:"workaround,omitempty"` // what helps meanwhile

	KB           string `yaml:"kb" json:"kb,omitempty"`                       // URL of the article
	SupplierCase string `yaml:"supplier_case" json:"supplier_case,omitempty"` // the supplier's number
	Problem      string `yaml:"problem" json:"problem,omitempty"`             // number of the problem record
	ReviewBy     string `yaml:"review_by" json:"review_by,omitempty"`         // date
	Article      string `yaml:"article" json:"article,omitempty"`             // draft in Markdown

	Confidential bool `yaml:"confidential" json:"confidential,omitempty"` // seen only by who may see confidential incidents
}

// Name is the heading of k in lang: its title, else the first symptom, else its id.
func (k *KnownError) Name(lang string) string {
	if t := strings.TrimSpace(k.Title.In(lang)); t != "" {
		return t
	}
	for _, l := range []string{lang, "nl", "en"} {
		if len(k.Symptoms[l]) > 0 {
			return k.Symptoms[l][0]
		}
	}
	return k.ID
}

// Remedy is what to do about k in lang: how it is solved, else what to do meanwhile;
// empty: nobody knows yet.
func (k *KnownError) Remedy(lang string) string {
	if k.Fix != "" {
		return k.Fix
	}
	return k.Workaround.In(lang)
}

// KnownRecord is a known error with what was learned of it since: a row of TableKnown.
// Of an entry of the catalog the row holds no more than that, under its ID; View joins
// the two.
type KnownRecord struct {
	V int `json:"v"`
	KnownError

	// Own: the desk made it, and changes it by command. Else it stands in the catalog.
	Own       bool       `json:"own"`
	Edition   int        `json:"edition,omitempty"` // counts its changes, from 1; zero: of the catalog
	MadeAt    time.Time  `json:"made_at,omitzero"`
	ChangedAt time.Time  `json:"changed_at,omitzero"`
	RetiredAt *time.Time `json:"retired_at"` // nil: in use
	Why       string     `json:"why,omitempty"`

	Used   int         `json:"used"`   // incidents it was said to be the answer to
	Helped int         `json:"helped"` // of these, in how many a person said that it helped,
	Failed int         `json:"failed"` // and that it did not
	Cases  []KnownCase `json:"cases"`  // of them those it names, oldest first
}

// MostKnownCases is how many incidents a record names: the one it was made of and the
// latest; of others it keeps the count.
const MostKnownCases = 50

// MostKnown is how many records the desk can make; see KnownRecord.
const MostKnown = 5000

// KnownCase is an incident that a known error was the answer to, or was made of. It
// holds what is needed to tell a later one like it, for the incident is forgotten first.
type KnownCase struct {
	Incident  IncidentID `json:"incident"`
	At        time.Time  `json:"at"`
	Learned   bool       `json:"learned,omitempty"` // the record was made of it
	Helped    *bool      `json:"helped"`            // nil: nobody said
	Assets    []string   `json:"assets,omitempty"`  // its probable cause
	Services  []string   `json:"services,omitempty"`
	Locations []string   `json:"locations,omitempty"`
	Kind      CauseKind  `json:"kind,omitempty"`
	Checks    []string   `json:"checks,omitempty"` // what saw the cause fail

	Confidential bool `json:"confidential,omitempty"`
}

// InUse reports whether k is offered where it fits.
func (k *KnownRecord) InUse() bool { return k.RetiredAt == nil }

// Proved reports whether people said that it helped, more often than that it did not.
func (k *KnownRecord) Proved() bool { return k.Helped > k.Failed }

// Doubted reports whether people said that it did not help, and as often as that it did.
func (k *KnownRecord) Doubted() bool { return k.Failed > 0 && k.Failed >= k.Helped }

// ReviewDue reports whether the date by which somebody should look at k again has
// passed on the day of now, in the zone of now.
func (k *KnownRecord) ReviewDue(now time.Time) bool {
	return k.InUse() && k.ReviewBy != "" && k.ReviewBy <= now.Format(time.DateOnly)
}

// LastCase is the latest incident that k helped in, else the latest of all; nil: there
// was none.
func (k *KnownRecord) LastCase() *KnownCase {
	var last *KnownCase
	for n := range k.Cases {
		c := &k.Cases[n]
		helped := c.Helped != nil && *c.Helped
		if last == nil || helped || last.Helped == nil || !*last.Helped {
			last = c
		}
	}
	return last
}

// LinkCheck is what became of asking for an article.
type LinkCheck struct {
	URL string `json:"url"`
	Why string `json:"why,omitempty"` // it is not there; empty: it is
}

// DeadLink is an article that is not there any more: a row of TableDeadLinks. It goes
// when the article is back.
type DeadLink struct {
	V     int       `json:"v"`
	URL   string    `json:"url"`
	Since time.Time `json:"since"`
	Why   string    `json:"why"`
}
