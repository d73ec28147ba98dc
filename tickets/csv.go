package tickets

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"headstart/spreadsheet"
)

// columnKeys are the keys of a ticket that a column may hold.
var columnKeys = []string{
	"id", "title", "body", "requester", "department", "location", "shared", "category", "priority", "status", "channel",
	"created_at", "reported_at", "updated_at", "first_response_at", "solved_at", "support_group", "line", "reopens", "contacts",
	"minutes_spent", "satisfaction", "waiting_on", "url",
}

// row is one line of a file: a ticket, or what is wrong with the line.
type row struct {
	line   int
	ticket wireTicket
	err    error
}

// readCSV reads a file as spreadsheets and ticket systems write it. The first line holds
// headings. The error is of the file as a whole.
func readCSV(data []byte, s *source) ([]row, error) {
	text, err := spreadsheet.Text(data)
	if err != nil {
		return nil, err
	}
	r := spreadsheet.NewReader(text)
	r.ReuseRecord = true
	headings, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty; its first line must hold headings")
	}
	if err != nil {
		return nil, err
	}
	keys, err := keysOf(headings, s.Columns)
	if err != nil {
		return nil, err
	}
	return readRows(r, keys, s), nil
}

func readRows(r *csv.Reader, keys []string, s *source) []row {
	var out []row
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out
		}
		if bad := new(csv.ParseError); errors.As(err, &bad) {
			out = append(out, row{line: bad.Line, err: bad.Err})
			continue
		}
		if err != nil {
			return append(out, row{err: err})
		}
		line, _ := r.FieldPos(0)
		rw := row{line: line}
		rw.ticket, rw.err = ticketOf(fields, keys, s.zone)
		if rw.err == nil {
			rw.err = rw.ticket.check(s.Name)
		}
		out = append(out, rw)
	}
}

// keysOf returns the key each column holds, "" for a column of no use to us.
func keysOf(headings []string, columns map[string]string) ([]string, error) {
	named := map[string]string{}
	for heading, key := range columns {
		named[fold(heading)] = key
	}
	keys := make([]string, len(headings))
	for i, h := range headings {
		key, ok := named[fold(h)]
		if !ok && slices.Contains(columnKeys, fold(h)) {
			key = fold(h)
		}
		if key != "" && slices.Contains(keys[:i], key) {
			return nil, fmt.Errorf("two columns hold %s; keep one", key)
		}
		keys[i] = key
	}
	for _, must := range []string{"id", "created_at"} {
		if !slices.Contains(keys, must) {
			return nil, fmt.Errorf("no column holds %s; name its heading under columns of this source", must)
		}
	}
	return keys, nil
}

func fold(heading string) string { return strings.ToLower(strings.TrimSpace(heading)) }

// ticketOf reads one line. Messages name the key, never the value.
func ticketOf(fields, keys []string, zone *time.Location) (wireTicket, error) {
	var w wireTicket
	var errs []error
	for i, value := range fields {
		if i >= len(keys) {
			errs = append(errs, fmt.Errorf("the line has %d columns, the headings %d", len(fields), len(keys)))
			break
		}
		if value = strings.TrimSpace(value); value == "" || keys[i] == "" {
			continue
		}
		if err := w.set(keys[i], value, zone); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", keys[i], err))
		}
	}
	return w, errors.Join(errs...)
}

// set reads value into the field key names.
func (w *wireTicket) set(key, value string, zone *time.Location) (err error) {
	words := map[string]*string{
		"id": &w.ID, "title": &w.Title, "body": &w.Body, "requester": &w.Requester.ID, "department": &w.Requester.Department,
		"location": &w.Requester.Location, "category": &w.Category, "priority": &w.Priority, "status": &w.Status, "channel": &w.Channel,
		"support_group": &w.SupportGroup, "waiting_on": &w.WaitingOn, "url": &w.URL,
	}
	times := map[string]*time.Time{
		"created_at": &w.CreatedAt, "reported_at": &w.ReportedAt, "updated_at": &w.UpdatedAt,
		"first_response_at": &w.FirstResponseAt, "solved_at": &w.SolvedAt,
	}
	numbers := map[string]*int{"line": &w.Line, "reopens": &w.Reopens, "contacts": &w.Contacts}
	switch {
	case words[key] != nil:
		*words[key] = value
	case times[key] != nil:
		*times[key], err = parseTime(value, zone)
	case numbers[key] != nil:
		if *numbers[key], err = strconv.Atoi(value); err != nil {
			err = errors.New("no whole number")
		}
	case key == "minutes_spent":
		w.MinutesSpent, err = parseNumber(value)
	case key == "satisfaction":
		w.Satisfaction, err = parseNumber(value)
	case key == "shared":
		w.Requester.Shared, err = parseBool(value)
	default:
		panic("tickets: unknown column " + key)
	}
	return err
}

var timeForms = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04",
	"02-01-2006 15:04:05", "02-01-2006 15:04", "2-1-2006 15:04:05", "2-1-2006 15:04",
}

func parseTime(s string, zone *time.Location) (time.Time, error) {
	for _, form := range timeForms {
		if t, err := time.ParseInLocation(form, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("no time; write 2026-11-23 08:00 or 23-11-2026 08:00")
}

func parseNumber(s string) (*float64, error) {
	n, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, errors.New("no number")
	}
	return &n, nil
}

func parseBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "true", "1", "yes", "ja", "x", "waar":
		return true, nil
	case "false", "0", "no", "nee", "onwaar":
		return false, nil
	}
	return false, errors.New("neither yes nor no")
}
