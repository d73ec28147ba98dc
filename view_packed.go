package headstart

import "time"

// What a View holds packed, field by field.

var (
	packedAlerts = packing[string, AlertState]{
		name: func(a *AlertState) *string { return &a.Fingerprint }, fields: packAlert, text: packAlertText,
	}
	packedProblems  = packing[ProblemKey, Problem]{name: func(x *Problem) *ProblemKey { return &x.Key }, fields: packProblem}
	packedMembers   = packing[int, Member]{name: func(m *Member) *int { return &m.N }, fields: packMember}
	packedDecisions = packing[uint64, Decision]{
		name: func(d *Decision) *uint64 { return &d.N }, fields: packDecision, text: packDecisionText,
	}
)

func packAlert(p *packer, a *AlertState) {
	p.alertHead(a)
	p.alertTold(a)
	p.moment(&a.StartsAt)
	p.moment(&a.UpdatedAt)
	mapping(p, &a.Origins, (*packer).moment)
	p.moment(&a.EndedAt)
	phrase(p, &a.Problem)
}

// AlertPromise is until when an origin holds an alert alive, as readers see it.
type AlertPromise struct {
	Firing    bool
	UpdatedAt time.Time
	Until     time.Time // zero: it does not hold it, or until it says otherwise
}

// AlertPromise returns that of an alert's origin, or false if nobody knows the alert. It is
// asked at each repeat that makes an alert live longer, and makes no maps of what the row says.
func (v *View) AlertPromise(fingerprint, origin string) (x AlertPromise, known bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	row, known := v.alerts.rows[fingerprint]
	if !known {
		return x, false
	}
	p := packer{does: passing, words: v.lexicon, from: row}
	var a AlertState
	p.alertHead(&a)
	p.alertTold(&a)
	p.does = reading
	p.moment(&a.StartsAt)
	p.moment(&x.UpdatedAt)
	n, _ := p.size(0, false)
	for range n {
		var from string
		var until time.Time
		word(&p, &from)
		if p.moment(&until); from == origin {
			x.Until = until
		}
	}
	x.Firing = a.Firing
	return x, true
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

// CountUnplaced returns how many problems that are not over nobody could place. Each scrape of
// the metrics asks: it makes no problem of the rows of all others.
func (v *View) CountUnplaced() int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	n := 0
	var x Problem // of which there would be one for each row
	for key, row := range v.problems.rows {
		if (&packer{does: reading, from: row}).problemHead(&x); !x.Unplaced {
			continue
		}
		if v.problems.read(key, row, &x); x.State != ProblemHealthy {
			n++
		}
	}
	return n
}

// alertTold is what its sender told of an alert.
func (p *packer) alertTold(a *AlertState) {
	number(p, &a.V)
	mapping(p, &a.Labels, word)
	mapping(p, &a.Annotations, word)
	word(p, &a.Generator)
}

func (p *packer) problemHead(x *Problem) {
	p.flags(&x.Probed, &x.Unstable, &x.Expired, &x.Unplaced)
}

func packProblem(p *packer, x *Problem) {
	p.problemHead(x)
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
