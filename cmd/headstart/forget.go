package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/configs"
	"headstart/exports"
	"headstart/store"
	"headstart/subscriptions"
	"headstart/tickets"
	"headstart/web"
)

// forgetter carries out a request to forget: in the state by commands of the log,
// beside the log, and in what the log and the archive said before.
type forgetter struct {
	cfg    *configs.Config
	store  store.Store
	keeper *store.Keeper
	view   *headstart.View
	key    []byte // what requesters and tickets are hashed with

	subscribers *subscriptions.Register // nil: there are none

	do      func(context.Context, headstart.Command) (headstart.Outcome, bool, error)
	leading func() bool
}

// forget may be called again after an error, and then finds what is left.
func (f *forgetter) forget(ctx context.Context, r web.ForgetRequest) (web.Forgotten, error) {
	if !f.leading() {
		return web.Forgotten{}, web.ErrForgetElsewhere
	}
	var done web.Forgotten
	who := f.requesters(r)
	keys := f.known(r, who)
	mentioned, err := f.mentioned(ctx, r.Email)
	if err != nil {
		return done, err
	}
	texts := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(keys), mentioned...))))
	if err := f.store.DropText(ctx, texts); err != nil {
		return done, err
	}
	if done.Tickets, err = f.command(ctx, r, keys, who); err != nil {
		return done, err
	}
	if f.subscribers != nil && r.Email != "" {
		if done.Subscribed, err = f.subscribers.Forget(ctx, r.Email); err != nil {
			return done, err
		}
	}
	e := &store.Erasure{Tickets: set(keys), Requesters: set(who)}
	if r.Email != "" {
		e.Words = []string{r.Email}
	}
	erased, err := f.keeper.Erase(ctx, e)
	if err != nil {
		return done, err
	}
	// What arrived meanwhile, and what the archive alone knew, had its texts too.
	for key := range e.Tickets {
		texts = append(texts, key)
	}
	if err := f.store.DropText(ctx, texts); err != nil {
		return done, err
	}
	done.Texts, done.Lines, done.Files = len(mentioned), erased.Lines, erased.Files
	done.Remains = append(f.exported(e.Tickets, r.Email), f.remains(r)...)
	return done, nil
}

// requesters are the keyed hashes of whom r names: one for each source.
func (f *forgetter) requesters(r web.ForgetRequest) []string {
	var who []string
	for _, s := range f.cfg.Tickets.Sources {
		for _, id := range []string{r.Requester, r.Email, strings.ToLower(r.Email)} {
			if id != "" {
				who = append(who, tickets.Pseudonym(f.key, s.Name, id))
			}
		}
	}
	if isHash(r.Requester) {
		who = append(who, r.Requester)
	}
	slices.Sort(who)
	return slices.Compact(who)
}

// isHash reports whether s looks like the ID of a requester in an export.
func isHash(s string) bool {
	return len(s) == 16 && strings.Trim(s, "0123456789abcdef") == ""
}

// known are the keys of the tickets that r means: the one it names, known or not, and
// those its requester reported.
func (f *forgetter) known(r web.ForgetRequest, who []string) []string {
	var keys []string
	if r.Ticket != "" {
		keys = append(keys, r.Ticket)
	}
	for _, t := range f.view.Tickets() {
		if slices.Contains(who, t.Requester.ID) {
			keys = append(keys, t.Key())
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// mentioned are the keys of the tickets whose text holds an address.
func (f *forgetter) mentioned(ctx context.Context, email string) ([]string, error) {
	if email == "" {
		return nil, nil
	}
	return f.store.FindText(ctx, func(text string) bool { return holds(text, email) })
}

// holds reports whether text holds an address, whatever its case.
func holds(text, email string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(email))
}

// command lets the engine forget, a few tickets at a time, and returns how many it
// knew. At least one command is given: that somebody asked is taken down in any case.
func (f *forgetter) command(ctx context.Context, r web.ForgetRequest, keys, who []string) (forgotten int, err error) {
	parts := slices.Collect(slices.Chunk(keys, headstart.MostForgotten))
	if len(parts) == 0 {
		parts = [][]string{nil}
	}
	for n, part := range parts {
		for _, key := range part {
			if _, known := f.view.Ticket(key); known {
				forgotten++
			}
		}
		c := headstart.Command{ID: fmt.Sprintf("%s-%d", r.ID, n), By: r.By, Do: "forget", Forget: &headstart.Forget{Tickets: part, Requesters: who}}
		for _, key := range part {
			c.Forget.Marks = append(c.Forget.Marks, tickets.Mark(f.key, key))
		}
		o, pending, err := f.do(ctx, c)
		switch {
		case err != nil:
			return forgotten, err
		case pending:
			return forgotten, errors.New("the engine has not answered yet")
		case o.Refused != "":
			return forgotten, errors.New(o.Refused)
		}
	}
	return forgotten, nil
}

func set(list []string) map[string]bool {
	out := map[string]bool{}
	for _, x := range list {
		out[x] = true
	}
	return out
}

// remains lists what is out of reach, and until when.
func (f *forgetter) remains(r web.ForgetRequest) []web.Remains {
	out := f.written(r.Email)
	for _, s := range f.cfg.Tickets.Sources {
		switch {
		case r.Ticket != "" && !strings.HasPrefix(r.Ticket, s.Name+"/"):
		case s.Type == tickets.TypeCSV:
			out = append(out, web.Remains{Where: "folder", Name: s.Name})
		default:
			out = append(out, web.Remains{Where: "ticket_system", Name: s.Name})
		}
	}
	if f.cfg.Store.Mode != "embedded" {
		out = append(out, web.Remains{Where: "append_only_file"}, web.Remains{Where: "dump_file"})
	}
	return append(out, web.Remains{Where: "backups"})
}

// exported are the files of retention.export_dir that name a ticket or hold the address.
func (f *forgetter) exported(tickets map[string]bool, email string) (out []web.Remains) {
	if f.cfg.Retention.ExportDir == "" {
		return nil
	}
	names, err := exports.Holding(f.cfg.Retention.ExportDir, tickets, func(line string) bool { return email != "" && holds(line, email) })
	if err != nil {
		out = append(out, web.Remains{Where: "exports_unread", Name: err.Error()})
	}
	for _, name := range names {
		out = append(out, web.Remains{Where: "exports", Name: filepath.Join(f.cfg.Retention.ExportDir, name)})
	}
	return out
}

// written is where people wrote an address down themselves: no rule can tell what else
// those words are about, so they stay until their time is up.
func (f *forgetter) written(email string) (out []web.Remains) {
	if email == "" {
		return nil
	}
	for i := range f.view.EachIncident() {
		whole, _ := f.view.Incident(i.ID, f.cfg.Language)
		if !mentions(whole, email) {
			continue
		}
		left := web.Remains{Where: "timeline", Name: string(i.ID)}
		if i.ClosedAt != nil {
			until := i.ClosedAt.Add(wholeDays(time.Duration(f.cfg.Retention.Incidents)))
			left.Until = &until
		}
		out = append(out, left)
	}
	if mentions(f.view.Desk(), email) {
		out = append(out, web.Remains{Where: "desk_notes"})
	}
	return out
}

// mentions reports whether any string of x holds an address.
func mentions(x any, email string) bool {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // so that r&d@example.org stands there as it is
	return enc.Encode(x) == nil && holds(b.String(), email)
}

// wholeDays rounds up, as retention does.
func wholeDays(d time.Duration) time.Duration {
	const day = 24 * time.Hour
	return (d + day - 1) / day * day
}
