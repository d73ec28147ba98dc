package incidents

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"headstart"
)

// do applies a person's command and leaves an outcome for whoever waits. regroup
// is correlation's part of it: what belongs together.
func (b *book) do(ev headstart.Event, regroup func(group, into headstart.GroupID) ([]headstart.Change, error)) {
	c := ev.Command
	if c.ID == "" { // of a log file written by hand
		named := *c
		named.ID = fmt.Sprintf("%s/%d", ev.Off, ev.N)
		c = &named
	}
	o := &headstart.Outcome{V: 1, Command: c.ID, Do: c.Do, At: b.now, Until: b.now.Add(outcomesKept)}
	if b.outcomes[o.Command] != nil {
		return // appended again after a lost reply: it was done
	}
	decided := len(b.decisions)
	i, err := b.act(c, o, regroup)
	if err != nil {
		o.Refused = err.Error()
		o.Missing = errors.As(err, new(missing))
		b.note(headstart.Decision{Rule: "H-02", Outcome: "refused", By: c.By, Subject: c.Incident, Facts: facts("do", c.Do, "why", o.Refused)})
	}
	if i != nil {
		o.Incident = i.ID
		if err == nil {
			b.acts(i, c)
		}
		b.count(i)
		b.judge(i)
		b.attend(i)
		b.dirty.incident(i)
	}
	b.keepAct(c, i, decided, err != nil)
	b.outcomes[o.Command] = o
	b.dirty.put(headstart.TableOutcomes, o.Command, o)
	b.agenda.add(o.Until, doForget, o.Command, 0, false)
}

// outcomesKept is how long the outcome of a command can be asked for.
const outcomesKept = time.Hour

// missing is the refusal of a command that names what is not there.
type missing string

func (m missing) Error() string { return string(m) }

// find returns the incident id names: its number, or the ref it was opened with.
func (b *book) find(id string) *incident {
	if i := b.incidents[headstart.IncidentID(strings.ToUpper(id))]; i != nil {
		return i
	}
	return b.incidents[b.byRef[id]]
}

// signed are the commands whose words reach users: somebody stands behind each.
var signed = []string{"announce", "edit", "approve", "schedule", "withdraw", "set-eta", "resolve", "cover", "uncover", "page-state"}

// longestName bounds what a command may make a key of.
const longestName = 200

// admissible refuses what no incident needs to be looked at for.
func admissible(c *headstart.Command) error {
	switch {
	case c.By == "rule": // what a rule wrote is not held to four eyes
		return fmt.Errorf("by is %q, which is no person's name", c.By)
	case c.By == "" && slices.Contains(signed, c.Do):
		return errors.New("nobody knows who says this to users; log in, or write by")
	case len(c.Ref) > longestName:
		return fmt.Errorf("ref has %d bytes; give at most %d", len(c.Ref), longestName)
	}
	return nil
}

// act does what c says and returns the incident it concerned. O is its outcome, for what
// else it made.
func (b *book) act(c *headstart.Command, o *headstart.Outcome, regroup func(group, into headstart.GroupID) ([]headstart.Change, error)) (*incident, error) {
	if err := admissible(c); err != nil {
		return nil, err
	}
	switch c.Do {
	case "open":
		return b.openByHand(c, regroup)
	case "handover", "notice", "todo", "todo-done":
		return nil, b.deskNote(c)
	case "seen":
		return nil, b.seen(c)
	case "report":
		return nil, b.reportNow(c)
	case "announce":
		if c.Window != "" {
			return nil, b.announceWork(c)
		}
	case "approve":
		return b.approveOrReopen(c, regroup)
	case "discard", "withdraw", "edit", "schedule", "cover", "uncover":
		return b.onAnnouncement(c)
	case "resend", "dismiss":
		return b.onDead(c)
	case "hush":
		return b.hushFor(c)
	case "page-state":
		return nil, b.setPageState(c)
	case "forget":
		return nil, b.forget(c, regroup)
	case "exported":
		return nil, b.exported(c, regroup)
	case "act":
		return nil, b.tellAct(c)
	case "export":
		b.putAudit(c.ID, &headstart.AuditEntry{V: 1, At: b.now, By: c.By, Do: c.Do})
		return nil, nil
	case "restored":
		return nil, b.restored(c)
	case "reject-alias":
		return nil, b.rejectAlias(c)
	case "make-known", "edit-known", "retire-known":
		return b.onKnown(c, o)
	case "dead-links":
		return nil, b.deadLinks(c)
	}
	return b.actOnOne(c, regroup)
}

