package incidents

import (
	"testing"
	"time"

	"headstart"
)

// TestHeldEndOutlivesAHush: an end that quiet hours hold back reaches its readers after
// them, and after a hush that stands there then (rulings 28 and 30).
func TestHeldEndOutlivesAHush(t *testing.T) {
	const evening, morning = 11*time.Hour + 30*time.Minute, 22 * time.Hour // 20:30 and 07:00
	for name, hush := range map[string]bool{"no hush": false, "a hush until 07:25": true} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, nil)
			st.outage(evening)
			st.tick(evening + 3*time.Minute)
			st.ends(evening+4*time.Minute, "mail", "sent")
			st.recovered(evening + 35*time.Minute)
			st.tick(evening + time.Hour)
			if a := st.notice(); a.State != headstart.AnnouncementFinal {
				t.Fatalf("at 21:30 the notice is %s, want it final on the page", a.State)
			}
			told := func(d time.Duration) bool {
				st.tick(d)
				for _, n := range st.f.book.owed {
					if n.Channel == "mail" && n.Final && !n.Silent {
						return true
					}
				}
				return false
			}
			if told(morning - 10*time.Minute) {
				t.Error("the end was mailed in the quiet hours")
			}
			if hush {
				st.command(morning-5*time.Minute, headstart.Command{Do: "hush", For: "30m"})
			}
			if got := told(morning + 10*time.Minute); got == hush {
				t.Errorf("at 07:10 the end is on its way: %v; hushed: %v", got, hush)
			}
			if !told(morning + 30*time.Minute) {
				t.Error("at 07:30 nobody was told that it is over")
			}
		})
	}
}
