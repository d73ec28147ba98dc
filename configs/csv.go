package configs

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"headstart"
	"headstart/spreadsheet"
)

// deviceColumns set one field of a device each. Several values in a cell are
// separated by semicolons; "a|b" in depends_on is a redundancy group.
var deviceColumns = map[string]func(d *headstart.Device, cell string) error{
	"id":       func(d *headstart.Device, s string) error { d.ID = s; return nil },
	"kind":     func(d *headstart.Device, s string) error { d.Kind = s; return nil },
	"name":     func(d *headstart.Device, s string) error { d.Name = headstart.Names{"": s}; return nil },
	"location": func(d *headstart.Device, s string) error { d.Location = s; return nil },
	"floor": func(d *headstart.Device, s string) error {
		n, err := strconv.Atoi(s)
		d.Floor = &n
		return err
	},
	"address":  func(d *headstart.Device, s string) error { d.Address = s; return nil },
	"services": func(d *headstart.Device, s string) error { d.Services = cells(s); return nil },
	"depends_on": func(d *headstart.Device, s string) error {
		for _, group := range cells(s) {
			d.DependsOn = append(d.DependsOn, strings.Split(group, "|"))
		}
		return nil
	},
	"aliases": func(d *headstart.Device, s string) error { d.Aliases = cells(s); return nil },
	"people":  func(d *headstart.Device, s string) (err error) { d.People, err = strconv.Atoi(s); return err },
	"expires": func(d *headstart.Device, s string) error { d.Expires = s; return nil },
	"confidential": func(d *headstart.Device, s string) (err error) {
		d.Confidential, err = strconv.ParseBool(s)
		return err
	},
}

// readCSV adds devices, or head-counts: a table with the columns department
// and people sets how many people a department has. The first line names the
// columns.
func (c *catalog) readCSV(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxDocument))
	if err != nil {
		return err
	}
	return c.addCSV(file, data)
}

func (c *catalog) addCSV(file string, data []byte) error {
	d := &document{file: file, root: &yaml.Node{Kind: yaml.MappingNode, Line: 1}}
	text, err := spreadsheet.Text(data)
	if err != nil {
		return Mistakes{{File: file, Text: err.Error()}}
	}
	r := csv.NewReader(strings.NewReader(text)) // strict: nobody looks over what it makes of a row
	r.Comma, r.TrimLeadingSpace = spreadsheet.Separator(text), true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return broken(d, err)
	}
	if slices.Equal(slices.Sorted(slices.Values(header)), []string{"department", "people"}) {
		return c.headcounts(d, r, header)
	}
	return c.devices(d, r, header)
}

// devices adds one device a row.
func (c *catalog) devices(d *document, r *csv.Reader, header []string) error {
	var ms Mistakes
	known := slices.Sorted(maps.Keys(deviceColumns))
	for _, name := range header {
		if deviceColumns[name] == nil {
			ms = append(ms, d.mistake(d.root, "unknown column %q; %s", name, oneOf(name, known)))
		}
	}
	if len(ms) > 0 {
		return ms
	}
	return rows(d, r, func(at *yaml.Node, row []string) (ms Mistakes) {
		var device headstart.Device
		for i, cell := range row {
			if cell = strings.TrimSpace(cell); cell == "" {
				continue
			}
			if err := deviceColumns[header[i]](&device, cell); err != nil {
				ms = append(ms, d.mistake(at, "%s is %q; write a whole number, or true or false", header[i], cell))
			}
		}
		c.at[placeKey("devices", len(c.Devices))] = entry{d, at}
		c.Devices = append(c.Devices, device)
		return ms
	})
}

// rows calls f for each row after the first and gathers the mistakes.
func rows(d *document, r *csv.Reader, f func(at *yaml.Node, row []string) Mistakes) error {
	var ms Mistakes
	for {
		row, err := r.Read()
		switch {
		case errors.Is(err, io.EOF) && len(ms) == 0:
			return nil
		case errors.Is(err, io.EOF):
			return ms
		case err != nil:
			return append(ms, broken(d, err)...)
		}
		line, _ := r.FieldPos(0)
		ms = append(ms, f(&yaml.Node{Kind: yaml.MappingNode, Line: line}, row)...)
	}
}

// headcounts sets the people of departments read before.
func (c *catalog) headcounts(d *document, r *csv.Reader, header []string) error {
	department, people := slices.Index(header, "department"), slices.Index(header, "people")
	return rows(d, r, func(at *yaml.Node, row []string) Mistakes {
		n, err := strconv.Atoi(strings.TrimSpace(row[people]))
		if err != nil || n < 0 {
			return Mistakes{d.mistake(at, "people is %q; write a whole number", row[people])}
		}
		known := c.DepartmentByID(strings.TrimSpace(row[department]))
		if known == nil {
			return Mistakes{d.mistake(at, "department %q is in no file before this one; add it, or list this file later", row[department])}
		}
		known.People = n
		return nil
	})
}

func broken(d *document, err error) Mistakes {
	if pe := (*csv.ParseError)(nil); errors.As(err, &pe) {
		return Mistakes{{File: d.file, Line: pe.Line, Text: fmt.Sprintf("%v; give each line as many columns as the first", pe.Err)}}
	}
	return Mistakes{{File: d.file, Text: fmt.Sprintf("%v; write UTF-8 text with commas", err)}}
}

func cells(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ";") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
