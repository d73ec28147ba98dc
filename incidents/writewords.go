package incidents

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"headstart"
)

// The words of notes are for the desk: they may name hosts and numbers. Those of
// replies are the ones users read on the page, frozen and through the gate.

// noteWords is a note about i in the ticket key.
func (b *book) noteWords(i *incident, key, stage string) (title, text string) {
	var say lines
	title = fmt.Sprintf("%s: %s", i.ID, i.Title.In(b.language()))
	switch stage, _, _ := strings.Cut(stage, "-"); stage {
	case "resolved":
		b.overWords(i, &say)
	case "reopened":
		say.add(b.because("Storing %s is terug: ze was niet voorbij.", "Outage %s is back: it was not over."), i.ID)
		b.expectWords(i, &say)
	case "update":
		say.add(b.because("Nieuws over storing %s.", "News of outage %s."), i.ID)
		b.expectWords(i, &say)
		b.readyWords(i, key, &say)
	default:
		say.add(b.because("Bekende storing %s: %s (sinds %s).", "Known outage %s: %s (since %s)."), i.ID, i.Title.In(b.language()), b.clockWords(i.StartedAt))
		b.linkWords(key, i, &say)
		b.expectWords(i, &say)
		b.readyWords(i, key, &say)
	}
	if url := b.deskURL(i); url != "" {
		say.add("%s", url)
	}
	return title, say.text()
}

type lines []string

func (l *lines) add(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }
func (l lines) text() string                    { return strings.Join(l, "\n") }

// linkWords say who linked the ticket, and how to undo that.
func (b *book) linkWords(key string, i *incident, say *lines) {
	t := b.groups.Ticket(key)
	if t == nil {
		return
	}
	l := t.Linked()
	switch {
	case l == nil:
	case l.By != "" && l.By != "rule":
		say.add("%s", b.because("Gekoppeld door een medewerker.", "Linked by a person."))
	default:
		say.add(b.because("Automatisch gekoppeld: %s. Klopt dat niet, ontkoppel de melding dan op het bord.", "Linked automatically: %s. If that is wrong, unlink the ticket on the board."), strings.Join(l.For, ", "))
	}
	if i.Cause.Asset != "" {
		say.add(b.because("Waarschijnlijke oorzaak: %s.", "Probable cause: %s."), i.Cause.Asset)
	}
}

// expectWords say when it is expected to work, and when more is heard.
func (b *book) expectWords(i *incident, say *lines) {
	switch {
	case i.ETA != nil && i.ETA.At.After(b.now):
		say.add(b.because("Verwacht hersteld: %s.", "Expected to work: %s."), b.clockWords(i.ETA.At))
	default:
		say.add("%s", b.because("Wanneer het hersteld is, is nog niet bekend.", "When it will work is not known yet."))
	}
	if next := b.nextFor(i); next != nil && next.After(b.now) {
		say.add(b.because("Volgend bericht aan gebruikers uiterlijk %s.", "Next message to users by %s."), b.clockWords(*next))
	}
}

// readyWords add the reply that may be sent as it is.
func (b *book) readyWords(i *incident, key string, say *lines) {
	t := b.groups.Ticket(key)
	if t == nil {
		return
	}
	if _, text := b.replyWords(i, t, "linked"); text != "" {
		say.add("\n%s\n%s", b.because("Antwoord voor de melder, klaar om te versturen:", "Reply for the user, ready to be sent:"), text)
	}
}

