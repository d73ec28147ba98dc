package systems

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Noted implements Writer: journal fields are rows of a table of their own.
func (s *snow) Noted(ctx context.Context, id, mark string) (bool, error) {
	query := "element_id=" + snowValue(id) + "^elementINwork_notes,comments^valueLIKE" + snowValue(bracketed(mark))
	rows, _, err := s.list(ctx, "sys_journal_field", query, []string{"element_id", "value"}, 10, 0)
	if err != nil {
		return false, err
	}
	for _, row := range rows { // an invalid part of a query is dropped, and all rows come back
		if row["element_id"] == id && strings.Contains(row["value"], bracketed(mark)) {
			return true, nil
		}
	}
	return false, nil
}

// Note implements Writer. Comments are what the caller sees and is mailed.
func (s *snow) Note(ctx context.Context, id string, n Note) error {
	field := "work_notes"
	if n.Public {
		field = "comments"
	}
	return s.patch(ctx, "incident", id, map[string]string{field: snowText(n.Text) + "\n\n" + bracketed(n.Mark)})
}

// snowText keeps what we were given from being shown as HTML, which a journal does
// between these words.
func snowText(s string) string {
	return snowCode.ReplaceAllString(s, "($1)")
}

var snowCode = regexp.MustCompile(`(?i)\[(/?code)\]`)

func (s *snow) patch(ctx context.Context, table, id string, fields map[string]string) error {
	if !nativeID.MatchString(id) {
		return ErrNotFound
	}
	_, err := s.client.send(ctx, http.MethodPatch, snowTable+table+"/"+id+"?sysparm_fields=sys_id", fields, nil)
	return err
}

// relation is the field that hangs an incident under what we make.
func (s *snow) relation() string {
	if s.Write.Makes() == "problem" {
		return "problem_id"
	}
	return "parent_incident"
}

func (s *snow) above(ctx context.Context, id string) (string, error) {
	row, err := s.record(ctx, "incident", id, []string{"sys_id", s.relation()})
	return row[s.relation()], err
}

// Linked implements Writer.
func (s *snow) Linked(ctx context.Context, id string, to Target) (bool, error) {
	above, err := s.above(ctx, id)
	return to.Ticket != "" && above == to.Ticket, err
}

// Link implements Writer. What a person hung it under stays.
func (s *snow) Link(ctx context.Context, id string, to Target) error {
	above, err := s.above(ctx, id)
	if err != nil {
		return err
	}
	if above != "" && above != to.Ticket {
		return fmt.Errorf("%w: %s has another value already", ErrRefused, s.relation())
	}
	return s.patch(ctx, "incident", id, map[string]string{s.relation(): to.Ticket})
}

// Unlink implements Writer.
func (s *snow) Unlink(ctx context.Context, id string, _ Target) error {
	return s.patch(ctx, "incident", id, map[string]string{s.relation(): ""})
}

// snowTables are where things are made, and the field that holds the mark.
var snowTables = map[string][2]string{
	"ticket": {"incident", "correlation_id"}, "problem": {"problem", "correlation_id"}, "outage": {"cmdb_ci_outage", "short_description"},
}

// Made implements Writer.
func (s *snow) Made(ctx context.Context, kind, mark string) (string, error) {
	in := snowTables[kind]
	query, fits := in[1]+"="+snowValue(mark), func(v string) bool { return v == mark }
	if kind == "outage" {
		query, fits = in[1]+"LIKE"+snowValue(bracketed(mark)), func(v string) bool { return strings.Contains(v, bracketed(mark)) }
	}
	rows, _, err := s.list(ctx, in[0], query, []string{"sys_id", in[1]}, 10, 0)
	if err != nil {
		return "", err
	}
	for _, row := range rows {
		if fits(row[in[1]]) {
			return row["sys_id"], nil
		}
	}
	return "", nil
}

// snowWeight is impact and urgency, of which ServiceNow makes the priority.
var snowWeight = map[string][2]string{"P1": {"1", "1"}, "P2": {"1", "2"}, "P3": {"2", "2"}, "P4": {"3", "3"}}

