package knownerrors

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// counted are columns that EncodeCSV does not write and DecodeCSV passes over: what
// other lists count is counted here by what people say.
var counted = []string{"used", "helped", "failed"}

// EncodeCSV writes entries with a line of headings. A cell that a spreadsheet would take
// for a formula has an apostrophe before it (ruling 44), which DecodeCSV takes away.
func EncodeCSV(w io.Writer, entries []Entry) error {
	out := csv.NewWriter(w)
	headings := []string{"id"}
	for n := range fields {
		headings = append(headings, fields[n].name)
	}
	_ = out.Write(headings) // Flush tells
	for i := range entries {
		row := []string{quoted(tidy(entries[i].ID, false))}
		for n := range fields {
			row = append(row, quoted(fields[n].get(&entries[i])))
		}
		_ = out.Write(row)
	}
	out.Flush()
	return out.Error()
}

// formula are the characters that make a cell one.
const formula = "=+-@\t\r"

// quoted keeps a cell from being a formula, and unquoted takes that back.
func quoted(cell string) string {
	if cell != "" && (strings.ContainsRune(formula, rune(cell[0])) || cell[0] == '\'' && unquoted(cell) != cell) {
		return "'" + cell
	}
	return cell
}

func unquoted(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune(formula+"'", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

// DecodeCSV reads a list as spreadsheets write it: separated by commas, semicolons or
// tabs, in UTF-8 or Windows-1252. The first line names the columns; one that is missing
// says nothing. An entry with a mistake is left out and told of, the others are kept.
func DecodeCSV(data []byte) ([]Entry, []Mistake) {
	data, err := asText(data)
	if err != nil {
		return nil, []Mistake{{Text: err.Error()}}
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = separator(data), -1, true
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

// asText bounds a file and brings it to UTF-8, without a byte order mark.
func asText(data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case len(data) > mostBytes:
		return nil, fmt.Errorf("the file has more than %d MiB; cut it into parts", mostBytes>>20)
	case bytes.IndexByte(data, 0) >= 0:
		return nil, errors.New("the file holds zero bytes; save it as text in UTF-8")
	case utf8.Valid(data):
		return data, nil
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return nil, fmt.Errorf("the file is neither UTF-8 nor Windows-1252: %w", err)
	}
	return decoded, nil
}

// separator is what the first line holds most of.
func separator(data []byte) rune {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	best, most := ',', 0
	for _, sep := range []rune{',', ';', '\t'} {
		if n := bytes.Count(first, []byte(string(sep))); n > most {
			best, most = sep, n
		}
	}
	return best
}

// columnsOf names the columns; those that are only counted have no name.
func columnsOf(headings []string) (columns []string, wrong []Mistake) {
	for _, h := range headings {
		name := strings.ToLower(strings.TrimSpace(unquoted(h)))
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
		cell = unquoted(cell)
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
