package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// without the switch in the north nobody prints there, and the south goes on.
func noNorth(assets ...string) headstart.WhatIf {
	return headstart.WhatIf{
		Assets: assets, Lost: []string{"ap-n-11", "ap-n-12", "nrd-sw-02", "prn-n2-04", "salaris"}, Stopped: []string{"salaris"},
		Reach:  headstart.Reach{Services: []string{"salaris", "wifi"}, Locations: []string{"noord"}, People: 180},
		Spared: []headstart.Spared{{Asset: "zui-sw-01", Lost: []string{"nrd-sw-02"}, KeptBy: []string{"core-01"}}, {Asset: "salaris", KeptBy: []string{"core-01"}}},
	}
}

func mapped(w *world) *Site { return w.site(func(o *Options) { o.WhatIf = noNorth }) }

func TestMap(t *testing.T) {
	h := serve(mapped(badMonday(t)), desk)
	for path, want := range map[string][]string{
		"/map": { // something is wrong, so that comes first
			`aria-label="5 dingen: 4 stuk, 1 geen controle."`, `>NRD-SW-02</text>`, `stuk · Gebouw Noord`, `href="/a/nrd-sw-02"`, `>2 wifi-punten</text>`,
			`href="/i/HS-1042"`, `<bdi>ap-n-11</bdi>`, "4 stuk", "Wat nu stuk is", `role="img"`, "1 ding ziet u niet",
		},
		"/map?layer=all&lang=en":         {"11 things: ", "What if this goes down?", ">Everything<", "North building", "Timetable", "no check"},
		"/map?layer=now&at=zuid":         {"Hier is nu niets stuk.", "Gebouw Zuid"},
		"/map?at=zuid":                   {"Kern", "stuk tijdens gepland werk"},
		"/map?asset=nrd-sw-02":           {"Rond NRD-SW-02", "Wat als dit uitvalt: NRD-SW-02", "180 mensen, 1 printer, 1 dienst.", "Gebouw Zuid, via Kern", "1 ding ziet u niet", "Krijgt bericht", `type="hidden" name="asset" value="nrd-sw-02"`},
		"/map?asset=printer+bij+de+trap": {"Rond N2-04"},
		"/map?asset=printers":            {"Niets gevonden voor ‘printers’"},
		"/map?q=noord":                   {"Gevonden", `href="/map?at=noord&amp;layer=all"`, `href="/map?asset=nrd-sw-02"`},
		"/map?q=10.1.2.4":                {"N2-04"},
		"/map?q=zzz":                     {"Niets gevonden voor ‘zzz’"},
		"/map?at=nowhere&layer=x":        {"Wat nu stuk is"},
	} {
		body := get(t, h, path, http.StatusOK)
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("%s does not say %q", path, text)
			}
		}
		if strings.Contains(body, "Salaris") {
			t.Errorf("%s shows the desk what is confidential", path)
		}
	}
	h = serve(mapped(badMonday(t)), approver)
	for path, want := range map[string]string{"/map?layer=all": "Salarisbestanden", "/map?asset=salaris": "2 diensten", "/map?q=salaris": "Gevonden"} {
		if !strings.Contains(get(t, h, path, http.StatusOK), want) {
			t.Errorf("%s does not tell an approver of %q", path, want)
		}
	}
	if body := get(t, serve(badMonday(t).site(), desk), "/map?asset=core-01", http.StatusOK); strings.Contains(body, "Wat dan?") {
		t.Error("the page offers a question that nobody here can answer")
	}
}

// What only a confidential incident says of a thing is not on the map of others.
func TestMapOfAConfidentialIncident(t *testing.T) {
	w := badMonday(t)
	w.put(headstart.TableIncidents, "HS-1051", headstart.Incident{V: 1, ID: "HS-1051", Seq: 1051, Group: 11, State: headstart.Open, Confidential: true})
	w.put(headstart.TableProblems, "core-01/Hacked", headstart.Problem{V: 1, Key: "core-01/Hacked", Asset: "core-01", Check: "Hacked", State: headstart.ProblemOpen, Group: 11})
	s := mapped(w.fill())
	if body := get(t, serve(s, desk), "/map", 200); strings.Contains(body, "HS-1051") || !strings.Contains(body, "4 stuk, ") {
		t.Error("the desk sees what is confidential")
	}
	if body := get(t, serve(s, approver), "/map", 200); !strings.Contains(body, "HS-1051") || !strings.Contains(body, "5 stuk, ") {
		t.Error("an approver does not see it")
	}
}