// actOnOne does what c says to one incident, and returns it.
func (b *book) actOnOne(c *headstart.Command, regroup func(group, into headstart.GroupID) ([]headstart.Change, error)) (*incident, error) {
	i := b.find(c.Incident)
	if i == nil {
		return nil, missing(fmt.Sprintf("no incident %q; see headstart incidents list", c.Incident))
	}
	if i.MergedInto != "" {
		return nil, fmt.Errorf("%s went into %s; act on that one", i.ID, i.MergedInto)
	}
	switch c.Do {
	case "ack":
		return i, b.acknowledge(i, c)
	case "assign":
		i.SupportGroup = cmp.Or(c.SupportGroup, i.SupportGroup)
		b.own(i, c.Owner)
		b.act1(i, c, "assigned", "owner", c.Owner, "support_group", c.SupportGroup)
	case "note":
		if strings.TrimSpace(c.Text) == "" {
			return i, fmt.Errorf("the note is empty; write its text")
		}
		b.act1(i, c, "noted", "text", c.Text)
	case "set-eta":
		return i, b.setETA(i, c)
	case "confidential":
		b.setConfidential(i, c)
	case "announce":
		return i, b.announceByHand(i, c)
	case "confirm":
		return i, b.confirmByHand(i, c)
	case "lead":
		return i, b.leaveLead(i, c)
	case "helped":
		return i, b.helped(i, c)
	case "link", "unlink", "confirm-link", "reject-link":
		if settled, err := b.mayLink(i, c); settled || err != nil {
			return i, err
		}
		return i, b.regroup(i, c, regroup)
	case "merge", "split", "pin", "resolve", "reopen":
		return i, b.regroup(i, c, regroup)
	default:
		return i, fmt.Errorf("command %q is not known", c.Do)
	}
	return i, nil
}

// acknowledge notes that somebody is on it.
func (b *book) acknowledge(i *incident, c *headstart.Command) error {
	if !i.Live() {
		return errors.New(b.because("de storing is al voorbij; heropen haar eerst", "it is over; reopen it first"))
	}
	if err := b.useLink(i, c); err != nil {
		return err
	}
	i.AcknowledgedAt = at(b.now)
	b.act1(i, c, "acked")
	return nil
}

// act1 writes what a person did into the timeline.
func (b *book) act1(i *incident, c *headstart.Command, outcome string, kv ...string) {
	b.decide(i, headstart.Decision{Rule: "H-01", Outcome: outcome, By: c.By, Facts: facts(kv...)})
	b.dirty.incident(i)
}

func (b *book) openByHand(c *headstart.Command, regroup func(group, into headstart.GroupID) ([]headstart.Change, error)) (*incident, error) {
	if c.Ref != "" && b.byRef[c.Ref] != "" {
		return b.find(c.Ref), fmt.Errorf("ref %q is incident %s already", c.Ref, b.byRef[c.Ref])
	}
	changes, err := regroup(0, 0)
	if err != nil {
		return nil, err
	}
	var i *incident
	for _, ch := range changes {
		if ch.Kind != headstart.GroupOpened {
			b.apply(ch)
			continue
		}
		i = b.open(ch)
		i.Ref = c.Ref
		i.hear(c.Variables)
		i.X.Severity = map[string]string{"critical": "P1", "major": "P2", "minor": "P3"}[c.Severity]
		if len(c.Services) > 0 {
			i.X.Service = c.Services[0]
		}
		if c.Ref != "" {
			b.byRef[c.Ref] = i.ID
		}
		i.Priority = "" // rated anew with what the person said
		b.sync(i)
		if c.Title != "" {
			i.Title = headstart.Names{"nl": c.Title, "en": c.Title}
			i.X.Touched = true
		}
		b.act1(i, c, "opened_by_hand", "title", c.Title)
	}
	if i == nil {
		return nil, fmt.Errorf("nothing was opened")
	}
	return i, nil
}

// regroup hands a command to correlation and follows what it decides.
func (b *book) regroup(i *incident, c *headstart.Command, regroup func(group, into headstart.GroupID) ([]headstart.Change, error)) error {
	var into headstart.GroupID
	if c.Do == "merge" {
		to := b.find(c.Into)
		if to == nil {
			return missing(fmt.Sprintf("no incident %q to merge into", c.Into))
		}
		if to.ID == i.ID {
			return fmt.Errorf("%s cannot be merged into itself", i.ID)
		}
		into = to.Group
	}
	learn := func() {}
	if c.Do == "resolve" {
		var err error
		if learn, err = b.lesson(i, c); err != nil {
			return err
		}
	}
	changes, err := regroup(i.Group, into)
	if err != nil {
		return err
	}
	switch c.Do {
	case "merge", "split", "pin", "resolve":
		i.X.Touched = true
	}
	if c.Do == "resolve" {
		i.Summary = summaryOf(c)
		learn()
	}
	why := ""
	if c.Do == "merge" || c.Do == "split" {
		why = c.Text
	}
	b.act1(i, c, regrouped[c.Do], "into", c.Into, "assets", strings.Join(c.Assets, ","), "ticket", c.Ticket, "because", why)
	for _, ch := range changes {
		b.apply(ch)
	}
	if c.Do == "resolve" {
		b.closeByHand(i, c)
	}
	return nil
}

