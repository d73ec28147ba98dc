package incidents

import (
	"errors"
	"slices"
	"strings"

	"headstart"
)

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
		if len(k.Cases) > headstart.MostKnownCases {
			oldest := slices.IndexFunc(k.Cases, func(x headstart.KnownCase) bool { return !x.Learned }) // see hideLessons
			k.Cases = slices.Delete(k.Cases, oldest, oldest+1)
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
