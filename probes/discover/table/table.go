// Package table reads lists of devices as people keep them in spreadsheets.
//
// It takes what spreadsheet programs write: commas, semicolons or tabs, UTF-8,
// UTF-16 or Windows-1252, headers in Dutch or English. A row that cannot be read is
// named by its line and left out; the others are kept. Nothing is guessed about what
// a cell means beyond its header.
package table

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"headstart/spreadsheet"
)

// Bounds on a list. A school of 100,000 devices fits.
const (
	mostBytes   = 16 << 20
	mostRows    = 100_000
	mostColumns = 256
	mostLetters = 512 // of a cell
	mostLines   = 20  // of a row, in cells with line breaks
	mostResumes = 100 // after a quote that is not closed
	titleRows   = 10  // above the header
)

// Table is a list that was read.
type Table struct {
	Rows     []Row
	Mistakes []Mistake // by line
	Unread   []string  // headers that name no column we know, as they are written
}

// Row is one line of a list. Cells hold no control characters and no blanks at their
// ends; an empty one is left out.
type Row struct {
	Line  int // from 1
	Cells map[Column]string
}

// Mistake is one thing wrong. Text says after a semicolon what to do.
type Mistake struct {
	Line int
	Text string
}

// Read reads a list. The error is about the file as a whole: no row of it could be
// used.
func Read(data []byte) (Table, error) {
	if len(data) > mostBytes {
		return Table{}, fmt.Errorf("the list is larger than %d MiB; split it over several files", mostBytes>>20)
	}
	text, err := spreadsheet.Text(data)
	if err != nil {
		return Table{}, err
	}
	r := &reader{lines: strings.SplitAfter(text, "\n")}
	r.comma = r.separator()
	if err := r.readHeader(); err != nil {
		return Table{}, err
	}
	for {
		line, cells, err := r.next()
		if errors.Is(err, io.EOF) {
			return r.table, nil
		}
		if len(r.table.Rows) == mostRows {
			r.wrong(line, "the list has more than %d rows; split it over several files", mostRows)
			return r.table, nil
		}
		r.row(line, cells)
	}
}

// reader goes through a list line by line.
type reader struct {
	lines   []string
	comma   rune
	columns []Column // by number; empty: not read
	table   Table

	csv     *csv.Reader
	base    int // lines before those csv reads
	resumes int
}

func (r *reader) wrong(line int, format string, args ...any) {
	r.table.Mistakes = append(r.table.Mistakes, Mistake{line, fmt.Sprintf(format, args...)})
}

// separator returns what separates cells: what a first line sep=; says, as Excel
// writes it, else what most of the first lines hold most often.
func (r *reader) separator() rune {
	if len(r.lines) > 0 {
		first := strings.ToLower(strings.Trim(r.lines[0], "\" \r\n"))
		if mark, ok := strings.CutPrefix(first, "sep="); ok && len([]rune(mark)) == 1 && strings.Contains(",;\t|", mark) {
			r.lines[0] = "\n"
			return []rune(mark)[0]
		}
	}
	best, most := ',', 0
	for _, mark := range []rune{';', '\t', ',', '|'} {
		n := 0
		for _, line := range r.lines[:min(len(r.lines), titleRows)] {
			n += strings.Count(line, string(mark))
		}
		if n > most {
			best, most = mark, n
		}
	}
	return best
}

// resume reads on at a line, counted from 0.
func (r *reader) resume(line int) {
	r.base = line
	r.csv = csv.NewReader(&joined{lines: r.lines[line:]})
	r.csv.Comma, r.csv.LazyQuotes, r.csv.FieldsPerRecord = r.comma, true, -1
}

// next returns a row with anything in it, and the line it starts on.
func (r *reader) next() (line int, cells []string, err error) {
	for {
		cells, err = r.csv.Read()
		if errors.Is(err, io.EOF) {
			return 0, nil, io.EOF
		}
		if err != nil { // lazy quotes leave none but that of the reader, which has none
			return 0, nil, io.EOF
		}
		at, _ := r.csv.FieldPos(0)
		line = r.base + at
		if runsOn(cells) {
			r.wrong(line, "a quotation mark is opened and not closed; close it, or remove it")
			if r.resumes++; r.resumes > mostResumes || line >= len(r.lines) {
				return 0, nil, io.EOF
			}
			r.resume(line)
			continue
		}
		for i := range cells {
			cells[i] = clean(cells[i])
		}
		if strings.Join(cells, "") != "" {
			return line, cells, nil
		}
	}
}

// runsOn reports whether a row is many: a quotation mark was not closed.
func runsOn(cells []string) bool {
	breaks := 0
	for _, c := range cells {
		breaks += strings.Count(c, "\n")
	}
	return breaks > mostLines
}

// row takes one row in.
func (r *reader) row(line int, cells []string) {
	row := Row{Line: line, Cells: map[Column]string{}}
	for i, cell := range cells {
		if cell == "" || nothing[strings.ToLower(cell)] {
			continue
		}
		switch {
		case i >= len(r.columns):
			r.wrong(line, "has %d cells, the header names %d; put a cell that holds %q between quotation marks", len(cells), len(r.columns), string(r.comma))
			return
		case r.columns[i] == "":
		case len([]rune(cell)) > mostLetters:
			r.wrong(line, "%s is longer than %d letters; shorten it", r.columns[i], mostLetters)
			return
		default:
			row.Cells[r.columns[i]] = cell
		}
	}
	if len(row.Cells) > 0 {
		r.table.Rows = append(r.table.Rows, row)
	}
}

// nothing is what people write where they have nothing to say.
var nothing = map[string]bool{
	"-": true, "--": true, "?": true, "n/a": true, "na": true, "nvt": true, "n.v.t.": true, "onbekend": true, "unknown": true,
	"none": true, "geen": true, "null": true, "#n/b": true, "#n/a": true,
}

// clean takes from a cell what spreadsheets put around it: ="text" and a leading
// apostrophe keep Excel from taking a text for a number.
func clean(cell string) string {
	cell = strings.Join(strings.FieldsFunc(cell, func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c) || c == '\u200b' || c == '\ufeff'
	}), " ")
	if inner, ok := strings.CutPrefix(cell, `="`); ok && strings.HasSuffix(inner, `"`) {
		cell = strings.TrimSpace(strings.TrimSuffix(inner, `"`))
	}
	return strings.TrimSpace(strings.TrimPrefix(cell, "'"))
}

// joined reads lines as one text.
type joined struct {
	lines []string
	rest  string
}

// Read implements io.Reader.
func (j *joined) Read(p []byte) (int, error) {
	for j.rest == "" {
		if len(j.lines) == 0 {
			return 0, io.EOF
		}
		j.rest, j.lines = j.lines[0], j.lines[1:]
	}
	n := copy(p, j.rest)
	j.rest = j.rest[n:]
	return n, nil
}
