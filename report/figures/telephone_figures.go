package figures

// sums are what the telephone counted in a period.
type sums struct {
	calls, answered, abandoned int
	waited                     float64 // seconds of all calls with a wait
	of                         int     // calls those are of
}

func (c *cases) sums() *sums {
	s := &sums{}
	for _, x := range c.calls {
		s.calls, s.answered, s.abandoned = s.calls+x.Calls, s.answered+x.Answered, s.abandoned+x.Abandoned
		s.of += x.Answered
		s.waited += float64(x.Wait * float64(x.Answered))
	}
	return s
}

func telephone(of func(*sums) float64) func(*cases, *Figure) {
	return func(c *cases, f *Figure) {
		if f.telephoneMissing(c) {
			return
		}
		s := c.sums()
		f.Cases = s.calls
		f.set(of(s))
	}
}

// telephoneWait is the mean wait of the calls that were answered, each row of the
// telephone's list weighed by how many it is of.
func (c *cases) telephoneWait(f *Figure) {
	if f.telephoneMissing(c) {
		return
	}
	if s := c.sums(); s.of > 0 {
		f.Cases = s.of
		f.set(s.waited / float64(s.of))
	}
}

func (f *Figure) telephoneMissing(c *cases) bool {
	switch {
	case !c.whole:
		f.Missing = NotHere
	case len(c.calls) == 0:
		f.Missing = NoTelephone
	}
	return f.Missing != ""
}
