package notify

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headstart"
	"headstart/notify/smtptest"
)

// graphFake is a tenant with one application and one mailbox: the token's address
// of Microsoft Entra and sendMail of Graph (learn.microsoft.com).
type graphFake struct {
	*strict
	mails   []*mail.Message
	tokens  int    // given out
	revoked bool   // the token given out last is no longer taken
	refuse  string // of the token's address: an error code
}

func startGraph(t *testing.T) (*graphFake, Channel) {
	f := &graphFake{}
	f.strict = serve(t, f.answer)
	c := built(t, ChannelConfig{
		Type: "graph", URL: f.url, From: "Storingen <storing@example.org>", To: []string{"medewerkers@example.org"},
		TokenURL: f.url + "/tenant/oauth2/v2.0/token", ClientID: "app-1", ClientSecretFile: secretFile(t, "cl s3cret"),
	})
	c.(*graph).caller.pace.gap = 0
	return f, c
}

func (f *graphFake) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	switch r.URL.Path {
	case "/tenant/oauth2/v2.0/token":
		f.giveToken(w, r, body)
	case "/v1.0/users/storing@example.org/sendMail":
		raw, err := base64.StdEncoding.DecodeString(string(body))
		m, bad := mail.ReadMessage(bytes.NewReader(raw))
		switch {
		case r.Header.Get("Authorization") != fmt.Sprintf("Bearer tok%d", f.tokens) || f.revoked:
			w.WriteHeader(http.StatusUnauthorized)
		case r.Header.Get("Content-Type") != "text/plain" || err != nil || bad != nil || m.Header.Get("To") == "" || len(raw) > 4<<20:
			f.t.Errorf("no mail as MIME in base64: %v %v", err, bad)
			w.WriteHeader(http.StatusBadRequest)
		default:
			f.mails = append(f.mails, m)
			w.WriteHeader(http.StatusAccepted)
		}
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (f *graphFake) giveToken(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	form := string(body)
	for _, want := range []string{"grant_type=client_credentials", "client_id=app-1", "client_secret=cl+s3cret", "scope="} {
		if !strings.Contains(form, want) {
			f.t.Errorf("the token is asked for with %q, want %q in it", form, want)
		}
	}
	if f.refuse != "" {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error":%q,"error_description":"AADSTS7000222: secret of tenant 1234 s3cret ended"}`, f.refuse)
		return
	}
	f.tokens++
	f.revoked = false
	fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3599,"access_token":"tok%d"}`, f.tokens)
}

// Mail by Graph is the same mail as over SMTP: one thread, our own ids.
func TestGraph(t *testing.T) {
	f, c := startGraph(t)
	talk(t, c, notice(1, headstart.Investigating), silently(notice(2, headstart.Progress)), notice(3, headstart.Solved))
	if len(f.mails) != 2 || f.tokens != 1 {
		t.Fatalf("%d mails with %d tokens, want two with one", len(f.mails), f.tokens)
	}
	first, last := f.mails[0].Header, f.mails[1].Header
	if first.Get("Message-ID") == "" || last.Get("In-Reply-To") != first.Get("Message-ID") || first.Get("Auto-Submitted") != "auto-generated" || first.Get("To") != "<medewerkers@example.org>" {
		t.Errorf("headers %v and %v, want a thread of mails that say who they are", first, last)
	}
	wantHTTPManners(t, f.strict, c)
}

// A token that is refused is fetched anew, once; rights that lack and a secret that
// ended are waited for, and say what to do.
func TestGraphTokens(t *testing.T) {
	f, c := startGraph(t)
	talk(t, c, notice(1, headstart.Investigating))
	f.revoked = true
	talk(t, c, notice(2, headstart.Investigating))
	if f.tokens != 2 || len(f.mails) != 2 {
		t.Errorf("%d tokens, %d mails; want a second token and the mail sent with it", f.tokens, len(f.mails))
	}
	f.next(status(403, ""))
	if _, err := c.Post(t.Context(), notice(3, headstart.Investigating)); sortOf(err) != "again" || !strings.Contains(err.Error(), "Mail.Send") {
		t.Errorf("%v, want another attempt and the right that lacks", err)
	}
	f.refuse, f.revoked = "invalid_client", true
	_, err := c.Post(t.Context(), notice(4, headstart.Investigating))
	if sortOf(err) != "again" || !strings.Contains(err.Error(), "invalid_client; correct client_id") || strings.Contains(err.Error(), "1234") {
		t.Errorf("%v, want another attempt, the remedy, and nothing of the tenant", err)
	}
	f.next(status(429, "9"))
	if _, err := c.Post(t.Context(), notice(4, headstart.Investigating)); sortOf(err) != "wait" {
		t.Errorf("%v of the token's address, want to wait", err)
	}
}

// SMTP with a token instead of a password, as Exchange Online asks.
func TestEmailWithToken(t *testing.T) {
	f := &graphFake{}
	f.strict = serve(t, f.answer)
	sink := smtptest.Start(t)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, sink.Secure(t, "storing@example.org", "tok2"), 0o600); err != nil {
		t.Fatal(err)
	}
	sink.Tokens()
	c := built(t, ChannelConfig{
		Type: "email", Smarthost: sink.Addr, From: "storing@example.org", To: []string{"noord@example.org"}, Username: "storing@example.org",
		TokenURL: f.url + "/tenant/oauth2/v2.0/token", ClientID: "app-1", ClientSecretFile: secretFile(t, "cl s3cret"), CAFile: ca,
	})
	if _, err := c.Post(t.Context(), notice(1, headstart.Investigating)); sortOf(err) != "again" {
		t.Fatalf("%v: the server does not take the first token; want another attempt", err)
	}
	talk(t, c, again(notice(1, headstart.Investigating)))
	if m := sink.Mails(); len(m) != 1 || !m[0].Encrypted || m[0].User != "storing@example.org" {
		t.Errorf("%d mails, want one by the user of the token", len(m))
	}
}

// The keys of an OAuth client are complete or absent.
func TestClientKeys(t *testing.T) {
	base := ChannelConfig{Name: "a", Type: "graph", From: "a@b.nl", To: []string{"c@b.nl", "d@b.nl"}, ClientID: "x", URL: "nowhere"}
	err := Config{Channels: []ChannelConfig{base}}.Validate()
	for _, want := range []string{"client_id and client_secret_file belong together", "set one of tenant", "make a distribution list", "url is not an http"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q among them", err, want)
		}
	}
	smtp := ChannelConfig{Name: "a", Type: "email", Smarthost: "h:25", From: "a@b.nl", To: []string{"c@b.nl"}, Tenant: "t", ClientID: "x", ClientSecretFile: "f"}
	if err := (Config{Channels: []ChannelConfig{smtp}}).Validate(); err == nil || !strings.Contains(err.Error(), "name the mailbox in username") {
		t.Errorf("%v; want the user named", err)
	}
}
