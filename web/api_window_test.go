package web

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestAPIChangesMaintenance ends and approves planned work: done, missing, not
// allowed, or refused because of what it is. Ids of windows that come again reach
// the handler whole.
func TestAPIChangesMaintenance(t *testing.T) {
	hour := func(n int) time.Time { return apiNow.Add(time.Duration(n) * time.Hour) }
	known := map[string]headstart.MaintenanceWindow{
		"W-2@2026-11-23T2200": {Services: []string{"print"}, StartsAt: hour(-1), EndsAt: hour(1), Source: "config", Rev: "r"},
		"coming":              {Services: []string{"print"}, StartsAt: hour(1), EndsAt: hour(2)},
		"begins-now":          {Services: []string{"print"}, StartsAt: apiNow, EndsAt: hour(2)},
		"over":                {Services: []string{"print"}, StartsAt: hour(-3), EndsAt: hour(-2)},
		"cancelled":           {Services: []string{"print"}, StartsAt: hour(1), EndsAt: hour(2), Cancelled: true},
		"proposal":            {Assets: []string{"sw-n-2"}, StartsAt: hour(1), EndsAt: hour(2), Proposed: true, Source: "ical/x", Rev: "r"},
		"empty":               {StartsAt: hour(1), EndsAt: hour(2), Proposed: true, Source: "ical/x"},
	}
	var said []headstart.MaintenanceWindow
	pending := false
	call := testAPI(t, &apiDesk{}, func(o *APIOptions) {
		for id, w := range known {
			w.ID = id
			if err := o.View.Apply(headstart.Offset{Ms: 6}, headstart.FeedEntry{Rows: []headstart.FeedOp{feedRow(t, headstart.TableMaintenance, id, w)}}); err != nil {
				t.Fatal(err)
			}
		}
		o.Plan = func(_ context.Context, w headstart.MaintenanceWindow) (bool, error) {
			said = append(said, w)
			return pending, nil
		}
	})
	for _, c := range []struct {
		who    headstart.Identity
		do, id string
		status int
		is     func(w headstart.MaintenanceWindow) bool
	}{
		{as("desk"), "end", "W-2@2026-11-23T2200", 200, func(w headstart.MaintenanceWindow) bool {
			return w.EndsAt.Equal(apiNow) && !w.Cancelled && w.Source == "config" && w.Rev == "r"
		}},
		{as("desk"), "end", "coming", 200, func(w headstart.MaintenanceWindow) bool { return w.Cancelled && w.EndsAt.Equal(hour(2)) }},
		{as("desk"), "end", "begins-now", 200, func(w headstart.MaintenanceWindow) bool { return w.Cancelled }},
		{as("desk"), "end", "over", 409, nil},
		{as("desk"), "end", "cancelled", 409, nil},
		{as("desk"), "end", "W-999", 404, nil},
		{as("desk"), "end", "proposal", 200, func(w headstart.MaintenanceWindow) bool { return w.Cancelled && w.Proposed }},
		{as("desk", "zuid"), "approve", "proposal", 403, nil},
		{as("desk", "noord"), "approve", "proposal", 200, func(w headstart.MaintenanceWindow) bool { return !w.Proposed && w.Rev == "r" && w.Source == "ical/x" }},
		{as("desk"), "approve", "coming", 409, nil},
		{as("desk"), "approve", "empty", 409, nil},
		{as("desk"), "approve", "W-999", 404, nil},
	} {
		said = nil
		res := call(c.who, "POST", "/api/v1/maintenance/"+url.PathEscape(c.id)+"/"+c.do, "")
		switch {
		case res.StatusCode != c.status:
			t.Errorf("%s %s: %d, want %d", c.do, c.id, res.StatusCode, c.status)
		case c.status != 200 && (len(said) != 0 || res.Header.Get("Content-Type") != "application/problem+json"):
			t.Errorf("%s %s: refused as %s, and said %+v", c.do, c.id, res.Header.Get("Content-Type"), said)
		case c.status == 200 && (len(said) != 1 || said[0].ID != c.id || said[0].By != "samira" || !c.is(said[0])):
			t.Errorf("%s %s says %+v", c.do, c.id, said)
		}
	}
	if res := call(as("desk"), "POST", "/api/v1/maintenance/coming/end", `{"at":"now"}`); res.StatusCode != 422 {
		t.Errorf("a body with a key: %d, want 422", res.StatusCode)
	}
	pending = true
	if res := call(as("desk"), "POST", "/api/v1/maintenance/coming/end", ""); res.StatusCode != 202 || !strings.Contains(res.Header.Get("Location"), "id=coming") {
		t.Errorf("not decided yet: %d %s, want 202 and where to look", res.StatusCode, res.Header.Get("Location"))
	}
	good := `{"id":"coming","assets":["sw-n-2"],"starts_at":"2026-11-23T20:00:00Z","ends_at":"2026-11-23T21:00:00Z"}`
	if res := call(as("desk"), "POST", "/api/v1/maintenance", good); res.StatusCode != 409 {
		t.Errorf("an id that is taken: %d, want 409", res.StatusCode)
	}
	if res := call(as("desk"), "POST", "/api/v1/maintenance", strings.Replace(good, "coming", "W-2@2026-11-30", 1)); res.StatusCode != 422 {
		t.Errorf("an id of a window that comes again: %d, want 422", res.StatusCode)
	}
	if res := call(as("desk", "zuid"), "POST", "/api/v1/maintenance", strings.Replace(good, "coming", "new", 1)); res.StatusCode != 403 {
		t.Errorf("work in noord by who may act in zuid: %d, want 403", res.StatusCode)
	}
	for query, want := range map[string]int{"?state=proposed": 2, "?state=running,coming": 4, "?id=over": 1, "?state=over,cancelled": 2} {
		if list := decode[maintenanceList](t, call(as("desk"), "GET", "/api/v1/maintenance"+query, "")); len(list.Maintenance) != want {
			t.Errorf("%s: %d windows, want %d", query, len(list.Maintenance), want)
		}
	}
	first := decode[maintenanceList](t, call(as("desk"), "GET", "/api/v1/maintenance?limit=1", ""))
	rest := decode[maintenanceList](t, call(as("desk"), "GET", "/api/v1/maintenance?cursor="+first.NextCursor, ""))
	whole := decode[maintenanceList](t, call(as("desk"), "GET", "/api/v1/maintenance", ""))
	if len(first.Maintenance) != 1 || len(rest.Maintenance) != len(whole.Maintenance)-1 || rest.Maintenance[0].ID == first.Maintenance[0].ID || rest.NextCursor != "" {
		t.Errorf("a page of one and the rest are %d and %d of %d windows", len(first.Maintenance), len(rest.Maintenance), len(whole.Maintenance))
	}
	if res := call(as("desk"), "GET", "/api/v1/maintenance?state=soon", ""); res.StatusCode != 422 {
		t.Errorf("an unknown state: %d, want 422", res.StatusCode)
	}
}

