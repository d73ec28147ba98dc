package announce

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"headstart"
)

// amsterdam is the zone of the examples.
func amsterdam(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// voice is a language, and how it speaks to its reader.
type voice struct{ lang, address string }

// voices are all; English has one form of address.
var voices = []voice{{"nl", "u"}, {"nl", "je"}, {"en", "u"}}

// combination is one render of the property test.
type combination struct {
	phase  headstart.Phase
	kind   headstart.ServiceKind
	voice  voice
	effect string
	form   string
	full   bool
}

func (c combination) String() string {
	return fmt.Sprintf("%s/%s/%s-%s/%s/%s/full=%t", c.phase, c.kind, c.voice.lang, c.voice.address, c.effect, c.form, c.full)
}

// combinations is every phase, kind, language, address, effect, form and filling.
func combinations(b *book) []combination {
	var out []combination
	for _, ph := range slices.Sorted(maps.Keys(b.Phases)) {
		for _, k := range slices.Sorted(maps.Keys(b.Kinds)) {
			for _, v := range voices {
				for _, effect := range []string{"down", "slow", "partly"} {
					for _, f := range slices.Sorted(maps.Keys(b.Forms)) {
						if only := b.Forms[f].Phases; len(only) > 0 && !slices.Contains(only, string(ph)) {
							continue
						}
						out = append(out, combination{ph, k, v, effect, f, true}, combination{ph, k, v, effect, f, false})
					}
				}
			}
		}
	}
	return out
}

// wording fills in the examples of templates.yaml, or only what is required.
func (c combination) wording(b *book, loc *time.Location) headstart.Wording {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, loc) }
	w := headstart.Wording{Phase: c.phase, Kind: c.kind, Effect: c.effect, Lang: c.voice.lang, Now: at(23, 10, 21), Vars: map[string]string{}}
	p, k, f := b.Phases[c.phase], b.Kinds[c.kind], b.Forms[c.form]
	kt := half(c.voice.lang, k.NL, k.EN)
	uses := func(name string) bool {
		if slices.Contains(f.Clear, name) {
			return false
		}
		return c.full || slices.Contains(p.Required, name) || slices.Contains(k.Requires, name)
	}
	for name, ex := range b.Variables {
		if uses(name) && slices.Contains(given, name) {
			w.Vars[name] = half(c.voice.lang, ex.NL, ex.EN)
		}
	}
	switch {
	case w.Vars["Name"] == "" || c.kind == "application":
	case c.kind == "printer":
		w.Vars["Name"] = "printer N2-04"
	case c.kind == "fileshare":
		w.Vars["Name"] = half(c.voice.lang, "afdeling Financiën", "Finance department")
	}
	if c.full {
		w.Vars["Still"] = kt.Still.src
		if !slices.Contains(f.Clear, "Workaround") {
			w.Vars["Workaround"] = strings.ReplaceAll(kt.Workarounds[0], "{{.Name}}", w.Vars["Name"])
		}
	}
	for name, set := range map[string]func(){
		"Since": func() { w.Since = at(23, 8, 12) }, "Ended": func() { w.Ended = at(23, 10, 21) },
		"NextUpdate": func() { w.NextUpdate = at(23, 11, 15) }, "Expected": func() { w.Expected = at(23, 11, 30) },
		"ExpectedOld": func() { w.ExpectedOld = at(23, 10, 45) }, "Start": func() { w.Start = at(24, 18, 0) },
		"End": func() { w.End = at(24, 20, 0) }, "EndOld": func() { w.EndOld = at(24, 19, 0) },
		"Period": func() { w.Start, w.End = at(24, 18, 0), at(24, 20, 0) },
	} {
		if uses(name) {
			set()
		}
	}
	w.ByPerson = !slices.Contains(f.Clear, "Works")
	set := half(c.voice.lang, f.NL, f.EN)
	w.Attended, w.ChecksGood, w.NotSeen = set["Attended"] != "", set["ChecksGood"] != "", set["NotSeen"] != ""
	if set["LookFrom"] != "" {
		w.LookFrom, w.NextUpdate = at(24, 8, 0), at(24, 8, 30)
	}
	return w
}

// rendered is every combination, composed once for all tests that look at them.
var rendered = sync.OnceValue(func() map[combination]headstart.Composed {
	loc, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		panic(err)
	}
	words, out := map[string]*Words{}, map[combination]headstart.Composed{}
	for _, address := range Addresses {
		words[address] = New(nil, address)
	}
	for _, c := range combinations(templates()) {
		out[c] = words[c.voice.address].Compose(c.wording(shipped(c.voice.address), loc))
	}
	return out
})

// Every phase, kind, effect, language and state renders without an empty
// question, inside every limit, that of the telephone too (ruling 31), and
// without a word of our trade.
func TestEveryCombinationRenders(t *testing.T) {
	b := templates()
	all := combinations(b)
	if len(all) != 3564 {
		t.Errorf("%d combinations, want 3564; say so here when phases, kinds or forms change", len(all))
	}
	words, sentences := map[voice]int{}, map[voice]int{}
	for _, c := range all {
		got := rendered()[c]
		for _, problem := range wrong(b, c, got) {
			t.Errorf("%s: %s", c, problem)
		}
		for _, l := range got.Text.Lines {
			for _, s := range split(l.Text) {
				words[c.voice] += len(strings.Fields(s))
				sentences[c.voice]++
			}
		}
	}
	t.Logf("%d messages rendered", len(all))
	for _, v := range voices {
		mean, limit := float64(words[v])/float64(sentences[v]), b.Gate.MaxMean[v.lang]
		t.Logf("%s-%s: %d sentences of %.1f words on average", v.lang, v.address, sentences[v], mean)
		if mean > limit {
			t.Errorf("%v: a sentence has %.1f words on average, want at most %.0f", v, mean, limit)
		}
	}
}

