package correlate

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/common/model"
)

// Config is the key correlation: of the configuration. The zero value is not
// useful; start from DefaultConfig.
type Config struct {
	// Settle is how long a new failure waits before it becomes a group; zero
	// judges at once. Longer saves corrections, shorter reaches people sooner.
	Settle model.Duration `yaml:"settle" json:"settle"`

	// SettleProbed replaces Settle for an asset that a probe of ours watches,
	// since its neighbours can be asked.
	SettleProbed model.Duration `yaml:"settle_probed" json:"settle_probed"`

	// Hold is how long "all clear" must last before a group is resolved.
	Hold model.Duration `yaml:"hold" json:"hold"`

	// Recover is the time members get to follow a cause that came back.
	Recover model.Duration `yaml:"recover" json:"recover"`

	// Reopen is how long a resolved group takes the same cause back under the
	// same number; after it the group is closed.
	Reopen model.Duration `yaml:"reopen" json:"reopen"`

	// LateCause is up to which age an open group may still get another cause
	// without a person.
	LateCause model.Duration `yaml:"late_cause" json:"late_cause"`

	// Stale is how long all members must be silent before people are asked
	// whether it is fixed.
	Stale model.Duration `yaml:"stale" json:"stale"`

	Flap       Flap         `yaml:"flap" json:"flap"`
	Suspect    Suspect      `yaml:"suspect" json:"suspect"`
	Group      Grouping     `yaml:"group" json:"group"`
	Storm      Storm        `yaml:"storm" json:"storm"`
	Surge      Surge        `yaml:"surge" json:"surge"`
	Recurrence []Recurrence `yaml:"recurrence" json:"recurrence"`
}

// Flap says when a problem counts as unstable: Changes of state Within, until
// it was Quiet.
type Flap struct {
	Changes int            `yaml:"changes" json:"changes"` // of state
	Within  model.Duration `yaml:"within" json:"within"`   // this long
	Quiet   model.Duration `yaml:"quiet" json:"quiet"`     // ends it
}

// Suspect says when a silent parent nobody monitors is suspected: at least
// Children, and that Share of all, silent within Window.
type Suspect struct {
	Children int            `yaml:"children" json:"children"` // at least so many things that hang on it
	Share    float64        `yaml:"share" json:"share"`       // 0 to 1
	Window   model.Duration `yaml:"window" json:"window"`     // within which they fell silent
}

// Grouping says when failures without a common cause are still one thing.
type Grouping struct {
	Assets int            `yaml:"assets" json:"assets"` // at least so many at one place
	Share  float64        `yaml:"share" json:"share"`   // 0 to 1
	Gap    model.Duration `yaml:"gap" json:"gap"`       // a failure this long after the last belongs to the group no more
	Max    model.Duration `yaml:"max" json:"max"`       // a group takes nothing more when it is this old
}

// Storm says when one umbrella collects unexplained causes, and when it ends.
type Storm struct {
	Causes int            `yaml:"causes" json:"causes"` // more separate causes than this
	Within model.Duration `yaml:"within" json:"within"` // this long begin it
	Calm   Calm           `yaml:"calm" json:"calm"`
}

// Calm ends a storm: fewer than Causes Per for For.
type Calm struct {
	Causes int            `yaml:"causes" json:"causes"` // fewer new causes than this
	Per    model.Duration `yaml:"per" json:"per"`       // each such time
	For    model.Duration `yaml:"for" json:"for"`       // this long
}

// Surge is the ticket-surge rule: Alpha is the false-alarm probability,
// Reporters the distinct requesters needed.
type Surge struct {
	Alpha     float64 `yaml:"alpha" json:"alpha"`         // probability that chance alone raises it, at each look
	Reporters int     `yaml:"reporters" json:"reporters"` // different requesters needed
}

// Recurrence makes a cause that came back Count times Within a problem candidate.
type Recurrence struct {
	Count  int            `yaml:"count" json:"count"`   // so many incidents of one cause
	Within model.Duration `yaml:"within" json:"within"` // this long
}

