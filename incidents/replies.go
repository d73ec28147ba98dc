package incidents

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// The stages of what is written to the user: one public message each, whatever it
// holds (ruling 33).
const (
	stageLinked   = "linked"
	stageUpdate   = "update"
	stageResolved = "resolved"
)

// replyTicket tells the user what users are told: the words of the notice, once per
// stage. At the end it may ask whether it works again. Out of hours, and while
// messages are held, it waits.
func (b *book) replyTicket(i *incident, sys *headstart.TicketSystem, id string, w *written) bool {
	t := b.groups.Ticket(sys.Source + "/" + id)
	if t == nil || t.Solved() || !sys.Reply && !sys.Question { // a reply may open a solved one again
		return false
	}
	stage := b.replyStage(i, t, w)
	if slices.Contains(w.Replied, stage) {
		return false
	}
	title, text, who := b.toReply(i, sys, t, stage)
	if text == "" {
		return false
	}
	if until := b.replyWaits(i, t); !until.IsZero() {
		b.writeAt(i, until)
		return false
	}
	n := b.toWrite(i, sys.Source, id, "reply", i.UID+"/"+stage+"/reply")
	n.Title, n.Body = title, text
	b.owe(n)
	w.Replied, w.Asked = append(w.Replied, stage), who
	if who != "" {
		w.Heard = t.Reopens + t.Contacts
	}
	if w.Told.IsZero() {
		w.Told = b.now
	}
	return true
}

// toReply is what is written to the user at a stage, and who is asked with it whether it
// works again; no text: nothing is to be said.
func (b *book) toReply(i *incident, sys *headstart.TicketSystem, t *headstart.TicketState, stage string) (title, text, who string) {
	if sys.Reply {
		title, text = b.replyWords(i, t, stage)
		if text == "" && (slices.ContainsFunc(b.told[i.ID], waitsForEnd) || slices.ContainsFunc(b.tells(i), speaksOn)) {
			return "", "", "" // it goes with the closing message
		}
	}
	if sys.Question && stage == stageResolved {
		who = b.toAsk(i, t)
	}
	if who != "" {
		title, text = b.askWords(i, t, title, text)
	}
	return title, text, who
}

// replyStage is what a reply would be about now. News that users cannot read yet is
// none: the one update is not spent on words that did not change.
func (b *book) replyStage(i *incident, t *headstart.TicketState, w *written) string {
	if i.X.Over {
		return stageResolved
	}
	a := b.noticeFor(i, t, false)
	if a != nil && slices.Contains(w.Replied, stageLinked) &&
		slices.ContainsFunc(a.Updates, func(u headstart.Update) bool { return isNews(&u) && u.At.After(w.Told) }) {
		return stageUpdate
	}
	return stageLinked
}

// toAsk is who reported t, if they are to be asked whether it works again: once about
// an incident, and neither somebody who calls for others nor a caller (rulings 32, 33).
func (b *book) toAsk(i *incident, t *headstart.TicketState) string {
	who := requester(t)
	if t.Channel == "phone" {
		return ""
	}
	for _, w := range i.X.Written {
		if w.Asked == who {
			return ""
		}
	}
	return who
}

// askWords end a reply with the question, or are that alone. A person who answers "no"
// has a ticket that is open still.
func (b *book) askWords(i *incident, t *headstart.TicketState, title, text string) (string, string) {
	lang := b.replyLanguage(t, b.languages(headstart.Audience{}))
	say := func(u, je, en string) string {
		switch {
		case lang == "en":
			return en
		case b.config.Address == "je":
			return je
		}
		return u
	}
	question := say("Werkt het weer bij u? Zo niet, beantwoord dan dit bericht.", "Werkt het weer bij jou? Zo niet, beantwoord dan dit bericht.",
		"Does it work again for you? If not, please answer this message.")
	if text != "" {
		return title, text + "\n\n" + question
	}
	how := say("De storing die u meldde is volgens ons voorbij.", "De storing die je meldde is volgens ons voorbij.", "As far as we know the problem you reported is over.")
	if i.CloseReason == "no_longer_reported" || i.CloseReason == "no_longer_heard" { // gone is not fixed (ruling 14)
		how = say("Wij horen niets meer van de storing die u meldde.", "Wij horen niets meer van de storing die je meldde.", "We hear nothing any more of the problem you reported.")
	}
	return say("Werkt het weer?", "Werkt het weer?", "Does it work again?"), how + " " + question
}

// replyLanguage is that of a ticket if it is one of languages, else the first of them.
func (b *book) replyLanguage(t *headstart.TicketState, languages []string) string {
	if t.Evidence != nil && slices.Contains(languages, t.Evidence.Language) {
		return t.Evidence.Language
	}
	return languages[0]
}

// replyWaits is until when a reply waits, zero if it may go now.
func (b *book) replyWaits(i *incident, t *headstart.TicketState) time.Time {
	if b.hushed(i) {
		return b.hushedUntil(i)
	}
	now := b.now.In(b.zone)
	next := b.calendar.NextOpen(now, t.Requester.Location)
	if next.IsZero() { // nobody ever works: look again tomorrow
		return b.now.Add(24 * time.Hour)
	}
	if !next.After(now) {
		return time.Time{}
	}
	return next
}

// hushedUntil is when the hush that holds i ends.
func (b *book) hushedUntil(i *incident) time.Time {
	if i.X.Hush.After(b.hush) {
		return i.X.Hush
	}
	return b.hush
}

// writeAt sets the deadline to look again; one for all tickets that wait so long.
func (b *book) writeAt(i *incident, due time.Time) {
	if i.X.WriteAt.Equal(due) && b.now.Before(due) {
		return
	}
	i.X.WriteAt = due
	b.agenda.add(due, doWrite, string(i.ID), 0, false)
	b.dirty.incident(i)
}

// holdEnd takes replies and questions off the outbox that say it is over: it is not.
func (b *book) holdEnd(i *incident) {
	b.strikeTicket(func(n *headstart.Notice) bool {
		if b.ownerOf(n) != i || n.Do != "reply" || !strings.HasSuffix(n.Mark, "/"+stageResolved+"/reply") {
			return false
		}
		b.unwrite(i, n)
		return true
	})
}
