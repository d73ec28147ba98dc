package headstart

import (
	"cmp"
	"slices"
	"time"
)

// FlawKind says what is wrong with what decisions are made from.
type FlawKind string

// The kinds of flaw.
const (
	// Contradicted is an edge of the catalog that cannot be right: Subject
	// answered and went on answering while Other, which it is said to hang on
	// alone, was down.
	Contradicted FlawKind = "contradicted"

	// Skewed is a source whose clock is off, or that delivers that late. Its
	// times serve as identity only, as those of every source.
	Skewed FlawKind = "skewed"
)

// Flaw is one thing wrong with the data: a row of TableFlaws. It is reported to
// people and decides nothing.
type Flaw struct {
	V       int       `json:"v"`
	Kind    FlawKind  `json:"kind"`
	Subject string    `json:"subject"`         // the asset that answered; the source
	Other   string    `json:"other,omitempty"` // what the catalog says it hangs on
	First   time.Time `json:"first"`           // log clock
	Last    time.Time `json:"last"`            // told at most once a day
	Times   int       `json:"times"`           // days on which it was found

	// OffsetSeconds is how far a source's clock is ahead; negative: behind.
	OffsetSeconds int `json:"offset_seconds,omitempty"`
}

// Key is the key of f's row: an asset has one way up to be doubted, a source one
// clock.
func (f *Flaw) Key() string { return string(f.Kind) + "/" + f.Subject }

// Flaws returns what is wrong with the data, by kind and subject. An edge that was
// corrected since is left out.
func (v *View) Flaws() []Flaw {
	v.mu.RLock()
	defer v.mu.RUnlock()
	out := values(v.flaws, func(a, b *Flaw) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject)) })
	n := 0
	for _, f := range out {
		if f.Kind != Contradicted || v.hangsOn(f.Subject, f.Other) {
			out[n] = f
			n++
		}
	}
	return out[:n]
}

// hangsOn reports whether the catalog says that an asset needs another.
func (v *View) hangsOn(asset, other string) bool {
	if v.config == nil || v.config.Catalog == nil {
		return false
	}
	for i := range v.config.Catalog.Devices {
		if d := &v.config.Catalog.Devices[i]; d.ID == asset {
			return d.DependsOn.needs(other)
		}
	}
	for i := range v.config.Catalog.Services {
		if s := &v.config.Catalog.Services[i]; s.ID == asset {
			return s.DependsOn.needs(other)
		}
	}
	return false
}

// needs reports whether any group names an asset.
func (d Dependencies) needs(asset string) bool {
	for _, group := range d {
		if slices.Contains(group, asset) {
			return true
		}
	}
	return false
}
