package incidents

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
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

// saidOfKnown checks what a person wrote.
func (b *book) saidOfKnown(said *headstart.KnownError) (*headstart.KnownError, error) {
	if said == nil {
		return nil, errors.New("the known error is empty; write its title")
	}
	if wrong := said.Mistakes(b.catalog); len(wrong) > 0 {
		return nil, fmt.Errorf("%s %w", wrong[0].Key, wrong[0])
	}
	own := *said
	return &own, nil
}

// draftKnown is a record as a person wrote it. What it leaves out of an incident it is
// made of is what that one says.
func (b *book) draftKnown(said *headstart.KnownError, i *incident) (*headstart.KnownRecord, error) {
	if len(b.known) >= headstart.MostKnown {
		return nil, fmt.Errorf("there are %d known errors; put what is old in the catalog, or leave it out", len(b.known))
	}
	own := headstart.KnownError{}
	if said != nil {
		own = *said
	}
	own.ID = ""
	if i != nil {
		b.fillKnown(&own, i)
	}
	checked, err := b.saidOfKnown(&own)
	if err != nil {
		return nil, err
	}
	return &headstart.KnownRecord{V: 1, KnownError: *checked, Own: true, Edition: 1, MadeAt: b.now.UTC(), ChangedAt: b.now.UTC(), Cases: []headstart.KnownCase{}}, nil
}

// fillKnown takes from i what k does not say. Who names no device and no service means
// those of i.
func (b *book) fillKnown(k *headstart.KnownError, i *incident) {
	if k.Name("nl") == "" {
		k.Title = headstart.Names{}
		for lang, title := range i.Title {
			k.Title[lang] = firstRunes(title, 200)
		}
	}
	if len(k.Assets)+len(k.Services) == 0 {
		k.Assets = b.inAnyList(headstart.CauseAssets(&i.Cause))
		if len(i.Services) <= fewKnown {
			k.Services = slices.Clone(i.Services)
		}
		if len(k.Locations) == 0 && len(i.Locations) <= fewKnown {
			k.Locations = slices.Clone(i.Locations)
		}
	}
	if s := i.Summary; s != nil {
		k.Cause, k.Fix, k.Prevention = or(k.Cause, s.Cause), or(k.Fix, s.Solution), or(k.Prevention, s.Prevention)
	}
	k.Confidential = k.Confidential || i.Confidential
}

// fewKnown is up to how many services and places a record takes from an incident: what
// hits more is of none of them.
const fewKnown = 20

func or(a, b string) string {
	if strings.TrimSpace(a) != "" {
		return a
	}
	return firstRunes(b, headstart.MostKnownText)
}

// inAnyList are those of ids that the catalog has, at most as many as a record may name.
func (b *book) inAnyList(ids []string) (out []string) {
	for _, id := range ids {
		if (b.devices[id] != nil || b.services[id] != nil) && len(out) < fewKnown {
			out = append(out, id)
		}
	}
	return out
}

// keepKnown gives a new record its number, and takes down the incident it is made of.
func (b *book) keepKnown(k *headstart.KnownRecord, i *incident) *headstart.KnownRecord {
	k.ID = b.nextKnown()
	if i != nil {
		c := b.caseOf(i)
		c.Learned = true
		addCase(k, c)
	}
	b.putKnown(k)
	return k
}

// nextKnown is a number that neither the desk nor the catalog has given away. Rows are
// never deleted, so the highest is known.
func (b *book) nextKnown() string {
	last := 0
	take := func(id string) {
		if digits, ok := strings.CutPrefix(strings.ToUpper(id), "KE-"); ok && len(digits) < 10 {
			if n, err := strconv.Atoi(digits); err == nil {
				last = max(last, n)
			}
		}
	}
	for id := range b.known { // the highest of all: the order decides nothing
		take(id)
	}
	for id := range b.catalog.IDs() {
		take(id)
	}
	return "KE-" + itoa(last+1)
}

func (b *book) putKnown(k *headstart.KnownRecord) {
	b.known[k.ID] = k
	b.dirty.put(headstart.TableKnown, k.ID, k)
}

// caseOf is what a later incident like i is told by.
func (b *book) caseOf(i *incident) headstart.KnownCase {
	c := headstart.KnownCase{
		Incident: i.ID, At: b.now.UTC(), Assets: headstart.CauseAssets(&i.Cause), Services: i.Services, Locations: i.Locations,
		Kind: i.Cause.Kind, Confidential: i.Confidential,
	}
	if len(c.Assets) > fewKnown {
		c.Assets = c.Assets[:fewKnown]
	}
	if len(c.Services) > fewKnown {
		c.Services = c.Services[:fewKnown]
	}
	if len(c.Locations) > fewKnown {
		c.Locations = c.Locations[:fewKnown]
	}
	g := b.groups.Group(i.Group)
	if g == nil {
		return c
	}
	for _, key := range []headstart.ProblemKey{g.Top, g.Opener} {
		asset, check, ok := strings.Cut(string(key), "/")
		if ok && slices.Contains(c.Assets, asset) && !slices.Contains(c.Checks, check) {
			c.Checks = append(c.Checks, check)
		}
	}
	return c
}

