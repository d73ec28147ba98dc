package announce

import (
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

// rendered is every combination, composed once for all tests that look at them.
var rendered = sync.OnceValue(func() map[trial]headstart.Composed {
	loc, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		panic(err)
	}
	words, out := map[string]*Words{}, map[trial]headstart.Composed{}
	for _, address := range Addresses {
		words[address] = New(nil, address, nil)
	}
	for _, c := range trials(templates()) {
		out[c] = words[c.voice.address].Compose(c.wording(shipped(c.voice.address), loc))
	}
	return out
})

// Every phase, kind, effect, language and state renders without an empty
// question, inside every limit, that of the telephone too (ruling 31), and
// without a word of our trade.
func TestEveryCombinationRenders(t *testing.T) {
	b := templates()
	all := trials(b)
	if len(all) != 4536 {
		t.Errorf("%d combinations, want 4536; say so here when phases, kinds or forms change", len(all))
	}
	words, sentences := map[voice]int{}, map[voice]int{}
	for _, c := range all {
		got := rendered()[c]
		for _, problem := range shipped(c.voice.address).faults(c, got) {
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

// A text that goes out by itself claims nothing that nobody proved, and tells
// nobody not to call where a service has an urgent contact (ruling 28).
func TestNothingUnproved(t *testing.T) {
	loc := amsterdam(t)
	seen := map[string]int{}
	for _, c := range trials(templates()) {
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
