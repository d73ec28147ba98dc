package incidents

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"headstart"
)

// The morning report is decided here, so that it is owed once: a restart finds it on
// the outbox, and a second engine decides nothing. What it says is made when it is
// delivered.

// reportWatch is after how long a report that did not arrive is an alert. A report that
// nobody could decide in time is one at once.
const reportWatch = 15 * time.Minute

// standupAge is how late the short edition still makes sense: people stood together.
const standupAge = 30 * time.Minute

var editions = []headstart.Edition{headstart.EditionMorning, headstart.EditionStandup}

// planReports sets when each edition is sent next, as the configuration says by now.
func (b *book) planReports() {
	for _, e := range editions {
		b.planReport(e)
	}
}

// planReport sets a deadline unless the one set is right; one that is outdated finds
// another time in b.reports and does nothing.
func (b *book) planReport(e headstart.Edition) {
	due := b.nextReport(e)
	if due.Equal(b.reports[e]) {
		return
	}
	b.expectReport(e, due)
	if !due.IsZero() {
		b.agenda.add(due, doReport, string(e), 0, false)
	}
}

// expectReport remembers when an edition is owed next; the zero time: it is not. Rows
// know no difference between an empty map and none.
func (b *book) expectReport(e headstart.Edition, due time.Time) {
	delete(b.reports, e)
	switch {
	case due.IsZero() && len(b.reports) == 0:
		b.reports = nil
	case due.IsZero():
	case b.reports == nil:
		b.reports = map[headstart.Edition]time.Time{e: due}
	default:
		b.reports[e] = due
	}
	b.dirty.touchClock()
}

// nextReport is the next time on a worked day at which an edition is sent, on the wall
// clock of the organisation; zero: there is none within a year.
func (b *book) nextReport(e headstart.Edition) time.Time {
	p := b.log.Report
	if p == nil || len(p.To) == 0 || p.Clock(e) == "" {
		return time.Time{}
	}
	day := b.now.In(b.zone)
	for range 366 {
		if due := clock(p.Clock(e), day); due.After(b.now) && b.calendar.Worked(due, "") {
			return due.UTC()
		}
		y, m, d := day.Date()
		day = time.Date(y, m, d+1, 12, 0, 0, 0, b.zone)
	}
	return time.Time{}
}

// reportDue owes each channel the edition a deadline is for.
func (b *book) reportDue(d *deadline) {
	e := headstart.Edition(d.Key)
	if !b.reports[e].Equal(d.Due) {
		return // the times or the calendar changed since
	}
	b.expectReport(e, time.Time{})
	late := b.now.Sub(d.Due)
	day := d.Due.In(b.zone).Format(time.DateOnly)
	switch {
	case b.now.In(b.zone).Format(time.DateOnly) != day: // the next one tells of it all
		b.reportMissing(e, day, "")
	case e == headstart.EditionStandup && late > standupAge:
		b.note(headstart.Decision{Rule: "R-08", Outcome: "report_skipped", Subject: string(e), Facts: facts("day", day)})
	default:
		if late > reportWatch {
			b.reportMissing(e, day, "")
		}
		b.oweReport(e, day)
	}
	b.planReport(e)
}

func (b *book) oweReport(e headstart.Edition, day string) {
	for _, channel := range b.log.Report.To {
		n := &headstart.Notice{
			V: 1, Key: reportKey(e, day, channel), Plane: headstart.PlaneDesk, At: b.now, UID: "report-" + day + "-" + string(e),
			Channel: channel, Languages: []string{b.language()}, Report: e,
		}
		b.owe(n)
		b.messages = append(b.messages, Message{At: b.now, Plane: n.Plane, How: headstart.HowPush, Audience: channel, Text: map[string]headstart.Text{}})
	}
	b.note(headstart.Decision{Rule: "R-08", Outcome: "report_owed", Subject: string(e), Facts: facts("day", day)})
	b.agenda.add(b.now.Add(reportWatch), doReportWatch, string(e), 0, false).Arg = day
}

// reportAgain is how long after one report a person may have it sent again.
const reportAgain = time.Minute