// wrong lists what a user should not see in got.
func wrong(b *book, c combination, got headstart.Composed) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if len(got.Missing) > 0 {
		say("misses %v", got.Missing)
	}
	if len(got.Hits) > 0 {
		say("the gate stops it: %v", got.Hits)
	}
	if got.TooLong || septets(got.Text.Short) > b.Gate.MaxShort {
		say("short of %d characters: %s", septets(got.Text.Short), got.Text.Short)
	}
	for _, r := range got.Text.Short {
		if !strings.ContainsRune(gsm7, r) {
			say("%q of the short form is not in GSM-7", r)
		}
	}
	if n := len(strings.Fields(got.Text.Phone)); n > b.Phone.MaxWords || (n == 0 && c.phase == headstart.Investigating) {
		say("%d words on the phone: %s", n, got.Text.Phone)
	}
	if strings.ContainsAny(got.Text.Phone, "()") || strings.Contains(got.Text.Phone, "HS-") {
		say("not for reading aloud: %s", got.Text.Phone)
	}
	if got.Text.Title == "" || got.Text.Subject == "" || got.Text.Body == "" {
		say("title %q, subject %q, body %q", got.Text.Title, got.Text.Subject, got.Text.Body)
	}
	for i, l := range got.Text.Lines {
		if l.Text == "" {
			say("the answer to %q is empty", l.Label)
		}
		if l.Label != "" && i > 0 && got.Text.Lines[i-1].Label == l.Label {
			say("%q is asked twice", l.Label)
		}
		if l.Text != raise(l.Text) {
			say("starts small: %s", l.Text)
		}
	}
	if whole := got.Text.Title + got.Text.Body + got.Text.Short; strings.Contains(whole, "{{") || strings.Contains(whole, "no value") {
		say("unfilled: %s", whole)
	}
	return out
}

// A text that goes out by itself claims nothing that nobody proved, and tells
// nobody not to call where a service has an urgent contact (ruling 28).
func TestNothingUnproved(t *testing.T) {
	loc := amsterdam(t)
	seen := map[string]int{}
	for _, c := range combinations(templates()) {
		b := shipped(c.voice.address)
		in := c.wording(b, loc)
		got := rendered()[c]
		text := strings.Join([]string{got.Text.Title, got.Text.Short, got.Text.Body, got.Text.Phone}, "\n")
		kt := half(c.voice.lang, b.Kinds[c.kind].NL, b.Kinds[c.kind].EN)
		busy := half(c.voice.lang, "ij zijn bezig|ij zoeken|ij werken door|ij kijken nog|ij weten het al|e zijn bezig|e zoeken|e werken door|e kijken nog|e weten het al", "We are working|We are finding|e keep working|We are still|We already know")
		idle := half(c.voice.lang, "Ons systeem heeft dit gemeld.", "Our system reported this.")
		call := half(c.voice.lang, "Bellen hoeft niet|niet zelf te melden|niet te melden", "No need to call|do not need to report")
		switch c.form {
		case "unattended", "closed", "checks_good_unattended":
			seen[c.form]++
			if has(text, busy) || strings.Contains(text, kt.Doing.src) {
				t.Errorf("%s claims that somebody is on it:\n%s", c, text)
			}
			if c.phase == headstart.Investigating && !strings.Contains(got.Text.Body, idle) {
				t.Errorf("%s does not say who reported it:\n%s", c, text)
			}
		case "by_itself", "not_seen":
			seen[c.form]++
			works, _ := kt.Works.fill(map[string]string{"Name": in.Vars["Name"]})
			after, _ := kt.After.fill(map[string]string{"Name": in.Vars["Name"]})
			if strings.Contains(text, works) || strings.Contains(text, after) {
				t.Errorf("%s says that it works, and nobody checked:\n%s", c, text)
			}
		}
		if c.full && has(text, call) {
			t.Errorf("%s tells people not to call although there is an urgent contact:\n%s", c, text)
		}
		if urgent := in.Vars["UrgentContact"]; c.full && c.phase == headstart.Investigating {
			for form, s := range map[string]string{"short": got.Text.Short, "body": got.Text.Body, "phone": got.Text.Phone} {
				if !strings.Contains(s, urgent) {
					t.Errorf("%s: no urgent contact in the %s:\n%s", c, form, s)
				}
			}
		}
	}
	if len(seen) != 5 {
		t.Errorf("forms seen: %v, want 5", seen)
	}
}

func has(text, alternatives string) bool {
	return slices.ContainsFunc(strings.Split(alternatives, "|"), func(a string) bool { return strings.Contains(text, a) })
}

// The defaults of announce.policy stand in the templates and are these.
func TestAutoSend(t *testing.T) {
	want := map[headstart.Phase]string{
		headstart.Investigating: "auto", headstart.Progress: "auto", headstart.MaintenanceStarted: "auto", headstart.Solved: "auto_if_untouched",
	}
	for name, p := range templates().Phases {
		w := want[name]
		if w == "" {
			w = "approval"
		}
		if p.AutoSend != w {
			t.Errorf("%s: auto_send %q, want %q", name, p.AutoSend, w)
		}
	}
}

// An update either promises the next one or ends the announcement.
func TestPromiseOrFinal(t *testing.T) {
	for name, p := range templates().Phases {
		planned := name == headstart.MaintenanceAnnounced || name == headstart.MaintenanceStarted // promise their start and end
		if !name.Final() && !planned && !slices.Contains(p.Required, "NextUpdate") {
			t.Errorf("phase %s promises no next update", name)
		}
	}
}
