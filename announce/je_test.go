package announce

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The two Dutch sets have the same lines under the same questions, and each
// line prints the same variables: je says to a colleague what u says to a guest,
// no more and no less.
func TestAddressesHaveTheSameLines(t *testing.T) {
	u, je := shape(templates()), shape(templatesJe())
	for key, want := range u {
		if got, has := je[key]; !has || got != want {
			t.Errorf("%s: je has %q, u %q", key, got, want)
		}
	}
	for key := range je {
		if _, has := u[key]; !has {
			t.Errorf("%s stands in the je set only", key)
		}
	}
	if len(u) < 250 {
		t.Errorf("%d lines compared; want all", len(u))
	}
}

// shape is the variables of each Dutch line of b.
func shape(b *book) map[string]string {
	out := map[string]string{}
	slot := regexp.MustCompile(`\{\{[^}]*\}\}`)
	add := func(key, src string) { out[key] = strings.Join(slot.FindAllString(src, -1), "") }
	for _, label := range slices.Sorted(maps.Keys(b.Labels["nl"])) {
		add("label "+label, "")
	}
	for name, p := range b.Phases {
		add(string(name)+" title", p.NL.Title.src)
		add(string(name)+" short", p.NL.Short.src)
		for i, l := range p.NL.Body {
			add(fmt.Sprintf("%s %d %s %s unless %s", name, i, l.Label, l.Name, l.Unless), l.Text.src)
		}
	}
	for name, k := range b.Kinds {
		v := reflect.ValueOf(k.NL)
		for i := range v.NumField() {
			key := fmt.Sprintf("%s %s", name, v.Type().Field(i).Name)
			switch f := v.Field(i).Interface().(type) {
			case text:
				add(key, f.src)
			case map[string]text:
				for effect, t := range f {
					add(key+" "+effect, t.src)
				}
			case []string:
				for n, s := range f {
					add(fmt.Sprint(key, " ", n), s)
				}
			}
		}
	}
	for name, t := range map[string]text{"one": b.Phone.NL.One, "two": b.Phone.NL.Two, "more": b.Phone.NL.More, "close": b.Phone.NL.Close} {
		add("phone "+name, t.src)
	}
	for i, v := 0, reflect.ValueOf(b.Digest.NL); i < v.NumField(); i++ {
		src, _ := reflect.TypeAssert[text](v.Field(i))
		add("digest "+v.Type().Field(i).Name, src.src)
	}
	return out
}

// Nobody reads u and je in one message. A verb before je loses its t ("kun je", where
// u has "kunt u"), one after it keeps it ("je kunt"); "je hoeft je computer" is right.
func TestAddressesDoNotMix(t *testing.T) {
	polite := regexp.MustCompile(`(?i)(^|[^\pL])(u|uw)($|[^\pL])`)
	familiar := regexp.MustCompile(`(?i)(^|[^\pL])(je|jij|jou|jouw)($|[^\pL])`)
	wrongVerb := regexp.MustCompile(`(?im)((^|[.?!:] )|(^|[^\pL])(dan|wat|wanneer|waar|zo) )(heeft|bent|kunt|hoeft|wilt|merkt|hoort|krijgt) (je|jij)($|[^\pL])|(^|[^\pL])(je|jij) (heb|heeft|kun|ben|hoef|merk|hoor|krijg)($|[^\pL])`)
	spoken := 0
	for c, got := range rendered() {
		if c.voice.lang != "nl" {
			continue
		}
		all := strings.Join([]string{got.Text.Title, got.Text.Short, got.Text.Phone, got.Text.Body}, "\n")
		other := familiar
		if c.voice.address == "je" {
			other = polite
			if familiar.MatchString(all) {
				spoken++
			}
			if bad := wrongVerb.FindString(all); bad != "" {
				t.Errorf("%s: %q does not agree:\n%s", c, bad, all)
			}
		}
		if bad := other.FindString(all); bad != "" {
			t.Errorf("%s: %q in a message that says %s:\n%s", c, bad, c.voice.address, all)
		}
	}
	if spoken < 900 {
		t.Errorf("%d messages say je; want nearly all", spoken)
	}
}

// English is one: the form of address changes none of it, nor the gate.
func TestEnglishHasOneAddress(t *testing.T) {
	in := trial{voice: voice{lang: "en"}, kind: "printer", effect: "down", form: "attended", full: true}
	loc := amsterdam(t)
	for phase := range templates().Phases {
		in.phase = phase
		w := in.wording(templates(), loc)
		u, je := New(nil, "u", nil).Compose(w), New(nil, "je", nil).Compose(w)
		u.Template, je.Template = "", "" // the Dutch of the two differs
		if !reflect.DeepEqual(u, je) {
			t.Errorf("%s: %+v\nand with je %+v", phase, u, je)
		}
	}
	if New(nil, "sir", nil).book != New(nil, "u", nil).book {
		t.Error("an address nobody knows is not u")
	}
}
