package systems

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// glpiColumns are the numbers of the columns that a search is told, by what they
// hold for us.
type glpiColumns map[string]string

// glpiWanted are the columns we look for: the number most have, and what it is
// known by. Several columns show people and groups by the same name, as who asks
// and as who works on it: of those only the usual number tells which.
var glpiWanted = []struct {
	key, number, table, field string
	actor                     bool
}{
	{"title", "1", "", "name", false},
	{"id", "2", "", "id", false},
	{"priority", "3", "", "priority", false},
	{"requester", "4", "glpi_users", "name", true},
	{"category", "7", "glpi_itilcategories", "completename", false},
	{"group", "8", "glpi_groups", "completename", true},
	{"channel", "9", "glpi_requesttypes", "name", false},
	{"status", "12", "", "status", false},
	{"opened", "15", "", "date", false},
	{"closed", "16", "", "closedate", false},
	{"solved", "17", "", "solvedate", false},
	{"changed", "19", "", "date_mod", false},
	{"content", "21", "", "content", false},
	{"duration", "45", "", "actiontime", false},
	{"department", "71", "glpi_groups", "completename", true},
	{"entity", "80", "glpi_entities", "completename", false},
	{"location", "83", "glpi_locations", "completename", false},
	{"created", "121", "", "date_creation", false},
}

// glpiNeeded are those a ticket cannot be read without.
var glpiNeeded = []string{"id", "title", "content", "status", "changed", "opened"}

// glpiTables are where items of a type stand.
var glpiTables = map[string]string{"Ticket": "glpi_tickets", "Problem": "glpi_problems"}

// columns asks GLPI for its numbers, once in a session: plugins and versions move
// them.
func (g *glpi) columns(ctx context.Context, kind string) (glpiColumns, error) {
	if _, err := g.begin(ctx); err != nil {
		return nil, err
	}
	g.mu.Lock()
	known := g.learned[kind]
	g.mu.Unlock()
	if known != nil {
		return known, nil
	}
	a, err := g.get(ctx, "listSearchOptions/"+kind, nil)
	if err != nil {
		return nil, err
	}
	columns, err := g.options(a.body, glpiTables[kind])
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.learned[kind] = columns
	return columns, nil
}

// glpiOption is what a column of a search is made of.
type glpiOption struct {
	Table string `json:"table"`
	Field string `json:"field"`
}

// options reads listSearchOptions: numbers, and headings among them.
func (g *glpi) options(body []byte, table string) (glpiColumns, error) {
	var all map[string]json.RawMessage
	if err := (&answer{body: body}).into(&all); err != nil {
		return nil, err
	}
	options := map[string]glpiOption{}
	for number, raw := range all {
		var o glpiOption
		if digits(number) == number && len(number) < 8 && json.Unmarshal(raw, &o) == nil {
			options[number] = o
		}
	}
	out := glpiColumns{}
	for _, want := range glpiWanted {
		fit := glpiOption{cmp.Or(want.table, table), want.field}
		if number := fitting(options, fit, want.number, want.actor); number != "" {
			out[want.key] = number
		}
	}
	for key, number := range g.Fields {
		if _, has := options[number]; has && table == glpiTables["Ticket"] {
			out[key] = number
		}
	}
	for _, key := range glpiNeeded {
		if out[key] == "" {
			return nil, fmt.Errorf("%w: the search has no column for %s", ErrMalformed, key)
		}
	}
	return out, nil
}

// fitting is the usual number if what it shows fits, else the smallest that does;
// of an actor the usual one or none.
func fitting(options map[string]glpiOption, fit glpiOption, usual string, actor bool) string {
	if options[usual] == fit {
		return usual
	}
	found := ""
	for number, o := range options {
		if o == fit && !actor && (found == "" || numerically(number, found)) {
			found = number
		}
	}
	return found
}

// numerically reports whether a is the smaller number.
func numerically(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

// glpiCriterion is one condition of a search, or several in brackets.
type glpiCriterion struct {
	link, field, kind, value string // link: AND unless it is said
	among                    []glpiCriterion
}

func (c glpiCriterion) into(q url.Values, at string) {
	q.Set(at+"[link]", cmp.Or(c.link, "AND"))
	for i, inner := range c.among {
		inner.into(q, at+"[criteria]["+strconv.Itoa(i)+"]")
	}
	if len(c.among) == 0 {
		q.Set(at+"[field]", c.field)
		q.Set(at+"[searchtype]", c.kind)
		q.Set(at+"[value]", c.value)
	}
}

// changedSince: GLPI compares with "later than", times have whole seconds.
func changedSince(columns glpiColumns, from time.Time, zone *time.Location) glpiCriterion {
	return glpiCriterion{field: columns["changed"], kind: "morethan", value: wallSince(from.Add(-time.Second), zone)}
}

type glpiSearch struct {
	criteria    []glpiCriterion
	first, rows int
	binned      bool
	newest      bool // the latest change first
}

func (s glpiSearch) query(columns glpiColumns) url.Values {
	q := url.Values{"sort": {columns["changed"]}, "order": {"ASC"}, "range": {strconv.Itoa(s.first) + "-" + strconv.Itoa(s.first+s.rows-1)}}
	if s.newest {
		q.Set("order", "DESC")
	}
	if s.binned {
		q.Set("is_deleted", "1")
	}
	for i, c := range s.criteria {
		c.into(q, "criteria["+strconv.Itoa(i)+"]")
	}
	for i, key := range slices.Sorted(maps.Keys(columns)) {
		q.Set("forcedisplay["+strconv.Itoa(i)+"]", columns[key])
	}
	return q
}
