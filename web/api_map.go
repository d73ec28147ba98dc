package web

import (
	"net/http"
	"net/url"

	"headstart"
	"headstart/web/folding"
)

// mapAnswer is the map as boxes and lines. A line leads from what is needed to what
// needs it, by place in Boxes.
type mapAnswer struct {
	Boxes []mapBox `json:"boxes"`
	Lines [][2]int `json:"lines"`
	Total int      `json:"total"` // assets in the boxes
}

// mapBox is one asset, or all of a kind that hang on the same and look alike.
type mapBox struct {
	Assets   []string                `json:"assets"`
	Kind     string                  `json:"kind"` // empty: of several kinds
	State    headstart.StandingState `json:"state"`
	Planned  bool                    `json:"planned,omitempty"`  // planned work covers it now
	Silenced bool                    `json:"silenced,omitempty"` // every alert that says so is
}

func (a *API) sight(r *http.Request) *sight {
	var checks []headstart.CheckResult
	if a.o.Checks != nil {
		checks = a.o.Checks()
	}
	return a.sights.of(a.o.View, checks, a.viewer(r), a.o.Now())
}

// showMap answers GET /api/v1/map.
func (a *API) showMap(w http.ResponseWriter, r *http.Request) {
	see := a.sight(r)
	q, wrong := see.question(r.URL.Query())
	if layer := r.URL.Query().Get("layer"); layer != "" && layer != "now" && layer != "all" {
		wrong = append(wrong, fieldError{"?layer", "write now or all, or leave it out"})
	}
	if len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the query is not understood", wrong...)
		return
	}
	p := see.picture(q, func() folding.Choice { return see.choose(q) })
	out := mapAnswer{Boxes: make([]mapBox, len(p.Boxes)), Lines: p.Lines, Total: p.Total}
	if out.Lines == nil {
		out.Lines = [][2]int{}
	}
	for n, b := range p.Boxes {
		box := mapBox{Kind: b.Kind, State: b.Look.State, Planned: b.Look.Mark == "plan" || b.Look.State == headstart.InWork, Silenced: b.Look.Mark == "mute"}
		for _, m := range b.Members {
			box.Assets = append(box.Assets, m.ID)
		}
		out.Boxes[n] = box
	}
	writeJSON(w, http.StatusOK, out)
}

// question reads a query whose assets and place must be known.
func (s *sight) question(v url.Values) (q mapQuestion, wrong []fieldError) {
	assets := url.Values{"layer": v["layer"], "at": v["at"]}
	for _, list := range v["asset"] {
		for _, id := range splitList(list) {
			if n := s.topology.Node(id); n == nil || !s.shown(n) {
				wrong = append(wrong, fieldError{"?asset", "the catalog has no device or service " + cutText(id, mapQuery)})
			}
			assets.Add("asset", id)
		}
	}
	if at := v.Get("at"); at != "" && (s.topology.Catalog.LocationByID(at) == nil || !s.v.seesLocation(at)) {
		wrong = append(wrong, fieldError{"?at", "the catalog has no location " + cutText(at, mapQuery)})
	}
	if len(assets["asset"]) > mapAsked {
		wrong = append(wrong, fieldError{"?asset", "name at most 8"})
	}
	if len(wrong) > 0 {
		return q, wrong
	}
	return s.ask(assets), nil
}

// WhatIfAnswer is what GET /api/v1/whatif answers, and `headstart what-if --output json`.
type WhatIfAnswer struct {
	Assets      []string           `json:"assets"`
	People      int                `json:"people"` // counted once per place
	Stopped     []string           `json:"stopped"`
	Services    []string           `json:"services"` // that stop or lose a part
	Printers    []string           `json:"printers"`
	Locations   []string           `json:"locations"`
	Departments []string           `json:"departments"`
	Audiences   []string           `json:"audiences"` // who would be told
	Lost        []string           `json:"lost"`      // all that is out of reach
	Spared      []headstart.Spared `json:"spared"`
	Hidden      int                `json:"hidden,omitempty"` // things that are lost and of which the caller may not know
}

// NewWhatIfAnswer lists what an answer says to somebody who may know everything.
func NewWhatIfAnswer(view *headstart.View, f headstart.WhatIf) WhatIfAnswer {
	see := &sight{view: view, topology: view.Topology(), v: viewer{confidential: true}}
	return see.answer(f)
}

func (s *sight) answer(f headstart.WhatIf) WhatIfAnswer {
	out := WhatIfAnswer{
		Assets: f.Assets, People: f.People, Locations: s.places(f.Locations), Departments: s.departments(f.Departments), Audiences: []string{},
	}
	out.Lost, out.Hidden = s.visible(f.Lost)
	out.Services, _ = s.visible(f.Services)
	out.Stopped, _ = s.visible(f.Stopped)
	out.Printers = s.ofKind(out.Lost, "printer")
	if f.People > 0 || len(out.Services) > 0 {
		out.Audiences = s.audiences(&f.Reach)
	}
	out.Spared = s.spared(f.Spared)
	return out
}

// showWhatIf answers GET /api/v1/whatif.
func (a *API) showWhatIf(w http.ResponseWriter, r *http.Request) {
	if a.o.WhatIf == nil {
		writeProblem(w, http.StatusNotFound, "this process does not know the catalog")
		return
	}
	see := a.sight(r)
	q, wrong := see.question(r.URL.Query())
	if len(wrong) == 0 && len(q.assets) == 0 {
		wrong = append(wrong, fieldError{"?asset", "name what goes down, several with commas"})
	}
	if len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the query is not understood", wrong...)
		return
	}
	ids := make([]string, len(q.assets))
	for n, x := range q.assets {
		ids[n] = x.ID
	}
	writeJSON(w, http.StatusOK, see.answer(a.o.WhatIf(ids...)))
}
