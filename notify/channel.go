// Package notify delivers what is owed: announcements to users through
// channels, pages to operators through Alertmanager's receivers.
//
// The outbox is a function of the log and a store cannot take back a message,
// so delivery is at least once: every attempt is reported to the log, a message
// leaves the outbox only by that report, and a repeat carries the same key.
// A destination that hangs or refuses never holds up another one.
package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"headstart"
)

// Channel is one place where users are told something.
type Channel interface {
	Name() string
	Caps() Caps

	// Post sends a first message and returns what later calls need to find it.
	Post(ctx context.Context, n *headstart.Notice) (Handle, error)

	// Update edits what was posted; the handle may change.
	Update(ctx context.Context, h Handle, n *headstart.Notice) (Handle, error)

	// Reply answers under what was posted, and notifies people.
	Reply(ctx context.Context, h Handle, n *headstart.Notice) error
}

// Caps is what a channel can do with a message it has posted.
type Caps struct {
	Update bool // edit it in place, without notifying anyone
	Reply  bool // answer in its thread
	Silent bool // a post disturbs nobody, as with a program that listens
}

// Handle finds a posted message again: JSON that only its channel reads. It
// travels through the log and comes back in Notice.Handle.
type Handle = json.RawMessage

// ErrGone says that the posted message no longer exists; it is posted anew.
var ErrGone = errors.New("the posted message is gone")

// ErrFixed says that the posted message can no longer be edited; what is new is
// said under it.
var ErrFixed = errors.New("the posted message can no longer be edited")

// RateLimited says that a destination wants to be left alone. It is never a
// permanent failure.
type RateLimited struct {
	After time.Duration // as the destination asked; zero: it did not say
	Err   error
}

func (e *RateLimited) Error() string { return e.Err.Error() }

// Unwrap returns what the destination said.
func (e *RateLimited) Unwrap() error { return e.Err }

// Permanent says that trying again cannot help.
type Permanent struct{ Err error }

func (e *Permanent) Error() string { return e.Err.Error() }

// Refused says the same to those who do not know this type.
func (e *Permanent) Refused() bool { return true }

// Unwrap returns the cause.
func (e *Permanent) Unwrap() error { return e.Err }

func permanentf(format string, args ...any) error {
	return &Permanent{fmt.Errorf(format, args...)}
}

// tell brings one notice to a channel: a silent one edits in place, a loud one
// edits and answers, as far as the channel can. Without a handle it is the first
// of its thread. tell returns the handle to keep.
func tell(ctx context.Context, c Channel, n *headstart.Notice, h Handle) (Handle, error) {
	caps := c.Caps()
	if n.Silent && !caps.Silent && (len(h) == 0 || !caps.Update) {
		return h, nil // people are not to be notified, and there is nothing to edit
	}
	if len(h) == 0 {
		return c.Post(ctx, n)
	}
	if caps.Update {
		next, err := c.Update(ctx, h, n)
		switch {
		case errors.Is(err, ErrGone):
			return c.Post(ctx, n)
		case errors.Is(err, ErrFixed):
			return answer(ctx, c, n, h)
		case err != nil:
			return h, err
		case len(next) > 0:
			h = next
		}
	}
	if n.Silent || (caps.Update && !caps.Reply) {
		return h, nil
	}
	return answer(ctx, c, n, h)
}

// answer says n under what was posted, or beside it where that cannot be.
func answer(ctx context.Context, c Channel, n *headstart.Notice, h Handle) (Handle, error) {
	if !c.Caps().Reply {
		return c.Post(ctx, n)
	}
	if err := c.Reply(ctx, h, n); !errors.Is(err, ErrGone) {
		return h, err
	}
	return c.Post(ctx, n)
}
