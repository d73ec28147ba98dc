package correlate

import (
	"fmt"
	"slices"
	"strings"

	"headstart"
)

// What a storm fails by the thousand is kept in a form of its own, a good deal
// smaller than the nouns of the root package: a time is a number, one of a few words
// is a byte, alerts are found by a pointer, and what few ever have lies beside them.
// Small means more than memory: what an event needs is then in fewer places, so that
// it costs nearly the same however much else fails.
//
// The nouns are made of it when somebody asks (State.Problem, State.Alert), and rows
// say what the nouns would; nobody else sees this form. TestInnerForms holds that
// nothing is lost on either way.

// problem is a Problem with what only correlation needs to know of it.
type problem struct {
	Key    headstart.ProblemKey
	Asset  string
	Reason string
	*setting
	Group   headstart.GroupID
	Onset   instant
	Began   instant
	Cleared instant
	Alerts  short[*alert] // alive, by fingerprint
	Mem     memory

	node   *node    // of its asset; nil: it is not in the catalog
	filed  *filings // under what it may share with others (G-09); nil: under nothing
	settle *timer   // when it is judged; nil: it does not wait

	openIn *group // on whose list of open ones it is, and where; nil: on none
	seatIn *group // which group it joined last, and where it is among its members; see group.seat
	openAt int32
	seatAt int32

	State    problemState
	Class    class
	Probed   bool
	Unstable bool
	Expired  bool
	Unplaced bool

	listed listed
}

// noun returns p as readers know it.
func (p *problem) noun() headstart.Problem {
	rare := p.Mem.seldom()
	out := headstart.Problem{
		V: 1, Key: p.Key, Asset: p.Asset, Check: p.Check, Service: p.Service, Location: p.Location, Class: p.Class.word(),
		Probed: p.Probed, State: p.State.word(), Onset: p.Onset.Time(), Began: p.Began.Time(), Cleared: p.Cleared.Time(),
		Reason: p.Reason, Severity: p.Severity, Group: p.Group, Unstable: p.Unstable, Expired: p.Expired, Unplaced: p.Unplaced,
		Muted: rare.Muted, Suppressed: rare.Suppressed,
	}
	for _, a := range p.Alerts.list() {
		out.Alerts = append(out.Alerts, a.Fingerprint)
	}
	return out
}

// load takes a noun over; called returns the alert of a fingerprint.
func (p *problem) load(in *headstart.Problem, called func(string) *alert, of settings) error {
	state, about := slices.Index(stateWords[:], in.State), slices.Index(classWords[:], in.Class)
	if state < 0 || about < 0 {
		return fmt.Errorf("no problem is %q, or about %q", in.State, in.Class)
	}
	p.name(in.Key, in.Asset)
	p.setting = of.keep(setting{in.Check, in.Service, in.Location, in.Severity})
	p.State, p.Class, p.Probed = problemState(state), class(about), in.Probed
	p.Onset, p.Began, p.Cleared = instantOf(in.Onset), instantOf(in.Began), instantOf(in.Cleared)
	p.Reason, p.Group = in.Reason, in.Group
	p.Unstable, p.Expired, p.Unplaced = in.Unstable, in.Expired, in.Unplaced
	p.Mem.set(func(x *seldom) { x.Muted, x.Suppressed = in.Muted, in.Suppressed })
	var alerts []*alert
	for _, fp := range in.Alerts {
		alerts = append(alerts, called(fp))
	}
	p.Alerts.set(alerts)
	return nil
}

// name gives it its key and its asset, which the key of nearly all begins with.
func (p *problem) name(key headstart.ProblemKey, asset string) {
	if strings.HasPrefix(string(key), asset) {
		asset = string(key[:len(asset)])
	}
	p.Key, p.Asset = key, asset
}

// alert returns where a is among its alerts, or would be.
func (p *problem) alert(a *alert) (int, bool) {
	return slices.BinarySearchFunc(p.Alerts.list(), a.Fingerprint, func(x *alert, fp string) int { return strings.Compare(x.Fingerprint, fp) })
}

