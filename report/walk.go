package report

import (
	"cmp"
	"slices"
	"strings"

	"headstart"
)

// Walk is the round along the printers, in the order in which one walks it.
type Walk struct {
	Stops   []Stop   `json:"stops"`
	CanWait []string `json:"can_wait"` // printers that need something soon, in places nobody needs to go to today
	Take    []Take   `json:"take"`
	Paper   int      `json:"paper"`              // printers that need paper
	Unknown bool     `json:"figures_incomplete"` // the printers were not heard for too long
}

// Stop is one printer to go to.
type Stop struct {
	Asset string   `json:"asset"`
	Name  string   `json:"name"`
	Place string   `json:"place"`
	Needs []string `json:"needs"` // what is to be done there, the worst first
	Soon  bool     `json:"soon"`  // nothing there is urgent: it joins because somebody is there anyway
}

// Take is a part to carry along.
type Take struct {
	Part  string `json:"part"`
	Need  int    `json:"need"`
	Stock int    `json:"stock"`
}

// now are the conditions of a printer that somebody must go for; soon those that are
// done along the way. The order is that of urgency.
var (
	walkNow  = []string{"stopped", "jam", "paper-empty", "toner-empty", "waste-full", "part-missing", "door-open", "output-full", "offline", "tray-empty", "service"}
	walkSoon = []string{"toner-low", "waste-almost-full", "tray-low", "part-worn", "maintenance"}

	needsPaper = []string{"paper-empty", "tray-empty", "tray-low"}
	needsPart  = []string{"toner-empty", "toner-low", "waste-full", "waste-almost-full", "part-missing", "part-worn"}
)

// lastPercent and lastDays are at how little toner a printer is worth a walk today.
const (
	lastPercent = 5
	lastDays    = 2
)

// walk plans the round: every printer that somebody must go to, and on the same floor
// those that need something soon.
func (m *Morning) walk(f *facts) {
	w := &m.Walk
	w.Stops, w.CanWait, w.Take, w.Unknown = []Stop{}, []string{}, []Take{}, m.silentFeed(FeedPrinters)
	type visit struct {
		d      *headstart.Device
		r      *headstart.CheckResult
		urgent bool
	}
	var all []visit
	closed, fell := m.closedToday(), m.fellWithOthers(f)
	seen := map[string]bool{}
	for n := range m.in.Checks {
		r := &m.in.Checks[n]
		d := m.device(r.Asset)
		if r.Kind != "printer" || d == nil || m.confidential(d.ID) || seen[d.ID] || closed[d.Location] || fell[d.ID] {
			continue
		}
		now, soon := needsOf(r)
		if seen[d.ID] = now || soon; seen[d.ID] {
			all = append(all, visit{d, r, now})
		}
	}
	visited := map[string]bool{} // place and floor
	for _, v := range all {
		visited[m.floorKey(v.d)] = visited[m.floorKey(v.d)] || v.urgent
	}
	slices.SortFunc(all, func(a, b visit) int { return m.order(a.d, b.d) })
	need := map[string]int{}
	for _, v := range all {
		if !visited[m.floorKey(v.d)] {
			w.CanWait = append(w.CanWait, m.thing(v.d.ID)+" ("+strings.Join(m.needs(v.r), ", ")+")")
			continue
		}
		w.Stops = append(w.Stops, Stop{Asset: v.d.ID, Name: m.thing(v.d.ID), Place: m.place(v.d), Needs: m.needs(v.r), Soon: !v.urgent})
		m.carry(v.d, v.r, need)
	}
	for n := range m.cat.Parts {
		if p := &m.cat.Parts[n]; need[p.ID] > 0 {
			w.Take = append(w.Take, Take{Part: p.ID, Need: need[p.ID], Stock: p.Stock})
		}
	}
}

// fellWithOthers are the assets that fail only because of something else that is an
// incident: walking to them mends nothing.
func (m *Morning) fellWithOthers(f *facts) map[string]bool {
	out := map[string]bool{}
	for _, i := range f.incidents {
		if !i.Live() || i.Cause.Asset == "" {
			continue
		}
		_, problems := m.in.View.Members(i.Group)
		for k := range problems {
			if p := &problems[k]; p.State == headstart.ProblemOpen && p.Group == i.Group && p.Asset != i.Cause.Asset {
				out[p.Asset] = true
			}
		}
	}
	return out
}

// closedToday are the places where nobody is, but for their last closed day: then
// what was checked for the opening is walked.
func (m *Morning) closedToday() map[string]bool {
	out := map[string]bool{}
	tomorrow := endOfDay(m.now)
	for n := range m.cat.Locations {
		id := m.cat.Locations[n].ID
		out[id] = m.in.Calendar.Closed(m.now, id) != nil && m.in.Calendar.Closed(tomorrow, id) != nil
	}
	return out
}

// needsOf reports whether somebody must go to a printer now, or should soon.
func needsOf(r *headstart.CheckResult) (now, soon bool) {
	for _, c := range r.Conditions {
		now = now || slices.Contains(walkNow, c.Name) || c.Name == "toner-low" && lastToner(r)
		soon = soon || slices.Contains(walkSoon, c.Name)
	}
	return now, soon
}

// lastToner reports whether a supply of a printer ends today or tomorrow.
func lastToner(r *headstart.CheckResult) bool {
	return slices.ContainsFunc(r.Values, func(v headstart.Measurement) bool {
		return v.Unit == "%" && v.Value <= lastPercent || v.Unit == "d" && v.Value <= lastDays
	})
}

