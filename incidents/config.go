package incidents

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"headstart"
)

// Config is what the keys announce and escalation of headstart.yml say. The
// zero value is not useful; start from DefaultConfig.
type Config struct {
	Announce   Announce   `yaml:"announce" json:"announce"`
	Escalation Escalation `yaml:"escalation" json:"escalation"`
}

// Announce decides what is told to users without a person, and how far it goes.
type Announce struct {
	// After is how long an incident must stay open before its notice is pushed,
	// by priority; "default" holds for the others. The status page does not wait.
	After map[string]model.Duration `yaml:"after" json:"after"`

	// Evidence is how many points of independent observations a notice needs to
	// stand by itself (ruling 24); at least one is a machine's.
	Evidence int `yaml:"evidence" json:"evidence"`

	// ResolvedAfter is how long everything must answer well before "resolved" is
	// published by itself (ruling 27).
	ResolvedAfter model.Duration `yaml:"resolved_after" json:"resolved_after"`

	// OnCall says that somebody looks at every incident at any hour, so that
	// texts may say so (ruling 28).
	OnCall bool `yaml:"on_call" json:"on_call"`

	// FourEyes makes a person's announcement wait for another person.
	FourEyes bool `yaml:"four_eyes" json:"four_eyes"`

	Address   string            `yaml:"address" json:"address"` // how the Dutch speaks to its readers: u or je
	Templates string            `yaml:"templates" json:"-"`     // file or folder of the organisation's own lines, they enter the log with the configuration; empty: none
	Policy    map[string]string `yaml:"policy" json:"policy"`   // phase, or all: auto, auto_if_untouched, approval
	Push      Push              `yaml:"push" json:"push"`
	Quiet     Quiet             `yaml:"quiet" json:"quiet"`
	Confirm   ConfirmRule       `yaml:"confirm" json:"confirm"`
}

// Push decides which notices leave the status page by themselves (rulings 25, 26).
type Push struct {
	Mode       string   `yaml:"mode" json:"mode"`             // approve or auto
	MinPeople  int      `yaml:"min_people" json:"min_people"` // fewer are not pushed, unless a priority below says so
	Priorities []string `yaml:"priorities" json:"priorities"` // pushed whatever the number of people
	Phases     []string `yaml:"phases" json:"phases"`         // the others change page and posts silently
	Budget     int      `yaml:"budget" json:"budget"`         // first messages a day and audience
	Digest     []string `yaml:"digest" json:"digest"`         // times of the digest of P3 and P4
}

// Quiet are the hours in which nothing is pushed by itself. From equal to To: never quiet.
type Quiet struct {
	From       string `yaml:"from" json:"from"`               // clock time at which they begin
	To         string `yaml:"to" json:"to"`                   // clock time at which they end
	ClosedDays bool   `yaml:"closed_days" json:"closed_days"` // so are days on which nobody works: weekends, holidays
	Critical   string `yaml:"critical" json:"critical"`       // page: not even a P1 is pushed; push: a P1 is
}

// ConfirmRule is when "Ik heb dit ook" without an incident opens a suspicion.
type ConfirmRule struct {
	Devices int            `yaml:"devices" json:"devices"` // at least so many, at one place and from inside
	Within  model.Duration `yaml:"within" json:"within"`   // this long
}

// Escalation is after how long nobody's incident, or a silent owner's, is brought to
// its support group, and to each further line, by priority. Zero, as a priority that
// nobody names: never.
type Escalation struct {
	Unowned     map[string]model.Duration `yaml:"unowned" json:"unowned"`           // nobody took it for so long
	SilentOwner map[string]model.Duration `yaml:"silent_owner" json:"silent_owner"` // who has it did nothing that is known here for so long
}

// DefaultConfig returns the settings of CONTRACT section 2.
func DefaultConfig() Config {
	minutes := func(n int) model.Duration { return model.Duration(time.Duration(n) * time.Minute) }
	return Config{
		Announce: Announce{
			After:         map[string]model.Duration{"P1": minutes(1), "default": minutes(2)},
			Evidence:      2,
			ResolvedAfter: minutes(15),
			Address:       "u",
			Policy: map[string]string{
				"investigating": auto, "progress_no_news": auto, "maintenance_started": auto, "resolved": autoIfUntouched,
			},
			Push: Push{
				Mode: "approve", MinPeople: 15, Priorities: []string{"P1", "P2"},
				Phases: []string{"investigating", "workaround", "eta_changed", "resolved", "withdrawn"},
				Budget: 6, Digest: []string{"12:00", "16:00"},
			},
			Quiet:   Quiet{From: "21:00", To: "07:00", ClosedDays: true, Critical: "page"},
			Confirm: ConfirmRule{Devices: 3, Within: minutes(10)},
		},
		Escalation: Escalation{
			Unowned:     map[string]model.Duration{"P1": minutes(5), "P2": minutes(15)},
			SilentOwner: map[string]model.Duration{"P1": minutes(15), "P2": minutes(30)},
		},
	}
}

// The values of announce.policy.
const (
	auto            = "auto"
	autoIfUntouched = "auto_if_untouched"
	approval        = "approval"
)

