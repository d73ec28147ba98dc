package discover

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"headstart/probes/discover/export"
)

// Gatus reads one file of a configuration of gatus. Its endpoints become probes, the
// hosts they ask devices, and its groups services of these.
func (in *Import) Gatus(name string, data []byte) ([]Mistake, error) {
	g, err := export.ReadGatus(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	in.Account.Program = "gatus"
	for i := range g.Endpoints {
		in.endpoint(fmt.Sprintf("%s:%d", name, g.Endpoints[i].Line), &g.Endpoints[i])
	}
	for i := range g.External {
		e := &g.External[i]
		s := in.Account.of(fmt.Sprintf("%s:%d", name, e.Line), "endpoint", e.Name)
		if !e.Enabled || fold(e.Name) == "" {
			s.left("paused", "")
			continue
		}
		s.taken()
		a := Ask{Name: plain(gatusName(e)), Interval: seconds(e.Interval.Seconds())}
		if e.Interval == 0 {
			s.less("freshness", "")
		}
		in.push(s, a)
	}
	for _, suite := range g.Suites {
		in.Account.of(name, "suite", suite).left("suite", "")
	}
	for _, section := range g.Sections {
		in.Account.of(name, "section", section).left("section", section)
	}
	return at(name, g.Mistakes), nil
}

// gatusName is what a probe is called after: an endpoint's name is unique in its group
// only.
func gatusName(e *export.Endpoint) string { return strings.TrimSpace(e.Group + " " + e.Name) }

func (in *Import) endpoint(place string, e *export.Endpoint) {
	s := in.Account.of(place, "endpoint", e.Name)
	switch {
	case fold(e.Name) == "":
		s.left("noname", "")
		return
	case !e.Enabled:
		s.left("paused", "")
		return
	case strings.Contains(e.URL, "$"):
		s.left("environment", "")
		return
	case e.LogIn != "":
		s.left("auth", e.LogIn)
		return
	}
	r := Record{Source: place, Calls: plain(e.Name)}
	r.say("endpoint ", plain(e.Name))
	for _, key := range sortedKeys(e.Labels) {
		r.tag(key, e.Labels[key])
	}
	if isPlace(e.Group) {
		r.Place.Name = cmp.Or(r.Place.Name, plain(e.Group))
	} else if fold(e.Group) != "" {
		r.Services = add(r.Services, plain(e.Group))
	}
	if r.Place.Name == "" {
		r.Place = Place{Name: r.Place.Site}
	}
	a := Ask{Name: plain(gatusName(e)), Interval: seconds(e.Interval.Seconds()), Timeout: seconds(e.Timeout.Seconds())}
	if e.Timeout >= e.Interval && e.Interval > 0 {
		a.Timeout = ""
	}
	if e.Fails != 3 {
		a.Fails = min(max(e.Fails, 0), 100)
	}
	if e.Successes != 2 {
		a.Successes = min(max(e.Successes, 0), 100)
	}
	if !in.endpointAsk(s, &r, a, e) {
		return
	}
	s.taken()
	if e.Alerts > 0 {
		s.less("alerts", "")
	}
	if e.Windows > 0 {
		s.less("windows", "")
	}
	if e.Proxied {
		s.less("proxied", "")
	}
	in.Records = append(in.Records, r)
}

// endpointAsk proposes how an endpoint is asked, by the scheme of its address.
func (in *Import) endpointAsk(s *subject, r *Record, a Ask, e *export.Endpoint) bool {
	scheme, rest, ok := strings.Cut(e.URL, "://")
	if !ok || e.QueryName != "" {
		scheme, rest = "dns", e.URL[strings.Index(e.URL, "://")+1:]
		rest = strings.TrimPrefix(rest, "//")
	}
	rest = strings.TrimSuffix(rest, "/")
	if scheme != "http" && scheme != "https" {
		in.plainConditions(s, e)
	}
	switch scheme {
	case "http", "https":
		return in.endpointWeb(s, r, a, e)
	case "dns":
		server, port := rest, 53
		if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, ']') && strings.Count(rest, ":") == 1 {
			server = rest[:i]
			port, _ = strconv.Atoi(rest[i+1:]) // zero: the usual one
		}
		return in.dns(s, r, a, server, port, e.QueryName, strings.ToUpper(cmp.Or(e.QueryType, "A")))
	case "icmp":
		a.Kind = "icmp"
		return in.host(s, r, a, rest, 0)
	case "tcp":
		a.Kind = "tcp"
		return in.host(s, r, a, rest, 0)
	case "tls":
		a.Kind = "tls"
		return in.host(s, r, a, rest, 443)
	case "starttls":
		a.Kind, a.Module = "smtp", "smtp_starttls"
		return in.host(s, r, a, rest, 25)
	case "ssh":
		a.Kind = "tcp"
		s.less("connects", scheme)
		return in.host(s, r, a, rest, 22)
	case "ws", "wss":
		a.Kind = "tcp"
		s.less("connects", scheme)
		u, err := url.Parse(e.URL)
		if err != nil || secretPart(u) != "" {
			s.left("url", "")
			return false
		}
		return in.host(s, r, a, u.Host, map[string]int{"ws": 80, "wss": 443}[scheme])
	}
	s.left("type", scheme)
	return false
}

