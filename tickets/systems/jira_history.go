package systems

import (
	"context"
	"errors"
	"net/url"
	"time"
)

// complete reads when the user was answered first, and how often the issue was
// opened again, of an issue that somebody did something with.
func (j *jira) complete(ctx context.Context, t *Ticket) error {
	if t.Status == "new" || j.asides.fill(t) {
		return nil
	}
	q := url.Values{"start": {"0"}, "limit": {"50"}, "internal": {"false"}}
	a, err := j.client.get(ctx, jiraDesk+t.ID+"/comment", q)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrForbidden): // no request of a service project
	case err != nil:
		return err
	default:
		if err := j.firstAnswer(t, a.body); err != nil {
			return err
		}
	}
	a, err = j.client.get(ctx, jiraAPI+"/issue/"+t.ID, url.Values{"fields": {"status"}, "expand": {"changelog"}})
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrForbidden):
		return nil // it went away meanwhile: the next reading tells
	case err != nil:
		return err
	}
	if t.Reopens, err = jiraReopens(a.body); err != nil {
		return err
	}
	j.asides.keep(t)
	return nil
}

// firstAnswer finds the first public comment that is neither the reporter's nor ours.
func (j *jira) firstAnswer(t *Ticket, body []byte) error {
	var list struct {
		Values []struct {
			Body    string         `json:"body"`
			Public  bool           `json:"public"`
			Author  map[string]any `json:"author"`
			Created struct {
				At string `json:"iso8601"`
			} `json:"created"`
		} `json:"values"`
	}
	if err := (&answer{body: body}).into(&list); err != nil {
		return err
	}
	for _, c := range list.Values {
		at := moment(c.Created.At, time.UTC)
		if c.Public && !marked(c.Body) && !at.IsZero() && !j.reported(t, c.Author) && (t.FirstResponse.IsZero() || at.Before(t.FirstResponse)) {
			t.FirstResponse = at
		}
	}
	return nil
}

// reported reports whether author is who reported t.
func (j *jira) reported(t *Ticket, author map[string]any) bool {
	id := jiraPerson(author)
	if id == "" || j.Requester == nil {
		return false
	}
	hash, _ := j.Requester(id)
	return hash == t.Requester
}

// jiraPerson is what Jira calls a person by: Cloud an account, Data Center a key.
func jiraPerson(who any) string {
	for _, key := range []string{"accountId", "key", "name"} {
		if id := say(at(who, key)); id != "" {
			return id
		}
	}
	return ""
}

// jiraReopens counts how often a resolution was taken back.
func jiraReopens(body []byte) (int, error) {
	var in struct {
		Log struct {
			Histories []struct {
				Items []struct {
					Field string `json:"field"`
					From  string `json:"from"`
					To    string `json:"to"`
				} `json:"items"`
			} `json:"histories"`
		} `json:"changelog"`
	}
	if err := (&answer{body: body}).into(&in); err != nil {
		return 0, err
	}
	n := 0
	for _, h := range in.Log.Histories {
		for _, i := range h.Items {
			if i.Field == "resolution" && i.From != "" && i.To == "" {
				n++
			}
		}
	}
	return n, nil
}

// expires is when our personal access token ends, which Data Center tells: of the
// user's tokens that is the one used last. Without the right to ask it is not known.
func (j *jira) expires(ctx context.Context) time.Time {
	if j.cloud {
		return time.Time{}
	}
	var list []struct {
		Used string `json:"lastAccessed"`
		Ends string `json:"expiringAt"`
	}
	if err := j.client.read(ctx, "/rest/pat/latest/tokens", nil, &list); err != nil {
		return time.Time{}
	}
	var tokens []token
	for _, t := range list {
		tokens = append(tokens, token{t.Used, t.Ends})
	}
	return usedLast(tokens)
}
