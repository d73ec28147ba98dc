package systems

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Action is one thing to write.
type Action struct {
	Do     string // note reply link unlink make end
	Ticket string // empty when one is made
	Mark   string
	Title  string
	Text   string
	To     Target
	Kind   string // of what is made: ticket, problem or outage

	Priority string
	Since    time.Time // when it began; of end: when it ended, zero if it goes on after all
	Asset    string    // the probable cause, as the catalog calls it

	// Only, if set, is a mark without which nothing is written: what takes a note
	// back is needless where the note never arrived.
	Only string
}

// Outcome is what became of an action.
type Outcome struct {
	ID      string // of what was made
	Already bool   // it stood there; nothing was written
}

// Perform writes a into the system: it looks whether that was done before, writes,
// and reads back. Whoever calls it again after an error writes nothing twice,
// unless the system cannot find what bears a mark (Caps.Find).
func Perform(ctx context.Context, s System, a Action) (Outcome, error) {
	a.Title = strings.Join(strings.Fields(a.Title), " ") // it may become a header of a mail
	if a.Only != "" {
		there, err := s.Noted(ctx, a.Ticket, a.Only)
		if err != nil || !there {
			return Outcome{Already: true}, err
		}
	}
	switch a.Do {
	case "note", "reply":
		return performNote(ctx, s, a)
	case "link":
		return performLink(ctx, s, a)
	case "unlink":
		return performUnlink(ctx, s, a)
	case "make":
		return performMake(ctx, s, a)
	case "end":
		return performEnd(ctx, s, a)
	}
	return Outcome{}, fmt.Errorf("action %q: %w", a.Do, ErrUnsupported)
}

func performNote(ctx context.Context, s System, a Action) (Outcome, error) {
	caps := s.Caps()
	n := Note{Mark: a.Mark, Title: a.Title, Text: a.Text, Public: a.Do == "reply"}
	if n.Public && !caps.Reply || !n.Public && !caps.Note {
		return Outcome{}, ErrUnsupported
	}
	if !caps.Find {
		return Outcome{}, s.Note(ctx, a.Ticket, n)
	}
	if there, err := s.Noted(ctx, a.Ticket, a.Mark); err != nil || there {
		return Outcome{Already: there}, err
	}
	if err := s.Note(ctx, a.Ticket, n); err != nil {
		return Outcome{}, err
	}
	return Outcome{}, verified(s.Noted(ctx, a.Ticket, a.Mark))
}

// verified turns the answer to reading back into an error. An answer that did
// not come proves nothing, and the next attempt looks first.
func verified(there bool, err error) error {
	if err == nil && !there {
		return ErrUnverified
	}
	return err
}

func performLink(ctx context.Context, s System, a Action) (Outcome, error) {
	if caps := s.Caps(); a.To.Ticket != "" && !caps.Parent || a.To.Ticket == "" && !caps.Page {
		return Outcome{}, ErrUnsupported
	}
	if there, err := s.Linked(ctx, a.Ticket, a.To); err != nil || there {
		return Outcome{Already: there}, err
	}
	if err := s.Link(ctx, a.Ticket, a.To); err != nil {
		return Outcome{}, err
	}
	return Outcome{}, verified(s.Linked(ctx, a.Ticket, a.To))
}

func performUnlink(ctx context.Context, s System, a Action) (Outcome, error) {
	there, err := s.Linked(ctx, a.Ticket, a.To)
	if err != nil || !there {
		return Outcome{Already: true}, err
	}
	if err := s.Unlink(ctx, a.Ticket, a.To); err != nil {
		return Outcome{}, err
	}
	there, err = s.Linked(ctx, a.Ticket, a.To)
	return Outcome{}, verified(!there, err)
}

func performMake(ctx context.Context, s System, a Action) (Outcome, error) {
	caps := s.Caps()
	if a.Kind == "problem" && !caps.Problem || a.Kind == "outage" && !caps.Outage || !caps.Make {
		return Outcome{}, ErrUnsupported
	}
	if id, err := s.Made(ctx, a.Kind, a.Mark); err != nil || id != "" {
		return Outcome{ID: id, Already: id != ""}, err
	}
	id, err := s.Make(ctx, Draft{Mark: a.Mark, Kind: a.Kind, Title: a.Title, Text: a.Text, Priority: a.Priority, Since: a.Since, Asset: a.Asset})
	if err == nil && id == "" {
		err = ErrUnverified
	}
	return Outcome{ID: id}, err
}

// ender is a system whose outage records have an end.
type ender interface {
	End(ctx context.Context, id string, at time.Time) error
}

// performEnd sets a fact, so it may be done twice.
func performEnd(ctx context.Context, s System, a Action) (Outcome, error) {
	e, ok := s.(ender)
	if !ok {
		return Outcome{}, ErrUnsupported
	}
	id, err := s.Made(ctx, a.Kind, a.Mark)
	if err != nil || id == "" {
		return Outcome{Already: true}, err
	}
	return Outcome{}, e.End(ctx, id, a.Since)
}
