package table

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

// show renders a table as LINE column=cell ….
func show(t Table) string {
	var b strings.Builder
	for _, r := range t.Rows {
		fmt.Fprint(&b, r.Line)
		for _, c := range slices.Sorted(maps.Keys(r.Cells)) {
			fmt.Fprintf(&b, " %s=%s", c, r.Cells[c])
		}
		b.WriteString("\n")
	}
	for _, m := range t.Mistakes {
		fmt.Fprintf(&b, "%d: %s\n", m.Line, m.Text)
	}
	if len(t.Unread) > 0 {
		fmt.Fprintf(&b, "unread %q\n", t.Unread)
	}
	return b.String()
}

func utf16(t *testing.T, order unicode.Endianness, text string) string {
	t.Helper()
	s, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every way in which spreadsheets write the same list gives the same rows.
func TestSpreadsheets(t *testing.T) {
	const want = "2 address=10.1.2.4 building=Café Zuid name=N2-04\n3 address=10.1.2.5 name=N2-05\n"
	const plain = "Naam;IP-adres;Gebouw\nN2-04;10.1.2.4;Café Zuid\nN2-05;10.1.2.5;\n"
	for name, text := range map[string]string{
		"semicolons":                   plain,
		"commas, English":              strings.NewReplacer(";", ",", "Naam", "Name", "IP-adres", "IP Address", "Gebouw", "Building").Replace(plain),
		"tabs":                         strings.ReplaceAll(plain, ";", "\t"),
		"bars":                         strings.ReplaceAll(plain, ";", "|"),
		"a byte order mark":            "\xef\xbb\xbf" + plain,
		"lines end as on Windows":      strings.ReplaceAll(plain, "\n", "\r\n"),
		"lines end as on old Macs":     strings.ReplaceAll(plain, "\n", "\r"),
		"Windows-1252":                 strings.ReplaceAll(plain, "é", "\xe9"),
		"a mark, and Windows-1252":     "\xef\xbb\xbf" + strings.ReplaceAll(plain, "é", "\xe9"),
		"UTF-16, little end first":     utf16(t, unicode.LittleEndian, plain),
		"UTF-16, big end first":        utf16(t, unicode.BigEndian, strings.ReplaceAll(plain, ";", "\t")),
		"quoted":                       "\"Naam\";\"IP-adres\";\"Gebouw\"\n\"N2-04\";\"10.1.2.4\";\"Café Zuid\"\n\"N2-05\";\"10.1.2.5\";\"\"\n",
		"formulas against numbers":     "Naam;IP-adres;Gebouw\n=\"N2-04\";'10.1.2.4;Café\u00a0Zuid\nN2-05 ;\"=\"\"10.1.2.5\"\"\";n.v.t.\n",
		"empty cells and rows behind":  "Naam;IP-adres;Gebouw;;;\nN2-04;10.1.2.4;Café Zuid;;;\nN2-05;10.1.2.5;;;;\n;;;;;\n\n",
		"a line break in a cell":       "Naam;IP-adres;Gebouw\nN2-04;10.1.2.4;\"Café\u200b Zuid\"\nN2-05;10.1.2.5;-",
		"headers in capitals, remarks": "NAAM (kort);IP ADRES;GEBOUW\nN2-04;10.1.2.4;Café Zuid\nN2-05;10.1.2.5;onbekend\n",
	} {
		got, err := Read([]byte(text))
		if err != nil || show(got) != want {
			t.Errorf("%s: %v\n%swant:\n%s", name, err, show(got), want)
		}
	}
}

// A bad row is named by its line, and costs nobody else a row.
func TestBadRows(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"the separator named as Excel does": {"sep=|\nnaam|ip\na|10.0.0.1\n", "3 address=10.0.0.1 name=a\n"},
		"a title above":                     {"Printers van school;;\n\n;;\nNaam;IP;Kamer\na;10.0.0.1;2.14\n", "5 address=10.0.0.1 name=a room=2.14\n"},
		"one column":                        {"hostname\nsw-1\nsw-2\n", "2 host=sw-1\n3 host=sw-2\n"},
		"unknown and doubled columns":       {"naam;ip;ip;lievelingskleur\na;10.0.0.1;10.0.0.2;rood\n", "2 address=10.0.0.1 name=a\nunread [\"ip\" \"lievelingskleur\"]\n"},
		"too many cells":                    {"naam,ip\na,10.0.0.1,let op, stuk\nb,10.0.0.2\n", "3 address=10.0.0.2 name=b\n2: has 4 cells, the header names 2; put a cell that holds \",\" between quotation marks\n"},
		"a quotation mark inside":           {"naam;ip\n24\" scherm;10.0.0.1\n", "2 address=10.0.0.1 name=24\" scherm\n"},
		"a quotation mark not closed":       {"naam;ip\na;10.0.0.1\n\"b;10.0.0.2\nc;10.0.0.3\n" + strings.Repeat("d;10.0.0.4\n", 30), "30 rows"},
		"a cell of a whole page":            {"naam;ip\n" + strings.Repeat("x", 600) + ";10.0.0.1\nb;10.0.0.2\n", "3 address=10.0.0.2 name=b\n2: name is longer than 512 letters; shorten it\n"},
	} {
		got, err := Read([]byte(c.text))
		if name == "a quotation mark not closed" {
			if len(got.Rows) != 32 || len(got.Mistakes) != 1 || got.Mistakes[0].Line != 3 || got.Rows[1].Line != 4 {
				t.Errorf("%s: %v, %d rows\n%s", name, err, len(got.Rows), show(got))
			}
			continue
		}
		if err != nil || show(got) != c.want {
			t.Errorf("%s: %v\n%swant:\n%s", name, err, show(got), c.want)
		}
	}
}

