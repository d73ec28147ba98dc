package incidents

import (
	"errors"
	"time"

	"headstart"
)

// With retention.export_dir what is to be forgotten is first written into a file, by a
// part that knows no decision: it looks at rows, writes those whose time is up, and says
// so in the log. The book forgets what was named and still stands as it was written; all
// else is written again.

// inFile is the Arg of a deadline to forget what stands in a file.
const inFile = "exported"

// exported forgets what stands in a file.
func (b *book) exported(c *headstart.Command, regroup func(group, into headstart.GroupID) ([]headstart.Change, error)) error {
	if c.Exported == nil {
		return errors.New("nothing is named; write what stands in the file as exported")
	}
	for _, x := range c.Exported.Items[:min(len(c.Exported.Items), headstart.MostExported)] {
		b.retireExported(x)
	}
	changes, err := regroup(0, 0) // tickets are correlation's
	if err != nil {
		return err
	}
	for _, ch := range changes {
		b.apply(ch)
	}
	return nil
}

// retireExported forgets an incident or a message of planned work, if its time is up and
// nothing was added to it since it was written. An incident goes in parts, at once.
func (b *book) retireExported(x headstart.ExportedItem) {
	if i := b.incidents[x.Incident]; i != nil && b.goneBy(b.log.IncidentGoes(&i.Incident)) && b.newest(i) == x.Stood {
		b.agenda.add(b.now, doRetire, string(i.ID), 0, false).Arg = inFile
	}
	if a := b.announcements[x.Announcement]; a != nil && b.goneBy(b.log.NoticeGoes(a)) && uint64(len(a.Updates)) == x.Stood {
		b.forgetWork(a)
	}
}

// goneBy reports whether what goes at a time, zero: not yet, is gone by now.
func (b *book) goneBy(goes time.Time) bool { return !goes.IsZero() && !b.now.Before(goes) }

// newest is the number of the newest decision in the timeline of i; zero: it has none.
func (b *book) newest(i *incident) uint64 {
	if n := b.decided[i.Seq]; n != nil {
		return n.last
	}
	return 0
}

// keepsOtherwise reports whether c changes when incidents go, of which there are some.
func (b *book) keepsOtherwise(c *headstart.LogConfig) bool {
	return b.last > 0 && (b.log.KeepIncidents != c.KeepIncidents || b.log.ExportFirst != c.ExportFirst)
}
