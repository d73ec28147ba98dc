package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Kuma is what a backup of an Uptime Kuma holds. Passwords, tokens and bodies are not
// kept: only that there are some.
type Kuma struct {
	Version       string
	Monitors      []Monitor
	Notifications []string // their names; how they send is a secret mostly
	Proxies       int
	Mistakes      []Mistake
}

// Monitor is one check of an Uptime Kuma, or a group of them. A field that is not set
// is empty.
type Monitor struct {
	Line              int
	ID, Parent        int
	Name, Type        string
	Active            bool
	Description       string
	URL, Method       string
	Hostname          string
	Port              int
	Interval          int // seconds
	Timeout           float64
	Retries           int
	UpsideDown        bool
	IgnoreTLS         bool
	Redirects         int // at most; -1: not said
	Keyword           string
	InvertKeyword     bool
	Statuses          []string // 200-299, 301
	DNSType           string
	DNSServer         string
	GRPCURL           string
	Database          string // HOST:PORT of the database
	Basic             bool   // user and password
	AuthMethod        string
	Headers           map[string]string
	HeadersUnread     bool // they are no JSON object
	Body              bool
	Tags              []Tag
	Notified, Proxied bool
}

// Tag is a word people put on a monitor, with a value or without.
type Tag struct{ Name, Value string }

// monitor is one as the backup has it: the answer of Monitor.toJSON in Uptime Kuma's
// server/model/monitor.js, releases 1.0 to 1.23. Numbers and booleans come as either.
type monitor struct {
	ID            number         `json:"id"`
	Parent        number         `json:"parent"`
	Name          string         `json:"name"`
	Type          string         `json:"type"`
	Active        *number        `json:"active"`
	Description   string         `json:"description"`
	URL           string         `json:"url"`
	Method        string         `json:"method"`
	Hostname      string         `json:"hostname"`
	Port          number         `json:"port"`
	Interval      number         `json:"interval"`
	Timeout       number         `json:"timeout"`
	Retries       number         `json:"maxretries"`
	UpsideDown    number         `json:"upsideDown"`
	IgnoreTLS     number         `json:"ignoreTls"`
	Redirects     *number        `json:"maxredirects"`
	Keyword       string         `json:"keyword"`
	InvertKeyword number         `json:"invertKeyword"`
	Statuses      []string       `json:"accepted_statuscodes"`
	DNSType       string         `json:"dns_resolve_type"`
	DNSServer     string         `json:"dns_resolve_server"`
	GRPCURL       string         `json:"grpcUrl"`
	Database      string         `json:"databaseConnectionString"`
	User          string         `json:"basic_auth_user"`
	Password      string         `json:"basic_auth_pass"`
	AuthMethod    string         `json:"authMethod"`
	Headers       string         `json:"headers"`
	Body          string         `json:"body"`
	Tags          []Tag          `json:"tags"`
	Notifications map[string]any `json:"notificationIDList"`
	Proxy         number         `json:"proxyId"`
}

// number is a number, a boolean, a number in quotes, or null, which is zero.
type number float64

// UnmarshalJSON takes any of these.
func (n *number) UnmarshalJSON(b []byte) error {
	switch text := strings.Trim(string(b), `"`); text {
	case "null", "", "false":
		*n = 0
	case "true":
		*n = 1
	default:
		var f float64
		if err := json.Unmarshal([]byte(text), &f); err != nil || f != f || f > 1e9 || f < -1e9 {
			return fmt.Errorf("%.20s is no number", text)
		}
		*n = number(f)
	}
	return nil
}

// ReadKuma reads a backup as Uptime Kuma 1 writes it: {version, notificationList,
// monitorList, proxyList}.
func ReadKuma(data []byte) (Kuma, error) {
	data, err := tidy(data)
	if err != nil {
		return Kuma{}, err
	}
	if err := isJSON(data); err != nil {
		return Kuma{}, err
	}
	whole, err := object(data, 1)
	if err != nil || whole["monitorList"].raw == nil {
		return Kuma{}, errors.New("this is no backup of Uptime Kuma: it holds no monitorList; export one at Settings, Backup (releases 1.x)")
	}
	k := Kuma{}
	_ = json.Unmarshal(whole["version"].raw, &k.Version) // an unknown one changes nothing
	monitors, err := elements(whole["monitorList"].raw, whole["monitorList"].line)
	if err != nil {
		return k, fmt.Errorf("monitorList %w", err)
	}
	for _, e := range monitors {
		var m monitor
		if err := json.Unmarshal(e.raw, &m); err != nil {
			k.Mistakes = append(k.Mistakes, Mistake{e.line, fmt.Sprintf("is no monitor (%s); export it again", where(err))})
			continue
		}
		k.Monitors = append(k.Monitors, m.read(e.line))
	}
	k.others(whole)
	return k, nil
}

