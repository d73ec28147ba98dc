package announce

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// What is required and empty keeps a draft from going out.
func TestMissing(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	w := New(nil, "u", nil)
	for name, tc := range map[string]struct {
		in   headstart.Wording
		want []string
	}{
		"an application without a name": {headstart.Wording{Phase: headstart.Investigating, Kind: headstart.KindOther, Vars: map[string]string{"Ref": "HS-1"}, NextUpdate: now}, []string{"Name", "Title"}},
		"no promise":                    {headstart.Wording{Phase: headstart.Investigating, Kind: headstart.KindMail, Vars: map[string]string{"Ref": "HS-1"}}, []string{"NextUpdate"}},
		"no number":                     {headstart.Wording{Phase: headstart.Solved, Kind: headstart.KindMail}, []string{"Ref"}},
		"a workaround that is blank":    {headstart.Wording{Phase: headstart.WorkaroundFound, Kind: headstart.KindMail, Vars: map[string]string{"Ref": "HS-1", "Workaround": " \n\u200b "}, NextUpdate: now}, []string{"Workaround"}},
		"a phase nobody knows":          {headstart.Wording{Phase: "x"}, []string{"Phase"}},
		"nothing":                       {headstart.Wording{Phase: headstart.Withdrawn, Kind: headstart.KindMail, Vars: map[string]string{"Ref": "HS-1"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.Compose(tc.in).Missing
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
		})
	}
}

// The subject of an incident's mails never changes, or the thread breaks.
func TestSubjectIsStable(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	w := New(nil, "u", nil)
	for phase := range templates().Phases {
		if strings.HasPrefix(string(phase), "maintenance_") {
			continue
		}
		got := w.Compose(headstart.Wording{Phase: phase, Kind: headstart.KindNetwork, Lang: "nl", Now: now, Since: now, Vars: map[string]string{"Ref": "HS-12"}}).Text.Subject
		if want := "Wifi en internet werken niet (HS-12)"; got != want {
			t.Errorf("%s: %q, want %q", phase, got, want)
		}
	}
	if got, want := w.Title(headstart.KindPrinter, "slow", "printer N2-04", "en"), "Printer N2-04 is slow"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
}

// Equal wordings give equal bytes.
func TestComposeIsDeterministic(t *testing.T) {
	loc := amsterdam(t)
	for i, c := range trials(templates()) {
		if i%37 != 0 {
			continue
		}
		w, in := New(office(), c.voice.address, nil), c.wording(shipped(c.voice.address), loc)
		in.Vars["Cause"] = "De switch en de router van core7 (HTTP 502)."
		first := w.Compose(in)
		for range 3 {
			if diff := cmp.Diff(first, New(office(), c.voice.address, nil).Compose(in)); diff != "" {
				t.Fatalf("%s differs:\n%s", c, diff)
			}
		}
	}
}

// Two answers to one question stand under it together, each a sentence.
func TestLinesShareLabel(t *testing.T) {
	got := New(nil, "u", nil).Compose(headstart.Wording{Phase: headstart.Investigating, Kind: headstart.KindMail, Lang: "nl", Vars: map[string]string{"Workaround": "bel elkaar", "Ref": "HS-1"}})
	i := slices.IndexFunc(got.Text.Lines, func(l headstart.TextLine) bool { return l.Label == "Wat kunt u doen?" })
	if i < 0 || got.Text.Lines[i].Text != "Bel elkaar. Stuur uw mail niet steeds opnieuw. Dat helpt nu niet." {
		t.Errorf("lines %+v", got.Text.Lines)
	}
}

// Whatever people and catalogs hold, a message never panics, asks no question
// without an answer, stays one line where it must, and says when it is too long.
func FuzzCompose(f *testing.F) {
	b := templates()
	for _, seed := range []string{"", "printer N2-04", "{{.Ref}}", "a\nb\r\n\x00\u202e", "\xff\xfe", "İstanbul ẞ ﬃ", strings.Repeat("woord ", 200), "<script>", "x.y.z!?.", "HS-1"} {
		f.Add("investigating", "printer", "nl", "down", seed, seed, int64(1795295378324), uint8(255))
		f.Add("resolved", "application", "en", "partly", "N", seed, int64(-1), uint8(3))
	}
	w := New(office(), "u", nil)
	f.Fuzz(func(t *testing.T, phase, kind, lang, effect, name, value string, ms int64, flags uint8) {
		at := time.UnixMilli(ms % (1 << 47)).UTC()
		in := headstart.Wording{
			Phase: headstart.Phase(phase), Kind: headstart.ServiceKind(kind), Lang: lang, Effect: effect, Now: at, Vars: map[string]string{},
			Since: at.Add(-time.Hour), NextUpdate: at.Add(time.Hour), Ended: at, Attended: flags&1 != 0, ChecksGood: flags&2 != 0, NotSeen: flags&4 != 0, ByPerson: flags&8 != 0,
		}
		if flags&16 != 0 {
			in.LookFrom, in.Expected, in.Start, in.End = at.Add(30*time.Hour), at.Add(2*time.Hour), at, at.Add(9*time.Hour)
		}
		for _, v := range given {
			in.Vars[v] = value
		}
		in.Vars["Name"] = name
		got := w.Compose(in)
		for _, l := range got.Text.Lines {
			if strings.TrimSpace(l.Text) == "" || strings.ContainsAny(l.Text, "\r\n\x00") {
				t.Errorf("line %q is empty or more than one", l)
			}
		}
		for _, s := range []string{got.Text.Title, got.Text.Short, got.Text.Subject, got.Text.Phone} {
			if strings.ContainsAny(s, "\r\n\x00") {
				t.Errorf("%q is more than one line", s)
			}
		}
		if n := septets(got.Text.Short); n > b.Gate.MaxShort && !got.TooLong {
			t.Errorf("short form of %d characters passes", n)
		}
		for _, r := range got.Text.Short {
			if !strings.ContainsRune(gsm7+gsm7Extension, r) {
				t.Errorf("%q is not in GSM-7", r)
			}
		}
		if n := len(strings.Fields(got.Text.Phone)); n > b.Phone.MaxWords {
			t.Errorf("%d words on the phone", n)
		}
	})
}
