package public

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/probes/statuspage"
)

// The fields of Statuspage's answers, with the type each has there. Sources: the
// page and the components, incidents and updates of
// https://metastatuspage.com/api (names, values, which files there are) and the
// types that clients declare of the answers of real pages (npm statuspage.io 3.2,
// Result.d.ts; superfly/flyctl, internal/incidents; discord's documentation of its
// status page). "time?" may be null.
var spFields = map[string]map[string]string{
	"page": {"id": "id", "name": "text", "url": "url", "time_zone": "text", "updated_at": "time"},
	"status": {
		"indicator":   "none minor major critical",
		"description": "text",
	},
	"component": {
		"id": "id", "name": "text", "status": "operational degraded_performance partial_outage major_outage under_maintenance",
		"created_at": "time", "updated_at": "time", "position": "number", "description": "text?", "showcase": "bool", "start_date": "day?",
		"group_id": "id?", "page_id": "id", "group": "bool", "only_show_if_degraded": "bool",
	},
	"incident": {
		"id": "id", "name": "text", "status": "investigating identified monitoring resolved postmortem",
		"created_at": "time", "updated_at": "time", "monitoring_at": "time?", "resolved_at": "time?", "impact": "none minor major critical",
		"shortlink": "url", "started_at": "time", "page_id": "id", "incident_updates": "list update", "components": "list component", "reminder_intervals": "text?",
	},
	"maintenance": {
		"status": "scheduled in_progress verifying completed", "scheduled_for": "time", "scheduled_until": "time",
	},
	"update": {
		"id": "id", "status": "investigating identified monitoring resolved postmortem scheduled in_progress verifying completed", "body": "text",
		"incident_id": "id", "created_at": "time", "updated_at": "time", "display_at": "time", "affected_components": "list affected",
		"deliver_notifications": "bool", "custom_tweet": "text?", "tweet_id": "text?",
	},
	"affected": {
		"code": "id", "name": "text",
		"old_status": "operational degraded_performance partial_outage major_outage under_maintenance",
		"new_status": "operational degraded_performance partial_outage major_outage under_maintenance",
	},
}

// spFiles are the files and what stands in them.
var spFiles = map[string]map[string]string{
	"summary":                         {"page": "page", "status": "status", "components": "list component", "incidents": "list incident", "scheduled_maintenances": "list maintenance"},
	"status":                          {"page": "page", "status": "status"},
	"components":                      {"page": "page", "components": "list component"},
	"incidents":                       {"page": "page", "incidents": "list incident"},
	"incidents/unresolved":            {"page": "page", "incidents": "list incident"},
	"scheduled-maintenances":          {"page": "page", "scheduled_maintenances": "list maintenance"},
	"scheduled-maintenances/upcoming": {"page": "page", "scheduled_maintenances": "list maintenance"},
	"scheduled-maintenances/active":   {"page": "page", "scheduled_maintenances": "list maintenance"},
}

