package headstart

// What a View holds packed, field by field.

var (
	packedAlerts    = packing[string, AlertState]{func(a *AlertState) *string { return &a.Fingerprint }, packAlert}
	packedProblems  = packing[ProblemKey, Problem]{func(x *Problem) *ProblemKey { return &x.Key }, packProblem}
	packedMembers   = packing[int, Member]{func(m *Member) *int { return &m.N }, packMember}
	packedDecisions = packing[uint64, Decision]{func(d *Decision) *uint64 { return &d.N }, packDecision}
)

func packAlert(p *packer, a *AlertState) {
	p.alertHead(a)
	number(p, &a.V)
	mapping(p, &a.Labels, word)
	mapping(p, &a.Annotations, word)
	word(p, &a.Generator)
	p.moment(&a.StartsAt)
	p.moment(&a.UpdatedAt)
	mapping(p, &a.Origins, (*packer).moment)
	p.moment(&a.EndedAt)
	phrase(p, &a.Problem)
}

// silencedAlert reports whether a silence matches an alert. It is asked of each alert that
// a page is about, and reads no more of it.
func (v *View) silencedAlert(fingerprint string) bool {
	row, known := v.alerts.rows[fingerprint]
	if !known {
		return false
	}
	var a AlertState
	(&packer{does: reading, words: v.lexicon, from: row}).alertHead(&a)
	return len(a.Silenced) > 0
}

func (p *packer) alertHead(a *AlertState) {
	p.flags(&a.Firing, &a.Expired)
	list(p, &a.Silenced, word)
}

func packProblem(p *packer, x *Problem) {
	p.flags(&x.Probed, &x.Unstable, &x.Expired, &x.Unplaced)
	number(p, &x.V)
	word(p, &x.Asset)
	word(p, &x.Check)
	word(p, &x.Service)
	word(p, &x.Location)
	word(p, &x.Class)
	word(p, &x.State)
	p.moment(&x.Onset)
	p.moment(&x.Began)
	p.moment(&x.Cleared)
	word(p, &x.Reason)
	word(p, &x.Severity)
	count(p, &x.Group)
	list(p, &x.Alerts, literal)
	list(p, &x.Muted, word)
	pointed(p, &x.Suppressed, func(p *packer, s *Suppression) {
		word(p, &s.By)
		p.moment(&s.Since)
		p.moment(&s.Until)
	})
}

func packMember(p *packer, m *Member) {
	number(p, &m.V)
	count(p, &m.Group)
	phrase(p, &m.Problem)
	word(p, &m.Asset)
	p.moment(&m.Joined)
	p.moment(&m.Left)
	word(p, &m.Rule)
}

func packDecision(p *packer, d *Decision) {
	number(p, &d.V)
	p.moment(&d.At)
	word(p, &d.Rule)
	word(p, &d.Outcome)
	word(p, &d.By)
	phrase(p, &d.Subject)
	list(p, &d.Facts, func(p *packer, f *Fact) {
		word(p, &f.Name)
		word(p, &f.Value)
	})
	word(p, &d.Incident)
}
