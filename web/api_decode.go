package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"headstart"
)

// Bounds of a command's body.
const (
	maxCommand = 256 << 10 // bytes
	maxString  = 8 << 10   // bytes of one text
	maxList    = 1000      // entries of one list
	maxNesting = 8
)

// errBody is a body that is no JSON object; its text is for the caller.
type errBody struct{ text string }

func (e *errBody) Error() string { return e.text }

// decodeCommand reads the keys do may carry. What is wrong inside the object is
// told key by key; a body that is no object at all is an error. No body is {}.
func decodeCommand(body io.Reader, do string) (headstart.Command, []fieldError, error) {
	spec := commandBodies[do]
	keys, err := decodeObject(body)
	if err != nil {
		return headstart.Command{}, nil, err
	}
	var c headstart.Command
	wrong := readKeys(keys, slices.Concat(spec.required, spec.optional), &c)
	for _, k := range spec.required {
		if blank(keys[k]) {
			wrong = append(wrong, fieldError{pointer(k), "is needed"})
		}
	}
	if len(spec.anyOf) > 0 && !slices.ContainsFunc(spec.anyOf, func(k string) bool { return !blank(keys[k]) }) {
		wrong = append(wrong, fieldError{"", "one of " + strings.Join(spec.anyOf, ", ") + " is needed"})
	}
	return c, wrong, nil
}

// readKeys fills into, key by key, and tells each mistake with its place.
func readKeys(keys map[string]json.RawMessage, known []string, into any) (wrong []fieldError) {
	names := make([]string, 0, len(keys))
	for k := range keys {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		if !slices.Contains(known, k) {
			text := "is not known here"
			if len(known) > 0 {
				text += "; write one of " + strings.Join(known, ", ")
			}
			wrong = append(wrong, fieldError{pointer(k), text})
			continue
		}
		one, _ := json.Marshal(map[string]json.RawMessage{k: keys[k]}) // both parts are valid JSON
		if err := json.Unmarshal(one, into); err != nil {
			wrong = append(wrong, fieldError{pointer(k), typeMistake(err)})
			continue
		}
		if detail := oversize(keys[k]); detail != "" {
			wrong = append(wrong, fieldError{pointer(k), detail})
		}
	}
	return wrong
}

func pointer(key string) string {
	return "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

func blank(raw json.RawMessage) bool {
	s := string(bytes.TrimSpace(raw))
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return strings.TrimSpace(text) == ""
	}
	return s == "" || s == "null" || s == "[]" || s == "{}"
}

// typeMistake says what was wanted without naming a Go type.
func typeMistake(err error) string {
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		wanted := map[string]string{"string": "a text", "bool": "true or false", "int": "a whole number"}[t.Type.Kind().String()]
		if wanted == "" {
			wanted = map[string]string{"slice": "a list", "map": "an object", "struct": "an object"}[t.Type.Kind().String()]
		}
		if wanted == "" {
			wanted = "something else"
		}
		return fmt.Sprintf("is a JSON %s; write %s", t.Value, wanted)
	}
	switch text := err.Error(); {
	case strings.Contains(text, "parsing time"):
		return "is no time; write RFC 3339 such as 2026-11-23T09:15:00+01:00"
	case strings.HasPrefix(text, "language "): // of headstart.Names
		return text
	}
	return "cannot be read"
}

// oversize bounds texts and lists, at every depth.
func oversize(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	return tooMuch(v)
}

func tooMuch(v any) string {
	switch v := v.(type) {
	case string:
		if len(v) > maxString {
			return fmt.Sprintf("is longer than %d bytes", maxString)
		}
	case []any:
		if len(v) > maxList {
			return fmt.Sprintf("has more than %d entries", maxList)
		}
		return anyTooMuch(slices.Values(v))
	case map[string]any:
		if len(v) > maxList {
			return fmt.Sprintf("has more than %d keys", maxList)
		}
		return cmp.Or(anyTooMuch(maps.Keys(v)), anyTooMuch(maps.Values(v)))
	}
	return ""
}

// anyTooMuch is what the first of parts has too much of.
func anyTooMuch[T any](parts iter.Seq[T]) string {
	for part := range parts {
		if s := tooMuch(part); s != "" {
			return s
		}
	}
	return ""
}

// decodeObject reads one JSON object: valid UTF-8, no key twice, nothing after
// it, not nested deeper than anything here is.
func decodeObject(body io.Reader) (map[string]json.RawMessage, error) {
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return map[string]json.RawMessage{}, nil
	}
	if !utf8.Valid(b) {
		return nil, &errBody{"the body is not valid UTF-8"}
	}
	if err := checkNesting(b); err != nil {
		return nil, err
	}
	return keysOf(json.NewDecoder(bytes.NewReader(b)))
}

// keysOf reads an object and the end of the text.
func keysOf(dec *json.Decoder) (map[string]json.RawMessage, error) {
	keys := map[string]json.RawMessage{}
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, &errBody{"the body is no JSON object"}
	}
	for dec.More() {
		k, raw, ok := nextKey(dec)
		if !ok {
			return nil, &errBody{"the body is not valid JSON"}
		}
		if _, twice := keys[k]; twice {
			return nil, &errBody{fmt.Sprintf("the key %q stands twice", k)}
		}
		keys[k] = raw
	}
	if _, err := dec.Token(); err != nil {
		return nil, &errBody{"the body is not valid JSON"}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, &errBody{"something follows the JSON object"}
	}
	return keys, nil
}

// nextKey reads a key and its value; it is not ok if they are no valid JSON.
func nextKey(dec *json.Decoder) (key string, value json.RawMessage, ok bool) {
	t, err := dec.Token()
	if err != nil {
		return "", nil, false
	}
	if key, ok = t.(string); !ok {
		return "", nil, false
	}
	return key, value, dec.Decode(&value) == nil
}

func checkNesting(b []byte) error {
	depth, text := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			if depth++; depth > maxNesting {
				return &errBody{fmt.Sprintf("the body is nested deeper than %d", maxNesting)}
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// rejectBody answers a body that could not be read at all.
func rejectBody(w http.ResponseWriter, err error) {
	var tooLarge *http.MaxBytesError
	var bad *errBody
	switch {
	case errors.As(err, &tooLarge):
		writeProblem(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", tooLarge.Limit))
	case errors.As(err, &bad):
		writeProblem(w, http.StatusBadRequest, bad.text)
	default:
		writeProblem(w, http.StatusBadRequest, "the body could not be read to its end")
	}
}