var (
	spID   = regexp.MustCompile(`^[0-9a-z]{12}$`)
	spWhen = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$`)
)

// UnmarshalText reads a time as clients do.
func (t *spTime) UnmarshalText(b []byte) error { return (*time.Time)(t).UnmarshalText(b) }

// misfits lists where a JSON value is not what Statuspage gives.
func misfits(at, kind string, v any) (out []string) {
	if element, ok := strings.CutPrefix(kind, "list "); ok {
		list, ok := v.([]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %v, want a list", at, v)}
		}
		for n, x := range list {
			out = append(out, misfits(fmt.Sprintf("%s[%d]", at, n), element, x)...)
		}
		return out
	}
	if optional, ok := strings.CutSuffix(kind, "?"); ok {
		if v == nil {
			return nil
		}
		kind = optional
	}
	fields := spFields[kind]
	if kind == "maintenance" {
		fields = maps.Clone(spFields["incident"])
		maps.Copy(fields, spFields["maintenance"])
	}
	if fields != nil {
		return misfitsOf(at, fields, v)
	}
	s, _ := v.(string)
	_, number := v.(float64)
	_, boolean := v.(bool)
	fits := false
	switch kind {
	case "text":
		fits = s != ""
	case "number":
		fits = number
	case "bool":
		fits = boolean
	case "id":
		fits = spID.MatchString(s)
	case "url":
		fits = strings.HasPrefix(s, "https://storingen.example.org/s/")
	case "time":
		_, err := time.Parse(time.RFC3339, s)
		fits = err == nil && spWhen.MatchString(s)
	case "day":
		_, err := time.Parse(time.DateOnly, s)
		fits = err == nil
	default:
		fits = slices.Contains(strings.Fields(kind), s)
	}
	if !fits {
		return []string{fmt.Sprintf("%s is %v, want %s", at, v, kind)}
	}
	return nil
}

// misfitsOf compares an object with the fields it should have.
func misfitsOf(at string, fields map[string]string, v any) (out []string) {
	object, ok := v.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s is %v, want an object", at, v)}
	}
	for name, kind := range fields {
		if x, ok := object[name]; !ok {
			out = append(out, at+" lacks "+name)
		} else {
			out = append(out, misfits(at+"."+name, kind, x)...)
		}
	}
	for name := range object {
		if fields[name] == "" {
			out = append(out, at+" has "+name+", which Statuspage has not")
		}
	}
	return out
}

func TestTheAPIHasTheFieldsOfStatuspage(t *testing.T) {
	w := badMonday(t)
	w.checks = []headstart.CheckResult{{Service: "print", Verdict: headstart.Down}}
	h := serve(w.site(func(o *Options) { o.Known = w.at("2026-09-01 12:00") }))
	for _, language := range []string{"", "nl/", "en/"} {
		for name, fields := range spFiles {
			var v any
			if err := json.Unmarshal([]byte(get(t, h, "/s/"+language+"api/v2/"+name+".json", 200)), &v); err != nil {
				t.Fatal(err)
			}
			for _, m := range misfitsOf(language+name, fields, v) {
				t.Error(m)
			}
		}
	}
	rec := ask(h, "/s/nl/api/v2/summary.json")
	if got := rec.Header().Get("Cache-Control"); got != "public, max-age=30" {
		t.Errorf("Cache-Control is %q, want 30 s", got)
	}
	get(t, h, "/s/nl/api/v2/nothing.json", 404)
}

// Which lists hold which states (metastatuspage.com/api): unresolved and upcoming
// are all there are, the others the fifty newest.
func TestTheListsOfTheAPI(t *testing.T) {
	w := newWorld(t)
	for n := range 60 {
		id := headstart.IncidentID(fmt.Sprintf("HS-%d", n+1))
		at := w.now.Add(time.Duration(n-100) * time.Hour)
		w.put(headstart.TableIncidents, string(id), headstart.Incident{V: 1, ID: id, Seq: n + 1, State: headstart.Open, StartedAt: at})
		a := headstart.Announcement{
			V: 1, ID: string(id), UID: string(id), Incident: id, State: headstart.AnnouncementPublished, Effect: "slow", Severity: "major", Services: []string{"mail"},
			Updates: []headstart.Update{{N: 1, Phase: headstart.Investigating, At: at, Text: map[string]headstart.Text{"nl": text(string(id), "x")}}},
		}
		if n >= 58 {
			a.State = headstart.AnnouncementFinal
			a.Updates = append(a.Updates, headstart.Update{N: 2, Phase: headstart.Solved, Final: true, At: w.now, Text: map[string]headstart.Text{"nl": text(string(id), "voorbij")}})
		}
		w.put(headstart.TableAnnouncements, string(id), a)
	}
	w.plannedWork()
	h := serve(w.fill().site())
	var unresolved, all spIncidentsFile
	decode(t, h, "/s/api/v2/incidents/unresolved.json", &unresolved)
	decode(t, h, "/s/api/v2/incidents.json", &all)
	if len(unresolved.Incidents) != 58 || len(all.Incidents) != 50 {
		t.Errorf("%d unresolved and %d in all, want 58 and 50", len(unresolved.Incidents), len(all.Incidents))
	}
	if first := all.Incidents[0]; !strings.HasPrefix(first.Name, "HS-60 ") || first.Status != "resolved" || first.ResolvedAt == nil || len(first.IncidentUpdates) != 2 || first.IncidentUpdates[0].Status != "resolved" {
		t.Errorf("the newest is %+v", first)
	}
	got := map[string]string{}
	for _, list := range []string{"upcoming", "active"} {
		var f spMaintenancesFile
		decode(t, h, "/s/api/v2/scheduled-maintenances/"+list+".json", &f)
		for _, m := range f.Scheduled {
			got[m.Name] = list + " " + m.Status
		}
	}
	want := map[string]string{"Roosterplanner werkt niet": "upcoming scheduled", "Mail, Gebouw Zuid": "upcoming scheduled", "Wifi valt soms weg": "active in_progress"}
	if !maps.Equal(got, want) {
		t.Errorf("planned work is %v, want %v", got, want)
	}
	var f spMaintenancesFile
	decode(t, h, "/s/api/v2/scheduled-maintenances.json", &f)
	if i := slices.IndexFunc(f.Scheduled, func(m spIncident) bool { return m.Name == "Gaat niet door: Mail verhuist" }); i < 0 || f.Scheduled[i].Status != "completed" {
		t.Errorf("what was called off is not listed as completed: %+v", f.Scheduled)
	}
}

// What users notice becomes the status of a component, and a page that is not green
// is never none.
func TestEffectsAsStatuses(t *testing.T) {
	announce := func(effect string, phase headstart.Phase, severity string, locations ...string) func(*world) {
		return func(w *world) {
			w.put(headstart.TableIncidents, "HS-1", headstart.Incident{V: 1, ID: "HS-1", UID: "a", Seq: 1, State: headstart.Open, StartedAt: w.now})
			a := headstart.Announcement{
				V: 1, ID: "a.x", UID: "a", Incident: "HS-1", State: headstart.AnnouncementPublished, Effect: effect, Severity: severity, Services: []string{"mail"}, Locations: locations,
				Updates: []headstart.Update{{N: 1, Phase: phase, At: w.now, Final: phase.Final(), Text: map[string]headstart.Text{"nl": text("Mail", "x")}}},
			}
			if phase.Final() {
				a.State = headstart.AnnouncementFinal
			}
			w.put(headstart.TableAnnouncements, "a.x", a)
		}
	}
	planned := func(w *world) {
		w.put(headstart.TableMaintenance, "W", headstart.MaintenanceWindow{ID: "W", Services: []string{"mail"}, StartsAt: w.now.Add(-time.Hour), EndsAt: w.now.Add(time.Hour)})
	}
	suspect := func(w *world) {
		w.checks = append(w.checks, headstart.CheckResult{Service: "mail", Verdict: headstart.Down})
	}
	for name, c := range map[string]struct {
		is                            func(*world)
		component, indicator, reading string
		status                        string
	}{
		"nothing":                     {func(*world) {}, "operational", "none", "ok", ""},
		"down everywhere":             {announce("down", headstart.Investigating, "critical"), "major_outage", "critical", "down", "investigating"},
		"down at all places by name":  {announce("down", headstart.Identified, "critical", "zuid", "noord"), "major_outage", "critical", "down", "identified"},
		"down at one place":           {announce("down", headstart.Progress, "major", "noord"), "partial_outage", "major", "down", "identified"},
		"partly":                      {announce("partly", headstart.WorkaroundFound, "minor"), "partial_outage", "minor", "warn", "identified"},
		"slow":                        {announce("slow", headstart.ETAChanged, "minor"), "degraded_performance", "minor", "warn", "identified"},
		"slow, of no known severity":  {announce("slow", headstart.Reopened, ""), "degraded_performance", "minor", "warn", "investigating"},
		"over":                        {announce("down", headstart.Solved, "critical"), "operational", "none", "ok", "resolved"},
		"being worked on":             {planned, "under_maintenance", "minor", "warn", ""},
		"a check of the service says": {suspect, "degraded_performance", "minor", "warn", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.is(w)
			h := serve(w.fill().site())
			var f spSummaryFile
			decode(t, h, "/s/nl/api/v2/summary.json", &f)
			mail := f.Components[slices.IndexFunc(f.Components, func(c spComponent) bool { return c.Name == "Mail" })]
			if mail.Status != c.component || f.Status.Indicator != c.indicator {
				t.Errorf("the component is %s and the page %s; want %s and %s", mail.Status, f.Status.Indicator, c.component, c.indicator)
			}
			var all spIncidentsFile
			decode(t, h, "/s/nl/api/v2/incidents.json", &all)
			if len(all.Incidents) > 0 && all.Incidents[0].Status != c.status || len(all.Incidents) == 0 && c.status != "" {
				t.Errorf("incidents are %+v, want one that is %s", all.Incidents, c.status)
			}
			// Read by the probe that reads pages of vendors.
			srv := httptest.NewServer(h)
			defer srv.Close()
			r, err := statuspage.Read(t.Context(), &http.Client{Timeout: 10 * time.Second}, srv.URL+"/s/nl/api/v2/summary.json", nil, w.now)
			if err != nil || string(r.Verdict) != c.reading {
				t.Errorf("our own probe reads %v (%v), want %s", r, err, c.reading)
			}
		})
	}
}

func TestPhasesAsStatuses(t *testing.T) {
	for phase, want := range map[headstart.Phase]string{
		headstart.Investigating: "investigating", headstart.Identified: "identified", headstart.Progress: "identified", headstart.ETAChanged: "identified",
		headstart.WorkaroundFound: "identified", headstart.Solved: "resolved", headstart.Reopened: "investigating", headstart.Withdrawn: "resolved",
		headstart.MaintenanceAnnounced: "scheduled", headstart.MaintenanceStarted: "in_progress", headstart.MaintenanceExtended: "in_progress",
		headstart.MaintenanceDone: "completed", headstart.MaintenanceCancelled: "completed",
	} {
		if got := spPhase(phase); got != want {
			t.Errorf("%s is %s, want %s", phase, got, want)
		}
	}
}
