package discover

import (
	"maps"
	"slices"

	"headstart"
)

// Account says what became of everything that a source holds: each thing is taken over
// or left, and what is less than it was, or missing, is named too. Why is a key of
// the words in cmd/headstart, so that people read it in their own language.
type Account struct {
	Program string // the source's
	Entries []Entry
}

// Entry is one thing of a source, or one remark on it.
type Entry struct {
	Place string // backup.json monitor 12, hosts.cfg:40
	Name  string // as people call it
	What  string // monitor, host, service, …: import.what.<What>
	Fate  Fate
	Why   string // import.why.<Why>; empty only if Taken
	It    string // what Why is about: a type, a plugin, a file
}

// Fate is what became of a thing.
type Fate int

// The fates. Of each thing there is one entry Taken or Left; Less and Supply are remarks
// on things that were taken over.
const (
	Taken  Fate = iota // over, whole
	Less               // over, but something of it is not
	Left               // out
	Supply             // a file that is to be made, by hand
)

// Count returns how many entries have that fate.
func (a *Account) Count(f Fate) int {
	n := 0
	for i := range a.Entries {
		if a.Entries[i].Fate == f {
			n++
		}
	}
	return n
}

// Things returns how many things there are.
func (a *Account) Things() int { return a.Count(Taken) + a.Count(Left) }

// of opens the account of one thing.
func (a *Account) of(place, what, name string) *subject {
	return &subject{a, Entry{Place: plain(place), What: what, Name: plain(name)}, len(a.Entries)}
}

// subject is one thing to account for, before the next is opened.
type subject struct {
	account *Account
	entry   Entry
	from    int // its first entry
}

func (s *subject) taken() { s.add(Taken, "", "") }

// left takes back what was remarked on it.
func (s *subject) left(why, it string) {
	s.account.Entries = s.account.Entries[:s.from]
	s.add(Left, why, it)
}

func (s *subject) less(why, it string) { s.add(Less, why, it) }

func (s *subject) supply(why, file string) { s.add(Supply, why, file) }

func (s *subject) add(f Fate, why, it string) {
	e := s.entry
	e.Fate, e.Why, e.It = f, why, plain(it)
	s.account.Entries = append(s.account.Entries, e)
}

// Import is what was read of another program's configuration, over all its files.
type Import struct {
	Records []Record
	Checks  []Ask // of no device
	Modules []Module
	Links   []Link
	Account Account

	// Secrets is the folder that files of secrets are named in. Nothing is written there.
	Secrets string

	names *ids // of modules
}

// NewImport returns an empty import that names files of secrets in a folder.
func NewImport(secrets string) *Import {
	return &Import{Secrets: secrets, names: newIDs(&headstart.Catalog{})}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