func TestMapByTheAPI(t *testing.T) {
	w := badMonday(t)
	call := testAPI(t, &apiDesk{}, mondayAPI(w), func(o *APIOptions) {
		o.WhatIf, o.Checks, o.Now = noNorth, func() []headstart.CheckResult { return w.checks }, func() time.Time { return w.now }
	})
	m := decode[mapAnswer](t, call(as("desk"), "GET", "/api/v1/map?layer=all", ""))
	if m.Total != 11 || len(m.Boxes) == 0 || len(m.Lines) == 0 {
		t.Errorf("answered %+v", m)
	}
	for _, b := range m.Boxes {
		if slices.Contains(b.Assets, "salaris") {
			t.Error("the desk is told of what is confidential")
		}
		if slices.Contains(b.Assets, "zui-sw-01") != (b.State == headstart.InWork) {
			t.Errorf("%v is %s", b.Assets, b.State)
		}
	}
	f := decode[WhatIfAnswer](t, call(as("desk"), "GET", "/api/v1/whatif?asset=nrd-sw-02,core-01", ""))
	want := WhatIfAnswer{
		Assets: []string{"nrd-sw-02", "core-01"}, People: 180, Stopped: []string{}, Services: []string{"wifi"}, Printers: []string{"prn-n2-04"}, Locations: []string{"noord"}, Departments: []string{},
		Audiences: []string{"noord"}, Lost: []string{"ap-n-11", "ap-n-12", "nrd-sw-02", "prn-n2-04"}, Spared: []headstart.Spared{{Asset: "zui-sw-01", Lost: []string{"nrd-sw-02"}, KeptBy: []string{"core-01"}}}, Hidden: 1,
	}
	if got, want := fmt.Sprintf("%+v", f), fmt.Sprintf("%+v", want); got != want {
		t.Errorf("answered\n%s\nwant\n%s", got, want)
	}
	kept := func(...string) headstart.WhatIf {
		return headstart.WhatIf{Spared: []headstart.Spared{{Asset: "zui-sw-01", Lost: []string{"core-01", "salaris"}, KeptBy: []string{"salaris"}}, {Asset: "prn-n2-04", Lost: []string{"core-01", "salaris"}, KeptBy: []string{"ap-n-11", "salaris"}}}}
	}
	secret := testAPI(t, &apiDesk{}, mondayAPI(w), func(o *APIOptions) { o.WhatIf = kept })
	f = decode[WhatIfAnswer](t, secret(as("desk"), "GET", "/api/v1/whatif?asset=core-01", ""))
	if got := fmt.Sprintf("%+v", f.Spared); got != "[{Asset:prn-n2-04 Lost:[core-01] KeptBy:[ap-n-11]}]" {
		t.Errorf("the desk is told %s of what keeps something going", got)
	}
	for path, pointer := range map[string]string{
		"/api/v1/whatif": "?asset", "/api/v1/whatif?asset=salaris": "?asset", "/api/v1/whatif?asset=x": "?asset", "/api/v1/map?layer=x": "?layer", "/api/v1/map?at=x": "?at",
		"/api/v1/whatif?asset=a,b,c,d,e,f,g,h,i": "?asset",
	} {
		res := call(as("desk"), "GET", path, "")
		if p := decode[problem](t, res); res.StatusCode != http.StatusUnprocessableEntity || len(p.Errors) == 0 || p.Errors[0].Pointer != pointer {
			t.Errorf("%s: %d %+v", path, res.StatusCode, p)
		}
	}
}

// largeWorld is a catalog of n devices in 40 buildings, each with a check.
func largeWorld(t testing.TB, n int) *world {
	w := newWorld(t)
	w.cat.Devices = w.cat.Devices[:1]
	for k := range 40 {
		w.cat.Locations = append(w.cat.Locations, headstart.Location{ID: fmt.Sprintf("geb-%02d", k)})
		w.cat.Devices = append(w.cat.Devices, headstart.Device{ID: fmt.Sprintf("dist-%02d", k), Kind: "switch", Location: fmt.Sprintf("geb-%02d", k), DependsOn: headstart.Dependencies{{"core-01"}}})
	}
	kinds := []string{"accesspoint", "printer", "phone", "workstation"}
	for k := len(w.cat.Devices); k < n; k++ {
		d := headstart.Device{ID: fmt.Sprintf("dev-%05d", k), Kind: kinds[k%4], Location: fmt.Sprintf("geb-%02d", k%40), DependsOn: headstart.Dependencies{{fmt.Sprintf("acc-%04d", k/25)}}}
		if k%25 == 0 {
			d = headstart.Device{ID: fmt.Sprintf("acc-%04d", k/25), Kind: "switch", Location: fmt.Sprintf("geb-%02d", k%40), DependsOn: headstart.Dependencies{{fmt.Sprintf("dist-%02d", k%40)}}}
		}
		w.cat.Devices = append(w.cat.Devices, d)
		w.checks = append(w.checks, headstart.CheckResult{Probe: "ping", Asset: d.ID, Verdict: headstart.OK, At: w.now})
	}
	w.rows = nil
	w.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Language: "nl", Timezone: "Europe/Amsterdam", Catalog: &w.cat})
	return w.fill()
}

// However large the catalog, the map is one that a person reads.
func TestMapOfALargeCatalog(t *testing.T) {
	h := serve(mapped(largeWorld(t, 5000)), desk)
	for _, path := range []string{"/map", "/map?at=geb-03", "/map?asset=core-01", "/map?asset=dist-03"} {
		body := get(t, h, path, 200)
		if n := strings.Count(body, "<g class=\"c-box"); n == 0 || n > 80 {
			t.Errorf("%s: %d boxes", path, n)
		}
		if len(body) > 200_000 {
			t.Errorf("%s: %d bytes", path, len(body))
		}
	}
}

// BenchmarkMap is the time to the first byte of the map of 50,000 assets, of which
// something changed a moment ago ("fresh") or not ("again"); want < 50 ms.
func BenchmarkMap(b *testing.B) {
	w := largeWorld(b, 50_000)
	for _, path := range []string{"/map?layer=all", "/map?layer=now", "/map?layer=all&at=geb-03", "/map?asset=core-01"} {
		now := w.now
		h := serve(w.site(func(o *Options) { o.WhatIf, o.Now = noNorth, func() time.Time { return now } }), desk)
		for name, step := range map[string]time.Duration{"again": 0, "fresh": 2 * time.Second} {
			b.Run(path+"/"+name, func(b *testing.B) {
				for b.Loop() {
					now = now.Add(step)
					get(b, h, path, 200)
				}
			})
		}
	}
}
