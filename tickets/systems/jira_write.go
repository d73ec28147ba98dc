package systems

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const jiraDesk = "/rest/servicedeskapi/request/"

// Noted implements Writer.
func (j *jira) Noted(ctx context.Context, id, mark string) (bool, error) {
	if !nativeID.MatchString(id) {
		return false, ErrNotFound
	}
	for start := 0; start < 2000; {
		q := url.Values{"start": {strconv.Itoa(start)}, "limit": {"100"}}
		a, err := j.client.get(ctx, jiraDesk+id+"/comment", q)
		if err != nil {
			return false, err
		}
		found, n, last, err := jiraComments(a.body, mark)
		if err != nil || found || last {
			return found, err
		}
		start += n
	}
	return false, nil
}

// jiraComments looks for mark in a page of comments; last says that none follows.
func jiraComments(body []byte, mark string) (found bool, n int, last bool, err error) {
	var list struct {
		Values []struct {
			Body string `json:"body"`
		} `json:"values"`
		Last *bool `json:"isLastPage"`
	}
	if err := (&answer{body: body}).into(&list); err != nil {
		return false, 0, false, err
	}
	if list.Last == nil {
		return false, 0, false, fmt.Errorf("%w: no isLastPage", ErrMalformed)
	}
	for _, v := range list.Values {
		found = found || strings.Contains(v.Body, bracketed(mark))
	}
	return found, len(list.Values), *list.Last || len(list.Values) == 0, nil
}

// Note implements Writer. A public comment is mailed to the customer.
func (j *jira) Note(ctx context.Context, id string, n Note) error {
	if !nativeID.MatchString(id) {
		return ErrNotFound
	}
	in := map[string]any{"body": jiraText(n.Text) + "\n\n" + bracketed(n.Mark), "public": n.Public}
	_, err := j.client.send(ctx, http.MethodPost, jiraDesk+id+"/comment", in, nil)
	return err
}

// jiraText keeps what we were given from becoming markup, or from calling somebody.
func jiraText(s string) string {
	return strings.NewReplacer("{", `\{`, "[~", `\[~`, "!", `\!`).Replace(s)
}

func (j *jira) linkType() string { return j.field("link_type", "Relates") }

// above returns the link of issue id to the issue target, empty if there is none.
func (j *jira) above(ctx context.Context, id, target string) (string, error) {
	in, err := j.fetch(ctx, id)
	if err != nil {
		return "", err
	}
	links, _ := in.Fields["issuelinks"].([]any)
	for _, l := range links {
		if say(at(l, "type", "name")) == j.linkType() && (say(at(l, "outwardIssue", "id")) == target || say(at(l, "inwardIssue", "id")) == target) {
			return say(at(l, "id")), nil
		}
	}
	return "", nil
}

// globalID names our remote link to a page: setting it again changes nothing.
func globalID(page string) string { return "system=headstart&url=" + page }

// Linked implements Writer.
func (j *jira) Linked(ctx context.Context, id string, to Target) (bool, error) {
	if to.Ticket != "" {
		link, err := j.above(ctx, id, to.Ticket)
		return link != "", err
	}
	if !nativeID.MatchString(id) {
		return false, ErrNotFound
	}
	var list []struct {
		Global string `json:"globalId"`
	}
	if err := j.client.read(ctx, jiraAPI+"/issue/"+id+"/remotelink", nil, &list); err != nil {
		return false, err
	}
	return slices.ContainsFunc(list, func(l struct {
		Global string `json:"globalId"`
	},
	) bool {
		return l.Global == globalID(to.Page)
	}), nil
}

// Link implements Writer.
func (j *jira) Link(ctx context.Context, id string, to Target) error {
	path := jiraAPI + "/issueLink"
	in := map[string]any{"type": map[string]string{"name": j.linkType()}, "inwardIssue": map[string]string{"id": to.Ticket}, "outwardIssue": map[string]string{"id": id}}
	if to.Ticket == "" {
		path = jiraAPI + "/issue/" + url.PathEscape(id) + "/remotelink"
		in = map[string]any{"globalId": globalID(to.Page), "object": map[string]string{"url": to.Page, "title": to.Title}}
	}
	_, err := j.client.send(ctx, http.MethodPost, path, in, nil)
	return err
}

// Unlink implements Writer.
func (j *jira) Unlink(ctx context.Context, id string, to Target) error {
	k := call{method: http.MethodDelete, path: jiraAPI + "/issue/" + url.PathEscape(id) + "/remotelink", query: url.Values{"globalId": {globalID(to.Page)}}}
	if to.Ticket != "" {
		link, err := j.above(ctx, id, to.Ticket)
		if err != nil || link == "" {
			return err
		}
		k = call{method: http.MethodDelete, path: jiraAPI + "/issueLink/" + url.PathEscape(link)}
	}
	_, err := j.client.do(ctx, k)
	return err
}

// jiraSettles is how long after an attempt to make an issue the search is waited
// for: what it does not show by then was not made.
const jiraSettles = 2 * time.Minute

