package probes

import (
	"time"

	"headstart"
)

// judge turns runs into confirmed verdicts, so that one lost packet is no
// outage. Flapping is not its business: the engine judges that (ruling 22).
type judge struct {
	confirmed headstart.Verdict // "" until the first
	since     time.Time         // of confirmed, wall time

	run      headstart.Verdict // verdict of the latest runs, other than confirmed
	length   int               // how many in a row
	unknowns int               // in a row
	downs    int               // runs in a row that found Down, confirmed ones included
}

// backOffAfter is how many runs in a row a probe must be down before it is asked
// less often.
const backOffAfter = 10

// take judges one run and reports whether the confirmed verdict changed.
//
// Going down takes fails runs in a row, coming back successes; a first verdict
// that is no failure is believed at once, so that the engine soon knows what
// answers. Unknown says nothing about the target: it neither adds to a row nor
// breaks one, and is itself confirmed after fails.
func (j *judge) take(v headstart.Verdict, at time.Time, fails, successes int) (changed bool) {
	if v == headstart.Unknown {
		j.unknowns++
		return j.confirmed != v && j.unknowns >= fails && j.confirm(v, at)
	}
	j.unknowns = 0
	if v == headstart.Down {
		j.downs++
	} else {
		j.downs = 0
	}
	if v == j.confirmed {
		j.run, j.length = "", 0
		return false
	}
	if j.run == "" || (v == headstart.Down) != (j.run == headstart.Down) {
		j.length = 0
	}
	j.run, j.length = v, j.length+1

	need := successes
	switch {
	case v == headstart.Down:
		need = fails
	case j.confirmed == "":
		need = 1
	}
	return j.length >= need && j.confirm(v, at)
}

// forget drops what the latest runs found beyond what is confirmed: they were not
// worth anything.
func (j *judge) forget() { j.run, j.length, j.unknowns, j.downs = "", 0, 0, 0 }

func (j *judge) confirm(v headstart.Verdict, at time.Time) bool {
	j.confirmed, j.since = v, at
	j.run, j.length = "", 0
	return true
}

// recheck reports whether a failure waits for its confirmation.
func (j *judge) recheck() bool { return j.run == headstart.Down }

// backOff reports whether the target has been down for long.
func (j *judge) backOff() bool { return j.confirmed == headstart.Down && j.downs >= backOffAfter }