// addCase puts an incident to a record, or says more of one that is there.
func addCase(k *headstart.KnownRecord, c headstart.KnownCase) {
	n := slices.IndexFunc(k.Cases, func(x headstart.KnownCase) bool { return x.Incident == c.Incident })
	if n < 0 {
		k.Used++
		k.Cases = append(slices.Clone(k.Cases), c) // readers of a row written before may hold it
		if over := len(k.Cases) - headstart.MostKnownCases; over > 0 {
			k.Cases = k.Cases[over:]
		}
	} else {
		was := k.Cases[n]
		count(k, was.Helped, -1)
		if c.Helped == nil {
			c.Helped = was.Helped
		}
		c.Learned = c.Learned || was.Learned
		k.Cases = slices.Clone(k.Cases)
		k.Cases[n] = c
	}
	count(k, c.Helped, 1)
}

// count adds what a person said to the figures of a record.
func count(k *headstart.KnownRecord, helped *bool, n int) {
	switch {
	case helped == nil:
	case *helped:
		k.Helped += n
	default:
		k.Failed += n
	}
}

// lesson is what a person who resolves i makes of it: which known error it was, or a
// new one. It checks before anything is changed; what it returns takes it down.
func (b *book) lesson(i *incident, c *headstart.Command) (take func(), err error) {
	switch {
	case c.Record != nil && c.KnownError != "":
		return nil, errors.New("known_error and record are both there; name a known error, or make one")
	case c.KnownError != "":
		k, err := b.anyKnown(c.KnownError)
		if err != nil {
			return nil, err
		}
		learned := b.caseOf(i)
		return func() {
			i.KnownError = k.ID
			addCase(k, learned)
			b.putKnown(k)
			b.knownNote(c, i, "known_used", k.ID)
		}, nil
	case c.Record != nil:
		was := i.Summary
		i.Summary = summaryOf(c) // for fillKnown, which looks there
		k, err := b.draftKnown(c.Record, i)
		i.Summary = was
		if err != nil {
			return nil, err
		}
		learned := b.caseOf(i)
		learned.Learned = true
		return func() {
			k.ID = b.nextKnown()
			i.KnownError = k.ID
			addCase(k, learned)
			b.putKnown(k)
			b.knownNote(c, i, "known_made", k.ID)
		}, nil
	}
	return func() {}, nil
}

func summaryOf(c *headstart.Command) *headstart.Summary {
	return &headstart.Summary{Cause: c.Cause, Solution: c.Solution, Prevention: c.Prevention, Text: c.Summary, By: c.By}
}

// helped takes down whether a known error was the answer to i.
func (b *book) helped(i *incident, c *headstart.Command) error {
	k, err := b.anyKnown(c.KnownError)
	if err != nil {
		return err
	}
	yes := c.Value == nil || *c.Value
	x := b.caseOf(i)
	x.Helped = &yes
	addCase(k, x)
	b.putKnown(k)
	outcome := "known_failed"
	switch {
	case yes:
		outcome = "known_helped"
		i.KnownError = k.ID
	case i.KnownError == k.ID:
		i.KnownError = ""
	}
	b.knownNote(c, i, outcome, k.ID)
	return nil
}

// clashes tells the desk of entries of the catalog whose number a record of its own has:
// that one keeps it, for incidents name it, and the entry is not shown.
func (b *book) clashes() {
	for _, e := range b.catalog.KnownErrors {
		if k := b.known[strings.ToUpper(e.ID)]; k == nil || !k.Own {
			continue
		}
		id := "known:" + strings.ToUpper(e.ID)
		b.desk[id] = &headstart.DeskNote{V: 1, ID: id, Kind: "notice", By: "rule", At: b.now, Until: b.now.Add(changeFor), Text: fmt.Sprintf(b.because(
			"bekende fout %s van de catalogus heeft het nummer van een eigen bekende fout en wordt niet getoond; geef haar in de catalogus een ander nummer",
			"known error %s of the catalog has the number of one made here and is not shown; give it another number in the catalog"), e.ID)}
		b.dirty.put(headstart.TableDesk, id, b.desk[id])
		b.fadeLater()
	}
}

// hideLessons keeps what was learned from i, which has become confidential, from those
// who may not see i (ruling 30).
func (b *book) hideLessons(i *incident) {
	for _, id := range sortedKeys(b.known) {
		k := b.known[id]
		n := slices.IndexFunc(k.Cases, func(c headstart.KnownCase) bool { return c.Incident == i.ID })
		if n < 0 || k.Cases[n].Confidential {
			continue
		}
		k.Cases = slices.Clone(k.Cases)
		k.Cases[n].Confidential = true
		if k.Cases[n].Learned {
			k.Confidential = true
			k.Edition++ // who edits it must see that
		}
		b.putKnown(k)
	}
}

// deadLinks takes down which articles are not there any more, and which are back.
func (b *book) deadLinks(c *headstart.Command) error {
	if len(c.Links) > mostLinks {
		return fmt.Errorf("%d links at once; send at most %d", len(c.Links), mostLinks)
	}
	for _, l := range c.Links {
		was := b.deadLink[l.URL]
		switch {
		case l.URL == "" || len(l.URL) > 500:
			return errors.New("a link has no address, or one longer than 500 characters")
		case l.Why == "" && was != nil:
			delete(b.deadLink, l.URL)
			b.dirty.del(headstart.TableDeadLinks, l.URL)
		case l.Why != "" && was == nil:
			was = &headstart.DeadLink{V: 1, URL: l.URL, Since: b.now.UTC(), Why: firstRunes(l.Why, mostWhy)}
			b.deadLink[l.URL] = was
			b.dirty.put(headstart.TableDeadLinks, l.URL, was)
		}
	}
	return nil
}

// mostLinks is how many rows of links one command may change: they are of one unit
// (ruling 1).
const mostLinks = 100