// overWords say how it is known that i is over. Gone is not fixed (ruling 14).
func (b *book) overWords(i *incident, say *lines) {
	ended := b.now
	if i.ResolvedAt != nil {
		ended = *i.ResolvedAt
	}
	switch {
	case i.CloseReason == "no_longer_reported" || i.CloseReason == "no_longer_heard":
		say.add(b.because("Storing %s is gesloten: er wordt niets meer van gehoord. Dat zij hersteld is, heeft niemand vastgesteld; vraag de melder of het werkt.",
			"Outage %s is closed: nothing is heard of it any more. Nobody established that it is fixed; ask the user whether it works."), i.ID)
	case i.Summary != nil:
		say.add(b.because("Storing %s is opgelost (%s).", "Outage %s is resolved (%s)."), i.ID, b.clockWords(ended))
		for _, s := range []struct{ nl, en, text string }{
			{"Oorzaak", "Cause", i.Summary.Cause},
			{"Oplossing", "Solution", i.Summary.Solution},
		} {
			if s.text != "" {
				say.add("%s: %s", b.because(s.nl, s.en), s.text)
			}
		}
	default:
		say.add(b.because("Storing %s is voorbij sinds %s: onze controles zijn weer goed.", "Outage %s is over since %s: our checks are good again."), i.ID, b.clockWords(ended))
	}
	say.add("%s", b.because("Werkt het bij deze melder nog niet, ontkoppel de melding dan.", "If it does not work for this user yet, unlink the ticket."))
}

// clockWords is a time as the desk reads it: its day too, unless that is today.
func (b *book) clockWords(t time.Time) string {
	t = t.In(b.zone)
	if t.Format(time.DateOnly) == b.now.In(b.zone).Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("02-01 15:04")
}

// replyWords are the words users read now about i, in the language of the ticket;
// nothing if users were told nothing that holds (ruling 28).
func (b *book) replyWords(i *incident, t *headstart.TicketState, stage string) (title, text string) {
	a := b.noticeFor(i, t, stage == stageResolved)
	if a == nil || len(a.Languages) == 0 {
		return "", ""
	}
	u := a.Last()
	if over := saidOver(i, a); stage == stageResolved && over != nil {
		u = over
	}
	words := u.Text[b.replyLanguage(t, a.Languages)]
	if words.Body == "" {
		return "", ""
	}
	return words.Title, words.Title + "\n\n" + words.Body
}

// noticeFor is the notice for whoever reported t: the one for their place if there
// is one, else the first.
func (b *book) noticeFor(i *incident, t *headstart.TicketState, over bool) *headstart.Announcement {
	var first *headstart.Announcement
	for _, a := range b.tells(i) {
		fits := a.Live()
		if over {
			fits = a.State == headstart.AnnouncementFinal && !folded(a) || a.Live() && saidOver(i, a) != nil
		}
		if a.Last() == nil || !fits {
			continue
		}
		if slices.Contains(a.Locations, t.Requester.Location) {
			return a
		}
		if first == nil {
			first = a
		}
	}
	return first
}

// takeBackWords take a link back. What a user was told cannot be: a person decides.
func (b *book) takeBackWords(i *incident, w *written) (title, text string) {
	var say lines
	say.add(b.because("Deze melding hoort niet bij storing %s; de koppeling is ongedaan gemaakt.", "This ticket is not about outage %s; the link was taken back."), i.ID)
	if len(w.Replied) > 0 {
		say.add("%s", b.because("De melder heeft daarover wel een antwoord gekregen: laat weten dat dit apart wordt bekeken.", "The user was sent a reply about it: let them know that this is looked at apart."))
	}
	return string(i.ID), say.text()
}

// mergedWords end the ticket made for an incident that went into another.
func (b *book) mergedWords(i, to *incident) (title, text string) {
	return string(i.ID), fmt.Sprintf(b.because("Storing %s gaat verder als %s: %s", "Outage %s goes on as %s: %s"), i.ID, to.ID, to.Title.In(b.language()))
}

// makeWords are title and text of the ticket made for i.
func (b *book) makeWords(i *incident) (title, text string) {
	var say lines
	title = fmt.Sprintf("%s: %s", i.ID, i.Title.In(b.language()))
	say.add(b.because("Storing %s, sinds %s, prioriteit %s.", "Outage %s, since %s, priority %s."), i.ID, b.clockWords(i.StartedAt), i.Priority)
	if i.Cause.Asset != "" {
		say.add(b.because("Waarschijnlijke oorzaak: %s.", "Probable cause: %s."), i.Cause.Asset)
	}
	if url := b.deskURL(i); url != "" {
		say.add("%s", url)
	}
	return title, say.text()
}
