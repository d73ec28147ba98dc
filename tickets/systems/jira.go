package systems

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Jira Service Management (developer.atlassian.com). Cloud and Data Center differ
// in how pages are asked for and who proves himself how; a source with a username
// is Cloud's: an address and an API token. Version 2 of the API writes
// descriptions as text in both.

var jiraCaps = Caps{
	Note: true, Reply: true, Parent: true, Page: true, Make: true, Problem: true, Find: true, Signed: true,
	Lag: 3 * time.Minute, // the index of Cloud follows a change by seconds to minutes
}

var jiraKind = kind{
	caps: jiraCaps, makes: []string{"ticket", "problem"}, hosted: "https://school.atlassian.net", open: openJira,
	fields: []string{"location", "department", "category", "channel", "reported_at", "link_type", "ticket_type", "problem_type"},
	words: words{
		statuses: map[string]string{
			"waiting for customer": "waiting", "wachten op klant": "waiting", "pending": "waiting_supplier", "waiting for third party": "waiting_supplier",
		},
		priorities: map[string]string{"highest": "P1", "high": "P2", "medium": "P3", "low": "P4", "lowest": "P4"},
		channels: map[string]string{
			"phone": "phone", "telefoon": "phone", "email": "mail", "portal": "portal", "jira": "portal", "chat": "chat", "api": "monitoring",
		},
	},
}

type jira struct {
	*opened
	cloud  bool
	rows   int
	asides asides

	mu    sync.Mutex
	tried map[string]time.Time // when what bears a mark was last made: the search may not show it yet
}

func openJira(o *opened) (System, error) {
	j := &jira{opened: o, cloud: o.Username != "", rows: 100, tried: map[string]time.Time{}}
	o.client.sign = func(r *http.Request) error {
		if j.cloud {
			r.SetBasicAuth(o.Username, o.secret)
		} else {
			r.Header.Set("Authorization", "Bearer "+o.secret)
		}
		return nil
	}
	return j, nil
}

func (j *jira) Caps() Caps { return jiraCaps }

const jiraAPI = "/rest/api/2"

