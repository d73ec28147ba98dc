package maintenance

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"headstart"
)

// sourceConfig is the Source of windows written in the configuration.
const sourceConfig = "config"

// Expand returns the windows of the configuration that are not over at from: what
// comes once however far ahead, what comes again until to. It depends on nothing
// else, so every replica and every restart makes the same windows with the same
// ids: W-1, or W-1@2026-11-23 for the one of that day.
func (c *Config) Expand(from, to time.Time, zone *time.Location) []headstart.MaintenanceWindow {
	var out []headstart.MaintenanceWindow
	for i := range c.Windows {
		w := &c.Windows[i]
		if !w.recurs() {
			if w.EndsAt.After(from) {
				out = append(out, w.at(w.ID, run{w.StartsAt.Time, w.EndsAt.Time}))
			}
			continue
		}
		out = append(out, w.series(from, to, zone)...)
	}
	return out
}

// series are the windows of one that comes again.
func (w *Window) series(from, to time.Time, zone *time.Location) []headstart.MaintenanceWindow {
	var out []headstart.MaintenanceWindow
	for _, r := range w.runs(from, to, zone) {
		in := r.from
		if l := w.Every.Location; l == nil || l.Location == nil {
			in = in.In(zone)
		}
		id := w.ID + "@" + in.Format(time.DateOnly)
		if len(w.Every.Times) > 1 { // perhaps several a day
			id += in.Format("T1504")
		}
		out = append(out, w.at(id, r))
	}
	return out
}

func (w *Window) at(id string, r run) headstart.MaintenanceWindow {
	return stamped(headstart.MaintenanceWindow{
		ID: id, Assets: w.Assets, Services: w.Services, Locations: w.Locations,
		StartsAt: r.from.UTC(), EndsAt: r.to.UTC(), Owner: w.Owner, Summary: w.Summary, Source: sourceConfig,
	})
}

// stamped fills in Rev.
func stamped(w headstart.MaintenanceWindow) headstart.MaintenanceWindow {
	w.Rev, w.By = "", ""
	b, err := json.Marshal(w)
	if err != nil {
		panic(fmt.Sprintf("maintenance: encode window: %v", err)) // a type of ours, times validated: a programmer's error
	}
	w.Rev = shortHash(string(b))
	return w
}

// shortHash is 48 bits: no two of a few hundred windows meet by chance.
func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}
