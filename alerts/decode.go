package alerts

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// schemaError is a refusal of a whole body, with the code and the words
// Alertmanager's generated server uses.
type schemaError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *schemaError) Error() string { return e.Message }

// status is the HTTP status; codes of 600 and above are kinds of 422.
func (e *schemaError) status() int {
	if e.Code >= 600 {
		return 422
	}
	return e.Code
}

// The codes of a body that is JSON and breaks the schema.
const (
	codeFormat   = 601
	codeRequired = 602
)

// decode reads the body of a POST of alerts: fast if it looks as Prometheus
// writes it, else with encoding/json, whose errors the sender gets to read.
func decode(body string, in *room) ([]posted, *schemaError) {
	out, ok := scanAlerts(body, in)
	if !ok {
		var err *schemaError
		if out, err = decodeSlowly(body); err != nil {
			return nil, err
		}
	}
	for i := range out {
		if !out[i].hasLabels {
			return nil, &schemaError{codeRequired, strconv.Itoa(i) + ".labels in body is required"}
		}
	}
	return out, nil
}

// wireAlert is one alert of a body as the schema has it.
type wireAlert struct {
	Labels       *map[string]string `json:"labels"`
	Annotations  map[string]string  `json:"annotations"`
	StartsAt     wireTime           `json:"startsAt"`
	EndsAt       wireTime           `json:"endsAt"`
	GeneratorURL string             `json:"generatorURL"`
}

func decodeSlowly(body string) ([]posted, *schemaError) {
	if n := invalidUTF8(body); n >= 0 {
		return nil, malformed(fmt.Errorf("byte %d is not UTF-8; send JSON in UTF-8, uncompressed", n))
	}
	if strings.TrimSpace(body) == "" {
		return nil, &schemaError{codeRequired, "alerts in body is required"}
	}
	var wire []*wireAlert
	if err := json.Unmarshal([]byte(body), &wire); err != nil {
		return nil, malformed(err)
	}
	out := make([]posted, len(wire))
	for i, w := range wire {
		if w == nil {
			w = &wireAlert{}
		}
		out[i] = posted{
			annotations: pairsOf(w.Annotations, false),
			startsAt:    w.StartsAt.Time,
			endsAt:      w.EndsAt.Time,
			generator:   w.GeneratorURL,
			hasLabels:   w.Labels != nil,
		}
		if w.Labels != nil {
			out[i].labels = pairsOf(*w.Labels, true)
		}
	}
	return out, nil
}

func malformed(err error) *schemaError {
	return &schemaError{400, `parsing alerts body from "" failed, because ` + err.Error()}
}

// invalidUTF8 returns the place of the first byte that is not UTF-8, or -1.
func invalidUTF8(s string) int {
	for i, r := range s {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
			return i
		}
	}
	return -1
}

func pairsOf(m map[string]string, dropEmpty bool) []pair {
	ps := make([]pair, 0, len(m))
	for name, value := range m {
		ps = append(ps, pair{name, value})
	}
	ps, _ = arrange(ps, dropEmpty) // a map holds no name twice
	return ps
}

// wireTime is a date in any of the forms Alertmanager reads.
type wireTime struct{ time.Time }

var dateForms = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04Z",
	"2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02",
}

// UnmarshalJSON implements json.Unmarshaler. Null and "" are no date.
func (t *wireTime) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if s == "" {
		return nil
	}
	for _, form := range dateForms {
		if at, err := time.Parse(form, s); err == nil {
			t.Time = at.UTC()
			return nil
		}
	}
	return fmt.Errorf("%q is not a date; write 2026-11-23T08:00:00Z", s)
}
