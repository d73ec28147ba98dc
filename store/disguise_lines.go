package store

import (
	"strings"

	"headstart"
)

// line returns l with what the allow-list lets out. Every field that is absent
// below stays at home.
func (d *disguise) line(l headstart.Line) headstart.Line {
	switch {
	case l.Config != nil:
		return headstart.Line{Config: d.config(l.Config)}
	case l.Alert != nil:
		return headstart.Line{Alert: d.alert(l.Alert)}
	case len(l.Refresh) > 0:
		return headstart.Line{Refresh: d.refresh(l.Refresh)}
	case l.Check != nil:
		return headstart.Line{Check: d.check(l.Check)}
	case l.Ticket != nil:
		return headstart.Line{Ticket: d.ticket(l.Ticket)}
	case l.Maintenance != nil:
		return headstart.Line{Maintenance: d.maintenance(l.Maintenance)}
	case l.Silence != nil:
		return headstart.Line{Silence: d.silence(l.Silence)}
	case l.Confirm != nil:
		c := *l.Confirm
		return headstart.Line{Confirm: &headstart.Confirm{
			Incident: d.incident(c.Incident), Service: d.word(c.Service), Location: d.word(c.Location), Device: d.word(c.Device), Channel: c.Channel, Inside: c.Inside, Works: c.Works,
		}}
	case l.Command != nil:
		return headstart.Line{Command: d.command(l.Command)}
	case l.Model != nil:
		return headstart.Line{Model: &headstart.Model{Version: l.Model.Version, Weights: l.Model.Weights, Shipped: l.Model.Shipped}}
	case l.Delivery != nil:
		x := *l.Delivery
		return headstart.Line{Delivery: &headstart.Delivery{Key: x.Key, Outcome: x.Outcome, RetryAt: x.RetryAt, Attempt: x.Attempt}}
	}
	return headstart.Line{}
}

func (d *disguise) alert(a *headstart.Alert) *headstart.Alert {
	out := &headstart.Alert{
		Source: d.word(a.Source), Labels: map[string]string{}, Annotations: d.values(a.Annotations),
		StartsAt: a.StartsAt, EndsAt: a.EndsAt, GeneratorURL: d.word(a.GeneratorURL),
	}
	for k, v := range a.Labels {
		if !d.labels[k] {
			v = d.word(v)
		}
		out.Labels[k] = v
	}
	d.prints[a.Fingerprint()] = out.Fingerprint()
	return out
}

func (d *disguise) refresh(list []headstart.Refresh) []headstart.Refresh {
	out := make([]headstart.Refresh, len(list))
	for i, r := range list {
		out[i] = headstart.Refresh{Fingerprint: d.print(r.Fingerprint), Source: d.word(r.Source), EndsAt: r.EndsAt, Gone: r.Gone}
	}
	return out
}

func (d *disguise) check(c *headstart.Check) *headstart.Check {
	out := &headstart.Check{
		Probe: d.word(c.Probe), Kind: c.Kind, Asset: d.word(c.Asset), Service: d.word(c.Service), Location: d.word(c.Location),
		Verdict: c.Verdict, Reason: d.word(c.Reason), Agent: d.word(c.Agent), Replica: d.word(c.Replica), Asked: c.Asked, ObservedAt: c.ObservedAt,
		Spool: c.Spool, Seq: c.Seq, SentAt: c.SentAt,
	}
	for _, x := range c.Conditions {
		out.Conditions = append(out.Conditions, headstart.Condition{Name: x.Name, Effect: x.Effect})
	}
	return out
}

func (d *disguise) ticket(t *headstart.Ticket) *headstart.Ticket {
	out := &headstart.Ticket{
		Source: t.Source, ID: d.word(t.ID), Evidence: d.evidence(t.Evidence),
		Requester: headstart.Requester{
			ID: d.word(t.Requester.ID), Department: d.word(t.Requester.Department), Location: d.word(t.Requester.Location), Shared: t.Requester.Shared,
		},
		Category: d.word(t.Category), Priority: t.Priority, Status: t.Status, Channel: t.Channel,
		CreatedAt: t.CreatedAt, ReportedAt: t.ReportedAt, UpdatedAt: t.UpdatedAt, FirstResponseAt: t.FirstResponseAt, SolvedAt: t.SolvedAt,
		SupportGroup: d.word(t.SupportGroup), Line: t.Line, Reopens: t.Reopens, Contacts: t.Contacts, WaitingOn: t.WaitingOn,
	}
	return out
}

