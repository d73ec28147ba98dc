package systems

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"headstart/tickets/systems/letters"
)

// imapFolder is how far a folder is known. A message keeps its UID as long as
// UIDVALIDITY stays, and new ones get higher UIDs (RFC 3501 section 2.3.1.1).
type imapFolder struct {
	validity uint32
	next     imap.UID // no message with a higher one is known, or this one
	exists   uint32
	told     map[imap.UID]bool // the latest, for messages that appear late
}

// Bounds of reading.
const (
	uidOverlap = 50 // UIDs are given before messages appear, which may be in another order
	headsMost  = 100
	mostFound  = 1 << 20 // by one search
)

// examine opens a folder to read it.
func (s *imapSession) examine(folder string) (*imap.SelectData, error) {
	s.allow(allowList)
	data, err := s.client.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		s.folder = ""
		return nil, fmt.Errorf("folder %q: %w", folder, imapError(err))
	}
	if data.UIDValidity == 0 {
		return nil, fmt.Errorf("%w: folder %q has no UIDVALIDITY", ErrMalformed, folder)
	}
	s.folder, s.validity = folder, data.UIDValidity
	return data, nil
}

// news implements mailServer.
func (s *imapServer) news(ctx context.Context, folder string, since time.Time) (list []arrival, _ map[string]bool, anew bool, err error) {
	err = s.with(ctx, func(session *imapSession) error {
		list, anew, err = s.look(session, folder, since)
		return err
	})
	return list, nil, anew, err
}

func (s *imapServer) look(session *imapSession, folder string, since time.Time) (list []arrival, anew bool, err error) {
	data, err := session.examine(folder)
	if err != nil {
		return nil, false, err
	}
	known := s.folders[folder]
	if anew = known == nil || known.validity != data.UIDValidity; anew {
		known = &imapFolder{validity: data.UIDValidity, next: 1, told: map[imap.UID]bool{}}
	} else if data.UIDNext != 0 && data.UIDNext == known.next && data.NumMessages == known.exists {
		return nil, false, nil
	}
	uids, err := session.uids(known, since)
	if err != nil {
		return nil, false, err
	}
	for chunk := range slices.Chunk(uids, headsMost) {
		some, err := s.heads(session, folder, chunk)
		if err != nil {
			return nil, false, err
		}
		list = append(list, some...)
	}
	next := &imapFolder{validity: known.validity, next: max(known.next, data.UIDNext), exists: data.NumMessages, told: map[imap.UID]bool{}}
	for _, uid := range uids {
		next.next = max(next.next, uid+1)
		next.told[uid] = true
	}
	for uid := range known.told {
		next.told[uid] = true
	}
	for uid := range next.told {
		if uid+uidOverlap < next.next {
			delete(next.told, uid)
		}
	}
	s.folders[folder] = next
	return list, anew, nil
}

// uids are those of messages not told of, lowest first.
func (s *imapSession) uids(known *imapFolder, since time.Time) ([]imap.UID, error) {
	s.allow(allowList)
	criteria := &imap.SearchCriteria{Since: imapDay(since), NotFlag: []imap.Flag{imap.FlagDeleted, imap.FlagDraft}}
	if known.next > 1 {
		from := imap.UID(1)
		if known.next > uidOverlap {
			from = known.next - uidOverlap
		}
		criteria.UID = []imap.UIDSet{{imap.UIDRange{Start: from, Stop: 0}}}
	}
	found, err := s.client.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return nil, imapError(err)
	}
	set, ok := found.All.(imap.UIDSet)
	if found.All != nil && !ok {
		return nil, fmt.Errorf("%w: a search without numbers", ErrMalformed)
	}
	uids, err := untold(set, known)
	return uids[max(0, len(uids)-mostMails):], err
}