// TestConfidentialWorkStaysVeiled: work on what is confidential is listed for
// approvers, on the status page for nobody, and neither is a proposal there
// (rulings 30, 44); words of a calendar that none of ours read are not shown.
func TestConfidentialWorkStaysVeiled(t *testing.T) {
	w := badMonday(t)
	plan := func(id, summary string, change func(*headstart.MaintenanceWindow)) {
		x := headstart.MaintenanceWindow{ID: id, Services: []string{"wifi"}, StartsAt: w.now.Add(time.Hour), EndsAt: w.now.Add(2 * time.Hour), Summary: headstart.Names{"": summary}}
		change(&x)
		w.put(headstart.TableMaintenance, id, x)
	}
	plan("S", "salarisgeheim", func(x *headstart.MaintenanceWindow) { x.Services = []string{"salaris"} })
	plan("P", "nog een voorstel", func(x *headstart.MaintenanceWindow) { x.Proposed, x.Source = true, "ical/x" })
	plan("T", "Piet belt leverancier", func(x *headstart.MaintenanceWindow) { x.Source = "ical/x" })
	plan("A", "goedgekeurde woorden", func(x *headstart.MaintenanceWindow) { x.Source, x.By = "ical/x", "samira" })
	w.fill()
	for _, c := range []struct {
		who  headstart.Identity
		path string
		sees []string
		not  []string
	}{
		{desk, "/maintenance", []string{"nog een voorstel", "Piet", "goedgekeurde"}, []string{"salarisgeheim", "Salarisbestanden"}},
		{approver, "/maintenance", []string{"salarisgeheim"}, nil},
		{desk, "/s/nl/", []string{"goedgekeurde woorden"}, []string{"salarisgeheim", "nog een voorstel", "Piet"}},
	} {
		page := get(t, serve(w.site(), c.who, w.public().Routes()...), c.path, 200)
		for _, text := range c.sees {
			if !strings.Contains(page, text) {
				t.Errorf("%s for %s lacks %q", c.path, c.who.Name, text)
			}
		}
		for _, text := range c.not {
			if strings.Contains(page, text) {
				t.Errorf("%s for %s shows %q", c.path, c.who.Name, text)
			}
		}
	}
}
