package web

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"headstart"
	"headstart/web/folding"
)

// sight is how the assets of the catalog look to one viewer at one moment.
type sight struct {
	view      *headstart.View
	topology  *headstart.Topology
	standings *headstart.Standings
	moment    *moment
	v         viewer
	unseen    map[string]bool // planned work that the viewer may not read of
}

// shown reports whether the viewer may know of an asset.
func (s *sight) shown(n *headstart.TopologyNode) bool {
	return (s.v.confidential || !n.Confidential()) && s.v.seesLocation(n.Location)
}

// of returns how an asset does. What an incident that the viewer may not read says of
// it is nobody else's business: it may work, and it may not.
func (s *sight) of(n *headstart.TopologyNode) headstart.Standing {
	x := s.standings.At(n)
	if !s.v.seesID(x.Incident) {
		return headstart.Standing{State: headstart.Doubtful}
	}
	if s.unseen[x.Window] {
		x.Window = ""
	}
	return x
}

func (s *sight) eyes() folding.Eyes {
	return folding.Eyes{Shown: s.shown, Look: func(n *folding.Node) folding.Look {
		x := s.of(n)
		l := folding.Look{State: x.State}
		switch {
		case x.Window != "" && x.State != headstart.InWork:
			l.Mark = "plan"
		case x.Silenced:
			l.Mark = "mute"
		}
		return l
	}}
}

// visible leaves out the assets that the viewer may not know of, and says how many
// these are.
func (s *sight) visible(ids []string) (out []string, hidden int) {
	out = []string{}
	for _, id := range ids {
		if n := s.topology.Node(id); n != nil && !s.shown(n) {
			hidden++
			continue
		}
		out = append(out, id)
	}
	return out, hidden
}

// places leaves the locations that the viewer may know of.
func (s *sight) places(ids []string) []string {
	out := []string{}
	for _, id := range ids {
		if s.v.seesLocation(id) {
			out = append(out, id)
		}
	}
	return out
}

// departments leaves those that sit somewhere the viewer may know of.
func (s *sight) departments(ids []string) []string {
	out := []string{}
	for _, id := range ids {
		if d := s.topology.Catalog.DepartmentByID(id); d == nil || s.v.at(d.Locations...) {
			out = append(out, id)
		}
	}
	return out
}

// hidden counts the assets that the viewer may not know of.
func (s *sight) hidden() (n int) {
	if s.v.confidential && s.v.everywhere() {
		return 0
	}
	for _, node := range s.topology.Nodes() {
		if !s.shown(node) {
			n++
		}
	}
	return n
}

// name is that of an asset, else its id.
func (s *sight) name(id, language string) string {
	if n := s.topology.Node(id); n != nil {
		return n.Name(language)
	}
	return id
}

// picture folds what a question is about, or returns what it was folded to a moment
// ago for somebody who may know as much.
func (s *sight) picture(q mapQuestion, choice func() folding.Choice) folding.Picture {
	assets := make([]string, len(q.assets))
	for i, n := range q.assets {
		assets[i] = n.ID
	}
	key := fmt.Sprintf("%s\x00%s\x00%v %v\x00%s", q.layer, q.at, s.v.confidential, s.v.locations, strings.Join(assets, "\x00"))
	s.moment.mu.Lock()
	defer s.moment.mu.Unlock()
	p, known := s.moment.folded[key]
	if !known {
		p = folding.Fold(choice(), folding.Boxes, s.eyes())
		if len(s.moment.folded) < foldedMost {
			s.moment.folded[key] = p
		}
	}
	return p
}

const foldedMost = 50 // pictures of one moment that are kept

// moment is how everything is until something happens, and the pictures of it.
type moment struct {
	standings *headstart.Standings
	feed      headstart.Offset
	at        int64 // Unix seconds

	mu     sync.Mutex
	folded map[string]folding.Picture
}

// sights keeps how all assets do for as long as nothing has happened, and at most a
// second: with 50,000 assets it takes a while to find out, and everybody sees the same.
type sights struct {
	mu   sync.Mutex
	last *moment
}

func (k *sights) of(view *headstart.View, checks []headstart.CheckResult, v viewer, now time.Time) *sight {
	k.mu.Lock()
	defer k.mu.Unlock()
	if feed := view.FeedAt(); k.last == nil || k.last.feed != feed || k.last.at != now.Unix() {
		k.last = &moment{standings: view.Standings(checks, now), feed: feed, at: now.Unix(), folded: map[string]folding.Picture{}}
	}
	s := &sight{view: view, topology: view.Topology(), standings: k.last.standings, moment: k.last, v: v, unseen: map[string]bool{}}
	for _, w := range view.Maintenance() {
		if w.Running(now) && !v.seesWindow(&w) {
			s.unseen[w.ID] = true
		}
	}
	return s
}
