package correlate

// write writes a row, the frequent ones by hand.
func (w *rowWriter) write(row any) {
	switch x := row.(type) {
	case *problem:
		w.problem(x)
	case *memory:
		w.memory(x)
	case *alert:
		w.alert(x)
	case *trace:
		w.trace(x)
	case *group:
		w.group(x)
	case *seated:
		w.member(x)
	case *asset:
		w.asset(x)
	case *timer:
		w.timer(x)
	case *clock:
		w.clock(x)
	default:
		w.b = append(w.b, encode(row)...)
	}
}

func (w *rowWriter) problem(p *problem) {
	w.begin(1)
	w.text(`,"key":`, string(p.Key))
	w.someText(`,"asset":`, p.Asset)
	w.text(`,"check":`, p.Check)
	w.someText(`,"service":`, p.Service)
	w.someText(`,"location":`, p.Location)
	w.someText(`,"class":`, string(p.Class.word()))
	w.flag(`,"probed":`, p.Probed)
	w.text(`,"state":`, string(p.State.word()))
	w.someTime(`,"onset":`, p.Onset)
	w.someTime(`,"began":`, p.Began)
	w.someTime(`,"cleared":`, p.Cleared)
	w.someText(`,"reason":`, p.Reason)
	w.someText(`,"severity":`, p.Severity)
	w.someNumber(`,"group":`, uint64(p.Group))
	w.flag(`,"unstable":`, p.Unstable)
	w.flag(`,"expired":`, p.Expired)
	w.flag(`,"unplaced":`, p.Unplaced)
	someList(w, `,"alerts":`, p.Alerts.list(), func(a *alert) { w.quote(a.Fingerprint) })
	w.texts(`,"muted":`, p.muted())
	if why := p.suppressed(); why != nil {
		w.object(`,"suppressed":`, why)
	}
	w.end()
}

func (w *rowWriter) memory(m *memory) {
	rare := m.rare
	if rare == nil {
		rare = &seldom{}
	}
	w.begin(1)
	w.flag(`,"down":`, m.Down)
	w.someText(`,"by":`, rare.By)
	w.someText(`,"method":`, rare.Method)
	w.flag(`,"waits":`, m.Waits)
	w.flag(`,"at_once":`, m.AtOnce)
	w.flag(`,"listed":`, m.Listed)
	w.someTime(`,"received":`, m.Received)
	w.someNumber(`,"last_top":`, uint64(m.LastTop))
	w.someTime(`,"heard":`, m.Heard)
	w.texts(`,"held":`, rare.Held)
	w.someTime(`,"gone":`, rare.Gone)
	w.times(`,"causes":`, rare.Causes)
	w.flips(m)
	w.someText(`,"well":`, rare.Well)
	w.someTime(`,"fell":`, rare.Fell)
	w.flag(`,"covered":`, m.Covered)
	w.texts(`,"holds":`, rare.Holds)
	w.someText(`,"released":`, rare.Released)
	w.someTime(`,"work":`, rare.Work)
	w.flag(`,"alone":`, m.Alone)
	w.end()
}

func (w *rowWriter) flips(m *memory) {
	if m.flip != 0 {
		var room [1]int64
		w.numbers(`,"flips":`, append(room[:0], m.flip))
		return
	}
	w.numbers(`,"flips":`, m.seldom().Flips)
}

func (w *rowWriter) alert(a *alert) {
	w.begin(1)
	w.text(`,"fingerprint":`, a.Fingerprint)
	w.told(a.told)
	w.time(`,"starts_at":`, a.StartsAt)
	w.time(`,"updated_at":`, a.UpdatedAt)
	w.origins(&a.origins)
	w.always(`,"firing":`, a.Firing)
	w.flag(`,"expired":`, a.Expired)
	w.someTime(`,"ended_at":`, a.EndedAt)
	w.someText(`,"problem":`, string(a.Problem))
	w.texts(`,"silenced":`, a.silenced())
	w.end()
}

// told writes what was told of an alert.
func (w *rowWriter) told(t told) {
	rest := t.rest
	w.name(`,"labels":`)
	switch {
	case t.nothing():
		w.b = append(w.b, "null"...)
	case len(t.like.labels) == 0:
		w.b = append(w.b, "{}"...)
	default:
		rest = w.pairs(t.like.labels, rest)
	}
	if t.like != nil && len(t.like.annotations) > 0 {
		w.name(`,"annotations":`)
		w.pairs(t.like.annotations, rest)
	}
	w.someText(`,"generator":`, t.generator())
}

// pairs writes what an alert says that usual is like, and returns what is left.
func (w *rowWriter) pairs(usual []entry[string], rest string) string {
	for n := range usual {
		w.b = append(w.b, separator(n, '{'))
		w.quote(usual[n].key)
		w.b = append(w.b, ':')
		var value string
		value, rest = nextTold(rest, usual[n].value)
		w.quote(value)
	}
	w.end()
	return rest
}

