package systems

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ServiceNow, Table API v2 (ServiceNow's documentation, c_TableAPI and
// inbound-REST-API-rate-limiting). Version 2 answers an empty list, not 404, where
// there are no rows.

var snowCaps = Caps{Note: true, Reply: true, Parent: true, Make: true, Problem: true, Outage: true, Find: true}

var snowKind = kind{
	caps: snowCaps, makes: []string{"ticket", "problem"}, hosted: "https://school.service-now.com", open: openSnow,
	fields: []string{"location", "department", "category", "channel", "reported_at"},
	words: words{
		statuses: map[string]string{"1": "new", "2": "open", "3": "waiting", "6": "resolved", "7": "closed", "8": "closed"},
		priorities: map[string]string{
			"1": "P1", "2": "P2", "3": "P3", "4": "P4", "5": "P4",
		},
		channels: map[string]string{
			"phone": "phone", "email": "mail", "self-service": "portal", "walk-in": "walk_in", "chat": "chat", "virtual_agent": "chat",
			"monitoring": "monitoring", "event": "monitoring",
		},
	},
}

type snow struct {
	*opened
	rows int
}

func openSnow(o *opened) (System, error) {
	if err := o.authorize("/oauth_token.do", "x-sn-apikey"); err != nil {
		return nil, err
	}
	o.client.quota.limit, o.client.quota.window = "X-Ratelimit-Limit", time.Hour
	return &snow{opened: o, rows: 200}, nil
}

func (s *snow) Caps() Caps { return snowCaps }

const (
	snowTable = "/api/now/v2/table/"
	snowTime  = "2006-01-02 15:04:05" // UTC with sysparm_display_value=false
)

// snowFields are the fields asked for, nothing of a person among them but the key.
func (s *snow) snowFields() []string {
	return []string{
		"sys_id", "number", "short_description", "description", "caller_id", snowLogin, s.field("department", "caller_id.department.name"),
		s.field("location", "caller_id.location.name"), s.field("category", "category"), "priority", "state", "hold_reason", s.field("channel", "contact_type"),
		s.field("reported_at", "opened_at"), "sys_created_on", "sys_updated_on", "resolved_at", "closed_at", "assignment_group.name", "reopen_count",
		"correlation_id", "correlation_display", "parent_incident", "problem_id",
	}
}

// snowLogin is the caller's login name, by which the answers of others are told
// from the caller's own. It goes no further.
const snowLogin = "caller_id.user_name"

// snowRow is a record; every value of the Table API is a string.
type snowRow map[string]string

// rowsOf reads a list of records.
func rowsOf(body []byte) ([]snowRow, error) {
	var list struct {
		Result []snowRow `json:"result"`
	}
	if err := (&answer{body: body}).into(&list); err != nil {
		return nil, err
	}
	if list.Result == nil {
		return nil, fmt.Errorf("%w: no result", ErrMalformed)
	}
	return list.Result, nil
}

// list asks for records of a table.
func (s *snow) list(ctx context.Context, table, query string, fields []string, limit, offset int) ([]snowRow, *answer, error) {
	q := url.Values{
		"sysparm_query": {query}, "sysparm_fields": {strings.Join(fields, ",")}, "sysparm_limit": {strconv.Itoa(limit)},
		"sysparm_display_value": {"false"}, "sysparm_exclude_reference_link": {"true"},
	}
	if offset > 0 {
		q.Set("sysparm_offset", strconv.Itoa(offset))
	}
	a, err := s.client.get(ctx, snowTable+table, q)
	if err != nil {
		return nil, nil, err
	}
	rows, err := rowsOf(a.body)
	return rows, a, err
}

// Changes implements System. The limit is applied before rights are: a short or
// empty page is not the end, only a missing link to the next one is.
func (s *snow) Changes(ctx context.Context, c Cursor) (Page, error) {
	query := "sys_updated_on>=" + c.From.UTC().Format(snowTime)
	if c.First {
		query += "^active=true"
	}
	if len(s.Queues) > 0 {
		query += "^assignment_group.nameIN" + snowList(s.Queues)
	}
	rows, a, err := s.list(ctx, "incident", query+"^ORDERBYsys_updated_on^ORDERBYsys_id", s.snowFields(), s.rows, (c.page()-1)*s.rows)
	if err != nil {
		return Page{}, err
	}
	tickets, err := s.tickets(rows)
	if err != nil {
		return Page{}, err
	}
	if err := s.answers(ctx, rows, tickets); err != nil {
		return Page{}, err
	}
	more := hasNext(a.header)
	return Page{Tickets: tickets, Next: c.restart(tickets, more), More: more}, nil
}

// hasNext reports whether an answer links to a next page (RFC 8288).
func hasNext(h http.Header) bool {
	return slices.ContainsFunc(h.Values("Link"), func(v string) bool {
		return strings.Contains(v, `rel="next"`) || strings.Contains(v, "rel=next")
	})
}

// snowList joins values for the operator IN. What would begin another condition
// is left out: a part that is no query is dropped without a word.
func snowList(values []string) string {
	var out []string
	for _, v := range values {
		out = append(out, snowValue(v))
	}
	return strings.Join(out, ",")
}

func snowValue(v string) string { return strings.NewReplacer("^", "", ",", "", "\n", "").Replace(v) }

func (s *snow) tickets(rows []snowRow) ([]Ticket, error) {
	var out []Ticket
	for _, row := range rows {
		t, err := s.ticket(row)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func (s *snow) ticket(row snowRow) (Ticket, error) {
	id := row["sys_id"]
	t := Ticket{
		ID: id, Number: row["number"], Title: cut(row["short_description"], maxTitle), Body: plainText(row["description"]),
		Department: word(row[s.field("department", "caller_id.department.name")]), Location: word(row[s.field("location", "caller_id.location.name")]),
		Category: word(row[s.field("category", "category")]), Priority: s.words.priority(row["priority"]),
		Channel: s.words.channel(row[s.field("channel", "contact_type")]), SupportGroup: word(row["assignment_group.name"]),
		URL:     s.client.base + "/nav_to.do?uri=incident.do%3Fsys_id=" + url.QueryEscape(id),
		Created: moment(row["sys_created_on"], time.UTC), Updated: moment(row["sys_updated_on"], time.UTC),
		Solved: moment(row["resolved_at"], time.UTC), Ours: row["correlation_display"] == "headstart",
	}
	if !nativeID.MatchString(id) || t.Created.IsZero() || t.Updated.IsZero() {
		return t, fmt.Errorf("%w: a record without sys_id, sys_created_on or sys_updated_on", ErrMalformed)
	}
	s.words.status(&t, row["state"])
	if t.WaitingOn == "user" {
		t.WaitingOn = snowWaits(row["hold_reason"])
	}
	s.person(&t, row["caller_id"])
	if t.Solved.IsZero() && done(t.Status) {
		t.Solved = moment(row["closed_at"], time.UTC)
	}
	if n, err := strconv.Atoi(row["reopen_count"]); err == nil && n > 0 && n < 10_000 {
		t.Reopens = n
	}
	// opened_at is set with the record; only where it differs somebody wrote down
	// when the user called.
	if at := moment(row[s.field("reported_at", "opened_at")], time.UTC); t.Created.Sub(at).Abs() > time.Minute {
		t.Reported = at
	}
	return t, nil
}

// snowWaits is whom an incident on hold waits for, by its reason: the caller, a
// problem, a supplier or a change.
func snowWaits(reason string) string {
	switch reason {
	case "3", "5":
		return "us"
	case "4":
		return "supplier"
	}
	return "user"
}

// Bounds of asking for answers: incidents at once, and rows for them.
const (
	snowAnswersOf = 50
	snowAnswers   = 1000
)

// answers fills in when the caller was first answered: by the first comment of
// somebody else that is not ours. Without the right to read journals it stays
// unknown, which Check says.
func (s *snow) answers(ctx context.Context, rows []snowRow, tickets []Ticket) error {
	byID, login := map[string]*Ticket{}, map[string]string{}
	var ids []string
	for i := range tickets {
		if t := &tickets[i]; t.Status != "new" && rows[i][snowLogin] != "" { // else the caller's own words would count
			ids = append(ids, t.ID)
			byID[t.ID], login[t.ID] = t, rows[i][snowLogin]
		}
	}
	for some := range slices.Chunk(ids, snowAnswersOf) {
		query := "name=incident^element=comments^element_idIN" + snowList(some) + "^ORDERBYsys_created_on"
		said, _, err := s.list(ctx, "sys_journal_field", query, []string{"element_id", "element", "sys_created_by", "sys_created_on", "value"}, snowAnswers, 0)
		if errors.Is(err, ErrForbidden) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, c := range said {
			t := byID[c["element_id"]]
			if t == nil || c["element"] != "comments" || !t.FirstResponse.IsZero() || c["sys_created_by"] == login[t.ID] || marked(c["value"]) {
				continue
			}
			t.FirstResponse = moment(c["sys_created_on"], time.UTC)
		}
	}
	return nil
}

// Get implements System.
func (s *snow) Get(ctx context.Context, id string) (Ticket, error) {
	row, err := s.record(ctx, "incident", id, s.snowFields())
	if err != nil {
		return Ticket{}, err
	}
	t, err := s.ticket(row)
	if err != nil {
		return Ticket{}, err
	}
	one := []Ticket{t}
	err = s.answers(ctx, []snowRow{row}, one)
	return one[0], err
}

func (s *snow) record(ctx context.Context, table, id string, fields []string) (snowRow, error) {
	if !nativeID.MatchString(id) {
		return nil, ErrNotFound
	}
	q := url.Values{"sysparm_fields": {strings.Join(fields, ",")}, "sysparm_display_value": {"false"}, "sysparm_exclude_reference_link": {"true"}}
	a, err := s.client.get(ctx, snowTable+table+"/"+id, q)
	if err != nil {
		return nil, err
	}
	return rowOf(a.body)
}

func rowOf(body []byte) (snowRow, error) {
	var one struct {
		Result json.RawMessage `json:"result"`
	}
	if err := (&answer{body: body}).into(&one); err != nil {
		return nil, err
	}
	var row snowRow
	if err := json.Unmarshal(one.Result, &row); err != nil || row == nil {
		return nil, fmt.Errorf("%w: no record", ErrMalformed)
	}
	return row, nil
}

// Hint implements System: a business rule posts {"id":"<sys_id>"} with the secret
// in a header.
func (s *snow) Hint(h http.Header, body []byte, _ time.Time, known bool) ([]string, error) {
	if !known {
		if err := s.shownSecret(h); err != nil {
			return nil, err
		}
	}
	return hintOf(body)
}
