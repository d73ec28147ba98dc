// Package export reads what other programs know of a network: the targets of a
// Prometheus, by its API or in files, and the devices, sites and prefixes of a NetBox.
//
// It takes over what they say, entry by entry, and decides nothing. An entry that
// cannot be read is named by its line and left out; the others are kept. Time and
// memory are bounded by the size of what is read, however it is built.
package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Bounds on what is read.
const (
	mostBytes   = 32 << 20
	mostEntries = 100_000
	mostLabels  = 200
	mostLetters = 2048 // of a text
)

// Mistake is one thing wrong. Text says after a semicolon what to do.
type Mistake struct {
	Line int
	Text string
}

// entry is one element of a list, with the line it starts on.
type entry struct {
	line int
	raw  json.RawMessage
}

// elements takes a JSON list apart, without reading into its elements. base is the
// line it starts on.
func elements(data []byte, base int) ([]entry, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return nil, errors.New("is no list")
	}
	var list []entry
	line, from := base, 0
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return list, fmt.Errorf("is no JSON: %w", err)
		}
		start := int(dec.InputOffset()) - len(raw)
		line += bytes.Count(data[from:start], []byte("\n"))
		from = start
		if len(list) == mostEntries {
			return list, fmt.Errorf("holds more than %d entries", mostEntries)
		}
		list = append(list, entry{line, raw})
	}
	return list, nil
}

// object returns the values of a JSON object by key, and the line each starts on.
func object(data []byte, base int) (map[string]entry, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("is no object")
	}
	out := map[string]entry{}
	line, from := base, 0
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("is no JSON: %w", err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, fmt.Errorf("is no JSON: %w", err)
		}
		start := int(dec.InputOffset()) - len(raw)
		line += bytes.Count(data[from:start], []byte("\n"))
		from = start
		if name, ok := key.(string); ok && len(out) < mostLabels {
			out[name] = entry{line, raw}
		}
	}
	return out, nil
}

// lineAt is the line of an offset.
func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(max(int(offset), 0), len(data))], []byte("\n"))
}

// isJSON reports whether data is JSON; else the error says where it is not.
func isJSON(data []byte) error {
	var skip json.RawMessage
	err := json.Unmarshal(data, &skip)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return fmt.Errorf("line %d is no JSON (%w); export it again", lineAt(data, syntax.Offset), err)
	}
	return err
}

// tidy takes a byte order mark off, and refuses what is too large or no text.
func tidy(data []byte) ([]byte, error) {
	if len(data) > mostBytes {
		return nil, tooLarge()
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return nil, errors.New("the file is not UTF-8; export it again")
	}
	return data, nil
}

func tooLarge() error { return fmt.Errorf("the file is larger than %d MiB; split it", mostBytes>>20) }
