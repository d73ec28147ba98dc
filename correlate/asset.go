package correlate

// asset is what is known of an asset beside its problems. Its row is assetRow.
type asset struct {
	id     string
	Probed bool    // a probe of ours watches it
	listed bool    // its row is in dirty
	Silent instant // last time it was found not to answer
	rare   *seen   // nil: none of it, as of what only others report
}

// seen is what our own looks at an asset told.
type seen struct {
	Answered instant // last healthy answer

	// Answers are the last healthy answers by check, of the checks that have not
	// failed since: of several ways of asking, one that works proves the way open.
	Answers map[string]instant

	Asked instant
	Heard instant // last time a probe of ours learned anything, on the steady clock
}

// seen returns what our own looks told; nothing of an asset without a row.
func (a *asset) seen() seen {
	if a == nil || a.rare == nil {
		return seen{}
	}
	return *a.rare
}

// set changes what our own looks told.
func (a *asset) set(change func(*seen)) {
	if a.rare == nil {
		a.rare = &seen{}
	}
	change(a.rare)
	if x := a.rare; x.Answered.IsZero() && x.Answers == nil && x.Asked.IsZero() && x.Heard.IsZero() {
		a.rare = nil
	}
}

// assetRow is the row of an asset.
type assetRow struct {
	V        int                `json:"v"`
	Answered instant            `json:"answered,omitzero"`
	Silent   instant            `json:"silent,omitzero"`
	Answers  map[string]instant `json:"answers,omitempty"`
	Asked    instant            `json:"asked,omitzero"`
	Probed   bool               `json:"probed,omitempty"`
	Heard    instant            `json:"heard,omitzero"`
}

// asset takes a row over.
func (r *assetRow) asset(id string) *asset {
	a := &asset{id: id, Probed: r.Probed, Silent: r.Silent}
	a.set(func(x *seen) { *x = seen{r.Answered, r.Answers, r.Asked, r.Heard} })
	return a
}
