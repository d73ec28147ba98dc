package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"headstart"
	"headstart/configs"
	"headstart/tickets"
	"headstart/tickets/evidence"
)

// aliasMiner looks each night for words that users have for a service or a device and
// that the catalog lacks. It only proposes. From one night to the next it keeps hashes
// and numbers of tickets; a word is read from titles that still lie beside the log
// whenever somebody asks, and is counted again there, so that it goes with them.
type aliasMiner struct {
	view  *headstart.View
	store interface {
		Texts(ctx context.Context, kind string, keys []string) (map[string]string, error)
	}
	reader *evidence.Reader
	people []string // names that accounts have
	zone   *time.Location
	logger *slog.Logger

	mu    sync.Mutex
	found []evidence.Alias
}

// run counts at the start, when the view is there, and each night, until ctx ends.
func (m *aliasMiner) run(ctx context.Context) error {
	for !m.view.Ready() {
		select {
		case <-ctx.Done():
			return nil
		case <-m.view.Moved():
		}
	}
	for {
		if err := m.count(ctx); err != nil && ctx.Err() == nil {
			m.logger.Warn("no aliases looked for; the next night tries again", "err", err)
		}
		wait := time.NewTimer(time.Until(nextNight(time.Now(), m.zone)))
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-wait.C:
		}
	}
}

// count looks through all tickets that still have a title.
func (m *aliasMiner) count(ctx context.Context) error {
	told, err := m.told(ctx, m.view.Tickets())
	if err != nil {
		return err
	}
	found := m.reader.Aliases(told, m.names(), m.view.AliasRejected, m.zone)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.found = found
	return nil
}

// proposals returns what a person may take over now, the most used first. Words are
// read, and counted again, in titles as they are kept at this moment.
func (m *aliasMiner) proposals(ctx context.Context) []headstart.AliasProposal {
	m.mu.Lock()
	found := m.found
	m.mu.Unlock()
	out := []headstart.AliasProposal{}
	found = slices.DeleteFunc(slices.Clone(found), func(a evidence.Alias) bool { return m.view.AliasRejected(a.ID) })
	told, err := m.told(ctx, m.ticketsOf(found))
	if err != nil {
		m.logger.Warn("proposed aliases not read", "err", err)
		return out
	}
	for i := range found {
		a := &found[i]
		p := headstart.AliasProposal{ID: a.ID, Asset: a.Asset, Times: a.Times}
		p.Word, p.Tickets, p.Requesters, p.Days = m.reader.Reread(a, told, m.zone)
		if !evidence.Enough(p.Requesters, p.Days) {
			continue
		}
		if p.Proposal = headstart.ProposeAlias(m.view.Catalog(), a.Asset, p.Word); p.Proposal != "" {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b headstart.AliasProposal) int { return cmp.Compare(b.Tickets, a.Tickets) })
	return out
}

// ticketsOf are the tickets of all of found, as they are now; those that were
// forgotten are missing.
func (m *aliasMiner) ticketsOf(found []evidence.Alias) []*headstart.TicketState {
	var list []*headstart.TicketState
	seen := map[string]bool{}
	for i := range found {
		for _, key := range found[i].Tickets {
			if t, ok := m.view.Ticket(key); ok && !seen[key] {
				list = append(list, &t)
			}
			seen[key] = true
		}
	}
	return list
}

// titlesAtOnce bounds one question to the store.
const titlesAtOnce = 500

// told are the tickets that still have a title, but for those of confidential
// incidents, with what they are about.
func (m *aliasMiner) told(ctx context.Context, list []*headstart.TicketState) ([]evidence.Told, error) {
	var told []evidence.Told
	for part := range slices.Chunk(list, titlesAtOnce) {
		keys := make([]string, len(part))
		for i := range part {
			keys[i] = part[i].Key()
		}
		titles, err := m.store.Texts(ctx, tickets.KindTitle, keys)
		if err != nil {
			return nil, fmt.Errorf("read titles: %w", err)
		}
		for i := range part {
			t := part[i]
			x := evidence.Told{Key: keys[i], Title: titles[keys[i]], Requester: t.Requester, Since: t.Since()}
			if x.Title != "" && m.place(t, &x) {
				told = append(told, x)
			}
		}
	}
	return told, nil
}

// place says which assets a ticket is about; false: it is of a confidential incident.
func (m *aliasMiner) place(t *headstart.TicketState, x *evidence.Told) bool {
	for i := range t.Links {
		l := &t.Links[i]
		incident, ok := m.view.Find(string(l.Incident))
		if !ok || l.Verdict == "rejected" {
			continue
		}
		byPerson := l.Verdict == "linked" && l.By != headstart.LinkedByRule
		switch {
		case incident.Confidential && l.Verdict == "linked":
			return false
		case byPerson:
			x.About = assetsOf(m.view.Catalog(), &incident)
		case l.Band != headstart.BandNone || l.Verdict == "linked":
			x.Perhaps = append(x.Perhaps, assetsOf(m.view.Catalog(), &incident)...)
		}
	}
	x.Perhaps = slices.DeleteFunc(x.Perhaps, func(id string) bool { return slices.Contains(x.About, id) })
	slices.Sort(x.Perhaps)
	x.Perhaps = slices.Compact(x.Perhaps)
	return true
}

// assetsOf are the assets whose incident i is: its cause, and the service it hits if
// that is one alone.
func assetsOf(c *headstart.Catalog, i *headstart.Incident) []string {
	var out []string
	if id := i.Cause.Asset; c.ServiceByID(id) != nil || c.DeviceByID(id) != nil {
		out = append(out, id)
	}
	if len(i.Services) == 1 && !slices.Contains(out, i.Services[0]) && c.ServiceByID(i.Services[0]) != nil {
		out = append(out, i.Services[0])
	}
	return out
}

// names are those of people that this installation knows: of accounts and of owners
// of incidents.
func (m *aliasMiner) names() []string {
	out := slices.Clone(m.people)
	for i := range m.view.EachIncident() {
		if i.Owner != "" {
			out = append(out, i.Owner)
		}
	}
	return out
}

// accounts are the login names of the configuration.
func accounts(cfg *configs.Config) []string {
	var out []string
	for _, u := range cfg.Door.Auth.Users {
		out = append(out, u.Name)
	}
	return out
}
