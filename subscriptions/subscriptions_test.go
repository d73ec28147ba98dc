package subscriptions

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// Ruling 42: one confirmation for an address and day, and nothing shows whether it is
// known, listed or neither.
func TestAskedOnceADay(t *testing.T) {
	inBubble(t, nil, func(d *desk) {
		for _, address := range []string{"jan@voorbeeld.example", "JAN@VOORBEELD.example", "jan+werk@voorbeeld.example", " jan@voorbeeld.example "} {
			if err := d.ask(address, headstart.Wish{}); err != nil {
				t.Errorf("%q got %v", address, err)
			}
		}
		if n := len(d.mails.all()); n != 1 {
			t.Fatalf("%d letters, want one", n)
		}
		time.Sleep(25 * time.Hour) // the question is over, and so is all that was known
		if n := d.shelf.people(); n != 0 {
			t.Errorf("the shelf knows %d addresses a day later, want none", n)
		}
		if err := d.ask("jan@voorbeeld.example", headstart.Wish{}); err != nil || len(d.mails.all()) != 2 {
			t.Errorf("a day later: %v, %d letters", err, len(d.mails.all()))
		}
	})
}

// Whose domain is not listed exactly is never mailed nor kept, and is answered alike.
func TestOnlyListedDomains(t *testing.T) {
	inBubble(t, nil, func(d *desk) {
		before := d.shelf.people()
		for _, address := range []string{
			"jan@elders.example", "jan@sub.voorbeeld.example", "jan@voorbeeld.example.evil.example", "jan@voorbееld.example", // with Cyrillic е
			"jan@xn--voorbld-5ogb.example", "jan@voorbeeld.example@evil.example",
		} {
			err := d.ask(address, headstart.Wish{})
			if err != nil && !errors.Is(err, headstart.ErrNoAddress) {
				t.Errorf("%q: %v", address, err)
			}
		}
		if len(d.mails.all()) != 0 || d.shelf.people() != before {
			t.Errorf("%d letters and %d addresses kept, want none", len(d.mails.all()), d.shelf.people())
		}
		if err := d.ask("jan@ＶＯＯＲＢＥＥＬＤ.example", headstart.Wish{}); err != nil { // wide letters are the same domain (UTS 46)
			t.Error(err)
		}
		if l := d.mails.to("jan@voorbeeld.example"); len(l) != 1 {
			t.Errorf("the domain in wide letters got %d letters", len(l))
		}
	})
}

