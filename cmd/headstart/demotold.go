package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"headstart"
	"headstart/demo"
	"headstart/web"
)

// welcome says where to look, once the night is over.
func (d *demonstration) welcome(took time.Duration) {
	base := "http://" + d.listen
	d.print("", d.words("Klaar in %.1f s. Het is maandagochtend %s; de klok loopt %g keer zo snel.", "Done in %.1f s. It is Monday morning, %s; the clock runs %g times as fast."),
		took.Seconds(), d.days.Format("15:04"), d.speed)
	d.print("", "")
	d.print("", d.words("Kijk eerst hier:", "Look here first:"))
	for n, step := range []struct{ path, nl, en string }{
		{"/", "het bord: één kaart per storing", "the board: one card per outage"},
		{"/morning", "het ochtendrapport over de nacht", "the morning report of the night"},
		{"/s/", "wat gebruikers lezen voordat ze bellen", "what users read before they call"},
		{"/tickets", "welke meldingen over dezelfde storing gaan", "which tickets are one outage"},
		{"/demo", "de verstuurde berichten, en wat er gebeurde", "the messages sent, and what happened"},
	} {
		d.print("", "  %d. %s%s  %s", n+1, base, step.path, d.words(step.nl, step.en))
	}
	d.print("", d.words("Ctrl-C stopt, en haalt alles weg.", "Ctrl-C stops it, and removes everything."))
	d.print("", "")
}

// narrate tells what happens in the world.
func (d *demonstration) narrate(at time.Time, text string) {
	d.keep(at, text)
	d.print(at.In(d.zone).Format("15:04:05"), "  … %s", text)
}

// watch returns what tells what the service made of it.
func (d *demonstration) watch(view *headstart.View) func() {
	teller, messages := demo.NewTeller(d.language), 0
	return func() {
		now, night := d.clock.Now(), d.clock.Now().Before(d.days)
		for _, f := range teller.Look(view) {
			d.keep(now, f.Text)
			if !night {
				d.print(now.In(d.zone).Format("15:04:05"), "%s", f.Text)
			}
		}
		for list := d.outbox.Messages(); messages < len(list); messages++ {
			m := list[messages]
			if night || m.Silent {
				continue
			}
			d.print(now.In(d.zone).Format("15:04:05"), d.words("VERSTUURD aan %s: “%s”", "SENT to %s: “%s”"), m.Audience, d.textOf(m, d.language).Title)
		}
	}
}

func (d *demonstration) textOf(m demo.Message, language string) headstart.Text {
	if t, ok := m.Text[language]; ok {
		return t
	}
	return m.Text["nl"]
}

// storyLines of the newest are kept for the page.
const storyLines = 100

func (d *demonstration) keep(at time.Time, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.story = append([]web.GuideLine{{At: at, Text: text}}, d.story[:min(len(d.story), storyLines-1)]...)
}

// told implements web.Guide: what happened was said in one language.
func (d *demonstration) told(string) []web.GuideLine {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.story
}

// sent implements web.Guide.
func (d *demonstration) sent(language string) (out []web.GuideMessage) {
	for _, m := range d.outbox.Messages() {
		t := d.textOf(m, language)
		out = append(out, web.GuideMessage{At: m.At, To: m.Audience, Title: t.Title, Body: t.Body})
	}
	return out
}

func (d *demonstration) words(nl, en string) string {
	if d.language == "nl" {
		return nl
	}
	return en
}

// print writes one line, after the demonstration's time if there is one.
func (d *demonstration) print(at, format string, args ...any) {
	if at != "" {
		at += "  "
	}
	fmt.Fprintf(d.program.stdout, at+format+"\n", args...)
}

// untilStopped logs until somebody stops the demonstration: what is cut off then is no
// error of anybody's.
type untilStopped struct {
	slog.Handler
	stopped <-chan struct{}
}

// Enabled implements slog.Handler.
func (h untilStopped) Enabled(ctx context.Context, level slog.Level) bool {
	select {
	case <-h.stopped:
		return false
	default:
		return h.Handler.Enabled(ctx, level)
	}
}

// WithAttrs implements slog.Handler.
func (h untilStopped) WithAttrs(attrs []slog.Attr) slog.Handler {
	return untilStopped{h.Handler.WithAttrs(attrs), h.stopped}
}

// WithGroup implements slog.Handler.
func (h untilStopped) WithGroup(name string) slog.Handler {
	return untilStopped{h.Handler.WithGroup(name), h.stopped}
}