func (d *disguise) evidence(e *headstart.Evidence) *headstart.Evidence {
	if e == nil {
		return nil
	}
	mentions := func(list []headstart.Mention) []headstart.Mention {
		var out []headstart.Mention
		for _, m := range list {
			out = append(out, headstart.Mention{ID: d.word(m.ID), Strength: m.Strength})
		}
		return out
	}
	out := &headstart.Evidence{
		Version: e.Version, Catalog: e.Catalog, Assets: mentions(e.Assets), Locations: mentions(e.Locations), Departments: mentions(e.Departments),
		Cues: e.Cues, Floors: e.Floors, Language: e.Language, Length: e.Length,
	}
	for _, s := range e.Stems {
		out.Stems = append(out.Stems, d.token(s))
	}
	return out
}

func (d *disguise) maintenance(m *headstart.MaintenanceWindow) *headstart.MaintenanceWindow {
	return &headstart.MaintenanceWindow{
		ID: d.word(m.ID), Assets: d.words(m.Assets), Services: d.words(m.Services), Locations: d.words(m.Locations),
		StartsAt: m.StartsAt, EndsAt: m.EndsAt, Owner: d.word(m.Owner), Summary: d.names(m.Summary), Cancelled: m.Cancelled,
		Proposed: m.Proposed, Source: d.word(m.Source), Rev: d.word(m.Rev), By: d.word(m.By),
	}
}

func (d *disguise) silence(s *headstart.Silence) *headstart.Silence {
	out := &headstart.Silence{
		ID: s.ID, Matchers: s.Matchers, StartsAt: s.StartsAt, EndsAt: s.EndsAt,
		CreatedBy: d.word(s.CreatedBy), Comment: d.word(s.Comment), Deleted: s.Deleted,
		By: d.word(s.By), Source: d.word(s.Source),
	}
	if fp := s.Inhibits(); fp != "" { // it mutes by the fingerprint; its matchers decide nothing
		out.ID, out.Matchers = headstart.InhibitionID(d.print(fp)), nil
	}
	for _, fp := range s.Inhibitors {
		out.Inhibitors = append(out.Inhibitors, d.print(fp))
	}
	return out
}

// print is the fingerprint an alert has once its labels are disguised.
func (d *disguise) print(fingerprint string) string {
	if p, ok := d.prints[fingerprint]; ok {
		return p
	}
	return d.token(fingerprint)
}

func (d *disguise) command(c *headstart.Command) *headstart.Command {
	return &headstart.Command{
		ID: c.ID, By: d.word(c.By), Do: c.Do, Incident: d.incident(c.Incident), Ref: d.word(c.Ref), Title: d.word(c.Title),
		Asset: d.word(c.Asset), Services: d.words(c.Services), Locations: d.words(c.Locations), Departments: d.words(c.Departments),
		Severity: c.Severity, Into: d.incident(c.Into), Assets: d.words(c.Assets),
		Ticket: d.word(c.Ticket), Source: c.Source, Channel: c.Channel,
		Owner: d.word(c.Owner), SupportGroup: d.word(c.SupportGroup), Text: d.word(c.Text), ETA: c.ETA,
		Phase: c.Phase, Audience: d.word(c.Audience), Variables: d.values(c.Variables), Announcement: c.Announcement, Incidents: d.incidents(c.Incidents), Draft: c.Draft, Published: c.Published,
		Cause: d.word(c.Cause), Solution: d.word(c.Solution), Prevention: d.word(c.Prevention), KnownError: d.known(c.KnownError), Summary: d.word(c.Summary),
		Record: d.record(c.Record), Edition: c.Edition,
		Until: c.Until, Due: c.Due, For: d.duration(c.For), Kind: c.Kind, At: c.At, Value: c.Value,
		Exported: d.exported(c.Exported),
	}
}

func (d *disguise) exported(x *headstart.Exported) *headstart.Exported {
	if x == nil {
		return nil
	}
	out := &headstart.Exported{File: x.File}
	for _, item := range x.Items {
		if source, id, named := strings.Cut(item.Ticket, "/"); named {
			item.Ticket = source + "/" + d.word(id)
		}
		item.Incident = headstart.IncidentID(d.incident(string(item.Incident)))
		out.Items = append(out.Items, item)
	}
	return out
}
