package correlate

import (
	"slices"
	"strings"
	"sync"

	"headstart"
)

// Outlook answers what would happen if assets of a catalog went down. It counts as
// groups are counted and reads nothing else of State. Safe for concurrent use.
type Outlook struct {
	mu   sync.Mutex // looks of the topology are counted
	topo *topology
}

// NewOutlook returns an Outlook of c, which nobody changes from then on. For 50,000
// assets it takes some hundred milliseconds, so keep it as long as the catalog holds.
func NewOutlook(c *headstart.Catalog) *Outlook { return &Outlook{topo: newTopology(c)} }

// WhatIf returns what is lost if assets go down together, and what goes on because
// something else stands in. Assets that the catalog lacks are left out.
func (o *Outlook) WhatIf(assets ...string) headstart.WhatIf {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := o.topo
	var down []*node
	out := headstart.WhatIf{}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(assets))) {
		if n := t.nodes[id]; n != nil {
			down, out.Assets = append(down, n), append(out.Assets, id)
		}
	}
	lost := t.cutOff(down)
	out.Reach = t.reach(lost, nil)
	gone := numbers{}
	for _, n := range lost {
		gone.add(n.n)
		out.Lost = append(out.Lost, n.id)
		if n.service != nil {
			out.Stopped = append(out.Stopped, n.id)
		}
	}
	out.Spared = t.spared(lost, gone)
	slices.Sort(out.Lost)
	slices.Sort(out.Stopped)
	return out
}

// spared is what hangs on lost and is not lost itself, by asset.
func (t *topology) spared(lost []*node, gone numbers) []headstart.Spared {
	var out []headstart.Spared
	seen := numbers{}
	for _, n := range lost {
		for _, kid := range n.below {
			if gone.has(kid.n) || !seen.add(kid.n) {
				continue
			}
			for i, group := range kid.up {
				if s := spare(kid, i, group, gone); s != nil {
					out = append(out, *s)
				}
			}
		}
	}
	slices.SortStableFunc(out, bySpared)
	return out
}

// bySpared orders by what goes on, then by what of it is lost.
func bySpared(a, b headstart.Spared) int {
	if order := strings.Compare(a.Asset, b.Asset); order != 0 {
		return order
	}
	return slices.Compare(a.Lost, b.Lost)
}

// spare is redundancy group i of an asset that goes on; nil if nothing of it is lost.
func spare(kid *node, i int, group []*node, gone numbers) *headstart.Spared {
	s := headstart.Spared{Asset: kid.id}
	for k, id := range kid.parents[i] {
		if up := group[k]; up != nil && gone.has(up.n) {
			s.Lost = append(s.Lost, id)
		} else {
			s.KeptBy = append(s.KeptBy, id)
		}
	}
	if len(s.Lost) == 0 {
		return nil
	}
	slices.Sort(s.Lost)
	slices.Sort(s.KeptBy)
	return &s
}
