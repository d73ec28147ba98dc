package figures

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"headstart"
	"headstart/lang"
)

// draftPath is where the problem record of a cause is drafted.
func (f *Figures) draftPath(asset string) string {
	q := url.Values{"from": {f.Period.From.Format(time.DateOnly)}, "to": {f.Period.Last().Format(time.DateOnly)}, "asset": {asset}}
	return "/api/v1/kpis/problem?" + q.Encode()
}

// Problem drafts a problem record of a recurring cause, as Markdown: what comes back,
// the evidence, what it costs, and what to do first. False: asset is no recurring
// cause of these figures.
func (f *Figures) Problem(asset string, catalog *headstart.Catalog, say *lang.Words) (string, bool) {
	at := slices.IndexFunc(f.Recurring, func(c Cause) bool { return c.Asset == asset })
	if at < 0 {
		return "", false
	}
	c := &f.Recurring[at]
	t := teller{f, catalog, say}
	p := paper{say: say}
	name := t.asset(asset)
	p.head("# ", "problem.title", "name", name)
	p.line("problem.what", "name", name, "asset", asset, "n", len(c.Incidents), "from", say.Date(f.Period.From), "to", say.Date(f.Period.Last()))
	if names := t.services(c.Services); names != "" {
		p.line("problem.services", "services", names)
	}
	p.head("## ", "problem.evidence")
	if pattern := t.pattern(c); pattern != "" {
		p.line("problem.pattern", "pattern", pattern)
	}
	p.gap()
	p.table(t, c)
	p.head("## ", "problem.cost")
	p.line("problem.cost.text", "minutes", lang.Number(say.Lang, int(c.Minutes)), "people", lang.Number(say.Lang, int(c.PeopleMinutes)), "n", c.Tickets)
	p.head("## ", "problem.proposal")
	for _, key := range t.proposals(c) {
		p.item(key, "name", name)
	}
	p.line("problem.made")
	return p.String(), true
}

func (t teller) services(ids []string) string {
	names := make([]string, len(ids))
	for n, id := range ids {
		names[n] = t.name(ByService, id)
	}
	return joined(names)
}

// proposals are what the evidence asks to look at first.
func (t teller) proposals(c *Cause) []string {
	var out []string
	if c.Hour >= 0 {
		out = append(out, "problem.do.hour")
	}
	if slices.ContainsFunc(c.Incidents, func(i Incident) bool { return i.CauseKind == headstart.CauseSuspected }) {
		out = append(out, "problem.do.probe")
	}
	known := slices.ContainsFunc(t.catalog.KnownErrors, func(k headstart.KnownError) bool { return slices.Contains(k.Assets, c.Asset) })
	if !known {
		out = append(out, "problem.do.known")
	}
	return append(out, "problem.do.cause")
}

// paper is a text in Markdown.
type paper struct {
	strings.Builder
	say *lang.Words
}

func (p *paper) head(sign, key string, vars ...any) {
	p.gap()
	p.WriteString(sign + p.say.Say(key, escaped(vars)...) + "\n\n")
}

// gap leaves one empty line below what stands there.
func (p *paper) gap() {
	if p.Len() > 0 && !strings.HasSuffix(p.String(), "\n\n") {
		p.WriteString("\n")
	}
}

func (p *paper) line(key string, vars ...any) {
	p.gap()
	p.WriteString(p.say.Say(key, escaped(vars)...) + "\n")
}

func (p *paper) item(key string, vars ...any) {
	p.WriteString("- " + p.say.Say(key, escaped(vars)...) + "\n")
}

func (p *paper) table(t teller, c *Cause) {
	cell := func(key string) string { return p.say.Say(key) }
	p.WriteString("| " + strings.Join([]string{cell("problem.col.incident"), cell("problem.col.began"), cell("problem.col.lasted"), cell("problem.col.people"), cell("problem.col.tickets")}, " | ") + " |\n")
	p.WriteString("|---|---|---|---|---|\n")
	for _, i := range c.Incidents {
		lasted := p.say.Say("problem.runs")
		if i.Ended != 0 {
			lasted = p.say.Brief(time.Duration(i.Ended-i.Started) * time.Second)
		}
		began := time.Unix(i.Started, 0)
		p.WriteString("| " + strings.Join([]string{string(i.ID), p.say.Stamp(began), lasted, strconv.Itoa(i.People), strconv.Itoa(i.Linked)}, " | ") + " |\n")
	}
}

// escaped keeps names from being taken for Markdown.
func escaped(vars []any) []any {
	out := slices.Clone(vars)
	for n := 1; n < len(out); n += 2 {
		if s, ok := out[n].(string); ok {
			out[n] = marks.Replace(s)
		}
	}
	return out
}

var marks = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`, "|", `\|`, "!", `\!`, "\n", " ", "\r", " ",
)

func joined(list []string) string { return strings.Join(list, ", ") }
