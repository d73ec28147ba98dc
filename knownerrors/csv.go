package knownerrors

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"headstart/spreadsheet"
)

// counted are columns that EncodeCSV does not write and DecodeCSV passes over: what
// other lists count is counted here by what people say.
var counted = []string{"used", "helped", "failed"}

// EncodeCSV writes entries with a line of headings. A cell that a spreadsheet would take
// for a formula has an apostrophe before it, which DecodeCSV takes away.
func EncodeCSV(w io.Writer, entries []Entry) error {
	out := csv.NewWriter(w)
	headings := []string{"id"}
	for n := range fields {
		headings = append(headings, fields[n].name)
	}
	_ = out.Write(headings) // Flush tells
	for i := range entries {
		row := []string{spreadsheet.Escape(tidy(entries[i].ID, false))}
		for n := range fields {
			row = append(row, spreadsheet.Escape(fields[n].get(&entries[i])))
		}
		_ = out.Write(row)
	}
	out.Flush()
	return out.Error()
}

// DecodeCSV reads a list as spreadsheets save it. The first line names the columns; one
// that is missing says nothing. An entry with a mistake is left out and told of, the others are kept.
func DecodeCSV(data []byte) ([]Entry, []Mistake) {
	text, err := asText(data)
	if err != nil {
		return nil, []Mistake{{Text: err.Error()}}
	}
	r := spreadsheet.NewReader(text)
	headings, err := r.Read()
	if err != nil {
		return nil, []Mistake{{Text: "the file is empty; its first line must name the columns: " + fieldNames()}}
	}
	columns, wrong := columnsOf(headings)
	if len(wrong) > 0 {
		return nil, wrong
	}
	var entries []Entry
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return entries, wrong
		}
		if len(entries)+len(wrong) == mostEntries {
			return entries, append(wrong, Mistake{Text: fmt.Sprintf("more than %d lines; cut the file into parts", mostEntries)})
		}
		if err != nil {
			wrong = append(wrong, Mistake{Text: fmt.Sprintf("%v; write each line as the first", err)})
			continue
		}
		line, _ := r.FieldPos(0)
		e, err := entryOf(row, columns)
		switch {
		case err != nil:
			wrong = append(wrong, Mistake{line, err.Error()})
		case len(e.Said) > 0 || e.ID != "":
			e.Line = line
			entries = append(entries, e)
		}
	}
}

// asText bounds a file and brings it to UTF-8.
func asText(data []byte) (string, error) {
	if len(data) > mostBytes {
		return "", fmt.Errorf("the file has more than %d MiB; cut it into parts", mostBytes>>20)
	}
	return spreadsheet.Text(data)
}

// columnsOf names the columns; those that are only counted have no name.
func columnsOf(headings []string) (columns []string, wrong []Mistake) {
	for _, h := range headings {
		name := strings.ToLower(strings.TrimSpace(spreadsheet.Unescape(h)))
		switch {
		case slices.Contains(counted, name):
			name = ""
		case name != "id" && fieldNamed(name) == nil:
			wrong = append(wrong, Mistake{1, fmt.Sprintf("column %.40q is not known; write one of %s", h, fieldNames())})
		case slices.Contains(columns, name):
			wrong = append(wrong, Mistake{1, fmt.Sprintf("column %q stands twice", name)})
		}
		columns = append(columns, name)
	}
	return columns, wrong
}

// entryOf reads a row. A row without anything is an entry without anything.
func entryOf(row, columns []string) (Entry, error) {
	var e Entry
	if len(row) > len(columns) {
		return e, fmt.Errorf("the line has %d cells, the first has %d", len(row), len(columns))
	}
	blank := true
	for n, cell := range row {
		cell = spreadsheet.Unescape(cell)
		blank = blank && strings.TrimSpace(cell) == ""
		switch f := fieldNamed(columns[n]); {
		case columns[n] == "id":
			id, err := idOf(cell)
			if err != nil {
				return e, err
			}
			e.ID = id
		case f == nil:
		default:
			if err := f.set(&e, cell); err != nil {
				return e, err
			}
			e.Said = append(e.Said, f.name)
		}
	}
	if blank {
		return Entry{}, nil
	}
	return e, nil
}
