package demo

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestScenarios: each one begins with words in both languages, ends before the next
// begins, and mends whatever it breaks: its last step is the repair.
func TestScenarios(t *testing.T) {
	for seed := range uint64(20) {
		for _, s := range Scenarios() {
			w := NewWorld(NewClock(time.Now()), "http://127.0.0.1:1", "", seed)
			steps := s.steps(w, "en")
			last := time.Duration(0)
			for _, x := range steps {
				last = max(last, x.after)
				if x.say != nil && (x.say["nl"] == "" || x.say["en"] == "") {
					t.Errorf("%s: %v is not said in both languages", s.Name, x.say)
				}
			}
			if steps[0].say == nil {
				t.Errorf("%s begins without a word", s.Name)
			}
			if end := steps[len(steps)-1]; end.after != last || end.say == nil || last+20*time.Minute > gap {
				t.Errorf("%s: its last step is at %s, the repair at %s; want the repair last, and 20 minutes before the next", s.Name, last, end.after)
			}
		}
	}
}

// TestTheSameSeedTellsTheSameStory: what is said, and when, depends on the seed alone.
func TestTheSameSeedTellsTheSameStory(t *testing.T) {
	tell := func(seed uint64) (lines []string) {
		morning := time.Date(2026, 11, 30, 7, 50, 0, 0, time.UTC)
		clock := NewClock(Evening(morning))
		d := NewDirector(Options{World: NewWorld(clock, "http://127.0.0.1:1", "", seed), Clock: clock, Start: morning, Scenarios: Scenarios(), Language: "en"})
		for _, e := range d.events {
			lines = append(lines, e.at.Format(time.TimeOnly)+" "+e.say["en"])
		}
		return lines
	}
	one := tell(1)
	if !slices.Equal(one, tell(1)) {
		t.Error("seed 1 tells two stories")
	}
	differs := false
	for seed := range uint64(10) {
		differs = differs || !slices.Equal(one, tell(seed))
	}
	if !differs {
		t.Error("every seed tells the same story")
	}
}

// TestOrganisation: three buildings and 40 printers, as the documentation says.
func TestOrganisation(t *testing.T) {
	printers, places := 0, map[string]bool{}
	for _, d := range Devices() {
		places[d.Location] = true
		if d.Kind == "printer" {
			printers++
		}
	}
	if printers != 40 || len(places) != 3 {
		t.Errorf("%d printers in %d buildings, want 40 in 3", printers, len(places))
	}
	if _, err := Choose([]string{"fire"}); err == nil || !strings.Contains(err.Error(), "floor-switch") {
		t.Errorf("a scenario there is not: %v; want the names there are", err)
	}
}
