package headstart

// Reached is one end of the operators' route that the labels of an alert lead to.
type Reached struct {
	Route    int // its number in the tree
	Receiver string
	Labels   map[string]string // that the route adds, by `labels:`; nil: none
	Group    map[string]string // the labels of the alert that it is grouped by
	MutedBy  []string          // the time intervals that hold it back; empty: none does
}

// Receiver is one of those whom operators are paged through, without its settings.
type Receiver struct {
	Name   string
	Labels map[string]string // its name among them, as label "name"
}

// InhibitRule silences alerts while others fire, in the semantics of Alertmanager: an
// alert that all of Target match is muted as long as one that all of Source match fires
// with the same values of the labels in Equal. What both sides match is muted only by
// what Target does not match.
type InhibitRule struct {
	Name   string    `json:"name,omitempty"`
	Source []Matcher `json:"source"`
	Target []Matcher `json:"target"`
	Equal  []string  `json:"equal,omitempty"`
}
