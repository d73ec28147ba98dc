package snmp

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"headstart"
	"headstart/probes/snmp/session"
)

// Value is one number or text of a device, and when it is wrong.
type Value struct {
	Name string // as people know it
	OID  string // of the one instance, such as 1.3.6.1.2.1.33.1.2.1.0
	Unit string

	// Down and Warn are what is wrong with it; nil: nothing can be.
	Down, Warn *Condition

	Scale float64 // what the device's number is multiplied by; zero: one
	Rate  bool    // a counter: what counts is its increase in a second
}

// Condition is a comparison of a value.
type Condition struct {
	text    string
	op      string
	number  float64 // of op, unless operand is compared as text
	numeric bool
	operand string
	pattern *regexp.Regexp // of =~ and !~
}

var comparison = regexp.MustCompile(`^(==|!=|<=|>=|=~|!~|<|>|=)?\s*(.*)$`)

// NewCondition reads a comparison: one of == != < <= > >= and a number, == != and a
// word, or =~ !~ and a regular expression. Without a sign it is ==.
func NewCondition(text string) (*Condition, error) {
	parts := comparison.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil || parts[2] == "" {
		return nil, fmt.Errorf("%q is no condition; write a sign and a value, such as != 2 or > 40", text)
	}
	c := &Condition{text: parts[1] + " " + parts[2], op: parts[1], operand: parts[2]}
	if c.op == "" || c.op == "=" {
		c.op, c.text = "==", "== "+parts[2]
	}
	var err error
	switch c.op {
	case "=~", "!~":
		if c.pattern, err = regexp.Compile(c.operand); err != nil {
			return nil, fmt.Errorf("condition %q: %w", text, err)
		}
		return c, nil
	}
	c.number, c.numeric = session.Number([]byte(c.operand))
	if !c.numeric && c.op != "==" && c.op != "!=" {
		return nil, fmt.Errorf("condition %q compares with %q, which is no number; write one, or use == != =~ !~", text, c.operand)
	}
	return c, nil
}

// errNoNumber is a text where a number was to be compared.
var errNoNumber = errors.New("is no number")

// met reports whether value is as c says.
func (c *Condition) met(value any) (bool, error) {
	if c.pattern != nil {
		return c.pattern.MatchString(session.Text(value)) == (c.op == "=~"), nil
	}
	if !c.numeric {
		return (session.Text(value) == c.operand) == (c.op == "=="), nil
	}
	n, ok := session.Number(value)
	if !ok {
		return false, errNoNumber
	}
	switch c.op {
	case "==":
		return n == c.number, nil
	case "!=":
		return n != c.number, nil
	case "<":
		return n < c.number, nil
	case "<=":
		return n <= c.number, nil
	case ">":
		return n > c.number, nil
	default:
		return n >= c.number, nil
	}
}

// judge says what s holds of v, and remembers its counter in after.
func (v *Value) judge(s *sight, before counted, after map[string]counted) ([]told, []headstart.Measurement) {
	value := s.values[v.OID]
	if value == nil {
		return v.unknown("the device has no such value; check its OID")
	}
	if v.Rate {
		now, err := before.next(counted{moment: s.moment, value: value})
		if err != nil {
			return v.unknown(err.Error())
		}
		after[v.OID] = now
		if !now.rated {
			return v.unmeasured()
		}
		value = now.rate
	}
	if n, ok := session.Number(value); ok && v.Scale != 0 {
		value = n * v.Scale
	}
	return v.compare(value)
}

// compare holds a value to the conditions of v.
func (v *Value) compare(value any) ([]told, []headstart.Measurement) {
	var measured []headstart.Measurement
	shown := session.Text(value)
	if n, ok := session.Number(value); ok {
		measured = []headstart.Measurement{{Name: v.Name, Value: n, Unit: v.Unit}}
		shown = strings.TrimSpace(number(n) + " " + v.Unit)
	}
	for _, c := range []struct {
		condition *Condition
		verdict   headstart.Verdict
	}{{v.Down, headstart.Down}, {v.Warn, headstart.Warn}} {
		if c.condition == nil {
			continue
		}
		wrong, err := c.condition.met(value)
		if err != nil {
			return v.unknown(strconv.Quote(shown) + " " + err.Error())
		}
		if wrong {
			return []told{{valueWrong, c.verdict, v.Name + " " + shown, v.Name + " is " + shown + ", " + string(c.verdict) + " where " + c.condition.text}}, measured
		}
	}
	return []told{{verdict: headstart.OK, words: v.Name + " is " + shown}}, measured
}

// unknown is v where nothing can be said of it.
func (v *Value) unknown(why string) ([]told, []headstart.Measurement) {
	return []told{{valueUnknown, headstart.Unknown, v.Name, v.Name + ": " + why}}, nil
}

// unmeasured is a rate that was looked at once. Where it could mean an outage, to call
// it well would end one that an earlier process found.
func (v *Value) unmeasured() ([]told, []headstart.Measurement) {
	t := told{valueUnknown, headstart.Unknown, v.Name, v.Name + " is known from the second look on"}
	if v.Down == nil {
		t.verdict = headstart.OK
	}
	return []told{t}, nil
}

// next is now, with the increase in a second since c. One that comes too early leaves
// baseline and rate as they were.
func (c counted) next(now counted) (counted, error) {
	switch now.value.(type) {
	case uint32, uint64:
	default:
		return now, errors.New("it is no counter; remove rate")
	}
	seconds, jumped := c.until(now.moment)
	n, ok := increase(c.value, now.value)
	switch {
	case c.at.IsZero() || jumped || !ok:
		return now, nil
	case seconds < shortest.Seconds():
		return c, nil
	}
	now.rate, now.rated = n/seconds, true
	return now, nil
}
