package public

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headstart"
)

// randomState fills a world with announcements, planned work and checks of any
// kind, and returns the incidents that readers must be told of.
func randomState(t *rapid.T, w *world) (live map[string]bool, planned bool) {
	live = map[string]bool{}
	services := []string{"wifi", "planner", "print", "mail", "login", "gone"}
	some := func(from []string, label string) []string {
		return slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(rapid.SampledFrom(from), 0, 3).Draw(t, label))))
	}
	hidden := map[headstart.IncidentID]bool{}
	for n := range rapid.IntRange(0, 4).Draw(t, "incidents") {
		id := headstart.IncidentID(fmt.Sprint("HS-", n+1))
		secret := rapid.IntRange(0, 5).Draw(t, "secret") == 0
		hidden[id] = secret
		w.put(headstart.TableIncidents, string(id), headstart.Incident{V: 1, ID: id, Seq: n + 1, State: headstart.Open, Confidential: secret, StartedAt: w.now.Add(-time.Hour)})
		for _, audience := range []string{"a", "b"}[:rapid.IntRange(1, 2).Draw(t, "audiences")] {
			a := headstart.Announcement{
				V: 1, ID: string(id) + "." + audience, UID: string(id), Incident: id, Audience: audience,
				State:    rapid.SampledFrom([]headstart.AnnouncementState{headstart.AnnouncementDraft, headstart.AnnouncementPublished, headstart.AnnouncementPublished, headstart.AnnouncementFinal, headstart.AnnouncementWithdrawn, headstart.AnnouncementDiscarded}).Draw(t, "state"),
				Effect:   rapid.SampledFrom([]string{"down", "slow", "partly", "odd", ""}).Draw(t, "effect"),
				Severity: rapid.SampledFrom([]string{"critical", "major", "minor", ""}).Draw(t, "severity"),
				Services: some(services, "services"), Locations: some([]string{"noord", "zuid"}, "locations"),
			}
			other := headstart.IncidentID(fmt.Sprint("HS-", n)) // one that a person put with it, or took out again
			speaks := n > 0 && rapid.IntRange(0, 2).Draw(t, "speaks for another") == 0
			if speaks {
				a.Also = []headstart.IncidentID{other}
			}
			reads := 0
			phases := []headstart.Phase{headstart.Investigating, headstart.Identified, headstart.Progress, headstart.WorkaroundFound}
			for u := range rapid.IntRange(1, 4).Draw(t, "updates") {
				a.Updates = append(a.Updates, headstart.Update{
					N: u + 1, Phase: rapid.SampledFrom(phases).Draw(t, "phase"), At: w.now.Add(time.Duration(u-50) * time.Minute), Corrects: u > 0 && rapid.Bool().Draw(t, "corrects"),
					Text: map[string]headstart.Text{"nl": text(a.ID, a.ID+" "+fmt.Sprint(u))},
				})
				said := &a.Updates[u]
				if n > 0 && rapid.IntRange(0, 2).Draw(t, "is about two") == 0 {
					said.About = []headstart.IncidentID{id, other}
				}
				if len(said.About) == 0 || !hidden[other] {
					reads++
				} else {
					said.Text = map[string]headstart.Text{"nl": text("geheim", "geheim")}
				}
			}
			w.put(headstart.TableAnnouncements, a.ID, a)
			if a.State == headstart.AnnouncementPublished && !secret && reads > 0 && !(speaks && hidden[other]) {
				live[publicID("announcement", a.ID)] = true
			}
		}
	}
	for n := range rapid.IntRange(0, 2).Draw(t, "windows") {
		x := headstart.MaintenanceWindow{
			ID: fmt.Sprint("W-", n), Services: some(services, "services"), StartsAt: w.now.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "from")) * time.Hour),
			Cancelled: rapid.IntRange(0, 3).Draw(t, "cancelled") == 0, Proposed: rapid.IntRange(0, 3).Draw(t, "proposed") == 0,
		}
		x.EndsAt = x.StartsAt.Add(2 * time.Hour)
		w.put(headstart.TableMaintenance, x.ID, x)
		planned = planned || x.Holds() && x.Running(w.now)
	}
	if rapid.Bool().Draw(t, "a check fails") {
		w.checks = []headstart.CheckResult{{Service: "mail", Verdict: headstart.Down}}
	}
	return live, planned
}

var stateOf = regexp.MustCompile(`<section class="state (\w+)"`)

// Whatever the state: page, badge, banner and API say the same of it, list the
// same messages, and none says that all works while a message stands, work goes on
// or a check fails (announcements.md, section 13; ruling 25).
func TestNoFormContradictsAnother(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		live, planned := randomState(rt, w)
		s := w.fill().site()
		h := serve(s)
		for _, path := range []string{"/s/nl/", "/s/en/"} {
			level := stateOf.FindStringSubmatch(get(t, h, path, 200))[1]
			var banner bannerFile
			decode(t, h, path+"banner.json", &banner)
			var summary spSummaryFile
			decode(t, h, path+"api/v2/summary.json", &summary)
			badge := get(t, h, path+"badge.svg", 200)
			if string(banner.Level) != level || !strings.Contains(badge, ` class="`+level+`">`) || !strings.Contains(get(t, h, path+"banner.html", 200), `<div class="banner `+level+`">`) {
				rt.Fatalf("%s: the page is %s, the banner %s, the badge\n%s", path, level, banner.Level, badge)
			}
			fine := len(live) == 0 && !planned && len(w.checks) == 0
			if fine != (level == "green") || fine != (summary.Status.Indicator == "none") || summary.Status.Description != banner.Headline {
				rt.Fatalf("%s: with %d messages, planned work %t, %d failed checks the page is %s, the API %+v", path, len(live), planned, len(w.checks), level, summary.Status)
			}
			for form, list := range told(t, h, s, path) {
				if len(list) != len(live) || slices.ContainsFunc(list, func(id string) bool { return !live[id] }) {
					rt.Fatalf("%s: %s lists %v, users must be told of %v", path, form, list, live)
				}
			}
			for _, file := range []string{"", "banner.json", "api/v2/summary.json", "api/v2/incidents.json", "feed.atom", "phone.txt"} {
				if strings.Contains(ask(h, path+file).Body.String(), "geheim") {
					rt.Fatalf("%s%s says words that were about what is confidential now", path, file)
				}
			}
			if code := ask(h, path+"phone.txt").Code; (code == 204) != (len(live) == 0) {
				rt.Fatalf("%s: the telephone answers %d with %d messages", path, code, len(live))
			}
		}
	})
}
