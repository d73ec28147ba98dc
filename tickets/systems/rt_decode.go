package systems

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ident is an id that some answers write as a number and others as a string. Ids
// are beyond what a float holds, so the digits are taken as they stand.
type ident string

// UnmarshalJSON reads either form.
func (i *ident) UnmarshalJSON(b []byte) error {
	s := strings.TrimSpace(string(b))
	if s == "null" {
		return nil
	}
	if strings.HasPrefix(s, `"`) {
		return json.Unmarshal(b, (*string)(i))
	}
	if strings.ContainsAny(s, "{[.eEtf") || len(s) > 40 {
		return errors.New("no id")
	}
	*i = ident(s)
	return nil
}

// rtTicket is a ticket of a list or of its own. RT writes both "Type" and "type";
// encoding/json folds case, so both are named.
type rtTicket struct {
	ID      ident `json:"id"`
	Subject string
	Status  string
	Queue   struct {
		Name string
		ID   ident `json:"id"`
	}
	Priority     ident
	TimeWorked   ident
	Created      string
	LastUpdated  string
	Resolved     string
	Requestor    []rtUser
	CustomFields []struct {
		Name   string   `json:"name"`
		Values []string `json:"values"`
	}
	Links []rtLink `json:"_hyperlinks"`
}

type rtUser struct {
	ID           ident `json:"id"` // the login name, asked for or not
	Organization string
	City         string
}

// rtLink is one of many references RT adds to a ticket.
type rtLink struct {
	Ref string `json:"ref"`
	ID  ident  `json:"id"`
	URL string `json:"_url"`
}

// decodeList reads a page. The number of pages decides whether there is more,
// never the number of rows: RT takes rows our user may not see out of a page.
func (r *rt) decodeList(body []byte) (rows []Ticket, more bool, err error) {
	var list struct {
		Items []rtTicket `json:"items"`
		Page  int        `json:"page"`
		Pages *float64   `json:"pages"` // 0.0 when nothing is found
	}
	if err := (&answer{body: body}).into(&list); err != nil {
		return nil, false, err
	}
	if list.Pages == nil {
		return nil, false, fmt.Errorf("%w: no number of pages", ErrMalformed)
	}
	for i := range list.Items {
		t, err := r.ticket(&list.Items[i])
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, t)
	}
	return rows, float64(list.Page) < *list.Pages, nil
}

func (r *rt) decodeOne(body []byte) (Ticket, []rtLink, error) {
	var in rtTicket
	if err := (&answer{body: body}).into(&in); err != nil {
		return Ticket{}, nil, err
	}
	t, err := r.ticket(&in)
	return t, in.Links, err
}

func (r *rt) ticket(in *rtTicket) (Ticket, error) {
	id := string(in.ID)
	t := Ticket{
		ID: id, Number: id, Title: cut(in.Subject, maxTitle), SupportGroup: word(in.Queue.Name), URL: r.client.base + "/Ticket/Display.html?id=" + id,
		Created: moment(in.Created, time.UTC), Updated: moment(in.LastUpdated, time.UTC), Solved: moment(in.Resolved, time.UTC),
		Priority: r.words.priority(string(in.Priority)),
	}
	if id == "" || digits(id) != id || t.Created.IsZero() || t.Updated.IsZero() {
		return t, fmt.Errorf("%w: a ticket without id, Created or LastUpdated", ErrMalformed)
	}
	r.words.status(&t, in.Status)
	if n, err := strconv.ParseFloat(string(in.TimeWorked), 64); err == nil && n > 0 && n < 1e6 {
		t.Minutes = &n
	}
	if len(in.Requestor) > 0 {
		who := in.Requestor[0]
		r.person(&t, string(who.ID))
		t.Department, t.Location = word(who.Organization), word(who.City)
	}
	for _, f := range in.CustomFields {
		if len(f.Values) > 0 && strings.TrimSpace(f.Values[0]) != "" {
			r.custom(&t, f.Name, f.Values[0])
		}
	}
	return t, nil
}

// custom reads one custom field; its name is the operator's choice.
func (r *rt) custom(t *Ticket, name, value string) {
	switch name {
	case r.field("location", "Location"):
		t.Location = word(value)
	case r.field("department", "Department"):
		t.Department = word(value)
	case r.field("category", "Category"):
		t.Category = word(value)
	case r.field("channel", "Channel"):
		t.Channel = r.words.channel(value)
	case r.field("reported_at", "ReportedAt"):
		t.Reported = moment(value, r.Zone)
	case r.field("key", "HeadstartID"):
		t.Ours = true
	}
}

// rtBody is the first text among a ticket's first attachments.
func rtBody(body []byte) (string, error) {
	var list struct {
		Items []struct{ Content, ContentType string } `json:"items"`
	}
	if err := (&answer{body: body}).into(&list); err != nil {
		return "", err
	}
	for _, i := range list.Items {
		switch {
		case strings.HasPrefix(i.ContentType, "text/plain") && i.Content != "":
			return cut(i.Content, maxBody), nil
		case strings.HasPrefix(i.ContentType, "text/html") && i.Content != "":
			return plainText(i.Content), nil
		}
	}
	return "", nil
}

// history finds the first answer by a person to the user, and how often the
// ticket was opened again.
func (r *rt) history(t *Ticket, body []byte) error {
	var list struct {
		Items []struct {
			Type     string `json:"Type"`
			Lower    string `json:"type"` // transaction, always
			Created  string
			Creator  rtUser
			Data     string
			Field    string
			OldValue string
			NewValue string
		} `json:"items"`
	}
	if err := (&answer{body: body}).into(&list); err != nil {
		return err
	}
	for _, i := range list.Items {
		hash := ""
		if r.Requester != nil {
			hash, _ = r.Requester(string(i.Creator.ID))
		}
		switch {
		case i.Type == "Correspond" && t.FirstResponse.IsZero() && hash != t.Requester && i.Creator.ID != "RT_System" && !marked(i.Data):
			t.FirstResponse = moment(i.Created, time.UTC)
		case i.Type == "Status" && done(r.words.statuses[strings.ToLower(i.OldValue)]) && !done(r.words.statuses[strings.ToLower(i.NewValue)]):
			t.Reopens++
		}
	}
	return nil
}

func done(status string) bool { return status == "resolved" || status == "closed" }