// untold takes those out of a set of UIDs that were told of.
func untold(set imap.UIDSet, known *imapFolder) ([]imap.UID, error) {
	var uids []imap.UID
	oldest := known.next - min(known.next, uidOverlap) // what lies below was told, whatever the search says
	for _, r := range set {
		if r.Start == 0 || r.Stop < r.Start {
			return nil, fmt.Errorf("%w: a search that found no numbers", ErrMalformed)
		}
		if r.Stop < oldest {
			continue
		}
		r.Start = max(r.Start, oldest)
		if r.Stop-r.Start > mostFound || len(uids) > mostFound {
			return nil, fmt.Errorf("%w: a search that found more than there can be", ErrMalformed)
		}
		for n := range r.Stop - r.Start + 1 { // by count: the highest UID has none after it
			if uid := r.Start + n; !known.told[uid] {
				uids = append(uids, uid)
			}
		}
	}
	slices.Sort(uids)
	return uids, nil
}

// heads reads headers, as far as letters looks at them.
func (s *imapServer) heads(session *imapSession, folder string, uids []imap.UID) ([]arrival, error) {
	session.allow(int64(len(uids)) * (letters.MaxHead + 4<<10))
	got, err := session.client.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{
		UID: true, InternalDate: true, Flags: true,
		BodySection: []*imap.FetchItemBodySection{headerFields()},
	}).Collect()
	if err != nil {
		return nil, imapError(err)
	}
	var out []arrival
	for _, m := range got {
		if m.UID == 0 || m.InternalDate.IsZero() || len(m.BodySection) == 0 {
			continue // gone meanwhile, or told by the server unasked
		}
		a := s.box.arrivalOf(folder, placeIn(session.validity, m.UID), m.InternalDate, letters.ReadHead(m.BodySection[0].Bytes))
		a.answered = slices.Contains(m.Flags, imap.FlagAnswered)
		out = append(out, a)
	}
	return out, nil
}

func headerFields() *imap.FetchItemBodySection {
	return &imap.FetchItemBodySection{
		Specifier: imap.PartSpecifierHeader, HeaderFields: letters.Fields, Peek: true, Partial: &imap.SectionPartial{Size: letters.MaxHead},
	}
}

// placeIn names a message for as long as its folder's UIDs are valid.
func placeIn(validity uint32, uid imap.UID) string {
	return strconv.FormatUint(uint64(validity), 10) + ":" + strconv.FormatUint(uint64(uid), 10)
}

func uidOf(place string) (validity uint32, uid imap.UID) {
	v, u, _ := strings.Cut(place, ":")
	a, _ := strconv.ParseUint(v, 10, 32) // 0 is no validity
	b, _ := strconv.ParseUint(u, 10, 32) // and no UID
	return uint32(a), imap.UID(b)
}

// marks implements mailServer: UIDVALIDITY and UIDNEXT.
func (s *imapServer) marks() map[string]string {
	out := map[string]string{}
	for name, f := range s.folders {
		out[name] = placeIn(f.validity, f.next)
	}
	return out
}

// later implements mailServer.
func (s *imapServer) later(mark string, m *mail) bool {
	validity, next := uidOf(mark)
	v, uid := uidOf(m.place)
	return validity == v && uid >= next
}

// gone implements mailServer: it asks for the messages by their UIDs.
func (s *imapServer) gone(ctx context.Context, mails []*mail) (map[*mail]bool, error) {
	byFolder := map[string][]*mail{}
	for _, m := range mails {
		byFolder[m.folder] = append(byFolder[m.folder], m)
	}
	out := map[*mail]bool{}
	for folder, list := range byFolder {
		err := s.with(ctx, func(session *imapSession) error { return session.missing(folder, list, out) })
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *imapSession) missing(folder string, list []*mail, out map[*mail]bool) error {
	if _, err := s.examine(folder); err != nil {
		return err
	}
	var set imap.UIDSet
	byUID := map[imap.UID]*mail{}
	for _, m := range list {
		out[m] = true
		if validity, uid := uidOf(m.place); validity == s.validity {
			set.AddNum(uid)
			byUID[uid] = m
		}
	}
	if len(set) == 0 {
		return nil
	}
	s.allow(allowList)
	got, err := s.client.Fetch(set, &imap.FetchOptions{UID: true, Flags: true}).Collect()
	if err != nil {
		return imapError(err)
	}
	for _, f := range got {
		if m := byUID[f.UID]; m != nil && !slices.Contains(f.Flags, imap.FlagDeleted) {
			m.answered = slices.Contains(f.Flags, imap.FlagAnswered)
			delete(out, m)
		}
	}
	return nil
}
