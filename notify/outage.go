package notify

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/credentials"
)

// outage keeps outage records in ServiceNow, table cmdb_ci_outage, by the Table API
// v2: one for each affected service that the configuration maps to an item of the
// CMDB. Portals that show current outages show them. A record bears our mark in its
// short description, by which a repeat finds it.
type outage struct {
	name   string
	base   string            // without a slash at the end
	items  map[string]string // service of the catalog: name of an item of the CMDB
	login  string            // Basic; empty: by tokens
	tokens *tokens
	caller *caller
}

// outageHandle is the records made, sys_id by service.
type outageHandle struct {
	Records map[string]string `json:"records"`
}

// snowTime is how the Table API writes times, in UTC.
const snowTime = "2006-01-02 15:04:05"

func newOutage(cfg ChannelConfig, o ChannelOptions) (Channel, error) {
	s := &outage{name: cfg.Name, base: strings.TrimRight(cfg.URL, "/"), items: cfg.Items}
	var err error
	if s.caller, err = newCaller("servicenow", s.base, cfg, o); err != nil {
		return nil, err
	}
	if cfg.ClientID != "" {
		at := cfg
		at.TokenURL = s.base + "/oauth_token.do"
		s.tokens, err = newTokens(at, o, "")
		return s, err
	}
	password, err := credentials.Secret("password_file", cfg.PasswordFile)
	if err != nil {
		return nil, err
	}
	s.login = "Basic " + base64.StdEncoding.EncodeToString([]byte(cfg.Username+":"+password))
	return s, nil
}

// Name implements Channel.
func (s *outage) Name() string { return s.name }

// timeout leaves room for a call or three for each service.
func (s *outage) timeout() time.Duration {
	return min(s.caller.limit()*time.Duration(3*len(s.items)), 5*time.Minute)
}

// Caps implements Channel.
func (s *outage) Caps() Caps { return outageCaps }

// Post implements Channel. The handle holds what was made also when err is not nil.
func (s *outage) Post(ctx context.Context, n *headstart.Notice) (Handle, error) {
	return s.keep(ctx, n, map[string]string{})
}

// Update implements Channel.
func (s *outage) Update(ctx context.Context, h Handle, n *headstart.Notice) (Handle, error) {
	var at outageHandle
	if err := json.Unmarshal(h, &at); err != nil || at.Records == nil {
		return nil, ErrGone
	}
	return s.keep(ctx, n, at.Records)
}

// Reply implements Channel; a record has no thread, so it is never called.
func (s *outage) Reply(ctx context.Context, h Handle, n *headstart.Notice) error {
	_, err := s.Update(ctx, h, n)
	return err
}

// keep brings the records of n's services to what n says, and those of services
// that were affected before.
func (s *outage) keep(ctx context.Context, n *headstart.Notice, records map[string]string) (Handle, error) {
	services := slices.Collect(maps.Keys(records))
	for _, service := range n.Services {
		if s.items[service] != "" && records[service] == "" {
			services = append(services, service)
		}
	}
	slices.Sort(services)
	var errs []error
	for _, service := range services {
		id, err := s.record(ctx, n, service, records[service])
		if err != nil {
			errs = append(errs, err)
			if _, limited := errors.AsType[*RateLimited](err); limited {
				break // the rest waits too
			}
			continue
		}
		records[service] = id
	}
	h, err := json.Marshal(outageHandle{records})
	return h, errors.Join(append(errs, err)...)
}

// record edits one record, or makes it if there is none.
func (s *outage) record(ctx context.Context, n *headstart.Notice, service, id string) (string, error) {
	mark := outageMark(n, service)
	if id == "" && n.Attempt > 0 {
		var err error
		if id, err = s.find(ctx, mark); err != nil {
			return "", err
		}
	}
	fields := outageFields(n, mark)
	if id != "" {
		_, err := s.call(ctx, http.MethodPatch, "cmdb_ci_outage/"+id, nil, fields)
		if statusOf(err) != http.StatusNotFound {
			return id, err
		}
	}
	item, err := s.item(ctx, s.items[service])
	if err != nil {
		return "", err
	}
	fields["cmdb_ci"], fields["begin"] = item, n.At.UTC().Format(snowTime)
	if !n.Since.IsZero() {
		fields["begin"] = n.Since.UTC().Format(snowTime)
	}
	rows, err := s.call(ctx, http.MethodPost, "cmdb_ci_outage", nil, fields)
	if err != nil {
		return "", err
	}
	if len(rows) != 1 || rows[0]["sys_id"] == "" {
		return "", errors.New("servicenow: made a record and did not say which")
	}
	return rows[0]["sys_id"], nil
}

