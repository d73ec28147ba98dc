package headstart

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Why says in lang what would have made a decision turn out otherwise, with the
// margin by which it did not; "" where nothing short of another event would have.
// Words says what was decided and from what.
//
// Both are made of the decision's facts, which are stored and hashed where the
// texts are not. A fact has one meaning wherever it stands:
//
//	since     when what explains it went down, or fell silent
//	answered  the last healthy answer of the subject; absent: it never gave one
//	until     up to when, or from when on, it would have been the other way
//	margin    by how much time it was not
//	age       how old the incident was
//	settled   how long the failure had been waiting to be judged
//	cause     the assets that explain it
//	above     the assets it hangs on
//	was       what it was before
//	need,have a number that was needed, and the one there was
//	of        out of how many
//	hold, recover, reopen, late_cause  the setting of that name
//
// and, made of the others where they are missing: {asset}, of the subject; {at},
// when it was decided; {margin}, from since to then.
func (d *Decision) Why(lang string, zone *time.Location) string {
	for _, t := range whyWords[d.Rule+" "+d.Outcome] {
		text := t[0]
		if lang == "en" {
			text = t[1]
		}
		if said, whole := d.fill(text, lang, zone); whole {
			return said
		}
	}
	return ""
}

var braces = regexp.MustCompile(`\{(\w+)\}`)

// fill puts facts into a text, moments to the second; whole: none was missing.
func (d *Decision) fill(text, lang string, zone *time.Location) (said string, whole bool) {
	whole = true
	said = braces.ReplaceAllStringFunc(text, func(name string) string {
		v := d.derived(name[1:len(name)-1], lang, zone)
		whole = whole && v != ""
		return v
	})
	return said, whole
}

// derived is a fact as people say it, or what follows from others.
func (d *Decision) derived(name, lang string, zone *time.Location) string {
	v := d.Fact(name)
	switch {
	case name == "at":
		return d.moment(d.At, zone)
	case name == "by":
		return d.By
	case name == "subject":
		return d.Subject
	case name == "asset" && v == "":
		v, _, _ = strings.Cut(d.Subject, "/")
	case name == "margin" && v == "":
		since, err := time.Parse(time.RFC3339Nano, d.Fact("since"))
		if err != nil {
			return ""
		}
		return short(d.At.Sub(since))
	case v == "":
		return ""
	}
	if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
		return d.moment(t, zone)
	}
	return d.value(Fact{name, v}, lang, zone)
}

// moment tells a time to the second, with its day if that is not the decision's.
func (d *Decision) moment(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	if y, day := t.Year(), t.YearDay(); y != d.At.In(zone).Year() || day != d.At.In(zone).YearDay() {
		return t.Format("02-01 15:04:05")
	}
	return t.Format("15:04:05")
}

// short writes a duration as people do: "11 s", "2 min", "1 h 5 min".
func short(d time.Duration) string {
	d = d.Abs().Round(time.Second)
	var out []string
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / u.size; n > 0 {
			out = append(out, strconv.Itoa(int(n))+" "+u.name)
			d -= n * u.size
		}
	}
	if len(out) == 0 {
		return "0 s"
	}
	return strings.Join(out, " ")
}