// where says which field of an object is wrong, without its value: it may be a secret.
func where(err error) string {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return "field " + wrong.Field
	}
	return "a field is no value of its kind"
}

// others counts what a backup holds beside monitors.
func (k *Kuma) others(whole map[string]entry) {
	notifications, _ := elements(whole["notificationList"].raw, 1) // absent: none
	for _, e := range notifications {
		var n struct {
			Name string `json:"name"`
		}
		_ = json.Unmarshal(e.raw, &n)
		k.Notifications = append(k.Notifications, cut(n.Name))
	}
	proxies, _ := elements(whole["proxyList"].raw, 1)
	k.Proxies = len(proxies)
}

func (m *monitor) read(line int) Monitor {
	out := Monitor{
		Line: line, ID: int(m.ID), Parent: int(m.Parent), Name: cut(m.Name), Type: cut(m.Type), Active: m.Active == nil || *m.Active != 0,
		Description: cut(m.Description), URL: cut(m.URL), Method: cut(m.Method), Hostname: cut(m.Hostname), Port: int(m.Port),
		Interval: int(m.Interval), Timeout: float64(m.Timeout), Retries: int(m.Retries), UpsideDown: m.UpsideDown != 0, IgnoreTLS: m.IgnoreTLS != 0,
		Redirects: -1, Keyword: cut(m.Keyword), InvertKeyword: m.InvertKeyword != 0, Statuses: m.Statuses,
		DNSType: cut(m.DNSType), DNSServer: cut(m.DNSServer), GRPCURL: cut(m.GRPCURL), Database: databaseHost(m.Database),
		Basic: m.User != "" || m.Password != "", AuthMethod: cut(m.AuthMethod), Body: strings.TrimSpace(m.Body) != "",
		Tags: m.Tags, Notified: len(m.Notifications) > 0, Proxied: m.Proxy != 0,
	}
	if m.Redirects != nil {
		out.Redirects = int(*m.Redirects)
	}
	if h := strings.TrimSpace(m.Headers); h != "" {
		out.HeadersUnread = json.Unmarshal([]byte(h), &out.Headers) != nil || len(out.Headers) > mostLabels
	}
	if out.HeadersUnread {
		out.Headers = nil
	}
	out.Tags, out.Statuses = out.Tags[:min(len(out.Tags), mostLabels)], out.Statuses[:min(len(out.Statuses), mostLabels)]
	for i := range out.Tags {
		out.Tags[i] = Tag{cut(out.Tags[i].Name), cut(out.Tags[i].Value)}
	}
	return out
}

// databaseHost returns HOST:PORT of a connection string, a URL or a list of KEY=VALUE,
// and nothing else of it; empty if there is none.
func databaseHost(text string) string {
	if _, rest, ok := strings.Cut(text, "://"); ok {
		rest, _, _ = strings.Cut(rest, "/")
		rest, _, _ = strings.Cut(rest, "?")
		return cut(rest[strings.LastIndexByte(rest, '@')+1:])
	}
	host, port := "", ""
	for part := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(part, "=")
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "server", "host", "data source", "address":
			host = strings.TrimPrefix(strings.TrimSpace(value), "tcp:")
		case "port":
			port = strings.TrimSpace(value)
		}
	}
	if h, p, ok := strings.Cut(host, ","); ok { // as SQL Server writes it
		host, port = h, p
	}
	if host != "" && port != "" {
		host += ":" + port
	}
	return cut(host)
}

// cut bounds a text; what is longer than any name is none.
func cut(s string) string {
	if len(s) > mostLetters {
		return strings.ToValidUTF8(s[:mostLetters], "")
	}
	return s
}