// plainConditions accounts for conditions that a check without pages does not look at.
func (in *Import) plainConditions(s *subject, e *export.Endpoint) {
	for _, text := range e.Conditions {
		if c := strings.ReplaceAll(text, " ", ""); c != "[CONNECTED]==true" && c != "[DNS_RCODE]==NOERROR" {
			what, _, _, _ := condition(text)
			s.less("condition", what)
		}
	}
}

func (in *Import) endpointWeb(s *subject, r *Record, a Ask, e *export.Endpoint) bool {
	c := webCheck{URL: e.URL, Method: e.Method, Body: e.Body, Follow: !e.NoRedirect, Insecure: e.Insecure, Headers: e.Headers}
	var wanted []func(int) bool
	for _, text := range e.Conditions {
		left, op, right, ok := condition(text)
		want, known := statusWanted(op, right)
		switch {
		case ok && known && left == "[STATUS]":
			wanted = append(wanted, want)
		case ok && left == "[CONNECTED]" && right == "true":
		case !ok || left != "[BODY]" || !c.body(op, right):
			s.less("condition", strings.TrimSpace(left))
		}
	}
	if wanted != nil {
		c.Statuses = slices.DeleteFunc(statusRange(200, 599), func(code int) bool {
			return slices.ContainsFunc(wanted, func(want func(int) bool) bool { return !want(code) })
		})
		if len(c.Statuses) == 0 {
			s.left("statuses", strings.Join(e.Conditions, ", "))
			return false
		}
		if slices.Equal(c.Statuses, statusRange(200, 299)) {
			c.Statuses = nil
		}
	}
	return in.web(s, r, a, c)
}

// body takes a condition on the body over: the first one, if it can be.
func (c *webCheck) body(op, right string) bool {
	if c.Pattern != "" || op != "==" && op != "!=" {
		return false
	}
	c.Pattern, c.Absent = bodyPattern(right), op == "!="
	return c.Pattern != ""
}

// condition takes [STATUS] == 200 apart (README of gatus, Conditions). left is what it
// is about, of one that cannot be read too.
func condition(text string) (left, op, right string, ok bool) {
	for _, op := range []string{"==", "!=", "<=", ">=", "<", ">"} {
		if left, right, ok := strings.Cut(text, " "+op+" "); ok {
			return strings.TrimSpace(left), op, strings.TrimSpace(right), true
		}
	}
	left = strings.TrimSpace(text)
	if i := strings.IndexAny(left, " =!<>"); i >= 0 {
		left = left[:i] // what it is compared with may be a secret
	}
	return left, "", "", false
}

// statusWanted reads what a condition wants of a status code.
func statusWanted(op, right string) (want func(int) bool, ok bool) {
	if list, isAny := strings.CutPrefix(right, "any("); isAny {
		var codes []int
		for part := range strings.SplitSeq(strings.TrimSuffix(list, ")"), ",") {
			n, err := strconv.Atoi(strings.TrimSpace(part))
			if err != nil {
				return nil, false
			}
			codes = append(codes, n)
		}
		return func(c int) bool { return slices.Contains(codes, c) == (op == "==") }, op == "==" || op == "!="
	}
	n, err := strconv.Atoi(right)
	return func(c int) bool {
		switch op {
		case "==":
			return c == n
		case "!=":
			return c != n
		case "<":
			return c < n
		case "<=":
			return c <= n
		case ">":
			return c > n
		}
		return c >= n
	}, err == nil
}

// bodyPattern is a regular expression for what a body must be: a text, any of several,
// or a pattern with *.
func bodyPattern(right string) string {
	if list, ok := strings.CutPrefix(right, "any("); ok {
		var parts []string
		for part := range strings.SplitSeq(strings.TrimSuffix(list, ")"), ",") {
			parts = append(parts, regexp.QuoteMeta(strings.TrimSpace(part)))
		}
		return "^(?:" + strings.Join(parts, "|") + ")$"
	}
	text, glob := strings.CutPrefix(right, "pat(")
	if glob {
		text = strings.TrimSuffix(text, ")")
	}
	if text == "" || strings.Contains(text, "[") || len(text) > 1000 {
		return "" // another placeholder, or a character class of its own
	}
	if !glob {
		return "^" + regexp.QuoteMeta(text) + "$"
	}
	begin, end := "(?s)^", "$"
	if inner, open := strings.CutPrefix(text, "*"); open {
		begin, text = "(?s)", inner
	}
	if inner, open := strings.CutSuffix(text, "*"); open {
		end, text = "", inner
	}
	return begin + strings.ReplaceAll(regexp.QuoteMeta(text), `\*`, ".*") + end
}
