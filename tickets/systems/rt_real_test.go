package systems

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"headstart/tickets/systems/rttest"
)

// realRT is a rig of a real Request Tracker.
func realRT(t *testing.T) (rig, *rttest.Server) {
	t.Helper()
	server := rttest.Shared(t)
	settings := Settings{URL: server.URL, TokenFile: secretFile(t, server.Token), HookSecretFile: secretFile(t, server.Secret), CreateIn: "Outages"}
	settings.Write.Create, settings.Write.PublicReply = "on", "on"
	admin := openRTFor(t, settings)
	r := rig{rows: 5}
	r.open = func(t *testing.T) System {
		s := openRTFor(t, settings)
		s.rows = r.rows
		return s
	}
	r.report = func(t *testing.T, title string) string {
		return reportRT(t, admin, map[string]any{"Queue": "Desk", "Subject": title, "Requestor": "k.bakker@voorbeeld.example", "Content": "Ik kan niet é printen", "ContentType": "text/plain"})
	}
	n := 0
	r.touch = func(t *testing.T, id string) {
		n++
		mustRT(t, admin, http.MethodPut, "/ticket/"+id, map[string]any{"Priority": n})
	}
	r.remove = func(t *testing.T, id string) { mustRT(t, admin, http.MethodDelete, "/ticket/"+id, nil) }
	r.merge = func(t *testing.T, from, into string) {
		mustRT(t, admin, http.MethodPut, "/ticket/"+from, map[string]any{"MergeInto": into})
	}
	r.notes = func(t *testing.T, id, text string) int {
		a, err := admin.client.get(t.Context(), rtAPI+"/ticket/"+id+"/attachments", map[string][]string{"fields": {"Content"}, "per_page": {"100"}})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(a.body), text)
	}
	r.replies = func(t *testing.T, _, text string) int { return mails(t, server, text) }
	return r, server
}

