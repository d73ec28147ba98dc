package systems

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// TOPdesk, incident API from version 3.4 (developers.topdesk.com). Processing
// statuses are each organisation's own, so their names are mapped in statuses.

var topdeskCaps = Caps{Note: true, Reply: true, Parent: true, Make: true, Find: true}

var topdeskKind = kind{
	caps: topdeskCaps, makes: []string{"ticket"}, secret: "basic", hosted: "https://school.topdesk.net", open: openTopdesk,
	fields: []string{"location", "department", "category", "channel", "reported_at"},
	words: words{
		channels: map[string]string{
			"telefoon": "phone", "telefonisch": "phone", "phone": "phone", "e-mail": "mail", "email": "mail", "mail": "mail", "portal": "portal",
			"selfserviceportal": "portal", "self service portal": "portal", "balie": "walk_in", "counter": "walk_in", "chat": "chat",
			"monitoring": "monitoring", "event": "monitoring",
		},
		statuses: map[string]string{
			"registered": "new", "geregistreerd": "new", "waiting for user": "waiting", "wacht op gebruiker": "waiting", "waiting for caller": "waiting",
			"wacht op aanmelder": "waiting", "waiting for supplier": "waiting_supplier", "wacht op leverancier": "waiting_supplier",
		},
		priorities: map[string]string{"p1": "P1", "p2": "P2", "p3": "P3", "p4": "P4"},
	},
}

type topdesk struct {
	*opened
	rows int
}

func openTopdesk(o *opened) (System, error) {
	if err := o.authorize("", ""); err != nil {
		return nil, err
	}
	return &topdesk{opened: o, rows: 100}, nil
}

func (d *topdesk) Caps() Caps { return topdeskCaps }

const topdeskAPI = "/tas/api"

// topdeskFields are those asked for. The caller comes whole; all but its id is
// dropped while decoding.
const topdeskFields = "id,number,status,processingStatus,briefDescription,request,caller,callerBranch,callerLocation,category,subcategory,priority," +
	"entryType,callDate,creationDate,modificationDate,closed,closedDate,completed,completedDate,responded,responseDate,onHold,timeSpent,operatorGroup," +
	"externalNumber,majorCallObject,majorCall"

// Changes implements System: status 206 says that there is more, 204 that there
// is nothing.
func (d *topdesk) Changes(ctx context.Context, c Cursor) (Page, error) {
	query := "modificationDate=ge=" + c.From.UTC().Format("2006-01-02T15:04:05Z")
	if c.First {
		query += ";closed==false"
	}
	q := url.Values{
		"query": {query}, "sort": {"modificationDate:asc"}, "fields": {topdeskFields},
		"pageStart": {strconv.Itoa((c.page() - 1) * d.rows)}, "pageSize": {strconv.Itoa(d.rows)},
	}
	rows, more, err := d.list(ctx, q)
	if err != nil {
		return Page{}, err
	}
	next := c.restart(rows, more)
	if len(d.Queues) > 0 {
		rows = slices.DeleteFunc(rows, func(t Ticket) bool { return !slices.Contains(d.Queues, t.SupportGroup) })
	}
	return Page{Tickets: rows, Next: next, More: more}, nil
}

func (d *topdesk) list(ctx context.Context, q url.Values) ([]Ticket, bool, error) {
	a, err := d.client.get(ctx, topdeskAPI+"/incidents", q)
	if err != nil || a.status == http.StatusNoContent {
		return nil, false, err
	}
	rows, err := d.decodeList(a.body)
	return rows, a.status == http.StatusPartialContent, err
}

// named is a reference of TOPdesk's.
type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// topdeskTicket names what we read of an incident.
type topdeskTicket struct {
	ID               string `json:"id"`
	Number           string `json:"number"`
	Status           string `json:"status"`
	ProcessingStatus *named `json:"processingStatus"`
	BriefDescription string `json:"briefDescription"`
	Request          string `json:"request"`
	Caller           *struct {
		ID         string `json:"id"`
		Department *named `json:"department"`
	} `json:"caller"`
	CallerBranch     *named  `json:"callerBranch"`
	CallerLocation   *named  `json:"callerLocation"`
	Category         *named  `json:"category"`
	Subcategory      *named  `json:"subcategory"`
	Priority         *named  `json:"priority"`
	EntryType        *named  `json:"entryType"`
	OperatorGroup    *named  `json:"operatorGroup"`
	CallDate         string  `json:"callDate"`
	CreationDate     string  `json:"creationDate"`
	ModificationDate string  `json:"modificationDate"`
	Closed           bool    `json:"closed"`
	ClosedDate       string  `json:"closedDate"`
	Completed        bool    `json:"completed"`
	CompletedDate    string  `json:"completedDate"`
	Responded        bool    `json:"responded"`
	ResponseDate     string  `json:"responseDate"`
	OnHold           bool    `json:"onHold"`
	TimeSpent        float64 `json:"timeSpent"`
	ExternalNumber   string  `json:"externalNumber"`
	MajorCall        bool    `json:"majorCall"`
	MajorCallObject  *named  `json:"majorCallObject"`
}