// Made implements Writer. The search follows a change by seconds to minutes, so
// after an attempt whose answer was lost it is not believed at once.
func (j *jira) Made(ctx context.Context, _, mark string) (string, error) {
	rows, _, _, err := j.search(ctx, "labels = "+jqlQuote(jiraLabel+mark), Cursor{}, 2)
	if err != nil {
		return "", err
	}
	if len(rows) > 0 {
		return rows[0].ID, nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if wait := jiraSettles - time.Since(j.tried[mark]); wait > 0 {
		return "", &RateLimited{wait}
	}
	return "", nil
}

// Make implements Writer.
func (j *jira) Make(ctx context.Context, d Draft) (string, error) {
	j.mu.Lock()
	if len(j.tried) > 1000 {
		clear(j.tried)
	}
	j.tried[d.Mark] = time.Now()
	j.mu.Unlock()
	kind := j.field("ticket_type", "[System] Incident")
	if d.Kind == "problem" {
		kind = j.field("problem_type", "[System] Problem")
	}
	in := map[string]any{"fields": map[string]any{
		"project": map[string]string{"key": j.CreateIn}, "issuetype": map[string]string{"name": kind}, "summary": cut(strings.ReplaceAll(d.Title, "\n", " "), 250),
		"description": jiraText(d.Text), "labels": []string{jiraLabel + d.Mark},
	}}
	var made struct {
		ID string `json:"id"`
	}
	_, err := j.client.send(ctx, http.MethodPost, jiraAPI+"/issue", in, &made)
	return made.ID, err
}

// Check implements System.
func (j *jira) Check(ctx context.Context) (Report, error) {
	var rep Report
	var about struct {
		Version string `json:"version"`
		Kind    string `json:"deploymentType"`
	}
	a, err := j.client.get(ctx, jiraAPI+"/serverInfo", nil)
	if err == nil {
		err = a.into(&about)
	}
	if err != nil {
		return rep, err
	}
	rep.Version, rep.Skew, rep.Expires = strings.TrimSpace(about.Version+" "+about.Kind), a.skew(time.Now()), j.expires(ctx)
	if cloud := about.Kind == "Cloud"; about.Kind != "" && cloud != j.cloud {
		rep.lack("it is " + about.Kind + "; set username for Cloud, and leave it out for Data Center")
	}
	if err := j.checkProjects(ctx, &rep); err != nil {
		return rep, err
	}
	err = cmp.Or(j.checkRights(ctx, &rep), j.checkTimes(ctx, &rep))
	return rep, err
}

func (j *jira) checkProjects(ctx context.Context, rep *Report) error {
	a, err := j.client.get(ctx, jiraAPI+"/project", nil)
	if err != nil {
		return err
	}
	var list []struct {
		Key string `json:"key"`
	}
	if err := a.into(&list); err != nil {
		return err
	}
	for _, p := range list {
		rep.Queues = append(rep.Queues, p.Key)
	}
	for _, q := range j.Queues {
		if !slices.Contains(rep.Queues, q) {
			rep.lack("project " + q + " cannot be seen; give the user Browse Projects on it, or correct queues")
		}
	}
	if j.Write.Makes() != "" && !slices.Contains(rep.Queues, j.CreateIn) {
		rep.lack(fmt.Sprintf("project %q of create_in cannot be seen; name the key of one the user may create issues in", j.CreateIn))
	}
	return nil
}

func (j *jira) checkRights(ctx context.Context, rep *Report) error {
	wanted := []struct {
		key  string
		when bool
	}{{"ADD_COMMENTS", j.Write.Notes() || j.Write.PublicReply != ""}, {"LINK_ISSUES", j.Write.Links()}, {"CREATE_ISSUES", j.Write.Makes() != ""}}
	a, err := j.client.get(ctx, jiraAPI+"/mypermissions", url.Values{"permissions": {"ADD_COMMENTS,LINK_ISSUES,CREATE_ISSUES"}})
	if err != nil {
		return err
	}
	var mine struct {
		Permissions map[string]struct {
			Have bool `json:"havePermission"`
		} `json:"permissions"`
	}
	if err := a.into(&mine); err != nil {
		return err
	}
	for _, w := range wanted {
		if w.when && !mine.Permissions[w.key].Have {
			rep.lack("the permission " + w.key + " is missing; give it to the user in the project, or switch off what needs it")
		}
	}
	return nil
}

// checkTimes asks for what changes two hours from now: there must be nothing.
func (j *jira) checkTimes(ctx context.Context, rep *Report) error {
	later := time.Now().Add(rep.Skew + 2*time.Hour).UnixMilli()
	rows, _, _, err := j.search(ctx, "updated >= "+strconv.FormatInt(later, 10), Cursor{}, 1)
	if err == nil && len(rows) > 0 {
		rep.lack("times of queries are not honoured, so all issues would be read each time; tell us of it")
	}
	return err
}
