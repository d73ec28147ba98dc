package web

import (
	"time"

	"headstart"
	"headstart/lang"
)

// LeadFacts say who was first, users or we, as far as it is known at now.
func LeadFacts(say *lang.Words, now time.Time, i *headstart.Incident) []string {
	facts := []string{say.Say("desk.nomessage"), say.Say("desk.nofirst")}
	if i.AnnouncedAt != nil {
		facts[0] = say.Say("desk.message", "time", say.When(*i.AnnouncedAt, now))
	}
	if i.Tickets.FirstAt != nil {
		facts[1] = say.Say("desk.first", "time", say.When(*i.Tickets.FirstAt, now))
	}
	if i.LeadSeconds != nil {
		facts = append(facts, leadSentence(say, *i.LeadSeconds))
	}
	if i.LeadLeftOut != nil {
		facts = append(facts, say.Say("desk.leftout", "reason", i.LeadLeftOut.Reason))
	}
	if i.Tickets.LeftOut > 0 {
		facts = append(facts, say.Say("desk.timeless", "n", i.Tickets.LeftOut))
	}
	if i.Callers > 0 && i.FirstCallerAt != nil {
		facts = append(facts, say.Say("desk.callers", "n", i.Callers, "time", say.When(*i.FirstCallerAt, now)))
	}
	return facts
}

func leadSentence(say *lang.Words, seconds int64) string {
	span := time.Duration(seconds) * time.Second
	if span < 0 {
		return say.Say("report.lead.user", "span", say.Brief(span))
	}
	return say.Say("report.lead.us", "span", say.Brief(span))
}
