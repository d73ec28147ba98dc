// Package evidence turns the text of a ticket into what the matcher may know of
// it: catalog ids it names, cues from our own word lists, hashed stems.
//
// Nobody can read the text back from it (ruling 7): a word appears only if it
// stands in the catalog or in a list of ours. Reading is pure: the same text,
// catalog, lists and key always give the same evidence.
package evidence

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"headstart"
)

// Version is the version of the word lists; evidence carries it.
const Version = 3

// Bounds of what is read of one ticket. The rest of a longer text repeats, quotes
// or is a log file.
const (
	maxText   = 8 << 10 // bytes of title and body together
	maxTokens = 400
	maxStems  = 64
	maxAssets = 12 // and of locations and departments
)

// Reader reads texts with one catalog. It is safe for concurrent use.
type Reader struct {
	catalog     string
	assets      index
	locations   index
	departments index
	cues        *cueIndex
	taken       map[string]bool // words that mean something else than a service
	key         []byte
}

// New returns a Reader. The key makes the hashed stems worthless to whoever does
// not have it; it must be the installation's own and never change.
func New(cat *headstart.Catalog, key []byte) *Reader { return Options{}.New(cat, key) }

// New returns a Reader that leaves out what o says.
func (o Options) New(cat *headstart.Catalog, key []byte) *Reader {
	if cat == nil {
		cat = &headstart.Catalog{}
	}
	r := &Reader{catalog: hashOf(cat), key: slices.Clone(key), cues: newCueIndex(o)}
	other := taken(cat)
	r.taken = other
	for i := range cat.Services {
		r.assets.addService(&cat.Services[i], other)
		r.assets.addGroups(&cat.Services[i], o)
	}
	for _, d := range cat.Devices {
		r.assets.addNames(d.ID, d.Name, append([]string{d.ID}, d.Aliases...))
	}
	for i := range cat.Locations {
		r.locations.addLocation(&cat.Locations[i])
	}
	for _, d := range cat.Departments {
		r.departments.addNames(d.ID, d.Name, d.Aliases)
	}
	for _, x := range []*index{&r.assets, &r.locations, &r.departments} {
		x.seal()
	}
	return r
}

// hashOf names a catalog, so that evidence made with another one can be told.
func hashOf(cat *headstart.Catalog) string {
	b, err := json.Marshal(cat)
	if err != nil {
		panic("evidence: encode catalog: " + err.Error()) // only types of ours
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Read returns the evidence of a text; never nil.
func (r *Reader) Read(title, body string) *headstart.Evidence {
	text := bound(title + "\n" + body)
	own := tokenize(ownWords(text)) // without signature and mail headers
	all := tokenize(text)           // a signature says where somebody works
	ev := &headstart.Evidence{
		Version:     Version,
		Catalog:     r.catalog,
		Assets:      r.assets.mentions(plainly(own)),
		Locations:   r.locations.mentions(all),
		Departments: r.departments.mentions(all),
		Cues:        r.cues.count(own, r.assets.begins),
		Floors:      floors(own),
		Language:    language(own),
		Length:      len(own),
	}
	ev.Stems = r.stems(own, ev.Language)
	return ev
}

// Fill turns the title and body of t into evidence and clears them, as a record
// of the log wants it. A ticket without text keeps the evidence it has.
func (r *Reader) Fill(t *headstart.Ticket) {
	if t.Title == "" && t.Body == "" {
		return
	}
	t.Evidence = r.Read(t.Title, t.Body)
	t.Title, t.Body = "", ""
}

// strongest sorts mentions and keeps the first few.
func strongest(found map[string]*named) []headstart.Mention {
	out := make([]headstart.Mention, 0, len(found))
	for _, n := range found {
		out = append(out, n.mention())
	}
	slices.SortFunc(out, func(a, b headstart.Mention) int {
		return cmp.Or(cmp.Compare(b.Strength, a.Strength), cmp.Compare(a.ID, b.ID))
	})
	if len(out) > maxAssets {
		out = out[:maxAssets]
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
