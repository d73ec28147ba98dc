package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
	"headstart/notify/smtptest"
)

// stormKind is how one type of channel is stormed. made starts its service and configures
// the channel; the rest is what that service's documentation says of its limits.
type stormKind struct {
	made func(*testing.T) (*strict, ChannelConfig) // nil: by SMTP
	gap  time.Duration                             // no two calls begin closer to each other
	told time.Duration                             // what Retry-After says; zero: nothing does
	body string                                    // of the answer 429
}

// storms has every type: a new one needs a row.
var storms = map[string]stormKind{
	"email": {},
	"graph": {gap: 2 * time.Second, told: 10 * time.Second, body: `{"error":{"code":"ApplicationThrottled"}}`, made: func(t *testing.T) (*strict, ChannelConfig) {
		f, _ := startGraph(t)
		return f.strict, ChannelConfig{
			URL: f.url, From: "storing@example.org", To: []string{"medewerkers@example.org"},
			TokenURL: f.url + "/tenant/oauth2/v2.0/token", ClientID: "app-1", ClientSecretFile: secretFile(t, "cl s3cret"),
		}
	}},
	"slack": {gap: 1200 * time.Millisecond, told: 10 * time.Second, body: `{"ok":false,"error":"ratelimited"}`, made: func(t *testing.T) (*strict, ChannelConfig) {
		f := startSlack(t)
		return f.strict, ChannelConfig{URL: f.url + "/api", TokenFile: secretFile(t, slackToken), Channel: "C0123456789"}
	}},
	"slack-webhook": {gap: time.Second, told: 10 * time.Second, body: "rate_limited", made: func(t *testing.T) (*strict, ChannelConfig) {
		f := serve(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
			if takes(t, r, body, &slackMessage{}) {
				_, _ = w.Write([]byte("ok"))
			}
		})
		return f, ChannelConfig{URL: f.url + "/services/s3cret"}
	}},
	"teams": {gap: 300 * time.Millisecond, told: 10 * time.Second, made: func(t *testing.T) (*strict, ChannelConfig) {
		f, _ := startTeams(t)
		return f.strict, ChannelConfig{URL: f.url + "/workflows/1/triggers/manual/paths/invoke?sig=s3cret"}
	}},
	"ntfy": {body: `{"code":42901,"http":429,"error":"limit reached: too many requests"}`, made: func(t *testing.T) (*strict, ChannelConfig) {
		f, _ := startNtfy(t)
		return f.strict, ChannelConfig{URL: f.url + "/storingen", TokenFile: secretFile(t, "tk_s3cret")}
	}},
	"mattermost": {gap: 200 * time.Millisecond, told: 10 * time.Second, body: "limit exceeded", made: func(t *testing.T) (*strict, ChannelConfig) {
		f := serve(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
			if takes(t, r, body, &mattermostMessage{}) {
				_, _ = w.Write([]byte("ok"))
			}
		})
		return f, ChannelConfig{URL: f.url + "/hooks/s3cret"}
	}},
	"sms": {made: func(t *testing.T) (*strict, ChannelConfig) {
		f, _ := startSMS(t, "+31612345678")
		return f.strict, ChannelConfig{
			URL: f.url + "/messages", To: []string{"+31612345678", "+31687654321"}, SecretFile: secretFile(t, "s3cret"),
			Headers: map[string]string{"X-Api-Key": "k {{.Secret}}", "Content-Type": "application/json"},
			Body:    `{"recipient": {{json .To}}, "message": {{json .Text}}, "reference": {{json .ID}}}`,
		}
	}},
	"servicenow-outage": {told: 10 * time.Second, made: func(t *testing.T) (*strict, ChannelConfig) {
		f, _ := startOutage(t)
		return f.strict, ChannelConfig{
			URL: f.url, Username: "headstart", PasswordFile: secretFile(t, "pw s3cret"),
			Items: map[string]string{"print": "Printing Service", "mail": "Mail"},
		}
	}},
	"webhook": {told: 10 * time.Second, made: func(t *testing.T) (*strict, ChannelConfig) {
		f := serve(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
			if takes(t, r, body, &WebhookBody{}) {
				w.WriteHeader(http.StatusNoContent)
			}
		})
		return f, ChannelConfig{URL: f.url, SecretFile: secretFile(t, hookSecret)}
	}},
}