func (w *rowWriter) trace(t *trace) {
	x := t.past()
	w.begin(1)
	w.someTime(`,"mark":`, x.Mark)
	w.someTime(`,"promised":`, x.Promised)
	if x.Shift != 0 {
		w.integer(`,"shift":`, int64(x.Shift))
	}
	w.texts(`,"held":`, t.held())
	w.someTime(`,"heard":`, x.Heard)
	w.end()
}

func (w *rowWriter) group(g *group) {
	w.begin(g.V)
	w.number(`,"id":`, uint64(g.ID))
	w.text(`,"state":`, string(g.State))
	w.text(`,"opener":`, string(g.Opener))
	w.time(`,"received":`, instantOf(g.Received))
	w.object(`,"cause":`, &g.Cause)
	w.someText(`,"top":`, string(g.Top))
	w.integer(`,"total":`, int64(g.Total))
	w.integer(`,"firing":`, int64(g.Firing))
	w.time(`,"started_at":`, instantOf(g.StartedAt))
	w.time(`,"opened_at":`, instantOf(g.OpenedAt))
	w.someTime(`,"resolved_at":`, instantOf(g.ResolvedAt))
	w.someTime(`,"closed_at":`, instantOf(g.ClosedAt))
	w.someText(`,"close_reason":`, g.CloseReason)
	w.hits(g)
	w.someInteger(`,"people":`, g.People)
	w.integer(`,"points":`, int64(g.Points))
	w.flag(`,"proved":`, g.Proved)
	w.flag(`,"silenced":`, g.Silenced)
	if len(g.SilencedBy) > 0 {
		w.object(`,"silenced_by":`, g.SilencedBy)
	}
	w.flag(`,"confidential":`, g.Confidential)
	w.flag(`,"paused":`, g.Paused)
	if g.Overrun != nil {
		w.object(`,"overrun":`, g.Overrun)
	}
	w.flag(`,"unstable":`, g.Unstable)
	w.flag(`,"stale":`, g.Stale)
	w.flag(`,"pinned":`, g.Pinned)
	w.someNumber(`,"merged_into":`, uint64(g.MergedInto))
	w.someNumber(`,"split_from":`, uint64(g.SplitFrom))
	w.someNumber(`,"recurrence_of":`, uint64(g.RecurrenceOf))
	w.someInteger(`,"reopens":`, g.Reopens)
	if g.ProblemCandidate != nil {
		w.object(`,"problem_candidate":`, g.ProblemCandidate)
	}
	w.object(`,"own":`, &g.Own)
	w.end()
}

// hits writes what a group hits. It may be a thousand places, and the row changes
// with every member, so their text is kept until they change, that of the group written
// last.
func (w *rowWriter) hits(g *group) {
	x := &w.written
	if lists := [3][]string{g.Services, g.Locations, g.Departments}; !x.are(lists) {
		from := len(w.b)
		w.texts(`,"services":`, g.Services)
		w.texts(`,"locations":`, g.Locations)
		w.texts(`,"departments":`, g.Departments)
		x.lists, x.text = lists, append(x.text[:0], w.b[from:]...)
		return
	}
	w.b = append(w.b, x.text...)
}

// written is the text of lists that are replaced, never changed.
type written struct {
	lists [3][]string
	text  []byte
}

// are reports whether the text is of these very lists.
func (x *written) are(lists [3][]string) bool {
	for i, list := range lists {
		if was := x.lists[i]; len(list) != len(was) || len(list) > 0 && &list[0] != &was[0] {
			return false
		}
	}
	return true
}

func (w *rowWriter) member(m *seated) {
	w.begin(1)
	w.number(`,"group":`, uint64(m.group))
	w.integer(`,"n":`, int64(m.n))
	w.text(`,"problem":`, string(m.Problem))
	w.someText(`,"asset":`, m.Asset())
	w.time(`,"joined":`, m.Joined)
	w.someTime(`,"left":`, m.Left)
	w.text(`,"rule":`, m.Rule())
	w.end()
}

func (w *rowWriter) asset(a *asset) {
	x := a.seen()
	w.begin(1)
	w.someTime(`,"answered":`, x.Answered)
	w.someTime(`,"silent":`, a.Silent)
	someMap(w, `,"answers":`, x.Answers, w.moment)
	w.someTime(`,"asked":`, x.Asked)
	w.flag(`,"probed":`, a.Probed)
	w.someTime(`,"heard":`, x.Heard)
	w.end()
}

func (w *rowWriter) timer(t *timer) {
	w.begin(1)
	w.number(`,"n":`, t.N)
	w.time(`,"due":`, t.Due)
	w.text(`,"kind":`, t.Kind.String())
	w.text(`,"subject":`, t.subject())
	w.someText(`,"from":`, t.from())
	w.end()
}

func (w *rowWriter) clock(c *clock) {
	w.begin(c.V)
	w.number(`,"timers":`, c.Timers)
	w.number(`,"groups":`, uint64(c.Groups))
	w.integer(`,"shift":`, int64(c.Shift))
	w.someTime(`,"awake":`, c.Awake)
	w.end()
}
