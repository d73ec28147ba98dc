// Package spreadsheet reads lists that spreadsheet programs save as CSV, and writes such
// lists for them.
//
// A list is read as it looked in the program that saved it, whatever its age and language:
// in UTF-8, UTF-16 or Windows-1252, with commas, semicolons or tabs. In a list that is
// written no cell is a formula, whoever wrote what stands in it.
package spreadsheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// NewReader reads a Text by the separator that it uses. Quotation marks may stand anywhere
// and rows may differ in length: people type in these lists, too.
func NewReader(text string) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = Separator(text), true, -1
	return r
}

// Separator is what the first line holds most of; a comma if it holds none.
func Separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best, most := ',', 0
	for _, mark := range []rune{',', ';', '\t'} {
		if n := strings.Count(first, string(mark)); n > most {
			best, most = mark, n
		}
	}
	return best
}

// Text is the text of a file in UTF-8, without a byte order mark and with the line ends of
// one system.
func Text(file []byte) (string, error) {
	switch {
	case bytes.HasPrefix(file, []byte("PK\x03\x04")), bytes.HasPrefix(file, []byte("\xd0\xcf\x11\xe0")):
		return "", errors.New("this is a workbook, not CSV; in the spreadsheet choose Save as, CSV UTF-8")
	case bytes.HasPrefix(file, []byte("\xff\xfe")), bytes.HasPrefix(file, []byte("\xfe\xff")):
		return decoded(file, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM))
	}
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(file) { // with the mark, too: somebody pasted older text behind it
		return decoded(file, charmap.Windows1252) // of older programs; to it every byte is a letter
	}
	return plain(string(file))
}

func decoded(file []byte, from encoding.Encoding) (string, error) {
	text, err := from.NewDecoder().Bytes(file)
	if err != nil {
		return "", fmt.Errorf("the list is in no encoding we know (%w); save it as CSV UTF-8", err)
	}
	return plain(string(text))
}

func plain(text string) (string, error) {
	if strings.Contains(text, "\x00") {
		return "", errors.New("the list holds bytes that are no text; save it as CSV UTF-8")
	}
	return lineEnds.Replace(text), nil
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")
