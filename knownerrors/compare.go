package knownerrors

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"headstart"
)

// What an entry of a file would do.
const (
	Make    = "make"    // it is new
	Edit    = "edit"    // some of its keys say something else
	Retire  = "retire"  // it is in use, and the file says it is not
	Restore = "restore" // the reverse
	Same    = "same"    // nothing
	Refused = "refused" // it cannot be taken over; Why says why
)

// Change is what one entry of a file would do.
type Change struct {
	Entry
	Do   []string       // of the constants above; an edit may come with a retire
	ID   string         // of the record it is about; empty: a new one
	Keys []string       // that an edit changes, sorted
	Body map[string]any // what to send for a make or an edit
	Why  string         // of Refused
}

// Of returns a record as a file holds it.
func Of(k *headstart.KnownRecord) Entry {
	return tidied(&Entry{KnownError: k.KnownError, Retired: !k.InUse()})
}

// Compare says what taking over entries would change in what is there. An entry is about
// the record with its id, else about the one with the same name, services and devices:
// the same file taken over twice makes nothing twice.
func Compare(have []headstart.KnownRecord, entries []Entry) []Change {
	var out []Change
	for i := range entries {
		out = append(out, compare(have, &entries[i]))
	}
	return out
}

func compare(have []headstart.KnownRecord, e *Entry) Change {
	c := Change{Entry: *e}
	n := find(have, e)
	if n < 0 {
		c.Do, c.Body = []string{Make}, bodyOf(&e.KnownError)
		if e.Retired {
			return refuse(c, "it is retired and not known here; leave it out")
		}
		if len(c.Body) == 0 {
			return refuse(c, "it says nothing")
		}
		return c
	}
	k := &have[n]
	c.ID = k.ID
	was := Of(k)
	now := tidied(&was)
	for _, name := range e.Said {
		f := fieldNamed(name)
		_ = f.set(&now, f.get(e)) // what get writes, set reads
	}
	before, after := bodyOf(&was.KnownError), bodyOf(&now.KnownError)
	c.Body = map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(unite(before, after))) {
		if !reflect.DeepEqual(before[key], after[key]) {
			c.Keys = append(c.Keys, key)
			c.Body[key] = orEmpty(after[key], before[key])
		}
	}
	if len(c.Keys) > 0 {
		c.Do = append(c.Do, Edit)
	}
	switch {
	case was.Retired == now.Retired:
	case now.Retired:
		c.Do = append(c.Do, Retire)
	default:
		c.Do = append(c.Do, Restore)
	}
	switch {
	case len(c.Do) == 0:
		c.Do = []string{Same}
	case !k.Own:
		return refuse(c, k.ID+" stands in the catalog; change it in its file")
	}
	return c
}

func refuse(c Change, why string) Change {
	c.Do, c.Why = []string{Refused}, why
	return c
}

// find returns the record that e is about, or -1.
func find(have []headstart.KnownRecord, e *Entry) int {
	if e.ID != "" {
		if n := slices.IndexFunc(have, func(k headstart.KnownRecord) bool { return strings.EqualFold(k.ID, e.ID) }); n >= 0 {
			return n
		}
	}
	name := e.Name("nl")
	return slices.IndexFunc(have, func(k headstart.KnownRecord) bool {
		x := Of(&k)
		return name != e.KnownError.ID && x.Name("nl") == name && joinList(x.Services) == joinList(e.Services) && joinList(x.Assets) == joinList(e.Assets)
	})
}

// bodyOf is k as the API takes it, without what it leaves out.
func bodyOf(k *headstart.KnownError) map[string]any {
	b, err := json.Marshal(k)
	if err != nil {
		panic(fmt.Sprintf("knownerrors: encode: %v", err)) // only types of ours: a programmer's error
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		panic(fmt.Sprintf("knownerrors: decode: %v", err))
	}
	delete(out, "id")
	return out
}

func unite(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// orEmpty is what is said now; where nothing is, the empty value of what was.
func orEmpty(now, was any) any {
	if now != nil {
		return now
	}
	switch was.(type) {
	case []any:
		return []any{}
	case map[string]any:
		return map[string]any{}
	case bool:
		return false
	default:
		return ""
	}
}
