package alerts

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"headstart"
)

// viewPatience is how long a write waits for the view (ruling 9).
const viewPatience = 5 * time.Second

// postSilence answers POST /api/v2/silences: a new silence, or a change of one.
// Order of the checks, codes and words are Alertmanager's.
func (a *API) postSilence(w http.ResponseWriter, r *http.Request) {
	now := a.now()
	body, serr := readBody(w, r, "silence")
	var s headstart.Silence
	if serr == nil {
		s, serr = decodeSilence(body)
	}
	if serr != nil {
		a.logger.Warn("silence refused", "err", serr)
		writeSchemaError(w, serr)
		return
	}
	if err := checkTimes(&s, now); err != nil {
		a.refuseSilence(w, http.StatusBadRequest, "Failed to create silence: "+err.Error())
		return
	}
	if s.StartsAt.IsZero() {
		s.StartsAt = now
	}
	if err := errors.Join(checkSilence(&s), checkRecurrence(&s, now, a.view.Zone())); err != nil {
		a.refuseSilence(w, http.StatusBadRequest, err.Error())
		return
	}
	if id := headstart.IdentityFrom(r.Context()).Name; id != s.CreatedBy {
		s.By = id
	}
	lines, err := a.change(&s, now)
	if err != nil {
		a.refuseSilence(w, http.StatusNotFound, err.Error())
		return
	}
	if a.command(w, r, s.ID, now, lines...) {
		writeJSON(w, http.StatusOK, map[string]string{"silenceID": s.ID})
	}
}

func (a *API) refuseSilence(w http.ResponseWriter, status int, why string) {
	a.logger.Warn("silence refused", "err", why)
	writeJSON(w, status, why)
}

// change says what has to be written so that s holds, and gives s its id. A
// silence is changed in place only if that does not change what it has silenced
// already; else it ends, and s takes its place under a new id.
func (a *API) change(s *headstart.Silence, now time.Time) ([]headstart.Silence, error) {
	if s.ID == "" {
		renew(s, now)
		return []headstart.Silence{*s}, nil
	}
	old, known := a.view.Silence(s.ID)
	if !known || old.Source != "" || old.Inhibits() != "" {
		return nil, errors.New("silence not found")
	}
	if inPlace(&old, s, now) {
		return []headstart.Silence{*s}, nil
	}
	if old.Every != "" && old.Every == s.Every {
		if s.EndsAt.Unix() == old.EndsAt.Unix() {
			s.EndsAt = old.Until // its client changes something else and sends back what it read
		}
		s.StartsAt = now
	}
	var lines []headstart.Silence
	if old.Status(now) != "expired" {
		lines = append(lines, headstart.Silence{ID: old.ID, Matchers: []headstart.Matcher{}, Deleted: true, By: s.By})
	}
	renew(s, now)
	return append(lines, *s), nil
}

// renew makes s a silence of its own, which cannot have begun in the past.
func renew(s *headstart.Silence, now time.Time) {
	s.ID = newUUID()
	if now = now.Truncate(time.Millisecond); s.StartsAt.Before(now) { // as the log's clock has it
		s.StartsAt = now
	}
}

func inPlace(old, s *headstart.Silence, now time.Time) bool {
	if !slices.Equal(old.Matchers, s.Matchers) || old.Every != "" || s.Every != "" {
		return false // what comes back is made anew: the time that runs says nothing of the others
	}
	switch old.Status(now) {
	case "active":
		return old.StartsAt.Unix() == s.StartsAt.Unix() && !s.EndsAt.Before(now)
	case "pending":
		return !s.StartsAt.Before(now)
	default:
		return false
	}
}

// command writes changes of silences in one record and waits until readers see
// them. If it returns false it has answered: 503 when nothing is stored, 202
// when the engine takes too long (ruling 9).
func (a *API) command(w http.ResponseWriter, r *http.Request, id string, now time.Time, changes ...headstart.Silence) bool {
	lines := make([]headstart.Line, len(changes))
	for i := range changes {
		lines[i] = headstart.Line{Silence: &changes[i]}
	}
	off, err := a.append(r.Context(), now, lines, nil, true)
	if err != nil {
		a.logger.Error("silence not stored; the sender was told so", "err", err)
		w.Header().Set("Retry-After", "5")
		writeJSON(w, http.StatusServiceUnavailable, "silence not stored; send it again")
		return false
	}
	ctx, cancel := context.WithTimeout(r.Context(), viewPatience)
	defer cancel()
	if err := a.view.WaitFor(ctx, off); err != nil {
		w.Header().Set("Location", "/api/v2/silence/"+id)
		writeJSON(w, http.StatusAccepted, map[string]string{"silenceID": id})
		return false
	}
	return true
}

// newUUID returns a random id, as Alertmanager's are (RFC 9562, version 4).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// isUUID reports whether s is written as a UUID is.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
				return false
			}
		}
	}
	return true
}
