package headstart

import (
	"slices"
	"time"
)

// KnownFit is a known error that an incident or a ticket looks like, or an earlier
// incident with the same cause that was solved and that nobody made a record of.
type KnownFit struct {
	Record *KnownRecord // nil: Earlier is set

	Earlier  IncidentID
	At       time.Time // when Earlier was over
	Solution string    // what its closing summary says

	Score        float64 // a multiple of a quarter; see fits
	Why          []KnownReason
	Confidential bool
}

// KnownReason is one thing that speaks for a fit. Pages word it by its Kind.
type KnownReason struct {
	// again: the incident is a return of Incident. asset_before: the cause Subject was
	// that of Incident. asset: the record names the cause Subject. place: service
	// Subject at place At. service: service Subject, anywhere. check: Subject saw it
	// then too. kind: the cause is known in the same way. says: N tickets say Subject.
	Kind     string
	Subject  string
	Place    string
	Incident IncidentID
	At       time.Time
	N        int
}

// KnownOffer is a KnownFit in the words of one language, for the desk: never for users,
// to whom nothing was proved (ruling 28).
type KnownOffer struct {
	KnownError string     `json:"known_error"` // empty: incident says what it is of
	Incident   IncidentID `json:"incident,omitempty"`
	Name       string     `json:"name"`
	Text       string     `json:"text"` // "Vorige keer hielp: …"
	Why        []string   `json:"why"`
	Workaround string     `json:"workaround,omitempty"`
	KB         string     `json:"kb,omitempty"`
	Used       int        `json:"used"`
	Helped     int        `json:"helped"`
	Failed     int        `json:"failed"`
	Score      float64    `json:"score"`
}

// What speaks for a fit, in points. Where it is counts once, by the strongest; to that
// is added what is seen there. From enoughPoints on it fits. Quarters add up exactly.
const (
	sameAsset      = 2.0  // or a return of the incident itself
	sameHere       = 2.0  // its service at its place
	sameService    = 1.0  // its service, and the record is of no place; or at its place, from another device
	sameCheck      = 1.0  // the same alert or probe
	sameSilence    = 0.5  // the same, and it says no more than that a thing does not answer
	sameWords      = 1.0  // users say what the record says they do
	sameCauseKind  = 0.25 // observed, joint, a surge …
	otherCheck     = -1.0 // both name what saw it, and nothing is the same
	enoughPoints   = 2.0
	ticketNames    = 1.0 // of a ticket: it names the service or the device
	ticketPlace    = 0.5 // its requester is there
	ticketSaysOne  = 1.0 // a symptom of one word
	ticketSaysMore = 1.5 // of several
	ticketSaysTwo  = 0.5 // a second symptom
)

// sighting is what is known of an incident that a known error may be the answer to.
type sighting struct {
	assets    []string // the probable cause
	services  []string
	locations []string        // with the places above them
	checks    map[string]bool // what sees the cause fail; true: it is about reachability
	kind      CauseKind
	returned  IncidentID // it is a return of this one

	says func(phrase *symptom) int // how many of its tickets do
}

// indexed is a record with what is looked up of it for every fit.
type indexed struct {
	KnownRecord
	n        int // its place in the order of ids
	symptoms []symptom
}

// symptom is what users say of a known error.
type symptom struct {
	text string
	// forms are its words, by what language they are read in, each as the keyed stems
	// that say it; a ticket says it if it has one of every word of a form.
	forms [][][]string
}

// in reports whether a ticket's stems, which are sorted, say every word of one form.
func (y *symptom) in(stems []string) bool {
	has := func(s string) bool {
		_, found := slices.BinarySearch(stems, s)
		return found
	}
	lacks := func(word []string) bool { return !slices.ContainsFunc(word, has) }
	return slices.ContainsFunc(y.forms, func(form [][]string) bool { return len(form) > 0 && !slices.ContainsFunc(form, lacks) })
}

// words is how many words it is made of.
func (y *symptom) words() int {
	most := 0
	for _, form := range y.forms {
		most = max(most, len(form))
	}
	return most
}

// fits reports how well k explains what is seen, and why; false: not well enough.
func (k *indexed) fits(s *sighting) (score float64, why []KnownReason, fits bool) {
	score, place := k.where(s)
	if score == 0 {
		return 0, nil, false
	}
	why = append(why, place)
	check, same := k.sameChecks(s)
	if same != nil {
		why = append(why, *same)
	}
	said := k.said(s)
	if said != nil {
		score += sameWords
		why = append(why, *said)
	}
	if check > 0 || said == nil { // who says the same knows better than what watches
		score += check
	}
	if s.kind != "" && slices.ContainsFunc(k.Cases, func(c KnownCase) bool { return right(&c) && c.Kind == s.kind }) {
		score += sameCauseKind
		why = append(why, KnownReason{Kind: "kind"})
	}
	return score, why, score >= enoughPoints
}

