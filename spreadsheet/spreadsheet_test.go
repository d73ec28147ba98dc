package spreadsheet

import (
	"slices"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	const want = "naam;plaats\ncafé;Zoetermeer\n"
	for name, file := range map[string]string{
		"UTF-8":                                "naam;plaats\ncafé;Zoetermeer\n",
		"with a byte order mark":               "\xef\xbb\xbfnaam;plaats\ncafé;Zoetermeer\n",
		"Windows-1252":                         "naam;plaats\r\ncaf\xe9;Zoetermeer\r\n",
		"older text behind a byte order mark":  "\xef\xbb\xbfnaam;plaats\ncaf\xe9;Zoetermeer\n",
		"the line ends of an old Mac":          "naam;plaats\rcafé;Zoetermeer\r",
		"UTF-16, as Excel calls Unicode text":  "\xff\xfe" + wide("naam;plaats\r\ncafé;Zoetermeer\r\n", 0, 1),
		"UTF-16, the other end of words first": "\xfe\xff" + wide("naam;plaats\r\ncafé;Zoetermeer\r\n", 1, 0),
	} {
		if got, err := Text([]byte(file)); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	for file, want := range map[string]string{
		"PK\x03\x04rest":         "choose Save as, CSV UTF-8",
		"\xd0\xcf\x11\xe0rest":   "choose Save as, CSV UTF-8",
		"id;title\n\x001;x\n":    "bytes that are no text",
		"\xff\xfei\x00\x00\x00x": "bytes that are no text",
	} {
		if got, err := Text([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is read as %q, %v; want an error that says %q", file, got, err, want)
		}
	}
}

// wide writes text, whose letters are below 256, as UTF-16: low and high say which byte of
// two holds what.
func wide(text string, low, high int) string {
	var out []byte
	for _, c := range text {
		pair := [2]byte{}
		pair[low], pair[high] = byte(c), 0
		out = append(out, pair[:]...)
	}
	return string(out)
}

func TestNewReader(t *testing.T) {
	want := []string{"1", `he says "no"`, "x"}
	for name, text := range map[string]string{
		"commas":                         "id,title,note\n1,he says \"no\",x",
		"semicolons, and a comma in one": "id;title, or so;note\n1;he says \"no\";x",
		"tabs":                           "id\ttitle\tnote\n1\the says \"no\"\tx",
		"rows of different length":       "id;title\n1;he says \"no\";x",
	} {
		r := NewReader(text)
		if _, err := r.Read(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, err := r.Read(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	if got := Separator("id\n1;2;3\n"); got != ',' {
		t.Errorf("a list of one column is separated by %q, want a comma", got)
	}
}

func TestEscape(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "desk": "desk", "'s avonds": "'s avonds", "'": "'",
		"=1+1": "'=1+1", "+31": "'+31", "-x": "'-x", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx",
		"'=1": "''=1", "''x": "'''x",
	} {
		if got := Escape(cell); got != want {
			t.Errorf("%q is written as %q, want %q", cell, got, want)
		}
	}
	back := func(front uint8, rest string) bool {
		cell := strings.Repeat("'", int(front%4)) + rest
		return Unescape(Escape(cell)) == cell
	}
	if err := quick.Check(back, nil); err != nil {
		t.Error(err)
	}
	for _, front := range formula + "'" {
		if cell := string(front) + "x"; Unescape(Escape(cell)) != cell {
			t.Errorf("%q comes back as %q", cell, Unescape(Escape(cell)))
		}
	}
}

// FuzzText: of any bytes comes an error, or text of which csv makes cells.
func FuzzText(f *testing.F) {
	for _, file := range []string{"id;title\n1;x\n", "\xff\xfei\x00d\x00", "\xef\xbb\xbfa\tb\r\nc", "caf\xe9", "PK\x03\x04", "\xfe\xff\xd8\x00", "a\x00"} {
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		text, err := Text(file)
		if err != nil {
			return
		}
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\r\x00") {
			t.Fatalf("%q is read as %q", file, text)
		}
		again, err := Text([]byte(text))
		if err != nil && !strings.Contains(err.Error(), "workbook") {
			t.Fatalf("%q is read as %q, and that not at all: %v", file, text, err)
		}
		if err == nil && again != text && !strings.HasPrefix(text, "\ufeff") {
			t.Fatalf("%q is read as %q, and that as %q", file, text, again)
		}
		if _, err := NewReader(text).ReadAll(); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