// The storm: incidents of two updates each, all owed at once. The service takes a few
// calls, then says "too fast" for so long that more are refused than a message has attempts,
// then takes all.
const (
	stormIncidents = 100
	stormTaken     = 20 // calls
	stormRestart   = 330 * time.Second
	stormUntil     = 6 * time.Minute
)

// TestStorm owes 200 messages at once to each type of channel. It keeps to its service's
// limits, rests as it is told and longer each time where nothing is said, keeps the order of
// each announcement, and gives nothing up for being asked to wait, not after a restart
// either. Every announcement ends as it is.
func TestStorm(t *testing.T) {
	for _, name := range Types {
		t.Run(name, func(t *testing.T) {
			k, ok := storms[name]
			if !ok {
				t.Fatal("what its service does in a storm is missing in storms")
			}
			v, c := stormed(t, name, k)
			synctest.Test(t, func(t *testing.T) { v.storm(t, c) })
			v.judge(t)
		})
	}
}

// vendor is a service in a storm, and what it was asked, by the clock of the bubble.
type vendor struct {
	stormKind
	handler http.Handler
	sink    *smtptest.Sink // in place of handler
	storm0  time.Time
	engine  *engine

	mu      sync.Mutex
	calls   []*stormCall
	restart int // which of them is the second sender's first
}

// call notes a call that begins, and says whether it is refused.
func (v *vendor) call() *stormCall {
	v.mu.Lock()
	defer v.mu.Unlock()
	c := &stormCall{after: time.Since(v.storm0), refused: len(v.calls) >= stormTaken && time.Since(v.storm0) < stormUntil}
	v.calls = append(v.calls, c)
	return c
}

type stormCall struct {
	after   time.Duration // since the storm began
	refused bool
	told    string // which update of which incident it took: i007u1; empty: none
}

// stormed makes the one channel of a type, in front of its service.
func stormed(t *testing.T, name string, k stormKind) (*vendor, Channel) {
	v := &vendor{stormKind: k, engine: newEngine()}
	if k.made == nil {
		v.sink = smtptest.Start(t)
		c := paced(t, ChannelConfig{Type: name, Smarthost: v.sink.Addr, From: "storing@example.org", To: []string{"medewerkers@example.org"}})
		c.(*email).dialer = &headstart.Dialer{Allow: func(netip.AddrPort) bool { v.dialled(); return true }}
		return v, c
	}
	f, cfg := k.made(t)
	cfg.Type, v.handler = name, f.handler
	c := paced(t, cfg)
	var via *caller
	switch c := c.(type) {
	case *graph:
		if _, err := c.tokens.token(t.Context()); err != nil { // over the network, which has no place in the bubble
			t.Fatal(err)
		}
		via = c.caller
	case *slack:
		via = c.caller
	case *poster:
		via = c.caller
	case *ntfy:
		via = c.caller
	case *sms:
		via = c.caller
	case *outage:
		via = c.caller
	case *webhook:
		via = c.caller
	default:
		t.Fatalf("%T: how it calls its service is not known here", c)
	}
	via.client.Transport = v
	return v, c
}

// storm runs in the bubble until nothing is owed. A second sender takes over in the middle
// of it, as after a restart.
func (v *vendor) storm(t *testing.T, c Channel) {
	v.storm0 = time.Now()
	for n := range 2 * stormIncidents {
		v.engine.owe(stormNotice(n, v.storm0))
	}
	runFor(t, sender(t, v.engine, prometheus.NewPedanticRegistry(), c), stormRestart)
	v.restart = len(v.calls)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
	defer cancel()
	go func() {
		for ctx.Err() == nil && v.engine.left() > 0 {
			time.Sleep(time.Second)
		}
		cancel()
	}()
	if err := sender(t, v.engine, prometheus.NewPedanticRegistry(), c).Run(ctx); err != nil {
		t.Error(err)
	}
}