// DefaultConfig returns the settings used for every key the file leaves out.
func DefaultConfig() Config {
	d := func(d time.Duration) model.Duration { return model.Duration(d) }
	const day = 24 * time.Hour
	return Config{
		Settle: d(time.Minute), SettleProbed: d(15 * time.Second), Hold: d(2 * time.Minute), Recover: d(3 * time.Minute),
		Reopen: d(30 * time.Minute), LateCause: d(15 * time.Minute), Stale: d(4 * time.Hour),
		Flap:       Flap{Changes: 6, Within: d(30 * time.Minute), Quiet: d(15 * time.Minute)},
		Suspect:    Suspect{Children: 3, Share: 0.5, Window: d(2 * time.Minute)},
		Group:      Grouping{Assets: 3, Share: 0.3, Gap: d(5 * time.Minute), Max: d(30 * time.Minute)},
		Storm:      Storm{Causes: 25, Within: d(time.Minute), Calm: Calm{Causes: 5, Per: d(time.Minute), For: d(5 * time.Minute)}},
		Surge:      Surge{Alpha: 1e-5, Reporters: 3},
		Recurrence: []Recurrence{{3, d(7 * day)}, {5, d(30 * day)}},
	}
}

// Validate reports every mistake at once, each naming its key and the remedy.
func (c Config) Validate() error {
	var v verdicts
	v.notNegative("settle", c.Settle)
	v.notNegative("settle_probed", c.SettleProbed)
	v.notNegative("hold", c.Hold)
	v.notNegative("recover", c.Recover)
	v.notNegative("reopen", c.Reopen)
	v.notNegative("late_cause", c.LateCause)
	v.positive("stale", c.Stale)
	v.between("flap.changes", c.Flap.Changes, 2, flipRing)
	v.positive("flap.within", c.Flap.Within)
	v.positive("flap.quiet", c.Flap.Quiet)
	v.atLeast("suspect.children", c.Suspect.Children, 1)
	v.share("suspect.share", c.Suspect.Share)
	v.positive("suspect.window", c.Suspect.Window)
	v.atLeast("group.assets", c.Group.Assets, 2)
	v.share("group.share", c.Group.Share)
	v.positive("group.gap", c.Group.Gap)
	v.positive("group.max", c.Group.Max)
	v.atLeast("storm.causes", c.Storm.Causes, 2)
	v.positive("storm.within", c.Storm.Within)
	v.atLeast("storm.calm.causes", c.Storm.Calm.Causes, 1)
	v.positive("storm.calm.per", c.Storm.Calm.Per)
	v.positive("storm.calm.for", c.Storm.Calm.For)
	if !(c.Surge.Alpha > 0 && c.Surge.Alpha < 1) {
		v.add("correlation.surge.alpha is %v; set a probability between 0 and 1 such as 1e-5", c.Surge.Alpha)
	}
	v.atLeast("surge.reporters", c.Surge.Reporters, 1)
	for i, r := range c.Recurrence {
		v.atLeast(fmt.Sprintf("recurrence[%d].count", i), r.Count, 2)
		v.positive(fmt.Sprintf("recurrence[%d].within", i), r.Within)
	}
	return errors.Join(v.errs...)
}

// longest bounds every duration, so that no sum with a time of the log overflows.
const longest = model.Duration(366 * 24 * time.Hour)

// verdicts collects mistakes of the section correlation.
type verdicts struct{ errs []error }

func (v *verdicts) add(format string, args ...any) {
	v.errs = append(v.errs, fmt.Errorf(format, args...))
}

func (v *verdicts) notNegative(key string, d model.Duration) {
	if d < 0 || d > longest {
		v.add("correlation.%s is %s; set a duration from 0s to 1y such as 60s", key, time.Duration(d))
	}
}

func (v *verdicts) positive(key string, d model.Duration) {
	if d <= 0 || d > longest {
		v.add("correlation.%s is %s; set a duration above zero and at most 1y such as 5m", key, time.Duration(d))
	}
}

func (v *verdicts) atLeast(key string, n, least int) {
	if n < least {
		v.add("correlation.%s is %d; set a number of at least %d", key, n, least)
	}
}

func (v *verdicts) between(key string, n, least, most int) {
	if n < least || n > most {
		v.add("correlation.%s is %d; set a number from %d to %d", key, n, least, most)
	}
}

func (v *verdicts) share(key string, f float64) {
	if !(f > 0 && f <= 1) {
		v.add("correlation.%s is %v; set a share above 0 and at most 1 such as 0.5", key, f)
	}
}