// What is no list is refused whole, with what to do.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a workbook":     {"PK\x03\x04rest", "choose Save as, CSV UTF-8"},
		"an old one":     {"\xd0\xcf\x11\xe0rest", "choose Save as, CSV UTF-8"},
		"no header":      {"a;10.0.0.1\nb;10.0.0.2\n", "no line names the columns; put a first line"},
		"nothing":        {"", "no line names the columns"},
		"bytes":          {"naam;ip\n\x00\x01", "bytes that are no text"},
		"too large":      {strings.Repeat("x", mostBytes+1), "larger than 16 MiB"},
		"a wide header":  {"naam;ip" + strings.Repeat(";x", 300) + "\n", "302 columns"},
		"only what else": {"kamer;merk\n1;2\n", "no line names the columns"},
	} {
		if _, err := Read([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}

// Every word for a column stands for one column only.
func TestHeadersAreOfOneColumn(t *testing.T) {
	of := map[string]Column{}
	for c, words := range headers {
		for _, w := range words {
			if of[w] != "" {
				t.Errorf("%q stands for %s and for %s", w, of[w], c)
			}
			of[w] = c
			if columnOf(w) != c {
				t.Errorf("%q is column %q, want %s", w, columnOf(w), c)
			}
		}
	}
}

// However a list is built, rows have what was promised of them.
func FuzzRead(f *testing.F) {
	f.Add([]byte("naam;ip\na;10.0.0.1\n"))
	f.Add([]byte("sep=,\nname,host\n\"a,b\n\"\"\"\n"))
	f.Add([]byte("\xff\xfen\x00a\x00a\x00m\x00\n\x00a\x00"))
	f.Add([]byte("\xef\xbb\xbfname\n=\"x\"\n'\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Read(data)
		if err != nil {
			return
		}
		last := 0
		for _, r := range table.Rows {
			if r.Line <= last || len(r.Cells) == 0 {
				t.Fatalf("line %d after %d, cells %v", r.Line, last, r.Cells)
			}
			last = r.Line
			for c, cell := range r.Cells {
				if cell == "" || strings.TrimSpace(cell) != cell || strings.ContainsAny(cell, "\n\r\t\x00") || len([]rune(cell)) > mostLetters {
					t.Fatalf("line %d, %s: %q", r.Line, c, cell)
				}
			}
		}
	})
}
