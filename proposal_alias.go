package headstart

import "strings"

// AliasProposal is a word that users have for a service or a device, and that the
// catalog lacks. A person takes it over, or rejects it; nothing follows by itself.
type AliasProposal struct {
	ID    string `json:"id"` // keyed hash of asset and word: what a person rejects
	Asset string `json:"asset"`
	Word  string `json:"word"` // as titles have it that are still kept

	Tickets    int     `json:"tickets"`    // with the word, that people linked to incidents of the asset
	Requesters int     `json:"requesters"` // of these, shared ones aside
	Days       int     `json:"days"`       // on which these reported
	Times      float64 `json:"times"`      // as frequent as in other tickets, at the last count

	Proposal string `json:"proposal"` // the asset's aliases with the word, a line for the catalog
}

// ProposeAlias returns the aliases of an asset with one more, as the catalog writes
// them: "aliases: [afdrukken, planbord]". It is "" for what the catalog lacks.
func ProposeAlias(c *Catalog, asset, word string) string {
	var known []string
	if s := c.ServiceByID(asset); s != nil {
		known = s.Aliases
	} else if d := c.DeviceByID(asset); d != nil {
		known = d.Aliases
	} else {
		return ""
	}
	var list []string
	for _, a := range known {
		list = append(list, scalar(a))
	}
	return "aliases: [" + strings.Join(append(list, scalar(word)), ", ") + "]"
}

// AliasRejected reports whether a person rejected the proposal with this id.
func (v *View) AliasRejected(id string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, e := range v.audit {
		if e.Alias != "" && e.Alias == id {
			return true
		}
	}
	return false
}
