package systems

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Hint implements System: the body is {"id":"12"}, signed as the scrip in
// docs/tickets/rt.md does.
func (r *rt) Hint(h http.Header, body []byte, now time.Time, known bool) ([]string, error) {
	if !known {
		if err := r.signedStamp(h, body, now); err != nil {
			return nil, err
		}
	}
	return hintOf(body)
}

// Check implements System.
func (r *rt) Check(ctx context.Context) (Report, error) {
	var rep Report
	var about struct{ Version string }
	a, err := r.client.get(ctx, rtAPI+"/rt", nil)
	if err == nil {
		err = a.into(&about)
	}
	if err != nil {
		return rep, err
	}
	rep.Version, rep.Skew = about.Version, a.skew(time.Now())
	if err := r.checkQueues(ctx, &rep); err != nil {
		return rep, err
	}
	newest, err := r.probe(ctx, "")
	if err != nil {
		return rep, err
	}
	if len(newest) == 0 {
		rep.lack("no ticket can be seen, so rights and time zone were not tried; give the user SeeQueue and ShowTicket, or make a ticket")
		return rep, nil
	}
	if err := r.checkRights(ctx, &rep, newest[0]); err != nil {
		return rep, err
	}
	err = r.checkZone(ctx, &rep, newest[0])
	return rep, err
}

func (r *rt) checkQueues(ctx context.Context, rep *Report) error {
	a, err := r.client.get(ctx, rtAPI+"/queues/all", url.Values{"fields": {"Name,CorrespondAddress,CommentAddress"}, "per_page": {"100"}})
	if err != nil {
		return err
	}
	var list struct {
		Items []struct{ Name, CorrespondAddress, CommentAddress string } `json:"items"`
	}
	if err := a.into(&list); err != nil {
		return err
	}
	for _, q := range list.Items {
		rep.Queues = append(rep.Queues, q.Name)
		for _, address := range []string{q.CorrespondAddress, q.CommentAddress} {
			if address != "" {
				rep.Inbound = append(rep.Inbound, address)
			}
		}
	}
	for _, q := range r.Queues {
		if !slices.Contains(rep.Queues, q) {
			rep.lack(fmt.Sprintf("queue %s cannot be seen; give the user SeeQueue and ShowTicket on it, or correct queues", q))
		}
	}
	if r.Write.Makes() != "" && !slices.Contains(rep.Queues, r.CreateIn) {
		rep.lack(fmt.Sprintf("queue %q of create_in cannot be seen; name one the user has SeeQueue and CreateTicket on", r.CreateIn))
	}
	return nil
}

// checkRights looks at what RT offers our user to do with a ticket.
func (r *rt) checkRights(ctx context.Context, rep *Report, t Ticket) error {
	_, links, err := r.fetch(ctx, t.ID)
	if err != nil {
		return err
	}
	offers := func(ref string) bool {
		return slices.ContainsFunc(links, func(l rtLink) bool { return l.Ref == ref })
	}
	if r.Write.Notes() && !offers("comment") {
		rep.lack("notes cannot be written; give the user CommentOnTicket and ModifyTicket, or set write.note off")
	}
	if r.Write.PublicReply != "" && !offers("correspond") {
		rep.lack("replies cannot be sent; give the user ReplyToTicket, or set write.public_reply off")
	}
	return nil
}

// checkZone asks for the newest ticket by its own time. RT reads times of a query
// in our user's zone: unless that is UTC, changes are read twice or never.
func (r *rt) checkZone(ctx context.Context, rep *Report, t Ticket) error {
	at := t.Updated.Format(rtTime)
	from, err := r.probe(ctx, " AND id = "+t.ID+" AND LastUpdated >= '"+at+"'")
	if err != nil {
		return err
	}
	after, err := r.probe(ctx, " AND id = "+t.ID+" AND LastUpdated > '"+at+"'")
	if err != nil {
		return err
	}
	if len(from) != 1 || len(after) != 0 {
		rep.lack("the user's time zone is not UTC, so changes would be missed; set Timezone of the integration user to UTC")
	}
	return nil
}

// probe returns the newest ticket for which sql holds.
func (r *rt) probe(ctx context.Context, sql string) ([]Ticket, error) {
	q := url.Values{
		"query": {"id > 0" + sql}, "fields": {"Created,LastUpdated"}, "orderby": {"LastUpdated"}, "order": {"DESC"}, "per_page": {"1"},
	}
	a, err := r.client.get(ctx, rtAPI+"/tickets", q)
	if err != nil {
		return nil, err
	}
	rows, _, err := r.decodeList(a.body)
	return rows, err
}
