package systems

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Check implements System.
func (z *znuny) Check(ctx context.Context) (Report, error) {
	var rep Report
	a, err := z.do(ctx, "TicketSearch", map[string]any{"SortBy": "Changed", "OrderBy": "Down", "Limit": znunyAtOnce})
	if err != nil {
		return rep, err
	}
	now := time.Now()
	rep.Skew = a.skew(now)
	ids, err := znunyIDs(a.body)
	if err != nil {
		return rep, err
	}
	if len(ids) == 0 {
		rep.lack("no ticket can be seen, so fields and time zone were not tried; give the user ro on the queues to be read, or make a ticket")
		return rep, nil
	}
	raw, err := z.get(ctx, ids, nil)
	if err != nil {
		return rep, err
	}
	for i := range raw {
		if q := word(raw[i].Queue); !slices.Contains(rep.Queues, q) { // those of the latest tickets; it lists none
			rep.Queues = append(rep.Queues, q)
		}
	}
	slices.Sort(rep.Queues)
	if _, err := z.do(ctx, "TicketHistoryGet", map[string]any{"TicketID": ids[0]}); err != nil {
		rep.lack("histories cannot be read, so nothing is known of reopening and merging; import docs/tickets/znuny-webservice.yml")
	}
	z.checkFields(&rep, &raw[0])
	return rep, z.checkZone(ctx, &rep, &raw[0], now.Add(rep.Skew))
}

// checkFields looks for the dynamic fields that are written and read: a ticket shows
// all there are, empty ones too.
func (z *znuny) checkFields(rep *Report, in *znunyTicket) {
	makes, links := z.Write.Makes() != "", z.Write.Links()
	for _, want := range []struct {
		needed        bool
		key, fallback string
	}{
		{makes, "key", znunyKey},
		{makes && links, "parent", znunyParent},
		{!makes && links, "page", znunyPage},
	} {
		name := z.Settings.field(want.key, want.fallback)
		if _, has := in.field(name); want.needed && !has {
			rep.lack(fmt.Sprintf("the dynamic field %s is missing; make it, of type Text and for tickets, or switch off what needs it", name))
		}
	}
	for _, key := range []string{"location", "department", "category", "channel", "reported_at"} {
		name, set := z.Fields[key]
		if _, has := in.field(name); set && !has && !slices.Contains(znunyAttributes, name) {
			rep.lack(fmt.Sprintf("fields.%s is %s, which is no dynamic field of tickets; correct it", key, name))
		}
	}
	if makes && (z.CreateIn == "" || z.Fields["customer"] == "") {
		rep.lack("tickets cannot be made without a queue and a customer; set create_in, and fields.customer to a customer user of headstart's own")
	}
}

// checkZone asks for the newest ticket by its age in minutes, which no zone has a
// part in, and compares with the time it shows.
func (z *znuny) checkZone(ctx context.Context, rep *Report, newest *znunyTicket, now time.Time) error {
	age := int(now.Sub(moment(newest.Changed, z.Zone)).Minutes())
	fits := age > -zoneSlack
	for _, try := range []struct {
		minutes int
		rows    int
	}{{age + zoneSlack, 1}, {age - zoneSlack, 0}} {
		if try.minutes < 1 {
			continue
		}
		ids, err := z.search(ctx, map[string]any{"TicketID": []string{string(newest.ID)}, "TicketLastChangeTimeNewerMinutes": try.minutes, "Limit": 1})
		if err != nil {
			return err
		}
		fits = fits && len(ids) == try.rows
	}
	if !fits {
		rep.lack("its times are not of the zone in timezone, so all of them are read wrong; set timezone to the setting OTRSTimeZone")
	}
	return nil
}

// zoneSlack is how far, in minutes, a time may be off that is of the right zone.
const zoneSlack = 5