// enter puts a among its alerts, once.
func (p *problem) enter(a *alert) {
	n, has := p.alert(a)
	if has {
		return
	}
	p.Alerts.set(slices.Insert(p.Alerts.list(), n, a))
}

// muted are the silences under which its last alert expired.
func (p *problem) muted() []string { return p.Mem.seldom().Muted }

func (p *problem) mute(by []string) {
	if by != nil || p.Mem.rare != nil {
		p.Mem.set(func(x *seldom) { x.Muted = by })
	}
}

// suppressed says why it opens nothing for now; nil unless State is problemSuppressed.
func (p *problem) suppressed() *headstart.Suppression { return p.Mem.seldom().Suppressed }

// problemState is a ProblemState in a byte.
type problemState uint8

const (
	problemHealthy problemState = iota
	problemPending
	problemOpen
	problemSuppressed
	problemSuspected
)

var stateWords = [...]headstart.ProblemState{
	problemHealthy: headstart.ProblemHealthy, problemPending: headstart.ProblemPending, problemOpen: headstart.ProblemOpen,
	problemSuppressed: headstart.ProblemSuppressed, problemSuspected: headstart.ProblemSuspected,
}

func (x problemState) word() headstart.ProblemState { return stateWords[x] }

// class is a Class in a byte; zero: nobody said.
type class uint8

const (
	reachability class = iota + 1
	serviceClass
	capacity
	environment
	userReport
)

var classWords = [...]headstart.Class{
	reachability: headstart.Reachability, serviceClass: headstart.ServiceClass, capacity: headstart.Capacity,
	environment: headstart.Environment, userReport: headstart.UserReport,
}

func (x class) word() headstart.Class { return classWords[x] }

// classOf returns the class of a word; zero for what is none.
func classOf(word headstart.Class) class { return class(max(0, slices.Index(classWords[:], word))) }

// alert is an AlertState with what only correlation needs to know of it. A
// tombstone has no labels.
type alert struct {
	Fingerprint string
	told        told
	Problem     headstart.ProblemKey
	StartsAt    instant
	UpdatedAt   instant
	EndedAt     instant
	Trace       trace
	origins     holds
	expiry      *timer // when nobody may hold it alive any more; nil: nobody named an end
	Firing      bool
	Expired     bool
	listed      listed
	gone        bool // it was forgotten

	// Room for what nearly every alert has one of, in the same piece of memory.
	roomExpiry timer
}

// noun returns a as readers know it, its Origins left out: only rows tell them.
func (a *alert) noun() headstart.AlertState {
	labels, annotations := a.told.maps()
	return headstart.AlertState{
		V: 1, Fingerprint: a.Fingerprint, Labels: labels, Annotations: annotations, Generator: a.told.generator(),
		StartsAt: a.StartsAt.Time(), UpdatedAt: a.UpdatedAt.Time(), EndedAt: a.EndedAt.Time(),
		Firing: a.Firing, Expired: a.Expired, Problem: a.Problem, Silenced: a.silenced(),
	}
}

// load takes the row of an alert over.
func (a *alert) load(in *headstart.AlertState, like *moulds, from holders) {
	a.Fingerprint, a.told = in.Fingerprint, like.keep(in.Labels, in.Annotations, in.Generator)
	a.StartsAt, a.UpdatedAt, a.EndedAt = instantOf(in.StartsAt), instantOf(in.UpdatedAt), instantOf(in.EndedAt)
	a.Firing, a.Expired, a.Problem = in.Firing, in.Expired, in.Problem
	a.origins.load(in.Origins, from)
	a.silence(in.Silenced)
}

// silenced are the ids of silences that match.
func (a *alert) silenced() []string { return a.Trace.past().Silenced }

func (a *alert) silence(by []string) {
	if by != nil || a.Trace.rare != nil {
		a.Trace.set(func(x *past) { x.Silenced = by })
	}
}
