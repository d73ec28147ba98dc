package headstart

import "strconv"

// Lists are the long lists of a row as JSON, from who has them written already; nil
// ones are written from the row.
type Lists struct{ Services, Locations, Departments []byte }

// list writes one of them.
func (w *rowText) list(name string, list []string, written []byte) {
	if written == nil {
		w.texts(name, list)
		return
	}
	w.name(name)
	w.b = append(w.b, written...)
}

// AppendRow appends i as its row of TableIncidents: the bytes encoding/json gives.
// TestRowsAreJSON compares the two.
func (i *Incident) AppendRow(b []byte, lists Lists) []byte {
	w := rowText{b}
	w.number(`{"v":`, i.V)
	w.text(`,"id":`, string(i.ID))
	w.text(`,"uid":`, i.UID)
	w.text(`,"ref":`, i.Ref)
	w.number(`,"seq":`, i.Seq)
	w.someText(`,"kind":`, i.Kind)
	i.rowFace(&w)
	w.list(`,"services":`, i.Services, lists.Services)
	w.list(`,"locations":`, i.Locations, lists.Locations)
	w.list(`,"departments":`, i.Departments, lists.Departments)
	i.rowCounts(&w)
	i.rowPeople(&w)
	i.rowEnd(&w)
	return w.b
}

// rowFace writes what it is and when.
func (i *Incident) rowFace(w *rowText) {
	w.names(`,"title":`, i.Title)
	w.text(`,"state":`, string(i.State))
	w.text(`,"priority":`, i.Priority)
	w.text(`,"impact":`, i.Impact)
	w.text(`,"urgency":`, i.Urgency)
	w.flag(`,"confidential":`, i.Confidential)
	w.text(`,"probable_cause":{"asset":`, i.Cause.Asset)
	w.texts(`,"also":`, i.Cause.Also)
	w.text(`,"kind":`, string(i.Cause.Kind))
	w.text(`,"reason":`, i.Cause.Reason)
	w.end()
	w.texts(`,"tags":`, i.Tags)
	w.time(`,"started_at":`, i.StartedAt)
	w.time(`,"opened_at":`, i.OpenedAt)
	w.timeOrNull(`,"announced_at":`, i.AnnouncedAt)
	w.timeOrNull(`,"resolved_at":`, i.ResolvedAt)
	w.timeOrNull(`,"closed_at":`, i.ClosedAt)
	w.text(`,"close_reason":`, i.CloseReason)
}

// rowCounts writes how many it hits, and how many said so.
func (i *Incident) rowCounts(w *rowText) {
	w.number(`,"people":`, i.People)
	if len(i.SilencedBy) > 0 {
		w.object(`,"silenced_by":`, i.SilencedBy)
	}
	w.number(`,"alerts":{"firing":`, i.Alerts.Firing)
	w.number(`,"total":`, i.Alerts.Total)
	w.texts(`,"assets":`, i.Alerts.Assets)
	w.texts(`,"firing_assets":`, i.Alerts.FiringAssets)
	w.end()
	w.number(`,"tickets":{"linked":`, i.Tickets.Linked)
	w.number(`,"suggested":`, i.Tickets.Suggested)
	w.timeOrNull(`,"first_at":`, i.Tickets.FirstAt)
	w.number(`,"left_out":`, i.Tickets.LeftOut)
	w.end()
	w.number(`,"confirmations":`, i.Confirmations)
	w.someNumber(`,"works_for":`, i.WorksFor)
	w.number(`,"callers":`, i.Callers)
	w.timeOrNull(`,"first_caller_at":`, i.FirstCallerAt)
	w.name(`,"lead_seconds":`)
	if i.LeadSeconds == nil {
		w.null()
	} else {
		w.b = strconv.AppendInt(w.b, *i.LeadSeconds, 10)
	}
	orNull(w, `,"lead_left_out":`, i.LeadLeftOut)
}

// rowPeople writes who has it, and what it has to do with others.
func (i *Incident) rowPeople(w *rowText) {
	w.text(`,"owner":`, i.Owner)
	w.text(`,"support_group":`, i.SupportGroup)
	w.timeOrNull(`,"acknowledged_at":`, i.AcknowledgedAt)
	w.text(`,"known_error":`, i.KnownError)
	w.text(`,"merged_into":`, string(i.MergedInto))
	w.text(`,"split_from":`, string(i.SplitFrom))
	w.text(`,"recurrence_of":`, string(i.RecurrenceOf))
	w.number(`,"reopens":`, i.Reopens)
	w.flag(`,"stale":`, i.Stale)
	orNull(w, `,"problem_candidate":`, i.ProblemCandidate)
}

// rowEnd writes when it is over, and what is told of it.
func (i *Incident) rowEnd(w *rowText) {
	orNull(w, `,"eta":`, i.ETA)
	if i.ETAProposed != nil {
		w.object(`,"eta_proposed":`, i.ETAProposed)
	}
	w.timeOrNull(`,"next_update_by":`, i.NextUpdateBy)
	if len(i.Fits) > 0 {
		w.object(`,"known_error_fits":`, i.Fits)
	}
	if i.Summary != nil {
		w.object(`,"summary":`, i.Summary)
	}
	w.someTexts(`,"used_links":`, i.UsedLinks)
	writeList(w, `,"announcements":`, i.Announcements, func(a *Announcement) { w.b = a.AppendRow(w.b, Lists{}) })
	writeList(w, `,"timeline":`, i.Timeline, func(e *TimelineEntry) { w.object("", e) })
	w.name(`,"group":`)
	w.b = strconv.AppendUint(w.b, uint64(i.Group), 10)
	w.end()
}

// orNull writes what is rare, of nil null.
func orNull[T any](w *rowText, name string, x *T) {
	if x == nil {
		w.name(name)
		w.null()
		return
	}
	w.object(name, x)
}

// names writes a plain text as a string, as Names.MarshalJSON does.
func (w *rowText) names(name string, n Names) {
	if s, plain := n[""]; plain && len(n) == 1 {
		w.text(name, s)
		return
	}
	w.texted(name, n)
}