var regrouped = map[string]string{
	"merge": "merged_by_hand", "split": "split_by_hand", "pin": "pinned", "resolve": "resolved_by_hand", "reopen": "reopened_by_hand",
	"link": "linked", "unlink": "unlinked", "confirm-link": "link_confirmed", "reject-link": "link_rejected",
}

// closeByHand publishes the closing message of a person who resolved i: it is
// that person's word, so it needs no proof.
func (b *book) closeByHand(i *incident, c *headstart.Command) {
	i.X.Ended = true
	b.closesByHand(i, round{Do: doCloseByHand, Gen: i.X.Gen, Arg: c.By})
}

func (b *book) closesByHand(i *incident, r round) {
	if b.each(i, r) && i.X.Gen == r.Gen {
		b.closeOut(i)
	}
}

func (b *book) closeByHandOne(i *incident, a *headstart.Announcement, r round) {
	if !a.Live() || b.composer == nil || i.X.Gen != r.Gen || b.nextLive(i, a) != nil {
		return
	}
	u := b.compose(i, a, headstart.Solved, r.Arg, nil)
	if len(u.Hits) > 0 || b.muted(i) || b.config.FourEyes || len(u.Missing) > 0 {
		u.Why = append(u.Why, b.because("met de hand opgelost", "resolved by hand"))
		b.draftClosing(i, a, u)
		return
	}
	u.Approver = r.Arg
	b.publish(i, a, u, headstart.HowPage, "H-01")
}

// setConfidential hides i from users; what stood on the page goes (ruling 30).
func (b *book) setConfidential(i *incident, c *headstart.Command) {
	i.Confidential = c.Value == nil || *c.Value
	outcome := "made_confidential"
	if !i.Confidential {
		outcome = "made_public"
	}
	b.act1(i, c, outcome)
	if i.Confidential {
		b.mute(i)
		b.hideLessons(i)
	} else {
		b.writeBack(i)
	}
	b.each(i, round{Do: doDescribe})
}

func (b *book) hushFor(c *headstart.Command) (*incident, error) {
	d, err := time.ParseDuration(cmp.Or(c.For, "2h"))
	if err != nil || d < 0 || d > 7*24*time.Hour {
		return nil, fmt.Errorf("for %q; give a duration such as 2h, at most 168h", c.For)
	}
	if c.Incident == "" || c.Incident == "all" {
		b.hush = b.now.Add(d)
		b.note(headstart.Decision{Rule: "A-30", Outcome: "hushed_all", By: c.By, Facts: facts("until", stamp(&b.hush), "because", c.Text)})
		b.desk[headstart.HushKey] = &headstart.DeskNote{
			V: 1, ID: headstart.HushKey, Kind: "notice", By: c.By, At: b.now, Until: b.hush,
			Text: b.because("alle berichten aan gebruikers staan stil", "all messages to users are held"),
		}
		if c.Text != "" {
			b.desk[headstart.HushKey].Text += ": " + c.Text
		}
		b.dirty.put(headstart.TableDesk, headstart.HushKey, b.desk[headstart.HushKey])
		b.hushEnds("", b.hush)
		b.hold(round{Do: doHold})
		b.holdScheduled(round{Do: doHoldTimes})
		return nil, nil
	}
	i := b.find(c.Incident)
	if i == nil {
		return nil, missing(fmt.Sprintf("no incident %q", c.Incident))
	}
	if i.MergedInto != "" {
		return nil, fmt.Errorf("%s went into %s; act on that one", i.ID, i.MergedInto)
	}
	for _, o := range b.toldTogether(i) {
		b.hushOne(o, b.now.Add(d), c)
	}
	return i, nil
}

// hushOne tells users nothing of i until then.
func (b *book) hushOne(i *incident, until time.Time, c *headstart.Command) {
	i.X.Hush = until
	b.hushEnds(i.ID, i.X.Hush)
	if b.hushed(i) {
		b.mute(i)
	}
	b.decide(i, headstart.Decision{Rule: "A-30", Outcome: "hushed", By: c.By, Facts: facts("until", stamp(&i.X.Hush), "because", c.Text)})
	b.dirty.incident(i)
}
