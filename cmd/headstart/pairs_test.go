package main

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headstart"
	"headstart/correlate"
	"headstart/incidents"
)

// teamRoute sends each alert to the receiver of its team, and what is critical to
// the duty phone as well.
const teamRoute = `
receiver: nobody
routes:
  - {receiver: duty, matchers: ['severity="critical"'], continue: true}
  - {receiver: network, matchers: ['team="network"']}
  - {receiver: print, matchers: ['team="print"']}
  - {receiver: quiet, matchers: ['team="quiet"']}
`

// life draws a log of alerts, resolves and what a person makes of them, at two
// places, each with a switch and four printers; alerts of team quiet are silenced.
func life(t *rapid.T) []headstart.FileLine {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	catalog := &headstart.Catalog{Services: []headstart.Service{{ID: "print", Kind: headstart.KindPrinter, Name: headstart.Names{"": "Printen"}}}}
	var ids []string
	for _, place := range []string{"noord", "zuid"} {
		sw := "sw-" + place
		catalog.Locations = append(catalog.Locations, headstart.Location{ID: place, Name: headstart.Names{"": place}})
		catalog.Devices = append(catalog.Devices, headstart.Device{ID: sw, Location: place})
		ids = append(ids, sw)
		for n := range 4 {
			id := fmt.Sprintf("prn-%s-%d", place, n)
			ids = append(ids, id)
			catalog.Devices = append(catalog.Devices, headstart.Device{
				ID: id, Kind: "printer", Location: place, Services: []string{"print"}, People: 20, DependsOn: headstart.Dependencies{{sw}},
			})
		}
	}
	settings := rapid.SampledFrom([]string{`{}`, `{"settle":"0s","hold":"30s"}`, `{"storm":{"causes":2},"group":{"assets":2}}`}).Draw(t, "correlation")
	lines := []headstart.FileLine{
		{At: at, Line: headstart.Line{Config: &headstart.LogConfig{Engine: 1, Installation: "test", Catalog: catalog, Route: teamRoute, Language: "en", Correlation: []byte(settings)}}},
		{At: at, Line: headstart.Line{Silence: &headstart.Silence{
			ID: "S-1", StartsAt: at, EndsAt: at.Add(1000 * time.Hour), CreatedBy: "joris", Comment: "new paint",
			Matchers: []headstart.Matcher{{Name: "team", Value: "quiet", IsEqual: true}},
		}}},
	}
	for n := range rapid.IntRange(1, 60).Draw(t, "events") {
		at = at.Add(time.Duration(rapid.IntRange(1, 120).Draw(t, "seconds")) * time.Second)
		id := rapid.SampledFrom(ids).Draw(t, "asset")
		l := headstart.Line{}
		switch what := rapid.IntRange(0, 9).Draw(t, "what"); {
		case what < 6:
			a := &headstart.Alert{Source: "am", StartsAt: at, Labels: map[string]string{
				"alertname": "HostDown", "instance": id,
				"team":     rapid.SampledFrom([]string{"network", "print", "quiet"}).Draw(t, "team"),
				"severity": rapid.SampledFrom([]string{"warning", "critical"}).Draw(t, "severity"),
			}}
			if what == 5 {
				a.EndsAt = at
			}
			l.Alert = a
		case what == 6:
			l.Check = &headstart.Check{Probe: "ping", Kind: "icmp", Asset: id, Verdict: headstart.OK}
		default:
			incident := func(name string) string { return fmt.Sprintf("HS-%d", rapid.IntRange(1, 5).Draw(t, name)) }
			c := &headstart.Command{ID: fmt.Sprint("c", n), By: "samira", Do: rapid.SampledFrom([]string{"merge", "split", "resolve", "reopen"}).Draw(t, "do"), Assets: []string{id}}
			c.Incident, c.Into = incident("incident"), incident("into")
			l.Command = c
		}
		lines = append(lines, headstart.FileLine{At: at, Line: l})
	}
	return append(lines, headstart.FileLine{At: at.Add(10 * time.Minute)})
}

// Property 11 (ruling 16): whatever is merged, split, stormed or ended and reopened,
// every receiver that a failing, unsilenced alert's labels lead to was told of the
// incident the alert is in, and nobody hears of what is silenced. Property 8: users
// get no more messages than incidents open, reopen and close.
func TestEveryReceiverHears(t *testing.T) {
	t.Parallel()
	pairs, merges := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		lines := life(rt)
		s := correlate.NewState()
		result, err := incidents.Replay(lines, time.Time{}, s, makers(), "en")
		if err != nil {
			rt.Fatal(err)
		}
		router, err := makers().Router(teamRoute)
		if err != nil {
			rt.Fatal(err)
		}
		told := map[headstart.IncidentID]map[string]bool{}
		for _, m := range result.Messages {
			if m.Plane != headstart.PlaneOperators {
				continue
			}
			if m.Receiver == "quiet" {
				rt.Fatalf("%s was paged for what is silenced", m.Receiver)
			}
			if told[m.Incident] == nil {
				told[m.Incident] = map[string]bool{}
			}
			told[m.Incident][m.Receiver] = !m.Final
		}
		for _, i := range result.Incidents {
			if i.MergedInto == "" {
				continue
			}
			merges++
			// Its page goes on as that of the survivor, which need not call again.
			if told[i.MergedInto] == nil {
				told[i.MergedInto] = map[string]bool{}
			}
			to := told[root(result.Incidents, i.MergedInto)]
			if to == nil {
				to = map[string]bool{}
				told[root(result.Incidents, i.MergedInto)] = to
			}
			for r, open := range told[i.ID] {
				to[r] = to[r] || open
			}
		}
		for _, i := range result.Incidents {
			if !i.Live() {
				continue
			}
			for _, key := range s.OpenMembers(i.Group) {
				for _, fp := range s.Problem(key).Alerts {
					a := s.Alert(fp)
					if len(a.Silenced) > 0 {
						continue
					}
					to, _ := router.Receivers(a.Labels, time.Time{})
					for _, r := range to {
						pairs++
						if !told[i.ID][r] {
							rt.Fatalf("%s was not told of %s, where %v fails; told were %v", r, i.ID, a.Labels, slices.Sorted(maps.Keys(told[i.ID])))
						}
					}
				}
			}
		}
		boundMessages(rt, result)
	})
	if pairs < 100 || merges == 0 {
		t.Errorf("only %d pairs and %d merges were looked at", pairs, merges)
	}
}

// root is where an incident went in the end.
func root(all []headstart.Incident, id headstart.IncidentID) headstart.IncidentID {
	for {
		n := slices.IndexFunc(all, func(i headstart.Incident) bool { return i.ID == id })
		if n < 0 || all[n].MergedInto == "" {
			return id
		}
		id = all[n].MergedInto
	}
}

// boundMessages is property 8, for each audience.
func boundMessages(rt *rapid.T, result incidents.Result) {
	said := map[string]int{}
	for _, m := range result.Messages {
		if m.Plane == headstart.PlaneUsers && m.How == headstart.HowPage && !m.Corrects && m.Phase != headstart.Progress {
			said[m.Audience]++
		}
	}
	most := 0
	for _, i := range result.Incidents {
		most += 1 + i.Reopens
		if !i.Live() {
			most++
		}
		most += i.Reopens // each reopening was an end before
	}
	for audience, n := range said {
		if n > most {
			rt.Fatalf("%d messages for %s about %d incidents, want at most %d", n, audience, len(result.Incidents), most)
		}
	}
}
