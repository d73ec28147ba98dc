package main

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"time"

	"headstart"
	"headstart/agents"
	"headstart/configs"
	"headstart/report"
)

// mornings makes morning reports of what this process sees.
type mornings struct {
	cfg    *configs.Config
	view   *headstart.View
	checks func() []headstart.CheckResult
	clock  func() time.Time                                  // nil: time.Now
	titles func(context.Context, []string) map[string]string // nil: none are kept here
	heard  func() []report.Source
	key    []byte // that addresses in mails are signed with; empty: there are none
	kept   keptMornings
}

// inForm is a report in the form that was asked for.
func inForm(r *report.Morning, ask *headstart.ReportAsk) (headstart.ReportAnswer, error) {
	answer := headstart.ReportAnswer{Level: int(r.Level), At: r.At, Type: "text/plain; charset=utf-8"}
	var err error
	switch ask.Format {
	case headstart.ReportText:
		answer.Body = []byte(r.Write(report.Style{Width: cmp.Or(ask.Width, 80), ASCII: ask.ASCII, Color: ask.Color}))
	case headstart.ReportMarkdown:
		answer.Body, answer.Type = []byte(r.Markdown()), "text/markdown; charset=utf-8"
	case headstart.ReportHTML:
		answer.Type = "text/html; charset=utf-8"
		var mail string
		mail, err = r.Mail()
		answer.Body = []byte(mail)
	case headstart.ReportTeams:
		answer.Type = "application/json"
		answer.Body, err = r.Card()
	case headstart.ReportPage, headstart.ReportWalk:
		answer.Type = "text/html; charset=utf-8"
		answer.Body, err = r.Fragment(ask.Format == headstart.ReportWalk)
	default:
		answer.Type = "application/json"
		answer.Body, err = r.JSON()
	}
	return answer, err
}

// report makes the report that ask wants.
func (m *mornings) report(ctx context.Context, ask *headstart.ReportAsk) *report.Morning {
	return report.NewMorning(m.input(ctx, ask))
}

// input is what the report that ask wants is made of. Titles of tickets stand in what a
// person looks at, and in what is sent only if the configuration says so.
func (m *mornings) input(ctx context.Context, ask *headstart.ReportAsk) report.Input {
	in := report.Input{
		View: m.view, Now: ask.At, Calendar: &m.cfg.Calendar, Zone: zoneOf(m.cfg), Lang: cmp.Or(ask.Lang, m.cfg.Language),
		Edition: ask.Edition, At: m.cfg.Report.At, Since: ask.Since, Mark: ask.Mark, MarkSeen: ask.Seen,
		Checks: m.checks(), Reader: ask.Reader, URL: m.cfg.Door.ExternalURL,
	}
	if in.Now.IsZero() {
		in.Now = time.Now()
		if m.clock != nil {
			in.Now = m.clock()
		}
	}
	if m.heard != nil {
		in.Sources = m.heard()
	}
	sent := ask.Format == headstart.ReportHTML || ask.Format == headstart.ReportMarkdown || ask.Format == headstart.ReportTeams
	if m.titles != nil && (!sent || m.cfg.Report.MailTitles) {
		in.Titles = func(keys []string) map[string]string { return m.titles(ctx, keys) }
	}
	if len(m.key) > 0 {
		in.Ask = m.tickPath
	}
	return in
}

// send makes the report that a notice asks for, as things are now (notify.Options.Report).
func (m *mornings) send(ctx context.Context, n *headstart.Notice) (headstart.Report, error) {
	lang := m.cfg.Language
	if len(n.Languages) > 0 {
		lang = n.Languages[0]
	}
	ask := headstart.ReportAsk{Format: headstart.ReportHTML, Edition: n.Report, Lang: lang}
	r := m.report(ctx, &ask)
	mail, err := r.Mail()
	if err != nil {
		return headstart.Report{}, err
	}
	card, err := r.Card()
	if err != nil {
		return headstart.Report{}, err
	}
	return headstart.Report{Subject: r.Verdict(), HTML: mail, Text: r.Text(80, false), Markdown: r.Markdown(), Card: card}, nil
}

// tickPath is the address of the page that asks whether a to-do is done. The signature
// says that we wrote it: what it leads to asks for a log-in, and acts by a press only.
func (m *mornings) tickPath(todo string) string {
	return "/morning/tick?" + url.Values{"todo": {todo}, "sig": {m.sign(todo)}}.Encode()
}

// signed reports whether a signature of such an address is ours.
func (m *mornings) signed(todo, signature string) bool {
	return todo != "" && hmac.Equal([]byte(signature), []byte(m.sign(todo)))
}

func (m *mornings) sign(todo string) string {
	mac := hmac.New(sha256.New, m.key)
	mac.Write([]byte("morning/tick\x00" + todo))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// sourcesOf is when each source was last heard by this process.
func sourcesOf(cfg *configs.Config, tickets, alerts func() []headstart.Heard, sites func() []agents.SiteState, checks func() []headstart.CheckResult) func() []report.Source {
	every := map[string]time.Duration{}
	for _, p := range cfg.Probes.Probes {
		every[p.Name] = cmp.Or(time.Duration(p.Interval), time.Minute)
	}
	silent := map[string]time.Duration{}
	for _, s := range cfg.Agents {
		silent[s.Name] = time.Duration(s.SilentAfter)
	}
	return func() []report.Source {
		var out []report.Source
		for _, h := range tickets() {
			out = append(out, report.Source{Name: h.Source, Feed: report.FeedTickets, At: h.At, Interval: h.Every})
		}
		for _, h := range alerts() {
			out = append(out, report.Source{Name: h.Source, Feed: report.FeedAlerts, At: h.At, Interval: h.Every})
		}
		for _, s := range sites() {
			const usual = 90 * time.Second // agents[].silent_after
			out = append(out, report.Source{Name: s.Name, Feed: report.FeedSite, At: s.HeardAt, Interval: cmp.Or(silent[s.Name], usual) / 3})
		}
		return append(out, checkSources(checks(), every)...)
	}
}

// checkSources are printers and all other checks: as old as their newest result, and
// usually heard as often as their busiest probe looks.
func checkSources(results []headstart.CheckResult, every map[string]time.Duration) []report.Source {
	found := map[report.Feed]*report.Source{}
	for n := range results {
		r := &results[n]
		feed := report.FeedChecks
		if r.Kind == "printer" {
			feed = report.FeedPrinters
		}
		s := found[feed]
		if s == nil {
			s = &report.Source{Feed: feed}
			found[feed] = s
		}
		if r.At.After(s.At) {
			s.At = r.At
		}
		if often := cmp.Or(every[r.Probe], 5*time.Minute); s.Interval == 0 || often < s.Interval {
			s.Interval = often
		}
	}
	var out []report.Source
	for _, feed := range []report.Feed{report.FeedChecks, report.FeedPrinters} {
		if s := found[feed]; s != nil {
			out = append(out, *s)
		}
	}
	return out
}
