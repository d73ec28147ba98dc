package demo

import (
	"context"
	"time"

	"headstart"
)

// nightLasts is how long before the first morning the story begins: the desk closed on
// Friday at half past five, and most of what the report tells happened on Sunday.
const nightLasts = 12 * time.Hour

// night is what the first morning report is about. after counts from the evening before.
func night(w *World, language string) []step {
	quiet := func(after time.Duration, do func(context.Context) error) step { return step{after: after, do: do} }
	return []step{
		quiet(20*time.Minute, func(ctx context.Context) error {
			return w.Lacks(ctx, "prn-n1-03", headstart.Warn, "tray empty (Tray 2: 0/550)", headstart.Condition{Name: "tray-empty", Effect: headstart.EffectReport, Detail: "Tray 2: 0/550"})
		}),
		quiet(40*time.Minute, func(ctx context.Context) error {
			return w.Command(ctx, "desk/handover", map[string]any{"text": map[string]string{
				"nl": "Reserveswitch ligt in kast K3. Leverancier komt maandag om 10:00 uur voor de lijn.", "en": "The spare switch lies in cabinet K3. The supplier comes Monday at 10:00 for the line.",
			}[language], "until": stamp(w.clock.Now().Add(24 * time.Hour))})
		}),
		quiet(2*time.Hour, func(ctx context.Context) error {
			return w.Plan(ctx, "W-nacht", "sw-z", 45*time.Minute, both("Nieuwe software op de verdeelkast van Zuid", "New software on the distribution switch of Zuid"))
		}),
		quiet(2*time.Hour+5*time.Minute, func(ctx context.Context) error { return w.Fail(ctx, "sw-z") }),
		quiet(2*time.Hour+25*time.Minute, func(ctx context.Context) error { return w.Mend(ctx, "sw-z") }),
		quiet(5*time.Hour, func(ctx context.Context) error { return w.Fail(ctx, "line-isp") }),
		quiet(5*time.Hour+time.Minute, func(ctx context.Context) error {
			return w.Lacks(ctx, "elo", headstart.Down, "no answer within 10s")
		}),
		quiet(5*time.Hour+21*time.Minute, func(ctx context.Context) error { return w.Mend(ctx, "line-isp", "elo") }),
		quiet(7*time.Hour, func(ctx context.Context) error { return w.Fail(ctx, "srv-backup") }),
		quiet(9*time.Hour, func(ctx context.Context) error {
			return w.Lacks(ctx, "prn-m0-02", headstart.Warn, "waste container almost full (96 %)", headstart.Condition{Name: "waste-almost-full", Effect: headstart.EffectReport, Detail: "96 %"})
		}),
		quiet(11*time.Hour+10*time.Minute, func(ctx context.Context) error {
			return w.write(ctx, language, report{
				title: both("Toegangspas werkt niet bij de achterdeur", "Access pass does not open the back door"), body: both("De lezer van de achterdeur in Noord reageert niet.", "The reader of the back door in Noord does not react."),
				location: "noord", department: "balie", urgent: true,
			})
		}),
	}
}
