package store

import (
	"context"
	"fmt"

	"headstart"
)

// Verify reads every file and follows the chain; it returns in words what is wrong. Files
// that were pruned leave no gap: the chain begins at the oldest that is there. Where
// another replica led, its files may lie in between: each then names a file before it,
// and the record that it follows.
func (a *Archive) Verify() (found []string, err error) {
	names, err := a.names()
	if err != nil {
		return nil, err
	}
	var before archiveHeader
	prev, known := "", map[string]bool{"": true}
	for i, name := range names {
		h, sum, err := readArchive(name, func(line []byte) error {
			_, err := headstart.DecodeFileLine(line)
			return err
		})
		switch {
		case err != nil:
			found = append(found, err.Error())
		case i == 0, before.Archive == 0: // the first, or after one that cannot be read
		case before.To.Before(h.After):
			found = append(found, fmt.Sprintf("archive %s follows the record %s, the file before it ends at %s; %s", name, h.After, before.To, elsewhere))
		case h.Prev == prev, h.After == before.To && known[h.Prev]:
		default:
			found = append(found, fmt.Sprintf("archive %s does not follow the file before it: one was changed, or is missing", name))
		}
		before, prev, known[sum] = h, sum, true
	}
	return found, nil
}

// elsewhere is what to do about records that this folder does not have.
const elsewhere = "what lies between is in the archive of another replica that led: put its files into this folder, and let archive.dir of all name one folder that they share"

// Whole says in words what export and replay would miss of what happened: records that
// left the log and are in no file here.
func Whole(ctx context.Context, st Store, a *Archive) (found []string, err error) {
	marked, err := st.Archived(ctx)
	if err != nil {
		return nil, err
	}
	var last headstart.Offset
	if a != nil {
		if found, err = a.Verify(); err != nil {
			return nil, err
		}
		if last, err = a.Last(); err != nil {
			return nil, err
		}
	}
	if !last.Before(marked) {
		return found, nil
	}
	for e, err := range entries(ctx, st, headstart.Offset{}) {
		if err != nil {
			return nil, err
		}
		if !last.Before(e.Off) {
			return found, nil // the log still begins within the archive
		}
		break
	}
	if last == (headstart.Offset{}) {
		return append(found, fmt.Sprintf("records up to %s left the log, and no archive is here; %s", marked, elsewhere)), nil
	}
	return append(found, fmt.Sprintf("records up to %s were archived, the archive here ends at %s; %s", marked, last, elsewhere)), nil
}