// stormNotice is message n of the storm: two for each incident, by turns.
func stormNotice(n int, at time.Time) headstart.Notice {
	incident, update := n/2, n%2+1
	m := *notice(update, headstart.Investigating)
	if update == 2 {
		m.Phase = headstart.Solved
		m.Final = true
	}
	word := fmt.Sprintf("i%03du%d", incident, update)
	m.UID = fmt.Sprintf("uid%03d", incident)
	m.Key, m.Channel, m.At, m.Services = m.UID+"/noord/"+word+"/users", "users", at.Add(time.Duration(n)*time.Millisecond), []string{"mail", "print"}
	m.Languages, m.Text = []string{"nl"}, map[string]headstart.Text{"nl": {
		Title: word, Subject: word, Short: word, Body: word, Lines: []headstart.TextLine{{Label: "Wat merkt u?", Text: "Printen lukt niet."}},
	}}
	return m
}

var stormWord = regexp.MustCompile(`i\d{3}u[12]`)

// RoundTrip is the way to the service: past the network, so that the bubble's clock counts.
func (v *vendor) RoundTrip(r *http.Request) (*http.Response, error) {
	said, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(said))
	if mail, err := base64.StdEncoding.DecodeString(string(said)); err == nil { // Graph
		said = mail
	}
	call, w := v.call(), httptest.NewRecorder()
	if call.refused {
		if v.told > 0 {
			w.Header().Set("Retry-After", fmt.Sprint(int(v.told/time.Second)))
		}
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = w.WriteString(v.body)
	} else {
		v.handler.ServeHTTP(w, r)
		if w.Code < 300 {
			call.told = string(stormWord.Find(said))
		}
	}
	return w.Result(), nil
}

// dialled is a call by SMTP: one connection, one mail. The server refuses in each of the two
// ways by turns.
func (v *vendor) dialled() {
	switch c := v.call(); {
	case !c.refused:
		v.sink.Refuse("MAIL", "")
	case c.after < stormUntil/4:
		v.sink.Refuse("MAIL", "421 4.7.0 too many mails, try again later")
	default:
		v.sink.Refuse("MAIL", "452 4.3.1 insufficient system storage")
	}
}

func (v *vendor) judge(t *testing.T) {
	v.judgePace(t)
	v.judgeOrder(t)
	if left, dead := v.engine.left(), v.engine.dead(); left > 0 || dead > 0 {
		t.Errorf("%d messages still owed and %d given up, want every one delivered", left, dead)
	}
}

// judgePace looks at when the service was asked.
func (v *vendor) judgePace(t *testing.T) {
	refused, row := 0, 0 // in all, and since the restart
	for n, call := range v.calls {
		if n > 0 {
			before, want := v.calls[n-1], v.gap
			switch {
			case n == v.restart:
				row = 0 // the new sender was told nothing yet
			case before.refused && v.told > 0:
				want = v.told
			case before.refused: // nobody said how long, so longer each time
				want = backoff(row)
			}
			if gap := call.after - before.after; gap < want {
				t.Errorf("call %d came %s after the one before, at %s, want at least %s", n+1, gap, call.after, want)
			}
		}
		if call.refused {
			refused++
			row++
		}
	}
	if refused < 5 || v.told > 0 && refused <= maxAttempts {
		t.Errorf("%d calls were refused, too few to show anything", refused)
	}
}

// judgeOrder looks at what the service was told, and in which order.
func (v *vendor) judgeOrder(t *testing.T) {
	var told []string
	for _, call := range v.calls {
		told = append(told, call.told)
	}
	if v.sink != nil {
		for _, m := range v.sink.Mails() {
			told = append(told, m.Subject)
		}
	}
	last, both := map[string]string{}, 0
	for _, word := range told {
		incident, update, is := strings.Cut(word, "u")
		if !is {
			continue
		}
		if last[incident] == "2" && update == "1" {
			t.Errorf("%s: the first update came after the last", incident)
		}
		if last[incident] == "1" && update == "2" {
			both++
		}
		last[incident] = update
	}
	newest := slices.Repeat([]string{"2"}, stormIncidents)
	var ends []string
	for n := range stormIncidents {
		ends = append(ends, last[fmt.Sprintf("i%03d", n)])
	}
	if !slices.Equal(ends, newest) {
		t.Errorf("the announcements ended with update %v, want the second of each", ends)
	}
	if both == 0 {
		t.Error("no announcement was told of in two updates, so their order was not seen")
	}
}