// jiraFields are those asked for; the reporter comes whole, and all but the key
// of the account is dropped while decoding.
func (j *jira) jiraFields() []string {
	out := []string{"summary", "description", "status", "priority", "project", "reporter", "created", "updated", "resolutiondate", "labels", "issuelinks", "timespent"}
	for _, key := range []string{"location", "department", "category", "channel", "reported_at"} {
		if name := j.field(key, ""); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// Changes implements System. Times of JQL are numbers of milliseconds, which have
// no zone; a time written out would be read in our user's.
func (j *jira) Changes(ctx context.Context, c Cursor) (Page, error) {
	jql := "updated >= " + strconv.FormatInt(c.From.UnixMilli(), 10)
	if c.First {
		jql += " AND statusCategory != Done"
	}
	if len(j.Queues) > 0 {
		var keys []string
		for _, q := range j.Queues {
			keys = append(keys, jqlQuote(q))
		}
		jql += " AND project in (" + strings.Join(keys, ", ") + ")"
	}
	rows, next, more, err := j.search(ctx, jql+" ORDER BY updated ASC, key ASC", c, j.rows)
	if err != nil {
		return Page{}, err
	}
	place := c.restart(rows, more)
	place.Token = ""
	if place.Page > 1 {
		place.Token = next // only within one time: a place the server keeps says nothing of what moved
	}
	for i := range rows {
		if err := j.complete(ctx, &rows[i]); err != nil {
			return Page{}, err
		}
	}
	return Page{Tickets: rows, Next: place, More: more}, nil
}

func jqlQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// search asks for a page. The last page of Cloud carries no token at all
// (JRACLOUD-92184); Data Center counts.
func (j *jira) search(ctx context.Context, jql string, c Cursor, rows int) (tickets []Ticket, next string, more bool, err error) {
	in := map[string]any{"jql": jql, "fields": j.jiraFields(), "maxResults": rows}
	path := jiraAPI + "/search"
	switch {
	case j.cloud:
		path += "/jql"
		if c.Token != "" {
			in["nextPageToken"] = c.Token
		}
	default:
		in["startAt"] = (c.page() - 1) * rows
	}
	a, err := j.client.send(ctx, http.MethodPost, path, in, nil)
	if err != nil {
		return nil, "", false, err
	}
	return j.decodeList(a.body)
}

type jiraIssue struct {
	ID     string         `json:"id"`
	Key    string         `json:"key"`
	Fields map[string]any `json:"fields"`
}

func (j *jira) decodeList(body []byte) (rows []Ticket, next string, more bool, err error) {
	var list struct {
		Issues *[]jiraIssue `json:"issues"`
		Next   string       `json:"nextPageToken"`
		Start  int          `json:"startAt"`
		Total  int          `json:"total"`
	}
	if err := (&answer{body: body}).into(&list); err != nil {
		return nil, "", false, err
	}
	if list.Issues == nil {
		return nil, "", false, fmt.Errorf("%w: no issues", ErrMalformed)
	}
	for i := range *list.Issues {
		t, err := j.ticket(&(*list.Issues)[i])
		if err != nil {
			return nil, "", false, err
		}
		rows = append(rows, t)
	}
	more = list.Next != ""
	if !j.cloud {
		more = list.Start+len(rows) < list.Total && len(rows) > 0
	}
	return rows, list.Next, more, nil
}

// at follows keys into what encoding/json made of an object.
func at(v any, keys ...string) any {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

// say is a value as a word: a string, or what an option or a reference is called.
func say(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case []any:
		if len(x) > 0 {
			return say(x[0])
		}
	case map[string]any:
		for _, key := range []string{"value", "name", "key"} {
			if s, ok := x[key].(string); ok {
				return s
			}
		}
	}
	return ""
}

func (j *jira) ticket(in *jiraIssue) (Ticket, error) {
	f := in.Fields
	custom := func(key string) string {
		if name := j.field(key, ""); name != "" {
			return word(say(f[name]))
		}
		return ""
	}
	t := Ticket{
		ID: in.ID, Number: in.Key, Title: cut(say(f["summary"]), maxTitle), Body: cut(say(f["description"]), maxBody),
		Priority: j.words.priority(say(f["priority"])), SupportGroup: word(say(at(f["project"], "key"))), URL: j.client.base + "/browse/" + url.PathEscape(in.Key),
		Location: custom("location"), Department: custom("department"), Category: custom("category"), Channel: j.words.channel(custom("channel")),
		Created: moment(say(f["created"]), time.UTC), Updated: moment(say(f["updated"]), time.UTC), Solved: moment(say(f["resolutiondate"]), time.UTC),
		Reported: moment(custom("reported_at"), j.Zone),
	}
	if digits(in.ID) != in.ID || in.ID == "" || t.Created.IsZero() || t.Updated.IsZero() {
		return t, fmt.Errorf("%w: an issue without id, created or updated", ErrMalformed)
	}
	j.status(&t, f["status"])
	j.person(&t, jiraPerson(f["reporter"]))
	if s, ok := f["timespent"].(float64); ok && s > 0 && s < 1e8 {
		minutes := s / 60
		t.Minutes = &minutes
	}
	labels, _ := f["labels"].([]any)
	t.Ours = slices.ContainsFunc(labels, func(l any) bool { return strings.HasPrefix(say(l), jiraLabel) })
	return t, nil
}

// status goes by the name where it is known, else by the category, which every
// status has one of three of.
func (j *jira) status(t *Ticket, status any) {
	name := say(at(status, "name"))
	j.words.status(t, name)
	if _, known := j.words.statuses[strings.ToLower(name)]; known {
		return
	}
	t.Status = map[string]string{"new": "new", "indeterminate": "open", "done": "resolved"}[say(at(status, "statusCategory", "key"))]
	if t.Status == "" {
		t.Status = "open"
	}
}

// jiraLabel begins the label of what we made.
const jiraLabel = "headstart-"

// fetch reads one issue, by id or key.
func (j *jira) fetch(ctx context.Context, id string) (*jiraIssue, error) {
	if !nativeID.MatchString(id) {
		return nil, ErrNotFound
	}
	in := &jiraIssue{}
	err := j.client.read(ctx, jiraAPI+"/issue/"+id, url.Values{"fields": {strings.Join(j.jiraFields(), ",")}}, in)
	return in, err
}

// Get implements System.
func (j *jira) Get(ctx context.Context, id string) (Ticket, error) {
	in, err := j.fetch(ctx, id)
	if err != nil {
		return Ticket{}, err
	}
	t, err := j.ticket(in)
	if err != nil {
		return t, err
	}
	err = j.complete(ctx, &t)
	return t, err
}

// Hint implements System: an admin webhook with a secret is signed over its body.
func (j *jira) Hint(h http.Header, body []byte, _ time.Time, known bool) ([]string, error) {
	if !known {
		if err := j.signedBody(h, body, "sha256=", sha256.New); err != nil {
			return nil, err
		}
	}
	return jiraHint(body)
}

func jiraHint(body []byte) ([]string, error) {
	var in struct {
		Issue struct {
			ID ident `json:"id"`
		} `json:"issue"`
	}
	if err := (&answer{body: body}).into(&in); err != nil {
		return nil, err
	}
	return goodIDs(string(in.Issue.ID))
}
