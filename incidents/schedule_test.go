package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// planned is a story in which a message waits to go out at ten.
func planned(t *testing.T, change func(*Announce)) *story {
	t.Helper()
	st := newStory(t, change)
	st.outage(0)
	st.must("samira", time.Minute, headstart.Command{Do: "ack", Incident: "HS-1"})
	st.tick(2 * time.Minute)
	if got := st.must("samira", 3*time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.WorkaroundFound, Text: "print via N2-05", At: monday.Add(time.Hour)}); got != "workaround draft" {
		t.Fatalf("users got %q, want nothing yet", got)
	}
	if w := st.notice().Waiting(); w != headstart.UpdateScheduled {
		t.Fatalf("the draft is %s, want scheduled", w)
	}
	return st
}

// TestScheduled: an approved message goes out at its time, neither before nor in other
// words, though the page said other things meanwhile.
func TestScheduled(t *testing.T) {
	st := planned(t, nil)
	words := st.notice().Draft.Text["nl"]
	st.s.groups[1].Cause.Asset = "prn-1"
	st.change(10*time.Minute, headstart.Change{Kind: headstart.CauseChanged, Group: 1})
	if got := brief(st.tick(59 * time.Minute)); strings.Contains(got, "workaround") {
		t.Errorf("a minute early users got %q", got)
	}
	if got := brief(st.tick(60 * time.Minute)); got != "workaround page, workaround push" {
		t.Fatalf("users got %q, want the workaround", got)
	}
	u := st.notice().Last()
	if u.Text["nl"].Body != words.Body || u.By != "samira" || u.Approver != "samira" || !u.At.Equal(monday.Add(time.Hour)) {
		t.Errorf("it reads %q at %s, want what was approved", u.Text["nl"].Body, u.At)
	}
	if got := u.NextUpdateBy.Sub(u.At); got < 25*time.Minute || got > 8*time.Hour {
		t.Errorf("the next message is promised %s later, want the cadence from then", got)
	}
	if st.notice().Draft != nil {
		t.Error("a draft is left")
	}
}

// TestScheduleIsTakenBack: by a person, and by whatever means that nobody should read it.
func TestScheduleIsTakenBack(t *testing.T) {
	for name, c := range map[string]struct {
		why string
		do  func(st *story)
	}{
		"by a person": {"taken back", func(st *story) {
			st.must("joris", 10*time.Minute, headstart.Command{Do: "schedule", Announcement: st.notice().ID})
		}},
		"by new words": {"changed by joris", func(st *story) {
			st.must("joris", 10*time.Minute, headstart.Command{Do: "edit", Announcement: st.notice().ID, Text: "print via N2-06"})
		}},
		"by an end": {"it is over", func(st *story) { st.recovered(10 * time.Minute) }},
		"by a hush": {"hushed", func(st *story) {
			st.must("joris", 10*time.Minute, headstart.Command{Do: "hush", Incident: "HS-1", For: "5m"})
		}},
		"by a hush of all": {"hushed", func(st *story) { st.must("joris", 10*time.Minute, headstart.Command{Do: "hush", For: "5m"}) }},
		"by secrecy": {"confidential", func(st *story) {
			st.must("joris", 10*time.Minute, headstart.Command{Do: "confidential", Incident: "HS-1"})
			st.must("joris", 12*time.Minute, headstart.Command{Do: "confidential", Incident: "HS-1", Value: new(bool)})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			st := planned(t, nil)
			c.do(st)
			d := st.notice().Draft
			if d == nil || d.ScheduledFor != nil || d.Approver != "" || !strings.Contains(strings.Join(d.Why, "; "), c.why) {
				t.Fatalf("the draft is %+v, want it to wait because %q", d, c.why)
			}
			if got := brief(st.tick(61 * time.Minute)); strings.Contains(got, "workaround") {
				t.Errorf("users got %q at the time of before", got)
			}
		})
	}
	t.Run("by a withdrawal", func(t *testing.T) {
		st := planned(t, nil)
		st.must("joris", 10*time.Minute, headstart.Command{Do: "withdraw", Announcement: st.notice().ID})
		if got := brief(st.tick(61 * time.Minute)); got != "" || st.notice().Draft != nil {
			t.Errorf("users got %q after it was withdrawn, and %v waits", got, st.notice().Draft)
		}
	})
}

// TestScheduleNotLateAfterAStop covers ruling 11.
func TestScheduleNotLateAfterAStop(t *testing.T) {
	for late, want := range map[time.Duration]string{10 * time.Minute: "workaround page, workaround push", 20 * time.Minute: "workaround draft"} {
		st := planned(t, func(a *Announce) { a.Policy["progress_no_news"] = approval })
		st.f.trusted = false
		if got := brief(st.tick(time.Hour + late)); !strings.HasSuffix(got, want) {
			t.Errorf("%s late users got %q, want %q", late, got, want)
		}
		if late > lateForUsers && !strings.Contains(strings.Join(st.notice().Draft.Why, "; "), "older than 15 minutes") {
			t.Errorf("it waits because of %v", st.notice().Draft.Why)
		}
	}
}

// TestScheduleRefuses names the remedy of each mistake.
func TestScheduleRefuses(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.tick(2 * time.Minute)
	id := st.notice().ID
	st.refused("samira", time.Minute, "nothing is scheduled", headstart.Command{Do: "schedule", Announcement: id})
	st.refused("samira", time.Minute, "write one first", headstart.Command{Do: "schedule", Announcement: id, At: monday.Add(time.Hour)})
	st.must("samira", time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.Progress, Text: "Wij kijken.", Draft: true})
	st.refused("samira", 2*time.Minute, "send it now", headstart.Command{Do: "schedule", Announcement: id, At: monday})
	st.refused("samira", 2*time.Minute, "a year", headstart.Command{Do: "schedule", Announcement: id, At: monday.Add(9000 * time.Hour)})
	st.must("samira", 2*time.Minute, headstart.Command{Do: "schedule", Announcement: id, At: monday.Add(time.Hour)})
	st.must("joris", 3*time.Minute, headstart.Command{Do: "schedule", Announcement: id, At: monday.Add(2 * time.Hour)})
	if got := brief(st.tick(time.Hour)); strings.Contains(got, "progress page") && st.notice().Last().By == "samira" {
		t.Errorf("users got %q at the first time, want it put off", got)
	}
}
