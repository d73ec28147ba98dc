package systems

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// znunyTicket names the fields we read; names and addresses of people, which come
// along with articles, are no part of it.
type znunyTicket struct {
	ID         ident          `json:"TicketID"`
	Number     ident          `json:"TicketNumber"`
	Title      string         `json:"Title"`
	State      string         `json:"State"`
	StateType  string         `json:"StateType"`
	Priority   string         `json:"Priority"`
	Queue      string         `json:"Queue"`
	Customer   string         `json:"CustomerUserID"`
	CustomerID string         `json:"CustomerID"`
	Service    string         `json:"Service"`
	SLA        string         `json:"SLA"`
	Type       string         `json:"Type"`
	Created    string         `json:"Created"`
	Changed    string         `json:"Changed"`
	First      string         `json:"FirstResponse"`
	Fields     []znunyField   `json:"DynamicField"`
	Articles   []znunyArticle `json:"Article"`
}

type znunyField struct {
	Name  string `json:"Name"`
	Value any    `json:"Value"`
}

type znunyArticle struct {
	Subject string `json:"Subject"`
	Body    string `json:"Body"`
	Type    string `json:"ContentType"`
	Sender  string `json:"SenderType"`
	Channel ident  `json:"CommunicationChannelID"`
	Visible ident  `json:"IsVisibleForCustomer"`
	Created string `json:"CreateTime"`
}

// znunyTickets reads the answer to TicketGet.
func znunyTickets(body []byte) ([]znunyTicket, error) {
	var in struct {
		Tickets []znunyTicket `json:"Ticket"`
	}
	if err := (&answer{body: body}).into(&in); err != nil {
		return nil, err
	}
	if in.Tickets == nil {
		return nil, fmt.Errorf("%w: no Ticket", ErrMalformed)
	}
	return in.Tickets, nil
}

// field is the value of a dynamic field, the first where it has several.
func (in *znunyTicket) field(name string) (value string, has bool) {
	for _, f := range in.Fields {
		if f.Name == name {
			return strings.TrimSpace(firstText(f.Value)), true
		}
	}
	return "", false
}

// Names of dynamic fields that we write, unless fields names others.
const (
	znunyKey    = "HeadstartID"
	znunyParent = "HeadstartParent"
	znunyPage   = "HeadstartPage"
)

func (z *znuny) ticket(in *znunyTicket) (Ticket, error) {
	id := string(in.ID)
	t := Ticket{
		ID: id, Number: word(string(in.Number)), Title: cut(in.Title, maxTitle), SupportGroup: word(in.Queue), Priority: z.words.priority(in.Priority),
		Created: moment(in.Created, z.Zone), Updated: moment(in.Changed, z.Zone), FirstResponse: moment(in.First, z.Zone), URL: z.page(id),
	}
	if id == "" || digits(id) != id || t.Created.IsZero() || t.Updated.IsZero() {
		return t, fmt.Errorf("%w: a ticket without TicketID, Created or Changed", ErrMalformed)
	}
	native := in.State
	if _, known := z.words.statuses[strings.ToLower(native)]; !known {
		native = in.StateType // states have names of the customer's making
	}
	z.words.status(&t, native)
	t.Native = in.State
	z.learn(in.State, in.StateType)
	z.person(&t, in.Customer)
	t.Category = word(in.Service)
	for _, f := range []struct {
		key  string
		into *string
	}{{"location", &t.Location}, {"department", &t.Department}, {"category", &t.Category}} {
		if name := z.Settings.field(f.key, ""); name != "" {
			*f.into = word(z.named(in, name))
		}
	}
	if key, _ := in.field(z.Settings.field("key", znunyKey)); key != "" {
		t.Ours = true
	}
	if name := z.Settings.field("reported_at", ""); name != "" {
		t.Reported = moment(z.named(in, name), z.Zone)
	}
	if len(in.Articles) > 0 {
		z.article(&t, &in.Articles[0])
	}
	if name := z.Settings.field("channel", ""); name != "" {
		t.Channel = z.words.channel(z.named(in, name))
	}
	return t, nil
}

