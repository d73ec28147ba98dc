package subscriptions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"headstart"
)

// row is all that is known of one address.
type row struct {
	V       int    `json:"v"`
	Address string `json:"address"`
	ID      []byte `json:"id"` // random, 16 bytes; links that unsubscribe are made of it

	Asked    time.Time       `json:"asked,omitzero"` // when it was last asked anything
	Question *question       `json:"question,omitempty"`
	Subs     []subscription  `json:"subs,omitempty"` // one a page
	Told     map[string]told `json:"told,omitempty"` // by uid of an incident
}

// question is what an address was asked and has not answered.
type question struct {
	Purpose purpose        `json:"purpose"`
	Hash    []byte         `json:"hash,omitempty"` // of the secret in its link; none was mailed yet without it
	Until   time.Time      `json:"until"`
	Tried   time.Time      `json:"tried,omitzero"` // when it was last handed to the mail server
	Sent    bool           `json:"sent,omitempty"` // which took it
	Wish    headstart.Wish `json:"wish"`
}

// subscription is what an address confirmed for one page.
type subscription struct {
	headstart.Wish
	Since   time.Time `json:"since"`
	Renewed time.Time `json:"renewed"`
}

// told is what an address heard of one incident.
type told struct {
	Announcement string    `json:"announcement"`
	First        int       `json:"first"` // number of the update that opened its thread
	Last         int       `json:"last"`  // and of the newest
	At           time.Time `json:"at"`
	Final        bool      `json:"final,omitempty"`
}

// empty reports whether nothing is left to keep an address for.
func (w *row) empty() bool { return w.Question == nil && len(w.Subs) == 0 }

// open reports whether the question may still be answered.
func (q *question) open(now time.Time) bool { return q != nil && now.Before(q.Until) }

// get returns the row at key; nil: there is none.
func (r *Register) get(ctx context.Context, key string) (*row, []byte, error) {
	sealed, err := r.o.Shelf.ShelfGet(ctx, shelf, key)
	if err != nil || sealed == nil {
		return nil, nil, err
	}
	w, err := r.unseal(key, sealed)
	return w, sealed, err
}

func (r *Register) unseal(key string, sealed []byte) (*row, error) {
	plain, err := r.o.Keys.open(key, sealed)
	if err != nil {
		return nil, err
	}
	w := &row{}
	if err := json.Unmarshal(plain, w); err != nil {
		return nil, fmt.Errorf("a subscription cannot be read: %w", err)
	}
	return w, nil
}

// errSame says that nothing is to be written.
var errSame = errors.New("nothing changes")

// change puts what fn makes of the row at key in its place; a row that is left empty
// goes. fn gets a row without an address if there is none, may be called again if
// another process was faster, and returns errSame to leave all as it is.
func (r *Register) change(ctx context.Context, key string, fn func(*row) error) error {
	for range 20 {
		if swapped, err := r.swap(ctx, key, fn); err != nil || swapped {
			return err
		}
	}
	return errors.New("subscriptions: others change the same one all the time")
}

// swap makes one attempt at a change, and reports false if another process was faster.
func (r *Register) swap(ctx context.Context, key string, fn func(*row) error) (swapped bool, err error) {
	w, before, err := r.get(ctx, key)
	if err != nil {
		return false, err
	}
	if w == nil {
		w = &row{V: 1}
	}
	if err := fn(w); err != nil {
		return errors.Is(err, errSame), ignoreSame(err)
	}
	if w.empty() {
		if before == nil {
			return true, nil
		}
		return r.o.Shelf.ShelfSwap(ctx, shelf, key, before, nil)
	}
	plain, err := json.Marshal(w)
	if err != nil {
		return false, err
	}
	return r.o.Shelf.ShelfSwap(ctx, shelf, key, before, r.o.Keys.seal(key, plain))
}

// ignoreSame is err, unless it only says that nothing changes.
func ignoreSame(err error) error {
	if errors.Is(err, errSame) {
		return nil
	}
	return err
}

// each calls fn for every row that can be opened, and says once that some cannot.
func (r *Register) each(ctx context.Context, fn func(key string, w *row)) error {
	unreadable := 0
	err := r.o.Shelf.ShelfScan(ctx, shelf, func(key string, sealed []byte) error {
		if !strings.HasPrefix(key, rowKey) {
			return nil
		}
		w, err := r.unseal(key, sealed)
		if err != nil {
			unreadable++
			return nil
		}
		fn(key, w)
		return nil
	})
	if unreadable > 0 {
		r.logger.Error("subscriptions cannot be opened; put back the key they were sealed with", "subject", unreadable)
	}
	return err
}

// of returns what the address has for a page, or nil.
func (w *row) of(page string) *subscription {
	if n := slices.IndexFunc(w.Subs, func(s subscription) bool { return s.Page == page }); n >= 0 {
		return &w.Subs[n]
	}
	return nil
}
