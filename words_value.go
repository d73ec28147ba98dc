package headstart

import (
	"cmp"
	"time"

	"github.com/prometheus/common/model"
)

// value says a fact as people do: a moment in zone, with its day only if that
// is not the decision's; a phase or a channel in their language.
func (d *Decision) value(f Fact, lang string, zone *time.Location) string {
	switch f.Name {
	case "phase", "channel", "reason", "last":
		if w, ok := valueWords[f.Value]; ok && lang != "en" {
			return w[0]
		} else if ok {
			return w[1]
		}
	case "impact", "urgency":
		if lang != "en" {
			return cmp.Or(dutchExtent[f.Value], f.Value)
		}
	case "lead", "margin", "age", "settled", "after", "hold", "recover", "reopen", "late_cause", "gap", "limit", "within", "quiet", "per":
		return briefly(f.Value)
	case "people":
		if f.Value == "0" { // no head-count in the catalog is not nobody
			return map[bool]string{true: "unknown", false: "onbekend"}[lang == "en"]
		}
	case "at", "since", "until", "eta", "promised", "starts", "ends", "reported", "announced":
		t, err := time.Parse(time.RFC3339Nano, f.Value)
		if err != nil {
			break
		}
		t = t.In(zone)
		if t.YearDay() == d.At.In(zone).YearDay() {
			return t.Format("15:04")
		}
		return t.Format("02-01 15:04")
	}
	return f.Value
}

// briefly says a duration of Go or of the configuration as people do; what is
// none stays.
func briefly(value string) string {
	if t, err := model.ParseDuration(value); err == nil {
		return short(time.Duration(t))
	}
	if t, err := time.ParseDuration(value); err == nil {
		return short(t)
	}
	return value
}

// dutchExtent are impact and urgency in Dutch; the keywords are English words already.
var dutchExtent = map[string]string{
	"person": "één persoon", "team": "team", "location": "locatie", "organisation": "organisatie",
	"low": "laag", "normal": "normaal", "high": "hoog",
}

// valueWords are the keywords that facts keep, in Dutch and English.
var valueWords = map[string][2]string{
	string(Investigating):   {"wij zoeken het uit", "investigating"},
	string(Identified):      {"oorzaak bekend", "cause known"},
	string(Progress):        {"stand van zaken", "progress"},
	string(ETAChanged):      {"andere tijd", "changed time"},
	string(WorkaroundFound): {"wat u zelf kunt doen", "workaround"},
	string(Solved):          {"opgelost", "resolved"},
	string(Reopened):        {"toch nog niet over", "reopened"},
	string(Withdrawn):       {"ingetrokken", "withdrawn"},

	"opened":   {"geopend", "opened"},
	"joined":   {"erbij gekomen", "joined"},
	"well":     {"hersteld", "well"},
	"failing":  {"faalt", "failing"},
	"severity": {"ernstiger", "more severe"},
	"merged":   {"samengevoegd", "merged"},

	"unowned":      {"niemand nam het op", "nobody took it"},
	"silent_owner": {"niets gehoord", "not heard"},
	"promise":      {"belofte", "promise"},
	"missed":       {"belofte gemist", "promise missed"},
	"waiting":      {"een bericht wacht", "a message waits"},
	"owner":        {"er is een eigenaar", "it has an owner"},
	"approved":     {"er wacht geen bericht meer", "no message waits any more"},
	"stock":        {"weer op voorraad", "in stock again"},

	"phone":   {"(telefoon)", "(phone)"},
	"walk_in": {"(balie)", "(walk-in)"},
	"mail":    {"(mail)", "(mail)"},
	"chat":    {"(chat)", "(chat)"},
	"portal":  {"(portaal)", "(portal)"},
}