// page is where people see a ticket: beside the interface, which stands in url.
func (z *znuny) page(id string) string {
	base, _, _ := strings.Cut(z.client.base, "/nph-genericinterface.pl")
	return base + "/index.pl?Action=AgentTicketZoom;TicketID=" + url.QueryEscape(id)
}

// znunyAttributes are what a ticket has of its own that a key of ours may be.
var znunyAttributes = []string{"CustomerID", "Service", "SLA", "Type"}

// named is what a ticket calls name: one of its own attributes, else a dynamic
// field. A customer number may be an address, which is not read.
func (z *znuny) named(in *znunyTicket, name string) string {
	value, own := map[string]string{"CustomerID": in.CustomerID, "Service": in.Service, "SLA": in.SLA, "Type": in.Type}[name]
	if !own {
		value, _ = in.field(name)
	}
	if strings.Contains(value, "@") {
		return ""
	}
	return value
}

// znunyChannels are the communication channels of every installation.
var znunyChannels = map[ident]string{"1": "email", "2": "phone", "3": "internal", "4": "chat"}

// article reads what the user wrote, and how it came in: what a customer writes in
// the portal is an internal article of a customer.
func (z *znuny) article(t *Ticket, a *znunyArticle) {
	t.Body = cut(a.Body, maxBody)
	if strings.Contains(a.Type, "html") {
		t.Body = plainText(a.Body)
	}
	channel := znunyChannels[a.Channel]
	if channel == "internal" && a.Sender == "customer" {
		channel = "portal"
	}
	t.Channel = z.words.channel(channel)
}

// znunyEntry is a line of a ticket's history.
type znunyEntry struct {
	Type    string `json:"HistoryType"`
	Name    string `json:"Name"`
	Created string `json:"CreateTime"`
}

// znunyHistories reads the answer to TicketHistoryGet, by ticket.
func znunyHistories(body []byte) (map[string][]znunyEntry, error) {
	var in struct {
		Histories []struct {
			ID      ident        `json:"TicketID"`
			History []znunyEntry `json:"History"`
		} `json:"TicketHistory"`
	}
	if err := (&answer{body: body}).into(&in); err != nil {
		return nil, err
	}
	out := map[string][]znunyEntry{}
	for _, h := range in.Histories {
		out[string(h.ID)] = h.History
	}
	return out, nil
}

// history finds when a ticket was solved, how often it was opened again, and what
// it was merged into. A change of state is written %%from%%to%%.
func (z *znuny) history(t *Ticket, entries []znunyEntry) {
	for _, e := range entries {
		switch e.Type {
		case "StateUpdate":
			parts := strings.Split(e.Name, "%%")
			if len(parts) < 3 {
				continue
			}
			before, after := z.over(parts[1]), z.over(parts[2])
			switch {
			case before && !after:
				t.Reopens++
			case after && !before:
				t.Solved = moment(e.Created, z.Zone)
			}
		case "Merged":
			if done(t.Status) {
				t.Merged = mergedID(e.Name, t.ID)
			}
		}
	}
	if !done(t.Status) {
		t.Solved = time.Time{} // of before it was opened again
	}
}

// mostStates bounds the names of states that are learned.
const mostStates = 1000

// learn remembers the type of a state, which histories do not tell.
func (z *znuny) learn(state, kind string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.states == nil || len(z.states) > mostStates {
		z.states = map[string]string{"closed successful": "closed", "closed unsuccessful": "closed"}
	}
	z.states[strings.ToLower(state)] = strings.ToLower(kind)
}

// over reports whether a state means that nothing is left to do.
func (z *znuny) over(state string) bool {
	state = strings.ToLower(state)
	if s, known := z.words.statuses[state]; known {
		return done(s)
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	return done(z.words.statuses[z.states[state]])
}

var anyNumber = regexp.MustCompile(`[0-9]+`)

// mergedID reads the last number of the line about a merge: the id of the ticket
// that stays, unless the line stands with that one.
func mergedID(line, id string) string {
	all := anyNumber.FindAllString(line, -1)
	if len(all) == 0 || all[len(all)-1] == id {
		return ""
	}
	return all[len(all)-1]
}
