package statuspage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"headstart"
	"headstart/credentials"
)

// Microsoft is the service health of a Microsoft 365 tenant, read through Graph as
// an application with the permission ServiceHealth.Read.All.
type Microsoft struct {
	Graph string // base URL, such as https://graph.microsoft.com
	Login string // base URL; empty: the one that belongs to Graph

	Tenant, ClientID, Secret string
}

// logins are where the tokens of each cloud's Graph are given out.
var logins = map[string]string{
	"graph.microsoft.com":             "https://login.microsoftonline.com",
	"graph.microsoft.us":              "https://login.microsoftonline.us",
	"dod-graph.microsoft.us":          "https://login.microsoftonline.us",
	"microsoftgraph.chinacloudapi.cn": "https://login.partner.microsoftonline.cn",
	"canary.graph.microsoft.com":      "https://login.microsoftonline.com",
}

// LoginOf returns where the token for graph, a base URL, is given out, or an
// error that names the clouds known.
func LoginOf(graph string) (string, error) {
	u, err := url.Parse(graph)
	if err == nil && u.Scheme == "https" && logins[u.Host] != "" && strings.Trim(u.Path, "/") == "" {
		return logins[u.Host], nil
	}
	return "", errors.New("target is no Microsoft Graph; write https://graph.microsoft.com")
}

// health are the states of serviceHealthStatus in Graph v1.0.
var health = map[string]state{
	"serviceOperational":          {headstart.OK, "works"},
	"serviceRestored":             {headstart.OK, "works again"},
	"postIncidentReviewPublished": {headstart.OK, "works again"},
	"falsePositive":               {headstart.OK, "works"},
	"resolved":                    {headstart.OK, "works again"},
	"resolvedExternal":            {headstart.OK, "works again"},
	"mitigated":                   {headstart.OK, "works again"},
	"mitigatedExternal":           {headstart.OK, "works again"},
	"investigating":               {headstart.Warn, "is being looked into"},
	"reported":                    {headstart.Warn, "is being looked into"},
	"confirmed":                   {headstart.Warn, "has a confirmed fault"},
	"investigationSuspended":      {headstart.Warn, "has a fault that waits for details"},
	"verifyingService":            {headstart.Warn, "was repaired, which is being verified"},
	"restoringService":            {headstart.Warn, "is being restored"},
	"extendedRecovery":            {headstart.Warn, "recovers slowly"},
	"serviceDegradation":          {headstart.Warn, "is degraded"},
	"serviceInterruption":         {headstart.Down, "is out"},
}

type overview struct {
	ID      string `json:"id"`
	Service string `json:"service"`
	Status  string `json:"status"`
}

type issue struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Service string `json:"service"`
}

// Read judges the services wanted, by name or id; if there are none, all of them.
func (m Microsoft) Read(ctx context.Context, client *http.Client, wanted []string) (Report, error) {
	if m.Login == "" {
		login, err := LoginOf(m.Graph)
		if err != nil {
			return Report{}, err
		}
		m.Login = login
	}
	token, err := m.token(ctx, client)
	if err != nil {
		return Report{}, err
	}
	overviews, err := list[overview](ctx, client, m.Graph, "/v1.0/admin/serviceAnnouncement/healthOverviews", token)
	if err != nil {
		return Report{}, err
	}
	worst, count, err := worstService(overviews, wanted)
	if err != nil {
		return Report{}, err
	}
	is := health[worst.Status]
	r := Report{Verdict: is.verdict, Reason: worst.Service + " " + is.words}
	switch {
	case is.verdict == headstart.OK && count > 1:
		r.Reason = fmt.Sprintf("all %d services work", count)
	case is.verdict != headstart.OK:
		// Without its title the verdict stands all the same.
		r.Reason += m.title(ctx, client, token, worst.Service)
	}
	return r, nil
}

// token logs on with client credentials, each time: tokens live for an hour, and
// one that is kept is one more secret in memory.
func (m Microsoft) token(ctx context.Context, client *http.Client) (string, error) {
	token, err := credentials.NewTokens(credentials.OAuthClient{
		ID: m.ClientID, Secret: m.Secret, URL: m.Login + "/" + url.PathEscape(m.Tenant) + "/oauth2/v2.0/token", Scope: strings.TrimRight(m.Graph, "/") + "/.default", HTTP: client,
	}).Token(ctx)
	refusal, isRefused := errors.AsType[*credentials.Refused](err)
	switch {
	case isRefused:
		return "", fmt.Errorf("the log-in at Microsoft is refused with %w; check tenant, client_id and whether the secret expired", &refused{refusal.Response.StatusCode})
	case errors.Is(err, credentials.ErrNoToken):
		return "", errors.New("the log-in at Microsoft gave no token")
	}
	return token, err
}

// mostPages of one list are read.
const mostPages = 10

// list reads a collection of Graph, page after page. Pages elsewhere are not read:
// the token would go there.
func list[T any](ctx context.Context, client *http.Client, graph, path, token string) ([]T, error) {
	graph = strings.TrimRight(graph, "/")
	var all []T
	next := graph + path
	for range mostPages {
		body, err := get(ctx, client, next, token)
		if status := new(refused); errors.As(err, &status) {
			return nil, graphRefused(status)
		}
		if err != nil {
			return nil, err
		}
		var page struct {
			Value []T    `json:"value"`
			Next  string `json:"@odata.nextLink"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, errors.New("Microsoft Graph gave no list")
		}
		all = append(all, page.Value...)
		if next = page.Next; !strings.HasPrefix(next, graph+"/") {
			break
		}
	}
	return all, nil
}

func graphRefused(status *refused) error {
	switch status.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("Microsoft Graph answers %w; give the application the permission ServiceHealth.Read.All, with admin consent", status)
	case http.StatusTooManyRequests:
		return fmt.Errorf("Microsoft Graph answers %w; raise interval", status)
	}
	return fmt.Errorf("Microsoft Graph answers %w", status)
}

// worstService returns the gravest of the services wanted and how many these are.
func worstService(all []overview, wanted []string) (worst overview, count int, err error) {
	if len(wanted) == 0 {
		for _, o := range all {
			wanted = append(wanted, o.ID)
		}
	}
	if len(wanted) == 0 {
		return worst, 0, errors.New("Microsoft Graph names no service; check that the tenant has licences")
	}
	for i, w := range wanted {
		o, found := service(all, w)
		if !found {
			return worst, 0, missing(w, serviceNames(all))
		}
		is, known := health[o.Status]
		if !known {
			return worst, 0, fmt.Errorf("%s is %q, which is no documented status", o.Service, o.Status)
		}
		if i == 0 || grave(is.verdict) > grave(health[worst.Status].verdict) {
			worst = o
		}
	}
	return worst, len(wanted), nil
}

func service(all []overview, wanted string) (overview, bool) {
	for _, o := range all {
		if strings.EqualFold(o.ID, wanted) || strings.EqualFold(o.Service, wanted) {
			return o, true
		}
	}
	return overview{}, false
}

func serviceNames(all []overview) []string {
	var names []string
	for _, o := range all {
		names = append(names, o.Service)
	}
	return names
}

// title is ": ", the number and the title of the first open issue of service.
func (m Microsoft) title(ctx context.Context, client *http.Client, token, service string) string {
	open, err := list[issue](ctx, client, m.Graph, "/v1.0/admin/serviceAnnouncement/issues?"+url.Values{"$filter": {"isResolved eq false"}}.Encode(), token)
	if err != nil {
		return ""
	}
	for _, i := range open {
		if i.Service == service {
			return ": " + strings.TrimSpace(i.ID+" "+i.Title)
		}
	}
	return ""
}
