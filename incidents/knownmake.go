package incidents

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"headstart"
)

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