// outageFields are what a record says of n.
func outageFields(n *headstart.Notice, mark string) map[string]string {
	l := letterOf(n)
	f := map[string]string{
		"type": "outage", "end": "",
		"short_description": shorten(l.title(), 100) + " " + mark,
		"details":           strings.ReplaceAll(html.EscapeString(l.plain()), "\n", "<br>"), // the field holds HTML
	}
	switch p := n.Phase; {
	case p == headstart.MaintenanceAnnounced || p == headstart.MaintenanceStarted || p == headstart.MaintenanceExtended:
		f["type"] = "planned"
	case p.Final():
		f["end"] = n.At.UTC().Format(snowTime)
	}
	return f
}

// outageMark names the record of an announcement about a service.
func outageMark(n *headstart.Notice, service string) string {
	sum := sha256.Sum256([]byte(n.UID + "\x00" + n.Audience + "\x00" + service))
	return "[hs-" + hex.EncodeToString(sum[:8]) + "]"
}

func (s *outage) find(ctx context.Context, mark string) (string, error) {
	rows, err := s.call(ctx, http.MethodGet, "cmdb_ci_outage", url.Values{
		"sysparm_query": {"short_descriptionLIKE" + mark}, "sysparm_fields": {"sys_id,short_description"}, "sysparm_limit": {"5"},
	}, nil)
	if err != nil {
		return "", err
	}
	for _, row := range rows { // a query with a mistake is answered with every row
		if strings.HasSuffix(row["short_description"], mark) {
			return row["sys_id"], nil
		}
	}
	return "", nil
}

// item is the sys_id of the one item of a name.
func (s *outage) item(ctx context.Context, name string) (string, error) {
	rows, err := s.call(ctx, http.MethodGet, "cmdb_ci", url.Values{
		"sysparm_query": {"name=" + strings.ReplaceAll(name, "^", "^^")}, "sysparm_fields": {"sys_id,name"}, "sysparm_limit": {"2"},
	}, nil)
	if err != nil {
		return "", err
	}
	if len(rows) != 1 || rows[0]["name"] != name {
		return "", fmt.Errorf("servicenow: the CMDB has not exactly one item named %q; correct items", name)
	}
	return rows[0]["sys_id"], nil
}

// call asks a table and returns its rows.
func (s *outage) call(ctx context.Context, method, path string, q url.Values, fields map[string]string) ([]map[string]string, error) {
	var body []byte
	header := map[string]string{"Accept": "application/json"}
	if fields != nil {
		var err error
		if body, err = json.Marshal(fields); err != nil {
			return nil, &Permanent{err}
		}
		header["Content-Type"] = "application/json"
	}
	address := s.base + "/api/now/table/" + path
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	var reply []byte
	var err error
	if s.tokens != nil {
		reply, err = s.tokens.call(ctx, s.caller, method, address, header, body)
	} else {
		header["Authorization"] = s.login
		reply, err = s.caller.call(ctx, method, address, header, body)
	}
	switch statusOf(err) {
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil, errors.New("servicenow: the account may not do this; give it read on cmdb_ci and write on cmdb_ci_outage") // a person can undo it
	}
	if err != nil {
		return nil, err
	}
	return readRows(reply)
}

// readRows reads a row or a list of rows; values of other kinds than text are
// left out.
func readRows(reply []byte) ([]map[string]string, error) {
	var one struct {
		Result json.RawMessage `json:"result"`
	}
	if err := json.Unmarshal(reply, &one); err != nil || len(one.Result) == 0 {
		return nil, errors.New("servicenow: the answer cannot be read; is url that of an instance?")
	}
	var raw []map[string]any
	if json.Unmarshal(one.Result, &raw) != nil {
		var row map[string]any
		if err := json.Unmarshal(one.Result, &row); err != nil {
			return nil, errors.New("servicenow: the answer holds no rows")
		}
		raw = []map[string]any{row}
	}
	out := make([]map[string]string, 0, len(raw))
	for _, row := range raw {
		fields := map[string]string{}
		for k, v := range row {
			if s, ok := v.(string); ok {
				fields[k] = s
			}
		}
		out = append(out, fields)
	}
	return out, nil
}

// examine looks for every item of the CMDB by its name.
func (s *outage) examine(ctx context.Context) (string, error) {
	for _, name := range slices.Sorted(maps.Values(s.items)) {
		if _, err := s.item(ctx, name); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("the CMDB has each of %d items once", len(s.items)), nil
}
