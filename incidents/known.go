package incidents

import (
	"fmt"
	"strings"

	"headstart"
)

// onKnown makes, changes or retires a known error. Its Outcome names which.
func (b *book) onKnown(c *headstart.Command, o *headstart.Outcome) (*incident, error) {
	if c.Do == "make-known" {
		i := b.find(c.Incident)
		if c.Incident != "" && i == nil {
			return nil, missing(fmt.Sprintf("no incident %q; see headstart incidents list", c.Incident))
		}
		k, err := b.draftKnown(c.Record, i)
		if err != nil {
			return nil, err
		}
		o.Known = b.keepKnown(k, i).ID
		b.knownNote(c, i, "known_made", o.Known)
		return nil, nil
	}
	k, err := b.ownKnown(c.KnownError)
	if err != nil {
		return nil, err
	}
	o.Known = k.ID
	switch c.Do {
	case "edit-known":
		if c.Edition != k.Edition {
			return nil, fmt.Errorf("%s was changed meanwhile; look at it again, then change it", k.ID)
		}
		said, err := b.saidOfKnown(c.Record)
		if err != nil {
			return nil, err
		}
		k.KnownError = *said
		k.ID = o.Known
	case "retire-known":
		k.RetiredAt, k.Why = at(b.now), firstRunes(strings.TrimSpace(c.Text), mostWhy)
		if c.Value != nil && !*c.Value {
			k.RetiredAt, k.Why = nil, ""
		}
	}
	k.Edition++
	k.ChangedAt = b.now.UTC()
	b.putKnown(k)
	b.knownNote(c, nil, strings.ReplaceAll(c.Do, "-", "_"), k.ID)
	return nil, nil
}

// mostWhy is how many characters the reason of a retirement keeps.
const mostWhy = 200

func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// knownNote takes down what a person did with a known error, in the timeline of the
// incident it is about if there is one.
func (b *book) knownNote(c *headstart.Command, i *incident, outcome, id string) {
	d := headstart.Decision{Rule: "H-01", Outcome: outcome, By: c.By, Subject: id, Facts: facts("known", id)}
	if i == nil {
		b.note(d)
		return
	}
	b.decide(i, d)
	b.dirty.incident(i)
}

// ownKnown finds a record of the desk. What stands in the catalog is changed there.
func (b *book) ownKnown(id string) (*headstart.KnownRecord, error) {
	if k := b.known[strings.ToUpper(id)]; k != nil && k.Own {
		return k, nil
	}
	if b.inCatalog(id) != "" {
		return nil, fmt.Errorf("%s stands in the catalog; change it in its file", id)
	}
	return nil, noKnown(id)
}

func noKnown(id string) error {
	return missing(fmt.Sprintf("no known error %.40q; see headstart known-errors list", id))
}

// inCatalog is the id of an entry of the catalog as it is written there; empty: there
// is none.
func (b *book) inCatalog(id string) string {
	for _, k := range b.catalog.KnownErrors {
		if strings.EqualFold(k.ID, id) {
			return k.ID
		}
	}
	return ""
}

// anyKnown finds what people may point at, and returns its row: a new one for an entry
// of the catalog that nothing was learned of yet.
func (b *book) anyKnown(id string) (*headstart.KnownRecord, error) {
	if k := b.known[strings.ToUpper(id)]; k != nil && k.Own {
		return k, nil
	}
	named := b.inCatalog(id)
	if named == "" {
		return nil, noKnown(id)
	}
	if k := b.known[named]; k != nil {
		return k, nil
	}
	return &headstart.KnownRecord{V: 1, KnownError: headstart.KnownError{ID: named}}, nil
}

func (b *book) putKnown(k *headstart.KnownRecord) {
	b.known[k.ID] = k
	b.dirty.put(headstart.TableKnown, k.ID, k)
}

// mostClashes is how many of them the desk is told at once: who put all records in the
// catalog has as many, and they are of one unit (ruling 1).
const mostClashes = 20

// clashes tells the desk of entries of the catalog whose number a record of its own has:
// that one keeps it, for incidents name it, and the entry is not shown.
func (b *book) clashes() {
	told := 0
	for _, e := range b.catalog.KnownErrors {
		if k := b.known[strings.ToUpper(e.ID)]; k == nil || !k.Own {
			continue
		}
		if told++; told > mostClashes {
			return
		}
		id := "known:" + strings.ToUpper(e.ID)
		b.putNote(&headstart.DeskNote{V: 1, ID: id, Kind: "notice", By: "rule", At: b.now, Until: b.now.Add(changeFor), Text: fmt.Sprintf(b.because(
			"bekende fout %s van de catalogus heeft het nummer van een eigen bekende fout en wordt niet getoond; geef haar in de catalogus een ander nummer",
			"known error %s of the catalog has the number of one made here and is not shown; give it another number in the catalog"), e.ID)})
	}
}
