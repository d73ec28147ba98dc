package table

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// decode returns the text of a file: by its byte order mark, else UTF-8, else
// Windows-1252, which older Excels write and in which every byte is a letter.
func decode(data []byte) (string, error) {
	var from encoding.Encoding
	switch {
	case len(data) > mostBytes:
		return "", fmt.Errorf("the list is larger than %d MiB; split it over several files", mostBytes>>20)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return "", errors.New("this is a workbook, not CSV; in the spreadsheet choose Save as, CSV UTF-8")
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
		if !utf8.Valid(data) {
			from = charmap.Windows1252 // somebody pasted older text behind the mark
		}
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		from = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case !utf8.Valid(data):
		from = charmap.Windows1252
	}
	if from != nil {
		var err error
		if data, err = from.NewDecoder().Bytes(data); err != nil {
			return "", fmt.Errorf("the list is in no encoding we know (%w); save it as CSV UTF-8", err)
		}
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", errors.New("the list holds bytes that are no text; save it as CSV UTF-8")
	}
	// Line ends of three systems; one kind is enough to count lines by.
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data)), nil
}
