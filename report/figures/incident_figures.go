package figures

func (c *cases) incidentCount(f *Figure) {
	n := 0
	for _, i := range c.incidents {
		if i.opened {
			n++
		}
	}
	f.count(n)
}

// headStart is of the incidents that opened in the period and have a linked ticket:
// its first ticket minus the first message to users, in clock time. Drills, incidents
// of which users were never told, and those with nothing but calls that nobody noted
// the time of are left out.
func headStart(of statistic) func(*cases, *Figure) {
	return func(c *cases, f *Figure) {
		var leads []float64
		drills, silent, timeless := 0, 0, 0
		for _, i := range c.incidents {
			switch {
			case !i.opened || i.Linked == 0:
			case i.NotCounts:
				drills++
			case i.Lead != nil:
				leads = append(leads, float64(*i.Lead))
			case !i.Announced:
				silent++
			default:
				timeless++
			}
		}
		f.take(leads, of)
		f.leave(Drill, drills)
		f.leave(NoMessage, silent)
		f.leave(Timeless, timeless)
	}
}

// phoneLeftOut counts the linked calls that say nothing about who was first, since
// nobody noted when they came.
func (c *cases) phoneLeftOut(f *Figure) {
	n := 0
	for _, i := range c.incidents {
		if i.opened {
			n += i.LeftOut
		}
	}
	f.count(n)
}

func (c *cases) promisesMade(f *Figure) {
	n := 0
	for _, i := range c.incidents {
		n += i.kept + i.missed
	}
	f.count(n)
}

func (c *cases) promisesKept(f *Figure) {
	kept, all := 0, 0
	for _, i := range c.incidents {
		kept, all = kept+i.kept, all+i.kept+i.missed
	}
	f.share(kept, all)
}

// outage is the people hit times the minutes for which they were, in the period.
func outage(seconds func(*happened) int64) func(*cases, *Figure) {
	return func(c *cases, f *Figure) {
		total, running := 0.0, 0
		for _, i := range c.incidents {
			if i.clock == 0 {
				continue
			}
			f.Cases++
			if i.Ended == 0 {
				running++
			}
			total += float64(i.People) * float64(seconds(i)) / 60
		}
		f.set(total)
		f.leave(StillRuns, running)
	}
}

// alertsEach is how many checks and alerts, by thing and check, came together in one
// incident.
func (c *cases) alertsEach(f *Figure) {
	alerts := 0
	for _, i := range c.incidents {
		if i.opened && i.Alerts > 0 {
			f.Cases++
			alerts += i.Alerts
		}
	}
	if f.Cases > 0 {
		f.set(float64(alerts) / float64(f.Cases))
	}
}
