package alerts

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"headstart"
)

// Bounds of one silence, far above what a person writes.
const (
	maxMatchers     = 100
	maxSilenceBytes = 64 << 10 // of all its texts together
)

// codeTooFewItems is of a list that the schema wants filled.
const codeTooFewItems = 612

// postedSilence is the body of a POST as the schema has it; pointers tell absent
// from empty.
type postedSilence struct {
	ID        string           `json:"id"`
	Matchers  *[]postedMatcher `json:"matchers"`
	StartsAt  *wireTime        `json:"startsAt"`
	EndsAt    *wireTime        `json:"endsAt"`
	CreatedBy *string          `json:"createdBy"`
	Comment   *string          `json:"comment"`

	Annotations map[string]string `json:"annotations"`
}

type postedMatcher struct {
	Name    *string `json:"name"`
	Value   *string `json:"value"`
	IsRegex *bool   `json:"isRegex"`
	IsEqual *bool   `json:"isEqual"` // absent: true
}

// decodeSilence reads the body of a POST. The first missing field is named, in
// the order the schema checks them.
func decodeSilence(body string) (headstart.Silence, *schemaError) {
	var none headstart.Silence
	if n := invalidUTF8(body); n >= 0 {
		return none, malformedSilence(fmt.Errorf("byte %d is not UTF-8; send JSON in UTF-8, uncompressed", n))
	}
	if strings.TrimSpace(body) == "" || strings.TrimSpace(body) == "null" {
		return none, &schemaError{codeRequired, "silence in body is required"}
	}
	var p postedSilence
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return none, malformedSilence(err)
	}
	if field := p.missing(); field != "" {
		return none, &schemaError{codeRequired, field + " in body is required"}
	}
	if len(*p.Matchers) == 0 {
		return none, &schemaError{codeTooFewItems, "matchers in body should have at least 1 items"}
	}
	s := headstart.Silence{ID: p.ID, StartsAt: p.StartsAt.Time, EndsAt: p.EndsAt.Time, CreatedBy: *p.CreatedBy, Comment: *p.Comment}
	for name, value := range p.Annotations {
		switch name {
		case annotatedBy, annotatedSource, annotatedUntil:
			continue // ours: a client sends back what it read
		case annotatedEvery:
			s.Every = strings.TrimSpace(value)
			continue
		}
		if s.Annotations == nil {
			s.Annotations = map[string]string{}
		}
		s.Annotations[name] = value
	}
	for _, m := range *p.Matchers {
		s.Matchers = append(s.Matchers, headstart.Matcher{Name: *m.Name, Value: *m.Value, IsRegex: *m.IsRegex, IsEqual: m.IsEqual == nil || *m.IsEqual})
	}
	return s, nil
}

func malformedSilence(err error) *schemaError {
	return &schemaError{400, `parsing silence body from "" failed, because ` + cutShort(err).Error()}
}

// missing names the first required field the body leaves out.
func (p *postedSilence) missing() string {
	switch {
	case p.Comment == nil:
		return "comment"
	case p.CreatedBy == nil:
		return "createdBy"
	case p.EndsAt == nil:
		return "endsAt"
	case p.Matchers == nil:
		return "matchers"
	}
	for i, m := range *p.Matchers {
		at := "matchers." + strconv.Itoa(i) + "."
		switch {
		case m.IsRegex == nil:
			return at + "isRegex"
		case m.Name == nil:
			return at + "name"
		case m.Value == nil:
			return at + "value"
		}
	}
	if p.StartsAt == nil {
		return "startsAt"
	}
	return ""
}

// checkTimes returns what is wrong with the times of s, in Alertmanager's words.
func checkTimes(s *headstart.Silence, now time.Time) error {
	switch {
	case !s.StartsAt.Before(s.EndsAt):
		return errors.New("start time must be before end time")
	case s.EndsAt.Before(now):
		return errors.New("end time can't be in the past")
	case !s.EndsAt.Before(latest):
		return fmt.Errorf("endsAt is in the year %d; send a time before 2200", s.EndsAt.Year())
	case !s.StartsAt.IsZero() && s.StartsAt.Before(earliest):
		return fmt.Errorf("startsAt is in the year %d; send a time after 1970", s.StartsAt.Year())
	default:
		return nil
	}
}

// checkRecurrence returns what is wrong with when s comes back. One that never does before
// its end would hold all the while as one that comes once, and mute what nobody meant.
func checkRecurrence(s *headstart.Silence, now time.Time, zone *time.Location) error {
	if s.Every == "" {
		return nil
	}
	every, err := headstart.ParseRecurrence(s.Every)
	if err != nil {
		return fmt.Errorf("invalid silence: the annotation %s: %w", annotatedEvery, err)
	}
	if from, _, ok := every.Next(headstart.Later(s.StartsAt, now), zone); !ok || !from.Before(s.EndsAt) {
		return fmt.Errorf("invalid silence: the annotation %s: %q does not come before endsAt, when the last is over; send a later endsAt", annotatedEvery, s.Every)
	}
	return nil
}

// checkSilence returns what is wrong with the rest of s: Alertmanager's words,
// then the bounds that are ours.
func checkSilence(s *headstart.Silence) error {
	if err := checkMatchers(s.Matchers); err != nil {
		return fmt.Errorf("invalid silence: %w", err)
	}
	n := len(s.Comment) + len(s.CreatedBy) + len(s.ID)
	for _, m := range s.Matchers {
		n += len(m.Name) + len(m.Value)
	}
	for name, value := range s.Annotations {
		n += len(name) + len(value)
	}
	if n > maxSilenceBytes {
		return fmt.Errorf("invalid silence: its texts have %d bytes; send at most %d", n, maxSilenceBytes)
	}
	return nil
}

// checkMatchers returns what is wrong with the matchers of a silence. One that
// every alert without the label matches must not stand alone: it would silence
// all there is.
func checkMatchers(ms []headstart.Matcher) error {
	if len(ms) > maxMatchers {
		return fmt.Errorf("%d matchers; send at most %d", len(ms), maxMatchers)
	}
	allEmpty := true
	for i, m := range ms {
		if m.Name == "" || !utf8.ValidString(m.Name) {
			return fmt.Errorf("invalid label matcher %d in set 0: invalid label name %q", i, m.Name)
		}
		empty, err := matchesEmpty(m)
		if err != nil {
			return fmt.Errorf("invalid label matcher %d in set 0: invalid regular expression %q: %w", i, m.Value, err)
		}
		allEmpty = allEmpty && empty
	}
	if allEmpty {
		return errors.New("matcher set 0: at least one matcher must not match the empty string")
	}
	return nil
}

// matchesEmpty reports whether m asks for nothing: an alert without the label
// satisfies it. Inequalities count as asking for something, as in Alertmanager.
func matchesEmpty(m headstart.Matcher) (bool, error) {
	if !m.IsRegex {
		return m.Value == "" && m.IsEqual, nil
	}
	// Alone first: "a)|(b" compiles between the brackets only.
	if _, err := regexp.Compile(m.Value); err != nil {
		return false, err
	}
	whole, err := regexp.Compile("^(?s:" + m.Value + ")$")
	if err != nil {
		return false, err
	}
	return m.IsEqual && whole.MatchString(""), nil
}
