package headstart

// AppendRow appends a as its row of TableAnnouncements: the bytes encoding/json gives.
// TestRowsAreJSON compares the two.
func (a *Announcement) AppendRow(b []byte, lists Lists) []byte {
	w := rowText{b}
	w.number(`{"v":`, a.V)
	w.text(`,"id":`, a.ID)
	a.rowSubject(&w)
	w.text(`,"uid":`, a.UID)
	w.text(`,"audience":`, a.Audience)
	w.texts(`,"languages":`, a.Languages)
	w.text(`,"state":`, string(a.State))
	w.text(`,"how":`, string(a.How))
	w.text(`,"severity":`, a.Severity)
	w.text(`,"kind":`, string(a.Kind))
	w.text(`,"effect":`, a.Effect)
	w.list(`,"services":`, a.Services, lists.Services)
	w.list(`,"locations":`, a.Locations, lists.Locations)
	w.number(`,"people":`, a.People)
	w.someFlag(`,"confidential":`, a.Confidential)
	a.rowTold(&w)
	w.end()
	return w.b
}

// rowSubject writes what it is about.
func (a *Announcement) rowSubject(w *rowText) {
	w.text(`,"incident":`, string(a.Incident))
	w.incidents(`,"also":`, a.Also)
	w.someText(`,"first":`, string(a.First))
	w.someText(`,"window":`, a.Window)
	w.someText(`,"number":`, a.Number)
	w.someTime(`,"starts_at":`, a.StartsAt)
	w.someTime(`,"ends_at":`, a.EndsAt)
	w.someTime(`,"next_push":`, a.NextPush)
	w.someText(`,"declined":`, string(a.Declined))
}

// rowTold writes what was told, is to be, and was promised.
func (a *Announcement) rowTold(w *rowText) {
	writeList(w, `,"updates":`, a.Updates, func(u *Update) { u.row(w) })
	w.name(`,"draft":`)
	if a.Draft == nil {
		w.null()
	} else {
		a.Draft.row(w)
	}
	w.someFlag(`,"push_draft":`, a.PushDraft)
	a.Pushing.row(w)
	w.timeOrNull(`,"next_update_by":`, a.NextUpdateBy)
	w.someTimeAt(`,"missed":`, a.Missed)
	w.number(`,"promises":[`, a.Promises[0])
	w.number(`,`, a.Promises[1])
	w.name(`]`)
	w.someTexts(`,"heard":`, a.Heard)
	w.someTexts(`,"folded":`, a.Folded)
	if len(a.Posts) > 0 {
		w.object(`,"posts":`, a.Posts)
	}
}

// incidents writes a list that is not empty.
func (w *rowText) incidents(name string, list []IncidentID) {
	if len(list) > 0 {
		writeList(w, name, list, func(id *IncidentID) { w.b = AppendText(w.b, string(*id)) })
	}
}

// row writes how a push stands unless nothing was decided yet.
func (p *Pushing) row(w *rowText) {
	if p.At == (Pushing{}).At && p.Why == nil && !p.Again && !p.Declined && p.Digest == p.At && p.Digested == p.At && p.Would == nil {
		return
	}
	w.name(`,"pushing":`)
	from := len(w.b)
	w.someTime(`,"at":`, p.At)
	w.someTexts(`,"why":`, p.Why)
	w.someFlag(`,"again":`, p.Again)
	w.someFlag(`,"declined":`, p.Declined)
	w.someTime(`,"digest":`, p.Digest)
	w.someTime(`,"digested":`, p.Digested)
	if p.Would != nil {
		w.object(`,"would":`, p.Would)
	}
	w.open(from)
}

// open makes an object of the members written since the row was so long; all of them
// may have been left out.
func (w *rowText) open(from int) {
	if len(w.b) == from {
		w.b = append(w.b, '{')
	} else {
		w.b[from] = '{' // for the comma of the first
	}
	w.end()
}

func (u *Update) row(w *rowText) {
	w.number(`{"n":`, u.N)
	w.text(`,"phase":`, string(u.Phase))
	w.time(`,"at":`, u.At)
	writeMap(w, `,"text":`, u.Text, func(t Text) { t.row(w) })
	w.timeOrNull(`,"next_update_by":`, u.NextUpdateBy)
	w.someTimeAt(`,"expected":`, u.Expected)
	w.flag(`,"final":`, u.Final)
	w.text(`,"how":`, string(u.How))
	w.someFlag(`,"corrects":`, u.Corrects)
	u.rowSigned(w)
	if len(u.Hits) > 0 {
		w.object(`,"hits":`, u.Hits)
	}
	w.someTexts(`,"why":`, u.Why)
	w.someTexts(`,"missing":`, u.Missing)
	w.someNumber(`,"people":`, u.People)
	w.someNumber(`,"groups":`, u.Groups)
	w.someTexts(`,"pushed":`, u.Pushed)
	w.someTimeAt(`,"scheduled_for":`, u.ScheduledFor)
	w.incidents(`,"about":`, u.About)
	w.incidents(`,"over":`, u.Over)
	if u.Basis != nil {
		u.Basis.row(w)
	}
	w.someTexted(`,"hashes":`, u.Hashes)
	w.end()
}

// rowSigned writes who wrote it.
func (u *Update) rowSigned(w *rowText) {
	w.text(`,"by":`, u.By)
	w.someTexts(`,"earlier":`, u.Earlier)
	w.someFlag(`,"edited":`, u.Edited)
	w.someText(`,"approver":`, u.Approver)
	w.someText(`,"pushed_by":`, u.PushedBy)
}

func (t *Text) row(w *rowText) {
	w.text(`{"title":`, t.Title)
	w.text(`,"short":`, t.Short)
	w.someText(`,"phone":`, t.Phone)
	w.someText(`,"subject":`, t.Subject)
	writeList(w, `,"lines":`, t.Lines, func(l *TextLine) {
		w.text(`{"label":`, l.Label)
		w.text(`,"text":`, l.Text)
		w.end()
	})
	w.text(`,"body":`, t.Body)
	w.end()
}

func (b *Basis) row(w *rowText) {
	w.name(`,"basis":`)
	from := len(w.b)
	w.someText(`,"template":`, b.Template)
	w.text(`,"kind":`, string(b.Kind))
	w.text(`,"effect":`, b.Effect)
	writeMap(w, `,"vars":`, b.Vars, func(said map[string]string) { w.texted("", said) })
	w.someTexted(`,"typed":`, b.Typed)
	w.someTime(`,"now":`, b.Now)
	w.someTime(`,"since":`, b.Since)
	w.someTime(`,"next_update":`, b.NextUpdate)
	w.someTime(`,"expected":`, b.Expected)
	w.someTime(`,"expected_old":`, b.ExpectedOld)
	w.someTime(`,"ended":`, b.Ended)
	w.someTime(`,"look_from":`, b.LookFrom)
	w.someTime(`,"start":`, b.Start)
	w.someTime(`,"end":`, b.End)
	w.someTime(`,"end_old":`, b.EndOld)
	w.someFlag(`,"attended":`, b.Attended)
	w.someFlag(`,"checks_good":`, b.ChecksGood)
	w.someFlag(`,"not_seen":`, b.NotSeen)
	w.someFlag(`,"by_person":`, b.ByPerson)
	w.someFlag(`,"less_often":`, b.LessOften)
	w.open(from)
}
