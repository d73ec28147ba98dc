package export

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"headstart/spreadsheet"
)

// Row is one line of a list, by header in lower case letters and digits.
type Row struct {
	Line  int
	Cells map[string]string
}

// Rows reads CSV whose first line names the columns. unread are columns that none of known is.
func Rows(data []byte, known func(header string) bool) (rows []Row, unread []string, mistakes []Mistake, err error) {
	if len(data) > mostBytes {
		return nil, nil, nil, tooLarge()
	}
	text, err := spreadsheet.Text(data)
	if err != nil {
		return nil, nil, nil, err
	}
	r := spreadsheet.NewReader(text)
	header, err := r.Read()
	if err != nil || len(header) > mostLabels {
		return nil, nil, nil, errors.New("the first line names no columns; export with headers")
	}
	names := make([]string, len(header))
	for i, h := range header {
		if names[i] = headerName(h); !known(names[i]) {
			unread = append(unread, cut(h))
		}
	}
	if len(unread) == len(header) {
		return nil, nil, nil, errors.New("no column of the first line is known; export with headers")
	}
	rows, mistakes = rowsOf(r, names, known)
	return rows, unread, mistakes, nil
}

// rowsOf reads what stands below the header.
func rowsOf(r *csv.Reader, names []string, known func(string) bool) (rows []Row, mistakes []Mistake) {
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, mistakes
		}
		line, _ := r.FieldPos(0)
		if err != nil || len(rows) == mostEntries {
			return rows, append(mistakes, Mistake{line, fmt.Sprintf("cannot be read, or is beyond %d rows; correct or split the list", mostEntries)})
		}
		row := Row{line, map[string]string{}}
		for i, c := range cells[:min(len(cells), len(names))] {
			if c = strings.TrimSpace(c); c != "" && known(names[i]) {
				row.Cells[names[i]] = cut(c)
			}
		}
		rows = append(rows, row)
	}
}

// headerName is a header in lower case letters and digits.
func headerName(h string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, strings.ToLower(h))
}
