package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"headstart"
)

// ForgetRequest says what is to be forgotten; exactly one of the first three is set.
type ForgetRequest struct {
	Ticket    string `json:"ticket,omitempty"`    // SOURCE/ID
	Requester string `json:"requester,omitempty"` // as a ticket system names them, or their keyed hash
	Email     string `json:"email,omitempty"`     // as whom they wrote, and wherever it is written

	By string `json:"-"` // login name of who asks
	ID string `json:"-"` // begins the ids of the commands it becomes
}

// Forgotten is what a request to forget did, and what it could not reach.
type Forgotten struct {
	Tickets int `json:"tickets"` // that were known, with their links
	Texts   int `json:"texts"`   // tickets whose title or text was deleted
	Lines   int `json:"lines"`   // of log and archive that said something of them
	Files   int `json:"files"`   // of the archive, written anew

	// Subscribed: the address got mail from a status page, or was asked whether it wants any.
	Subscribed bool `json:"subscribed,omitempty"`

	Remains []Remains `json:"remains"`
}

// Remains is a place that may still hold something.
type Remains struct {
	// Where is a word for the place: ticket_system, folder, timeline, desk_notes,
	// announcement, exports, exports_unread, append_only_file, dump_file, backups.
	Where string     `json:"where"`
	Name  string     `json:"name,omitempty"`  // of the source, or the incident
	Until *time.Time `json:"until,omitempty"` // it goes by itself then; nil: it does not, or not at a known time
}

// ErrForgetElsewhere says that another process must be asked to forget: it leads.
var ErrForgetElsewhere = errors.New("another process leads; ask that one")

// forget answers POST /api/v1/forget. Nothing of what it is asked is logged.
func (a *API) forget(w http.ResponseWriter, r *http.Request) {
	if a.o.Forget == nil {
		writeProblem(w, http.StatusNotFound, "this process forgets nothing")
		return
	}
	keys, err := decodeObject(r.Body)
	if err != nil {
		rejectBody(w, err)
		return
	}
	var f ForgetRequest
	wrong := readKeys(keys, []string{"ticket", "requester", "email"}, &f)
	if len(wrong) == 0 {
		wrong = f.check()
	}
	if len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the body does not say what to forget", wrong...)
		return
	}
	f.By, f.ID = headstart.IdentityFrom(r.Context()).Name, "forget-"+rand.Text()
	done, err := a.o.Forget(context.WithoutCancel(r.Context()), f) // half of it helps nobody
	switch {
	case errors.Is(err, ErrForgetElsewhere):
		writeProblem(w, http.StatusConflict, err.Error())
	case err != nil:
		a.logger.Error("not everything was forgotten; ask again", "err", err)
		writeProblem(w, http.StatusServiceUnavailable, "not everything was forgotten, ask again: "+err.Error())
	default:
		writeJSON(w, http.StatusOK, done)
	}
}

// check returns every mistake of f.
func (f *ForgetRequest) check() (wrong []fieldError) {
	n := 0
	for _, v := range []string{f.Ticket, f.Requester, f.Email} {
		if v != "" {
			n++
		}
	}
	if n != 1 {
		wrong = append(wrong, fieldError{"", "write one of ticket, requester, email"})
	}
	if source, id, ok := strings.Cut(f.Ticket, "/"); f.Ticket != "" && (!ok || source == "" || id == "") {
		wrong = append(wrong, fieldError{"/ticket", "write SOURCE/ID, such as rt/101"})
	}
	if name, domain, ok := strings.Cut(f.Email, "@"); f.Email != "" && (!ok || name == "" || domain == "" || len(f.Email) > 254) {
		wrong = append(wrong, fieldError{"/email", "write an address, such as j.jansen@example.org"})
	}
	if len(f.Ticket) > 256 || len(f.Requester) > 256 {
		wrong = append(wrong, fieldError{"", "write at most 256 bytes"})
	}
	return wrong
}