// Make implements Writer.
func (s *snow) Make(ctx context.Context, d Draft) (string, error) {
	if d.Kind == "outage" {
		return s.makeOutage(ctx, d)
	}
	fields := map[string]string{
		"short_description": cut(d.Title, 160), "description": snowText(d.Text), "correlation_id": d.Mark, "correlation_display": "headstart",
	}
	if w, ok := snowWeight[d.Priority]; ok {
		fields["impact"], fields["urgency"] = w[0], w[1]
	}
	if s.CreateIn != "" {
		fields["assignment_group"] = s.CreateIn
	}
	return s.insert(ctx, snowTables[d.Kind][0], fields)
}

// makeOutage records the outage of a configuration item that the CMDB calls as
// the catalog does.
func (s *snow) makeOutage(ctx context.Context, d Draft) (string, error) {
	if d.Asset == "" {
		return "", fmt.Errorf("%w: no asset is known to be the cause", ErrRefused)
	}
	rows, _, err := s.list(ctx, "cmdb_ci", "name="+snowValue(d.Asset), []string{"sys_id", "name"}, 2, 0)
	if err != nil {
		return "", err
	}
	if len(rows) != 1 || rows[0]["name"] != d.Asset {
		return "", fmt.Errorf("%w: the CMDB has no one item of the cause's name", ErrRefused)
	}
	return s.insert(ctx, "cmdb_ci_outage", map[string]string{
		"cmdb_ci": rows[0]["sys_id"], "type": "outage", "begin": d.Since.UTC().Format(snowTime), "short_description": cut(d.Title, 100) + " " + bracketed(d.Mark),
	})
}

func (s *snow) insert(ctx context.Context, table string, fields map[string]string) (string, error) {
	a, err := s.client.send(ctx, http.MethodPost, snowTable+table+"?sysparm_fields=sys_id", fields, nil)
	if err != nil {
		return "", err
	}
	row, err := rowOf(a.body)
	return row["sys_id"], err
}

// End closes an outage record at at; the zero time opens it again.
func (s *snow) End(ctx context.Context, id string, at time.Time) error {
	end := ""
	if !at.IsZero() {
		end = at.UTC().Format(snowTime)
	}
	return s.patch(ctx, "cmdb_ci_outage", id, map[string]string{"end": end})
}

// Check implements System.
func (s *snow) Check(ctx context.Context) (Report, error) {
	var rep Report
	rows, a, err := s.list(ctx, "incident", "ORDERBYDESCsys_updated_on", s.snowFields(), 1, 0)
	if err != nil {
		return rep, err
	}
	rep.Skew = a.skew(time.Now())
	if len(rows) == 0 {
		rep.lack("no incident can be seen, so fields and time zone were not tried; give the user the role itil, or make an incident")
		return rep, nil
	}
	for _, f := range s.snowFields() {
		if _, has := rows[0][f]; !has {
			rep.lack("field " + f + " is not shown; give the user the right to read it, or correct fields")
		}
	}
	if err := s.checkQueries(ctx, &rep, rows[0]); err != nil {
		return rep, err
	}
	if _, _, err := s.list(ctx, "sys_journal_field", "element_id="+snowValue(rows[0]["sys_id"]), []string{"element_id"}, 1, 0); err != nil {
		rep.lack("notes cannot be found again, so a repeat would write twice; give the user the right to read sys_journal_field")
	}
	return rep, nil
}

// checkQueries tries two queries whose answers are known: one that fits nothing,
// since what is no query fits everything, and the newest incident by its own time.
func (s *snow) checkQueries(ctx context.Context, rep *Report, newest snowRow) error {
	rows, _, err := s.list(ctx, "incident", "sys_id=headstart-fits-nothing", []string{"sys_id"}, 1, 0)
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		rep.lack("a query that fits nothing is answered with rows; set the property glide.invalid_query.returns_no_rows to true")
	}
	id, at := newest["sys_id"], newest["sys_updated_on"]
	from, _, err := s.list(ctx, "incident", "sys_id="+snowValue(id)+"^sys_updated_on>="+snowValue(at), []string{"sys_id"}, 1, 0)
	if err != nil {
		return err
	}
	after, _, err := s.list(ctx, "incident", "sys_id="+snowValue(id)+"^sys_updated_on>"+snowValue(at), []string{"sys_id"}, 1, 0)
	if err != nil {
		return err
	}
	if len(from) != 1 || len(after) != 0 {
		rep.lack("times of queries are read in another zone, so changes would be missed; set the user's time zone to GMT")
	}
	return nil
}