// reportNow owes each channel the report because a person wants it now.
func (b *book) reportNow(c *headstart.Command) error {
	p := b.log.Report
	if p == nil {
		return errors.New(b.because("report.to noemt geen kanaal; er is niets om naar te sturen", "report.to names no channel; there is nowhere to send it"))
	}
	for _, key := range sortedKeys(b.owed) {
		if n := b.owed[key]; n.Plane == headstart.PlaneDesk && n.Report != "" && b.now.Sub(n.At) < reportAgain {
			return errors.New(b.because("het rapport is al onderweg", "the report is on its way already"))
		}
	}
	for _, channel := range p.To {
		b.owe(&headstart.Notice{
			V: 1, Key: "report/" + c.ID + "/" + channel, Plane: headstart.PlaneDesk, At: b.now, UID: "report-" + c.ID,
			Channel: channel, Languages: []string{b.language()}, Report: headstart.EditionMorning,
		})
	}
	b.note(headstart.Decision{Rule: "R-08", Outcome: "report_wanted", By: c.By})
	return nil
}

func reportKey(e headstart.Edition, day, channel string) string {
	return "report/" + day + "/" + string(e) + "/" + channel
}

// reportWatched makes an alert of a report that did not arrive at a channel.
func (b *book) reportWatched(d *deadline) {
	e := headstart.Edition(d.Key)
	var missing []string
	for _, key := range slices.Concat(sortedKeys(b.owed), sortedKeys(b.dead)) {
		n := b.owed[key]
		if n == nil {
			n = &b.dead[key].Notice
		}
		if n.Plane == headstart.PlaneDesk && key == reportKey(e, d.Arg, n.Channel) && !slices.Contains(missing, n.Channel) {
			missing = append(missing, n.Channel)
		}
	}
	for _, channel := range missing {
		b.reportMissing(e, d.Arg, channel)
	}
}

// reportMissing tells desk and operators that a report did not arrive at a channel, or,
// without one, that nobody was there to send it.
func (b *book) reportMissing(e headstart.Edition, day, channel string) {
	clock := ""
	if p := b.log.Report; p != nil {
		clock = p.Clock(e)
	}
	text := fmt.Sprintf(b.because("Het ochtendrapport van %s %s is niet op tijd verstuurd: de dienst stond stil.", "The morning report of %s %s was not sent in time: the service stood still."), day, clock)
	if channel != "" {
		text = fmt.Sprintf(b.because("Het ochtendrapport van %s %s is niet aangekomen bij %s; kijk bij Kanalen.", "The morning report of %s %s has not arrived at %s; look under Channels."), day, clock, channel)
	}
	b.putNote(&headstart.DeskNote{V: 1, ID: "report:" + string(e), Kind: "notice", By: "rule", At: b.now, Text: text, Until: nextDay(b.now)})
	b.note(headstart.Decision{Rule: "R-08", Outcome: "report_missing", Subject: channel, Facts: facts("day", day, "edition", string(e))})
	b.pageReport(e, day, channel, text)
}

// pageReport pages the receivers that the alert MorningReportMissing leads to.
func (b *book) pageReport(e headstart.Edition, day, channel, text string) {
	labels := map[string]string{"alertname": "MorningReportMissing", "severity": "warning", "edition": string(e)}
	if channel != "" {
		labels["channel"] = channel
	}
	b.pageNotice(reportKey(e, day, channel)+"/missing", "report-"+day+"-"+string(e)+"-"+channel, text, labels)
}

// pageNotice pages, once, the receivers that an alert of ours about no incident leads to.
func (b *book) pageNotice(key, uid, text string, labels map[string]string) {
	if b.router == nil {
		return
	}
	to, _ := b.router.Receivers(labels, time.Time{}) // told once, so never held back
	for _, receiver := range to {
		b.owe(&headstart.Notice{
			V: 1, Key: key + "/" + receiver, Plane: headstart.PlaneOperators, At: b.now,
			UID: uid, Receiver: receiver, Reason: "notice", Title: text,
			Alerts: []headstart.NoticeAlert{{Labels: labels, Annotations: map[string]string{"summary": text}, StartsAt: b.now}},
		})
		b.messages = append(b.messages, Message{
			At: b.now, Plane: headstart.PlaneOperators, How: headstart.HowPush, Receiver: receiver, Text: map[string]headstart.Text{b.language(): {Title: text}},
		})
	}
}

// seen takes note how far a login has read the morning report. It never goes back, and
// never further than now.
func (b *book) seen(c *headstart.Command) error {
	if c.By == "" || len(c.By) > longestName {
		return errors.New(b.because("niemand weet wie dit gezien heeft; log in", "nobody knows who has seen this; log in"))
	}
	upTo := c.At
	if upTo.IsZero() || upTo.After(b.now) {
		upTo = b.now
	}
	key := headstart.SeenKey(c.By)
	if was := b.desk[key]; was != nil && !was.At.Before(upTo) {
		return nil
	}
	b.putNote(&headstart.DeskNote{V: 1, ID: key, Kind: headstart.NoteSeen, By: c.By, At: upTo.UTC()})
	return nil
}