// needs says what is to be done at a printer, the worst first.
func (m *Morning) needs(r *headstart.CheckResult) []string {
	order := slices.Concat(walkNow, walkSoon)
	var of []headstart.Condition
	for _, c := range r.Conditions {
		if slices.Contains(order, c.Name) {
			of = append(of, c)
		}
	}
	slices.SortStableFunc(of, func(a, b headstart.Condition) int {
		return cmp.Compare(slices.Index(order, a.Name), slices.Index(order, b.Name))
	})
	out := []string{}
	for _, c := range of {
		out = append(out, join(": ", []string{m.say.Say("condition." + c.Name), c.Detail}))
	}
	return out
}

// carry counts the parts and the paper a stop takes.
func (m *Morning) carry(d *headstart.Device, r *headstart.CheckResult, need map[string]int) {
	paper := false
	for _, c := range r.Conditions {
		paper = paper || slices.Contains(needsPaper, c.Name)
		if slices.Contains(needsPart, c.Name) {
			for _, part := range m.partsFor(d, c.Detail) {
				need[part]++
			}
		}
	}
	if paper {
		m.Walk.Paper++
	}
}

// partsFor are the parts that a printer names in what it says; else the only one that
// fits it.
func (m *Morning) partsFor(d *headstart.Device, said string) []string {
	var fits, names []string
	for n := range m.cat.Parts {
		p := &m.cat.Parts[n]
		if !slices.Contains(p.Fits, d.ID) {
			continue
		}
		fits = append(fits, p.ID)
		if strings.Contains(strings.ToLower(said), strings.ToLower(p.ID)) {
			names = append(names, p.ID)
		}
	}
	if len(names) == 0 && len(fits) == 1 {
		return fits
	}
	return names
}

// order is the way one walks: by the weights of the location tree from the desk on, by
// floor, by name.
func (m *Morning) order(a, b *headstart.Device) int {
	return cmp.Or(slices.Compare(m.way(a.Location), m.way(b.Location)), cmp.Compare(floor(a), floor(b)), cmp.Compare(m.thing(a.ID), m.thing(b.ID)), cmp.Compare(a.ID, b.ID))
}

// way is the path to a place from the top of the tree, each step by its weight; places
// without one come last.
func (m *Morning) way(id string) []string {
	var path []string
	for range 12 { // levels of a catalog; it refuses cycles
		l := m.cat.LocationByID(id)
		if l == nil {
			break
		}
		weight := l.Walk
		if weight == 0 {
			weight = 1 << 30
		}
		path = append(path, pad(weight)+l.ID)
		id = l.Parent
	}
	slices.Reverse(path)
	return path
}

func pad(n int) string {
	const digits = 12
	s := make([]byte, digits)
	for i := digits - 1; i >= 0; i-- {
		s[i] = byte('0' + n%10)
		n /= 10
	}
	return string(s)
}

func floor(d *headstart.Device) int {
	if d.Floor == nil {
		return 0
	}
	return *d.Floor
}

func (m *Morning) floorKey(d *headstart.Device) string {
	return d.Location + "\x00" + pad(floor(d)+1000)
}

// place is where a printer stands, in words.
func (m *Morning) place(d *headstart.Device) string {
	var where []string
	if d.Location != "" {
		where = append(where, m.thing(d.Location))
	}
	switch {
	case d.Floor == nil:
	case *d.Floor == 0:
		where = append(where, m.say.Say("walk.floor.ground"))
	default:
		where = append(where, m.say.Say("walk.floor", "floor", *d.Floor))
	}
	return strings.Join(where, ", ")
}

// WalkPart is the walk in words, also when there is nowhere to go to.
func (m *Morning) WalkPart() Part {
	p := m.partWalk()
	if len(p.Lines) == 0 {
		p.Lines = []Line{{Sign: "✔", Level: "green", Text: m.say.Say("walk.none")}}
	}
	return p
}

func (m *Morning) partWalk() Part {
	w := m.Walk
	p := Part{N: "7", ID: "walk", Title: m.say.Say("report.part.walk"), Calm: len(w.Stops) == 0 && !w.Unknown}
	if w.Unknown {
		p.Lines = append(p.Lines, Line{Sign: "!", Level: "amber", Text: m.say.Say("walk.unknown")})
	}
	for _, s := range w.Stops {
		l := Line{Sign: "☐", Level: "amber", Key: s.Name, Text: join(" · ", append([]string{s.Place}, s.Needs...))}
		if s.Soon {
			l.Level, l.Text = "", l.Text+" ("+m.say.Say("walk.soon")+")"
		}
		p.Lines = append(p.Lines, l)
	}
	if take := m.takeWords(); take != "" {
		p.Lines = append(p.Lines, Line{Text: take})
	}
	if len(w.CanWait) > 0 {
		p.Lines = append(p.Lines, Line{Text: m.say.Say("walk.canwait", "list", m.list(w.CanWait))})
	}
	return p
}

// takeWords says what to carry along; stock 0 shouts.
func (m *Morning) takeWords() string {
	var out []string
	for _, t := range m.Walk.Take {
		key := "walk.take.part"
		if t.Stock < t.Need {
			key = "walk.take.short"
		}
		out = append(out, m.say.Say(key, "part", t.Part, "need", t.Need, "stock", t.Stock))
	}
	if m.Walk.Paper > 0 {
		out = append(out, m.say.Say("walk.take.paper", "n", m.Walk.Paper))
	}
	if len(out) == 0 {
		return ""
	}
	return m.say.Say("walk.take", "list", strings.Join(out, " · "))
}