// where returns the strongest that speaks for the place.
func (k *indexed) where(s *sighting) (points float64, why KnownReason) {
	if why, before := k.before(s); before {
		return sameAsset, why
	}
	if a := common(k.Assets, s.assets); a != "" {
		return sameAsset, KnownReason{Kind: "asset", Subject: a}
	}
	service := common(k.Services, s.services)
	other := len(k.Assets) > 0 && len(s.assets) > 0 // it is of one device, and the cause is another
	switch at := common(k.Locations, s.locations); {
	case service == "":
		return 0, KnownReason{}
	case len(k.Locations) == 0 && !other:
		return sameService, KnownReason{Kind: "service", Subject: service}
	case at == "":
		return 0, KnownReason{}
	case other:
		return sameService, KnownReason{Kind: "place", Subject: service, Place: at}
	default:
		return sameHere, KnownReason{Kind: "place", Subject: service, Place: at}
	}
}

// before returns the latest of its incidents that what is seen is a return of, or has the
// cause of.
func (k *indexed) before(s *sighting) (why KnownReason, found bool) {
	for n := range slices.Backward(k.Cases) {
		c := &k.Cases[n]
		if !right(c) {
			continue
		}
		if s.returned != "" && c.Incident == s.returned {
			return KnownReason{Kind: "again", Incident: c.Incident, At: c.At}, true
		}
		if a := common(c.Assets, s.assets); a != "" {
			return KnownReason{Kind: "asset_before", Subject: a, Incident: c.Incident, At: c.At}, true
		}
	}
	return KnownReason{}, false
}

// sameChecks compares what saw the cause fail then and now.
func (k *indexed) sameChecks(s *sighting) (points float64, why *KnownReason) {
	then := slices.Clone(k.Checks)
	for n := range k.Cases {
		if right(&k.Cases[n]) {
			then = append(then, k.Cases[n].Checks...)
		}
	}
	if len(then) == 0 || len(s.checks) == 0 {
		return 0, nil
	}
	slices.Sort(then)
	points = otherCheck
	for _, c := range slices.Compact(then) {
		silence, same := s.checks[c]
		switch {
		case same && !silence:
			return sameCheck, &KnownReason{Kind: "check", Subject: c}
		case same:
			points, why = sameSilence, &KnownReason{Kind: "check", Subject: c}
		}
	}
	return points, why
}

// said returns the symptom that most of the tickets say.
func (k *indexed) said(s *sighting) (why *KnownReason) {
	if s.says == nil {
		return nil
	}
	for n := range k.symptoms {
		if said := s.says(&k.symptoms[n]); said > 0 && (why == nil || said > why.N) {
			why = &KnownReason{Kind: "says", Subject: k.symptoms[n].text, N: said}
		}
	}
	return why
}

// right reports whether a case speaks for what is like it: nobody said that it did not
// help there.
func right(c *KnownCase) bool { return c.Helped == nil || *c.Helped }

// report is what a ticket says, without its text.
type report struct {
	stems     []string // sorted
	names     []string // assets and services, clearly named
	locations []string // with the places above them
}

// fitsTicket reports how well k explains what a ticket says: never without a symptom.
func (k *indexed) fitsTicket(r *report) (score float64, why []KnownReason, fits bool) {
	for n := range k.symptoms {
		y := &k.symptoms[n]
		switch {
		case !y.in(r.stems):
			continue
		case len(why) > 0:
			score += ticketSaysTwo
		case y.words() > 1:
			score += ticketSaysMore
		default:
			score += ticketSaysOne
		}
		if why = append(why, KnownReason{Kind: "says", Subject: y.text, N: 1}); len(why) == 2 {
			break
		}
	}
	if len(why) == 0 {
		return 0, nil, false
	}
	if len(k.Locations) > 0 && len(r.locations) > 0 {
		at := common(k.Locations, r.locations)
		if at == "" {
			return 0, nil, false
		}
		score += ticketPlace
	}
	if a := common(k.Assets, r.names); a != "" {
		score += ticketNames
		why = append(why, KnownReason{Kind: "asset", Subject: a})
	} else if x := common(k.Services, r.names); x != "" {
		score += ticketNames
		why = append(why, KnownReason{Kind: "service", Subject: x})
	}
	return score, why, score >= enoughPoints
}

// common returns the first of a that b has too; empty: none.
func common(a, b []string) string {
	for _, x := range a {
		if x != "" && slices.Contains(b, x) {
			return x
		}
	}
	return ""
}