func TestWishIsHeldToThePage(t *testing.T) {
	inBubble(t, nil, func(d *desk) {
		for name, w := range map[string]headstart.Wish{
			"no such page":           {Page: "geheim"},
			"no such language":       {Language: "fr"},
			"a language of another":  {Page: "haven", Language: "en"},
			"a confidential service": {Services: []string{"hr"}},
			"no such service":        {Services: []string{"print", "x"}},
			"a place of another":     {Page: "haven", Locations: []string{"noord"}},
			"the same many times":    {Services: strings.Split(strings.Repeat("print,", 1000), ",")},
		} {
			if err := d.ask("jan@voorbeeld.example", w); !errors.Is(err, headstart.ErrNoWish) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(d.mails.all()) != 0 {
			t.Error("somebody was mailed")
		}
	})
}

// Flood: five an hour of one client, a hundred in all, and the store holds no more than
// that however many come in.
func TestLimits(t *testing.T) {
	inBubble(t, nil, func(d *desk) {
		ask := func(client string, n int) (taken int) {
			for k := range n {
				switch err := d.Ask(t.Context(), netip.MustParseAddr(client), fmt.Sprintf("p%d@voorbeeld.example", k), headstart.Wish{Language: "nl"}); {
				case err == nil:
					taken++
				case !errors.Is(err, headstart.ErrTooMany):
					t.Fatal(err)
				}
			}
			synctest.Wait()
			return taken
		}
		if n := ask("198.51.100.7", 50); n != perClient {
			t.Errorf("one client got %d forms in, want %d", n, perClient)
		}
		if n := ask("2001:db8::1", 3) + ask("2001:db8::ffff:1", 4) + ask("::ffff:198.51.100.7", 5); n != perClient {
			t.Errorf("a /64, and the first client in other clothes, got %d forms in, want %d", n, perClient)
		}
		all := 2 * perClient
		for k := range 200 {
			all += ask(fmt.Sprintf("203.0.%d.1", k), 3)
		}
		if all != perHour {
			t.Errorf("%d forms were taken within an hour, want %d", all, perHour)
		}
		if raw, _ := d.shelf.ShelfGet(t.Context(), shelf, limitKey); len(raw) > 100*perHour {
			t.Errorf("the limits take %d bytes", len(raw))
		}
		if strings.Contains(d.shelf.all(), "203.0.") {
			t.Error("the shelf names a client")
		}
		time.Sleep(61 * time.Minute)
		if n := ask("203.0.113.1", 6); n != perClient {
			t.Errorf("an hour later a client got %d forms in, want %d", n, perClient)
		}
		time.Sleep(3 * time.Hour)
		if raw, _ := d.shelf.ShelfGet(t.Context(), shelf, limitKey); raw != nil {
			t.Error("who asked is still kept hours later")
		}
	})
}

// Tokens: forged, of another address, used, out of time, for another purpose: no
// effect; and looking at what a link is about changes no byte.
func TestTokens(t *testing.T) {
	inBubble(t, nil, func(d *desk) {
		ctx := t.Context()
		d.join("jan@voorbeeld.example", headstart.Wish{})
		d.join("piet@voorbeeld.example", headstart.Wish{})
		list, err := d.Untold(ctx, notice(1, nil, nil))
		if err != nil || len(list) != 2 {
			t.Fatal(len(list), err)
		}
		leave, other := tokenOf(t, list[0].Unsubscribe), tokenOf(t, list[1].Unsubscribe)
		if err := d.ask("klaas@voorbeeld.example", headstart.Wish{}); err != nil {
			t.Fatal(err)
		}
		confirm := tokenOf(t, d.mails.to("klaas@voorbeeld.example")[0].Link)
		mixed := func(at, secret string) string {
			a, _ := parseToken(at)
			b, _ := parseToken(secret)
			return token{a.at, b.secret}.String()
		}
		flipped := []byte(leave)
		flipped[30] ^= 1
		before := d.shelf.all()
		for name, bad := range map[string]string{
			"none": "", "short": leave[:42], "long": leave + "A", "forged": token{}.String(), "flipped": string(flipped), "of another": mixed(leave, other),
			"swapped": mixed(leave, confirm), "not base64": strings.Repeat("*", tokenLen), "a path": "../../" + leave[6:],
		} {
			if _, err := d.Asked(ctx, bad); !errors.Is(err, headstart.ErrLinkOver) {
				t.Errorf("%s is asked about: %v", name, err)
			}
			if _, err := d.Confirm(ctx, bad); !errors.Is(err, headstart.ErrLinkOver) {
				t.Errorf("%s confirms: %v", name, err)
			}
			if _, err := d.Subscribed(ctx, bad); !errors.Is(err, headstart.ErrLinkOver) {
				t.Errorf("%s shows: %v", name, err)
			}
			if err := d.Leave(ctx, bad); !errors.Is(err, headstart.ErrLinkOver) {
				t.Errorf("%s unsubscribes: %v", name, err)
			}
		}
		if _, err := d.Confirm(ctx, leave); !errors.Is(err, headstart.ErrLinkOver) {
			t.Errorf("the link that unsubscribes confirms: %v", err)
		}
		if err := d.Leave(ctx, confirm); !errors.Is(err, headstart.ErrLinkOver) {
			t.Errorf("the link that confirms unsubscribes: %v", err)
		}
		for range 3 { // programs that check mail follow links
			if w, err := d.Asked(ctx, confirm); err != nil || w.Language != "nl" {
				t.Error(w, err)
			}
			if w, err := d.Subscribed(ctx, leave); err != nil || len(w) != 1 {
				t.Error(w, err)
			}
		}
		if d.shelf.all() != before {
			t.Error("looking, or a bad link, changed the store")
		}
		if _, err := d.Confirm(ctx, confirm); err != nil {
			t.Error(err)
		}
		if _, err := d.Confirm(ctx, confirm); !errors.Is(err, headstart.ErrLinkOver) {
			t.Errorf("a link confirms twice: %v", err)
		}
		if err := d.Leave(ctx, leave); err != nil {
			t.Error(err)
		}
		if err := d.Leave(ctx, leave); !errors.Is(err, headstart.ErrLinkOver) {
			t.Errorf("a link unsubscribes twice: %v", err)
		}
		if n := d.shelf.people(); n != 2 {
			t.Errorf("%d addresses are kept, want piet and klaas", n)
		}
	})
}

func TestQuestionRunsOut(t *testing.T) {
	inBubble(t, nil, func(d *desk) {
		if err := d.ask("jan@voorbeeld.example", headstart.Wish{}); err != nil {
			t.Fatal(err)
		}
		link := tokenOf(t, d.mails.all()[0].Link)
		time.Sleep(questionFor)
		if _, err := d.Confirm(t.Context(), link); !errors.Is(err, headstart.ErrLinkOver) {
			t.Errorf("a link of yesterday confirms: %v", err)
		}
	})
}

// Nothing of an address, nor of what it is called by, can be read on the shelf.
func TestSealed(t *testing.T) {
	inBubble(t, nil, func(d *desk) {
		d.join("jan.jansen@voorbeeld.example", headstart.Wish{Services: []string{"print"}})
		for _, word := range []string{"jan", "voorbeeld", "print", tokenOf(t, d.mails.all()[0].Link)} {
			if strings.Contains(d.shelf.all(), word) {
				t.Errorf("the shelf shows %q", word)
			}
		}
		key := d.o.Keys.row(address{known: "jan.jansen@voorbeeld.example"})
		sealed := d.shelf.rows[key]
		d.shelf.rows[rowKey+strings.Repeat("0", 32)] = sealed // somebody moves it to another address
		counts, err := d.Count(t.Context())
		if err != nil || counts[""] != 1 {
			t.Errorf("counted %v, %v; a value is of use under its own key only", counts, err)
		}
	})
}

// A mail server that is away delays a question; a process that ends leaves it to the
// next one; a mailbox that does not exist is forgotten.
func TestQuestionsSurvive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{t: t, shelf: &shelfInMemory{rows: map[string][]byte{}}, mails: &mails{fail: errAway}}
		d.start(nil, func() {
			if err := d.ask("jan@voorbeeld.example", headstart.Wish{}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Minute)
		})
		d.mails.failWith(nil)
		d.start(nil, func() {
			time.Sleep(5 * time.Minute)
			if n := len(d.mails.all()); n != 1 {
				t.Fatalf("%d letters after the restart, want one", n)
			}
			if _, err := d.Confirm(t.Context(), tokenOf(t, d.mails.all()[0].Link)); err != nil {
				t.Error(err)
			}
			d.mails.failWith(refusal{errors.New("550 no such user")})
			if err := d.ask("niemand@voorbeeld.example", headstart.Wish{}); err != nil {
				t.Fatal(err)
			}
			if n := d.shelf.people(); n != 1 {
				t.Errorf("%d addresses kept, want jan alone", n)
			}
		})
	})
}