var priorities = []string{"P1", "P2", "P3", "P4"}

var phases = []headstart.Phase{
	headstart.Investigating, headstart.Identified, headstart.Progress, headstart.ETAChanged, headstart.WorkaroundFound,
	headstart.Solved, headstart.Reopened, headstart.Withdrawn, headstart.MaintenanceAnnounced, headstart.MaintenanceStarted,
	headstart.MaintenanceExtended, headstart.MaintenanceDone, headstart.MaintenanceCancelled,
}

// Validate reports every mistake at once, each naming its key and the remedy.
func (c Config) Validate() error {
	return errors.Join(c.Announce.validate(), c.Escalation.validate())
}

func (a Announce) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, p := range slices.Sorted(maps.Keys(a.After)) {
		if p != "default" && !slices.Contains(priorities, p) {
			bad("announce.after.%s is no priority; use P1, P2, P3, P4 or default", p)
		}
	}
	if a.Evidence < 1 {
		bad("announce.evidence is %d; set at least 1, or every blip stands on the status page", a.Evidence)
	}
	if a.Address != "u" && a.Address != "je" {
		bad("announce.address is %q; write u, or je where people say that to each other", a.Address)
	}
	errs = append(errs, a.validatePolicy(), a.Push.validate(), a.Quiet.validate())
	if a.Confirm.Devices < 1 {
		bad("announce.confirm.devices is %d; set at least 1", a.Confirm.Devices)
	}
	return errors.Join(errs...)
}

func (a Announce) validatePolicy() error {
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(a.Policy)) {
		known := key == "all" || key == noNewsKey || key == historyKey || slices.Contains(phases, headstart.Phase(key))
		if !known {
			errs = append(errs, fmt.Errorf("announce.policy.%s is no phase; use all, progress_no_news, eta_from_history or a phase such as investigating", key))
		}
		if v := a.Policy[key]; v != auto && v != approval && (v != autoIfUntouched || key != "resolved") {
			errs = append(errs, fmt.Errorf("announce.policy.%s is %q; use auto or approval (resolved also auto_if_untouched)", key, v))
		}
	}
	return errors.Join(errs...)
}

func (p Push) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if p.Mode != "approve" && p.Mode != auto {
		bad("announce.push.mode is %q; use approve or auto", p.Mode)
	}
	if p.MinPeople < 0 {
		bad("announce.push.min_people is %d; set 0 or more", p.MinPeople)
	}
	for _, x := range p.Priorities {
		if !slices.Contains(priorities, x) {
			bad("announce.push.priorities holds %q; use P1, P2, P3, P4", x)
		}
	}
	for _, x := range p.Phases {
		if !slices.Contains(phases, headstart.Phase(x)) {
			bad("announce.push.phases holds %q; use phases such as investigating", x)
		}
	}
	if p.Budget < 0 {
		bad("announce.push.budget is %d; set 0 or more", p.Budget)
	}
	for _, x := range p.Digest {
		if _, err := time.Parse("15:04", x); err != nil {
			bad("announce.push.digest holds %q; write times as 12:00", x)
		}
	}
	return errors.Join(errs...)
}

func (q Quiet) validate() error {
	var errs []error
	for name, x := range map[string]string{"from": q.From, "to": q.To} {
		if _, err := time.Parse("15:04", x); err != nil {
			errs = append(errs, fmt.Errorf("announce.quiet.%s is %q; write a time as 21:00", name, x))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return len(a.Error()) - len(b.Error()) })
	if q.Critical != "page" && q.Critical != "push" {
		errs = append(errs, fmt.Errorf("announce.quiet.critical is %q; use page or push", q.Critical))
	}
	return errors.Join(errs...)
}

func (e Escalation) validate() error {
	var errs []error
	for name, m := range map[string]map[string]model.Duration{"unowned": e.Unowned, "silent_owner": e.SilentOwner} {
		for _, p := range slices.Sorted(maps.Keys(m)) {
			if !slices.Contains(priorities, p) {
				errs = append(errs, fmt.Errorf("escalation.%s.%s is no priority; use P1, P2, P3 or P4", name, p))
			}
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return len(a.Error()) - len(b.Error()) })
	return errors.Join(errs...)
}

// after is how long an incident of priority waits before its notice is pushed.
func (a Announce) after(priority string) time.Duration {
	if d, ok := a.After[priority]; ok {
		return time.Duration(d)
	}
	return time.Duration(a.After["default"])
}

// The keys of announce.policy that are no phase: a message without news that keeps a
// promise, and an expected time from earlier cases.
const (
	noNewsKey  = "progress_no_news"
	historyKey = "eta_from_history"
)

// policy is what may happen by itself for key: a phase, or one of those above.
func (a Announce) policy(key string) string {
	if a.Policy["all"] == approval {
		return approval
	}
	if p, ok := a.Policy[key]; ok {
		return p
	}
	return approval
}

func (a Announce) pushes(p headstart.Phase) bool {
	return slices.Contains(a.Push.Phases, string(p)) || p == headstart.Reopened && slices.Contains(a.Push.Phases, string(headstart.Investigating))
}
