package credentials

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// issuer answers each request for a token with what stands in answer, and counts them.
func issuer(t *testing.T, status *int, answer *string) (tokens *Tokens, asked *int) {
	t.Helper()
	asked = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked++
		for key, want := range map[string]string{"grant_type": "client_credentials", "client_id": "app", "client_secret": "s3cret", "scope": "mail"} {
			if got := r.PostFormValue(key); got != want {
				t.Errorf("%s is %q, want %q", key, got, want)
			}
		}
		if r.UserAgent() != "headstart" {
			t.Errorf("asked by %q", r.UserAgent())
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(*status)
		fmt.Fprint(w, strings.ReplaceAll(*answer, "#", fmt.Sprint(*asked)))
	}))
	t.Cleanup(server.Close)
	return NewTokens(OAuthClient{ID: "app", Secret: "s3cret", URL: server.URL, Scope: "mail", HTTP: server.Client()}), asked
}

// A token is kept until shortly before its end, or until it was refused.
func TestTokens(t *testing.T) {
	status, answer := http.StatusOK, `{"access_token":"tok-#","expires_in":3600}`
	tokens, asked := issuer(t, &status, &answer)
	want := func(token string, requests int) {
		t.Helper()
		if got, err := tokens.Token(t.Context()); got != token || err != nil || *asked != requests {
			t.Errorf("%q, %v after %d requests; want %q after %d", got, err, *asked, token, requests)
		}
	}
	want("tok-1", 1)
	want("tok-1", 1)
	tokens.Forget()
	answer = `{"access_token":"tok-#","expires_in":"120"}` // some write a number as text
	want("tok-2", 2)
	want("tok-3", 3) // two minutes are less than a turn of calls may take
	answer = `{"access_token":"tok-#"}`
	want("tok-4", 4)
	want("tok-4", 4) // of one without an end nothing is known: it is good until it is refused
}

// A refusal says its code and, where Entra's number has one, the remedy; nothing of what
// was sent or answered. One that comes with status 200 is none the less one.
func TestTokensRefused(t *testing.T) {
	for name, test := range map[string]struct {
		status       int
		answer, code string
		want         string
	}{
		"an ended secret": {401, `{"error":"invalid_client","error_description":"tenant 1234","error_codes":[7000222]}`, "invalid_client", "answered 401: AADSTS7000222, the client secret has ended"},
		"another number":  {400, `{"error":"invalid_scope","error_codes":[1]}`, "invalid_scope", "answered 400"},
		"with status 200": {200, `{"error":"invalid_client"}`, "invalid_client", "answered 200"},
		"a page":          {503, `<html>tenant 1234</html>`, "", "answered 503"},
	} {
		tokens, _ := issuer(t, &test.status, &test.answer)
		_, err := tokens.Token(t.Context())
		refused, is := errors.AsType[*Refused](err)
		if !is || refused.Code != test.code || refused.Response.StatusCode != test.status || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "1234") {
			t.Errorf("%s: %v, want a refusal %q with %q and nothing of the tenant", name, err, test.code, test.want)
		}
	}
	for name, answer := range map[string]string{"nothing": `{}`, "a page to log in": `<html>planted`} {
		status := http.StatusOK
		tokens, _ := issuer(t, &status, &answer)
		if _, err := tokens.Token(t.Context()); !errors.Is(err, ErrNoToken) || strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: %v, want ErrNoToken", name, err)
		}
	}
	gone := NewTokens(OAuthClient{URL: "http://127.0.0.1:1/secret-path", HTTP: &http.Client{Transport: http.DefaultTransport}})
	if _, err := gone.Token(t.Context()); err == nil || errors.Is(err, ErrNoToken) || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("%v of an address where nobody listens; want the connection's error without the address", err)
	}
}