// retention.subscriptions: asked a month before, renewed by one press, else forgotten.
func TestRenewal(t *testing.T) {
	inBubble(t, nil, func(d *desk) {
		d.join("blijft@voorbeeld.example", headstart.Wish{})
		d.join("gaat@voorbeeld.example", headstart.Wish{})
		time.Sleep(340 * 24 * time.Hour)
		for _, who := range []string{"blijft", "gaat"} {
			if n := len(d.mails.to(who + "@voorbeeld.example")); n != 2 {
				t.Fatalf("%s got %d letters, want the question whether to go on as well, once", who, n)
			}
		}
		letter := d.mails.to("blijft@voorbeeld.example")[1]
		if !strings.Contains(letter.Text.Title, "blijven") {
			t.Errorf("the second question is %q", letter.Text.Title)
		}
		if _, err := d.Confirm(t.Context(), tokenOf(t, letter.Link)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * 24 * time.Hour)
		d.want("after a year", d.told(notice(1, nil, nil)), "blijft")
		if n := d.shelf.people(); n != 1 {
			t.Errorf("%d addresses kept, want one", n)
		}
	})
}

func TestForget(t *testing.T) {
	inBubble(t, nil, func(d *desk) {
		d.join("jan@voorbeeld.example", headstart.Wish{})
		for address, want := range map[string]bool{"piet@voorbeeld.example": false, "no address": false, "Jan@Voorbeeld.EXAMPLE": true} {
			if known, err := d.Forget(t.Context(), address); err != nil || known != want {
				t.Errorf("%q was known: %t, %v; want %t", address, known, err, want)
			}
		}
		if n := d.shelf.people(); n != 0 {
			t.Errorf("%d addresses kept, want none", n)
		}
	})
}

// Every replica needs the key the shelf was filled with; one that would make its own
// does not start.
func TestKeyOfTheInstallation(t *testing.T) {
	s, file := &shelfInMemory{rows: map[string][]byte{}}, filepath.Join(t.TempDir(), KeyFile)
	if _, err := OpenKeys(t.Context(), s, file); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeys(t.Context(), s, file); err != nil {
		t.Errorf("the same key again: %v", err)
	}
	if fi, err := os.Stat(file); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v %v", fi, err)
	}
	other := filepath.Join(t.TempDir(), KeyFile)
	if _, err := OpenKeys(t.Context(), s, other); err == nil || !strings.Contains(err.Error(), "copy") {
		t.Errorf("a replica without the key: %v", err)
	}
	if _, err := os.Stat(other); !errors.Is(err, os.ErrNotExist) {
		t.Error("a replica without the key made one")
	}
	for _, secret := range []string{strings.Repeat("x", 32), "short"} {
		if err := os.WriteFile(other, []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenKeys(t.Context(), s, other); err == nil {
			t.Errorf("the key %q is taken", secret)
		}
	}
}

func TestMetricsAreLinted(t *testing.T) {
	reg := prometheus.NewRegistry()
	newMetrics(reg, []Page{{ID: ""}})
	if found, err := testutil.GatherAndLint(reg); err != nil || len(found) > 0 {
		t.Error(found, err)
	}
}

// What mail servers say of an address does not reach the log.
func TestErrorsAreNameless(t *testing.T) {
	if got := withoutAddresses(errAway); strings.Contains(got, "jan") {
		t.Error(got)
	}
}