func (d *topdesk) decodeList(body []byte) ([]Ticket, error) {
	var list []topdeskTicket
	if err := (&answer{body: body}).into(&list); err != nil {
		return nil, err
	}
	var out []Ticket
	for i := range list {
		t, err := d.ticket(&list[i])
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func (n *named) word() string {
	if n == nil {
		return ""
	}
	return word(n.Name)
}

func (d *topdesk) ticket(in *topdeskTicket) (Ticket, error) {
	t := Ticket{
		ID: in.ID, Number: in.Number, Title: cut(in.BriefDescription, maxTitle), Body: plainText(in.Request), Location: in.CallerLocation.word(),
		Category: in.Category.word(), Priority: d.words.priority(in.Priority.word()), Channel: d.words.channel(in.EntryType.word()),
		SupportGroup: in.OperatorGroup.word(), URL: d.client.base + "/tas/secure/incident?unid=" + url.QueryEscape(in.ID),
		Created: moment(in.CreationDate, d.Zone), Updated: moment(in.ModificationDate, d.Zone),
		Ours: strings.HasPrefix(in.ExternalNumber, topdeskKey),
	}
	if !nativeID.MatchString(in.ID) || t.Created.IsZero() || t.Updated.IsZero() {
		return t, fmt.Errorf("%w: an incident without id, creationDate or modificationDate", ErrMalformed)
	}
	if t.Location == "" {
		t.Location = in.CallerBranch.word()
	}
	d.words.status(&t, in.ProcessingStatus.word())
	d.stage(&t, in)
	if in.Caller != nil {
		d.person(&t, in.Caller.ID)
		t.Department = in.Caller.Department.word()
	}
	t.Line = map[string]int{"firstLine": 1, "secondLine": 2, "firstLineArchived": 1, "secondLineArchived": 2}[in.Status]
	if in.TimeSpent > 0 && in.TimeSpent < 1e6 {
		t.Minutes = &in.TimeSpent
	}
	if in.Responded {
		t.FirstResponse = moment(in.ResponseDate, d.Zone)
	}
	// The desk may set back when the user called; if nobody did, it is when the
	// incident was made, and says nothing.
	if at := moment(in.CallDate, d.Zone); t.Created.Sub(at).Abs() > time.Minute {
		t.Reported = at
	}
	return t, nil
}

// stage lets the flags that TOPdesk keeps itself outrank the organisation's words.
func (d *topdesk) stage(t *Ticket, in *topdeskTicket) {
	switch {
	case in.Closed:
		t.Status, t.WaitingOn, t.Solved = "closed", "", moment(in.ClosedDate, d.Zone)
	case in.Completed:
		t.Status, t.WaitingOn, t.Solved = "resolved", "", moment(in.CompletedDate, d.Zone)
	case in.OnHold && t.Status != "waiting":
		t.Status, t.WaitingOn = "waiting", "user"
	}
}

// topdeskKey begins externalNumber, of at most 60 characters, of what we made.
const topdeskKey = "headstart-"

// fetch reads one incident.
func (d *topdesk) fetch(ctx context.Context, id string) (*topdeskTicket, error) {
	if !nativeID.MatchString(id) {
		return nil, ErrNotFound
	}
	in := &topdeskTicket{}
	err := d.client.read(ctx, topdeskAPI+"/incidents/id/"+id, nil, in)
	return in, err
}

// Get implements System.
func (d *topdesk) Get(ctx context.Context, id string) (Ticket, error) {
	in, err := d.fetch(ctx, id)
	if err != nil {
		return Ticket{}, err
	}
	return d.ticket(in)
}

// Noted implements Writer.
func (d *topdesk) Noted(ctx context.Context, id, mark string) (bool, error) {
	if !nativeID.MatchString(id) {
		return false, ErrNotFound
	}
	for start := 0; start < 2000; start += 100 {
		q := url.Values{"start": {strconv.Itoa(start)}, "page_size": {"100"}}
		a, err := d.client.get(ctx, topdeskAPI+"/incidents/id/"+id+"/progresstrail", q)
		if err != nil || a.status == http.StatusNoContent {
			return false, err
		}
		var list []struct {
			Text  string `json:"memoText"`
			Plain string `json:"plainText"`
		}
		if err := a.into(&list); err != nil {
			return false, err
		}
		for _, e := range list {
			if strings.Contains(e.Text+e.Plain, bracketed(mark)) {
				return true, nil
			}
		}
		if a.status != http.StatusPartialContent {
			return false, nil
		}
	}
	return false, nil
}

// Note implements Writer. Whether the caller is mailed what is visible to him is
// the organisation's own setting.
func (d *topdesk) Note(ctx context.Context, id string, n Note) error {
	return d.patch(ctx, id, map[string]any{"action": asHTML(n.Text + "\n\n" + bracketed(n.Mark)), "actionInvisibleForCaller": !n.Public})
}

func (d *topdesk) patch(ctx context.Context, id string, in map[string]any) error {
	if !nativeID.MatchString(id) {
		return ErrNotFound
	}
	_, err := d.client.send(ctx, http.MethodPatch, topdeskAPI+"/incidents/id/"+id, in, nil)
	return err
}

// Linked implements Writer: a major incident is TOPdesk's own word for what we make.
func (d *topdesk) Linked(ctx context.Context, id string, to Target) (bool, error) {
	in, err := d.fetch(ctx, id)
	return err == nil && to.Ticket != "" && in.MajorCallObject != nil && in.MajorCallObject.ID == to.Ticket, err
}

// Link implements Writer. What a person hung it under stays.
func (d *topdesk) Link(ctx context.Context, id string, to Target) error {
	in, err := d.fetch(ctx, id)
	if err != nil {
		return err
	}
	if in.MajorCallObject != nil && in.MajorCallObject.ID != "" && in.MajorCallObject.ID != to.Ticket {
		return fmt.Errorf("%w: it belongs to another major incident already", ErrRefused)
	}
	return d.patch(ctx, id, map[string]any{"majorCallObject": map[string]string{"id": to.Ticket}})
}

// Unlink implements Writer.
func (d *topdesk) Unlink(ctx context.Context, id string, _ Target) error {
	return d.patch(ctx, id, map[string]any{"majorCallObject": nil})
}

// Made implements Writer.
func (d *topdesk) Made(ctx context.Context, _, mark string) (string, error) {
	q := url.Values{"query": {"externalNumber==" + topdeskKey + mark}, "fields": {topdeskFields}, "pageSize": {"10"}}
	a, err := d.client.get(ctx, topdeskAPI+"/incidents", q)
	if err != nil || a.status == http.StatusNoContent {
		return "", err
	}
	var list []topdeskTicket
	if err := a.into(&list); err != nil {
		return "", err
	}
	for _, in := range list { // a query that is not understood may bring others
		if in.ExternalNumber == topdeskKey+mark {
			return in.ID, nil
		}
	}
	return "", nil
}

// Make implements Writer: a major incident, for the person create_in names.
func (d *topdesk) Make(ctx context.Context, dr Draft) (string, error) {
	if d.CreateIn == "" {
		return "", fmt.Errorf("%w: create_in is empty, so there is nobody to make it for", ErrRefused)
	}
	in := map[string]any{
		"status": "firstLine", "briefDescription": cutRunes(dr.Title, 80), "request": asHTML(dr.Text), "externalNumber": topdeskKey + dr.Mark,
		"majorCall": true, "callerLookup": map[string]string{"id": d.CreateIn},
	}
	var made struct {
		ID string `json:"id"`
	}
	_, err := d.client.send(ctx, http.MethodPost, topdeskAPI+"/incidents", in, &made)
	return made.ID, err
}

// cutRunes shortens s to n characters.
func cutRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

// Hint implements System: an action of TOPdesk posts {"id":"<unid>"} with the
// secret in a header.
func (d *topdesk) Hint(h http.Header, body []byte, _ time.Time, known bool) ([]string, error) {
	if !known {
		if err := d.shownSecret(h); err != nil {
			return nil, err
		}
	}
	return hintOf(body)
}

// Check implements System.
func (d *topdesk) Check(ctx context.Context) (Report, error) {
	var rep Report
	var about struct {
		Version string `json:"version"`
	}
	a, err := d.client.get(ctx, topdeskAPI+"/version", nil)
	if err == nil {
		err = a.into(&about)
	}
	if err != nil {
		return rep, err
	}
	rep.Version, rep.Skew = about.Version, a.skew(time.Now())
	rows, _, err := d.list(ctx, url.Values{"sort": {"modificationDate:desc"}, "fields": {topdeskFields}, "pageSize": {"1"}})
	if err != nil {
		return rep, err
	}
	if len(rows) == 0 {
		rep.lack("no incident can be seen; give the operator the right to read first and second line incidents, and all branches")
		return rep, nil
	}
	after := rows[0].Updated.Add(time.Second).Format("2006-01-02T15:04:05Z")
	later, _, err := d.list(ctx, url.Values{"query": {"modificationDate=ge=" + after}, "fields": {topdeskFields}, "pageSize": {"1"}})
	if err == nil && len(later) > 0 && later[0].Updated.Before(rows[0].Updated) {
		rep.lack("query is not honoured, so all incidents would be read each time; bring TOPdesk to API 3.4 or later")
	}
	if _, nerr := d.Noted(ctx, rows[0].ID, "none"); nerr != nil {
		rep.lack("the progress trail cannot be read, so a repeat would write twice; give the operator the right to see it")
	}
	if d.Write.Makes() != "" && d.CreateIn == "" {
		rep.lack("nobody is named to make incidents for; set create_in to the id of a person card")
	}
	return rep, err
}