func openRTFor(t *testing.T, s Settings) *rt {
	t.Helper()
	system, err := Open("rt", s, Options{Dialer: loopback, Requester: hashed, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	return system.(*rt)
}

func mustRT(t *testing.T, r *rt, method, path string, in any) {
	t.Helper()
	if _, err := r.client.send(t.Context(), method, rtAPI+path, in, nil); err != nil {
		t.Fatal(err)
	}
}

func reportRT(t *testing.T, r *rt, in map[string]any) string {
	t.Helper()
	var made struct {
		ID ident `json:"id"`
	}
	if _, err := r.client.send(t.Context(), http.MethodPost, rtAPI+"/ticket", in, &made); err != nil {
		t.Fatal(err)
	}
	return string(made.ID)
}

// mails counts messages sent that hold text.
func mails(t *testing.T, s *rttest.Server, text string) int {
	t.Helper()
	found, err := s.Mails(text)
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

// TestRealRT runs the contract against Request Tracker 5.
func TestRealRT(t *testing.T) {
	t.Parallel() // beside no other that talks to the one server
	r, _ := realRT(t)
	testContract(t, r)
}

// TestRealRTFields reads what a helpdesk fills in: place, category, telephone
// call, first answer, reopening.
func TestRealRTFields(t *testing.T) {
	r, _ := realRT(t)
	s := r.open(t).(*rt)
	id := reportRT(t, s, map[string]any{
		"Queue": "Desk", "Subject": "Bellen lukt niet", "Requestor": "balie@voorbeeld.example", "Content": "Sinds acht uur", "ContentType": "text/plain",
		"CustomFields": map[string]string{"Location": "Gebouw Noord", "Department": "Financiën", "Category": "Telefonie", "Channel": "Telefoon", "ReportedAt": "2026-11-20 08:05"},
	})
	mustRT(t, s, http.MethodPost, "/ticket/"+id+"/correspond", map[string]string{"Content": "Wij kijken ernaar", "ContentType": "text/plain"})
	for _, status := range []string{"resolved", "open"} {
		mustRT(t, s, http.MethodPut, "/ticket/"+id, map[string]string{"Status": status})
	}
	got, err := s.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got.Location != "Gebouw Noord" || got.Department != "Financiën" || got.Category != "Telefonie" || got.Channel != "phone" || !got.Shared {
		t.Errorf("read as %+v", got)
	}
	if want := time.Date(2026, 11, 20, 8, 5, 0, 0, time.UTC); !got.Reported.Equal(want) {
		t.Errorf("reported at %v, want %v", got.Reported, want)
	}
	if got.FirstResponse.IsZero() || got.Reopens != 1 || got.Status != "open" || got.SupportGroup != "Desk" {
		t.Errorf("first answer %v, reopened %d, status %s, group %s", got.FirstResponse, got.Reopens, got.Status, got.SupportGroup)
	}
}

// TestRealRTOwnReply: what we send the user is no first answer by a person.
func TestRealRTOwnReply(t *testing.T) {
	r, _ := realRT(t)
	s := r.open(t)
	id := r.report(t, "wifi traag")
	perform(t, s, Action{Do: "reply", Ticket: id, Mark: uid + "/linked/reply", Title: "HS-16", Text: "bekend"})
	got, err := s.Get(t.Context(), id)
	if err != nil || !got.FirstResponse.IsZero() {
		t.Errorf("first answer at %v, %v; want none", got.FirstResponse, err)
	}
}

// TestRealRTLimitedUser: a user without rights is refused, also where RT answers
// 200; Check names what it lacks, its time zone among that.
func TestRealRTLimitedUser(t *testing.T) {
	r, server := realRT(t)
	id := r.report(t, "printer stuk")
	settings := Settings{URL: server.URL, TokenFile: secretFile(t, server.Reader), CreateIn: "Outages"}
	settings.Write.PublicReply = "on"
	s := openRTFor(t, settings)
	for _, a := range []Action{
		{Do: "note", Ticket: id, Mark: uid + "/linked", Text: "x"},
		{Do: "link", Ticket: id, To: Target{Page: "https://headstart.example/i/HS-1"}},
		{Do: "make", Kind: "ticket", Mark: uid, Title: "x", Text: "x"},
	} {
		if _, err := Perform(t.Context(), s, a); !errors.Is(err, ErrForbidden) {
			t.Errorf("%s without the right: %v", a.Do, err)
		}
	}
	report, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lacks := strings.Join(report.Lacks, "\n")
	for _, want := range []string{"CommentOnTicket", "set Timezone of the integration user to UTC"} {
		if !strings.Contains(lacks, want) {
			t.Errorf("Check does not name %q: %s", want, lacks)
		}
	}
	if !slices.Contains(report.Inbound, "desk@rt.example") {
		t.Errorf("Check tells of the addresses %v, want that of the queue it may see: announcements must not be mailed there", report.Inbound)
	}
	settings.TokenFile = secretFile(t, "1-99-00000000000000000000000000000000")
	if _, err := openRTFor(t, settings).Check(t.Context()); !errors.Is(err, ErrAuth) {
		t.Errorf("a wrong token: %v", err)
	}
}

// TestRealRTHook: the scrip of docs/tickets/rt.md tells of a change, signed.
func TestRealRTHook(t *testing.T) {
	r, server := realRT(t)
	s := r.open(t)
	id := r.report(t, "scherm zwart")
	type hint struct {
		ids []string
		err error
		bad error
	}
	got := make(chan hint, 10)
	server.Hook(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		ids, err := s.Hint(req.Header, body, time.Now(), false)
		_, bad := s.Hint(req.Header, append(body, ' '), time.Now(), false)
		got <- hint{ids, err, bad}
	}))
	defer server.Hook(nil)
	r.touch(t, id)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	select {
	case h := <-got:
		if h.err != nil || len(h.ids) != 1 || h.ids[0] != id || !errors.Is(h.bad, ErrHook) {
			t.Errorf("hint %+v, want ticket %s, and ErrHook of a changed body", h, id)
		}
	case <-ctx.Done():
		t.Fatal("no hook came")
	}
}

// TestSignedStamp: a hook caught on the way is worth nothing later.
func TestSignedStamp(t *testing.T) {
	o := &opened{hook: []byte("a secret of sixteen bytes")}
	now := time.Unix(1_790_000_000, 0)
	body := []byte(`{"id":"7"}`)
	sign := func(stamp string) http.Header {
		mac := hmac.New(sha256.New, o.hook)
		mac.Write([]byte(stamp + "." + string(body)))
		return http.Header{headerStamp: {stamp}, headerSignature: {"sha256=" + hex.EncodeToString(mac.Sum(nil))}}
	}
	stamp := strconv.FormatInt(now.Unix(), 10)
	for name, test := range map[string]struct {
		h    http.Header
		at   time.Time
		fine bool
	}{
		"good":              {sign(stamp), now, true},
		"six minutes later": {sign(stamp), now.Add(6 * time.Minute), false},
		"no time":           {http.Header{headerSignature: sign(stamp)[headerSignature]}, now, false},
		"another time":      {http.Header{headerStamp: {strconv.FormatInt(now.Unix()+1, 10)}, headerSignature: sign(stamp)[headerSignature]}, now, false},
		"no signature":      {http.Header{headerStamp: {stamp}}, now, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := o.signedStamp(test.h, body, test.at); (err == nil) != test.fine {
				t.Errorf("%v", err)
			}
		})
	}
}
