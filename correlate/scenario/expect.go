package scenario

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Expectation is one thing that must hold in the end.
type Expectation struct {
	Line int // of the file

	// Of is what it is about: an incident "HS-1", a ticket "rt/T-1", or "" for
	// everything.
	Of string

	// What is one of IncidentWords for an incident; "incident" and "band" for a
	// ticket; "incidents", "messages", "drafts" and "pages" count, for all or for
	// one incident.
	What string

	Want string // "none" for what must be empty
}

// IncidentWords are what can be expected of an incident.
func IncidentWords() []string {
	return []string{
		"state", "cause", "kind", "firing", "members", "priority", "impact", "urgency", "people", "services", "locations",
		"departments", "merged_into", "split_from", "recurrence_of", "reopens", "tags", "opened", "announced", "resolved", "closed", "close_reason",
		"tickets", "left_out", "first_ticket", "callers", "lead",
	}
}

var (
	incidentID = regexp.MustCompile(`^HS-[1-9]\d*$`)
	counts     = []string{"messages", "drafts", "pages"}
)

func (r *reader) expectations(p *part) []Expectation {
	var out []Expectation
	n := p.line
	for line := range strings.Lines(string(p.data)) {
		n++
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		found, err := parseExpectation(strings.Fields(line))
		if err != nil {
			r.wrong(n, "%w", err)
		}
		for _, e := range found {
			e.Line = n
			out = append(out, e)
		}
	}
	return out
}

// parseExpectation reads one line of expect:
//
//	incidents 2
//	messages 3 | drafts 0 | pages 4 [of HS-1]
//	HS-1 state=resolved cause=sw-1 kind=observed firing=0/9 services=print,lan
//	ticket rt/T-1 HS-1|none [auto|suggest|none]
func parseExpectation(f []string) ([]Expectation, error) {
	switch {
	case f[0] == "incidents" || slices.Contains(counts, f[0]):
		return counted(f)
	case f[0] == "ticket":
		return ticketed(f)
	case !incidentID.MatchString(f[0]):
		return nil, fmt.Errorf("unknown word %q; write incidents, messages, drafts, pages, ticket or an incident such as HS-1", f[0])
	case len(f) < 2:
		return nil, fmt.Errorf("nothing is expected of %s; write such as %s state=open", f[0], f[0])
	}
	var out []Expectation
	for _, w := range f[1:] {
		what, want, _ := strings.Cut(w, "=")
		if !slices.Contains(IncidentWords(), what) || want == "" {
			return nil, fmt.Errorf("unknown word %q of an incident; write such as state=open with one of %s", w, strings.Join(IncidentWords(), ", "))
		}
		out = append(out, Expectation{Of: f[0], What: what, Want: want})
	}
	return out, nil
}

func counted(f []string) ([]Expectation, error) {
	e := Expectation{What: f[0]}
	if len(f) == 4 && f[2] == "of" && incidentID.MatchString(f[3]) && f[0] != "incidents" {
		e.Of, f = f[3], f[:2]
	}
	if len(f) != 2 {
		return nil, fmt.Errorf("how many %s; write %s 2, or messages 2 of HS-1", f[0], f[0])
	}
	n, err := strconv.ParseUint(f[1], 10, 31)
	if err != nil {
		return nil, fmt.Errorf("%q is no number of %s; write such as %s 2", f[1], f[0], f[0])
	}
	e.Want = strconv.FormatUint(n, 10)
	return []Expectation{e}, nil
}

func ticketed(f []string) ([]Expectation, error) {
	if len(f) < 3 || len(f) > 4 || f[2] != "none" && !incidentID.MatchString(f[2]) {
		return nil, errors.New("a ticket names its best candidate; write ticket rt/T-1 HS-1, or ticket rt/T-1 none")
	}
	out := []Expectation{{Of: f[1], What: "incident", Want: f[2]}}
	if len(f) == 4 {
		if !slices.Contains([]string{"auto", "suggest", "none"}, f[3]) {
			return nil, fmt.Errorf("band %q; write auto, suggest or none", f[3])
		}
		out = append(out, Expectation{Of: f[1], What: "band", Want: f[3]})
	}
	return out, nil
}
