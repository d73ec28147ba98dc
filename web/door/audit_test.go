package door

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"headstart"
)

// acts is an audit log.
type acts struct{ got []headstart.Command }

func (a *acts) record(_ context.Context, c headstart.Command) error {
	a.got = append(a.got, c)
	return nil
}

// lines are what was done by whom on what, and whether it was.
func (a *acts) lines() (out []string) {
	for _, c := range a.got {
		out = append(out, strings.Join([]string{c.By, c.Kind, c.Ref, map[bool]string{true: "done", false: "refused"}[*c.Value]}, " "))
	}
	return out
}

func auditedDoor(t *testing.T, a *acts, change func(*Config)) *Door {
	t.Helper()
	c := DefaultConfig()
	withOneUser(&c)
	if change != nil {
		change(&c)
	}
	failing := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnprocessableEntity) })
	d, err := New(Options{Config: c, DataDir: t.TempDir(), Logger: slog.New(slog.DiscardHandler), Record: a.record}, append(testRoutes(),
		headstart.Route{Pattern: "POST /things/{name}/test", Scope: headstart.ScopeAdmin, Handler: http.NotFoundHandler(), Act: "channel-test"},
		headstart.Route{Pattern: "POST /again", Scope: headstart.ScopeAdmin, Handler: failing, Act: "reload"},
		headstart.Route{Pattern: "POST /boom", Scope: headstart.ScopeAdmin, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }), Act: "reload"},
		headstart.Route{Pattern: "POST /more", Scope: headstart.ScopeAdmin, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), Act: "reload"}))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLogInsAndAdminActsAreTakenDown(t *testing.T) {
	a := &acts{}
	d := auditedDoor(t, a, nil)
	v := visitorOf(t, d.Desk())
	login := func(name, secret string) {
		v.visit("POST", "/login", form(url.Values{"name": {name}, "password": {secret}}))
	}
	login("desk", "wrong")
	login("my-password-in-the-wrong-field", "x")
	login("desk", password)
	v.visit("POST", "/logout")
	v.visit("POST", "/login", form(url.Values{"token": {d.admin}}))
	v.visit("POST", "/things/mail-all/test")
	v.visit("POST", "/again")
	v.visit("POST", "/boom")
	v.visit("POST", "/more")
	call(d.Desk(), request("POST", "/more"))                           // nobody
	v.visit("POST", "/more", header("Origin", "https://evil.example")) // another site
	call(d.Desk(), request("POST", "/login/link", bearer(d.admin)))
	want := []string{
		"desk login-failed 127.0.0.1 refused", " login-failed 127.0.0.1 refused", "desk login password done", "desk logout  done", "admin login token done",
		"admin channel-test mail-all refused", "admin reload  refused", "admin reload  refused", "admin reload  done", "admin login-link  done",
	}
	if !slices.Equal(a.lines(), want) {
		t.Errorf("taken down:\n%s\nwant:\n%s", strings.Join(a.lines(), "\n"), strings.Join(want, "\n"))
	}
	for _, c := range a.got {
		if c.Do != "act" || c.ID == "" || c.Text != "" {
			t.Errorf("%+v, want a named act without a text", c)
		}
	}
}

func TestGuessingFillsNoAuditLog(t *testing.T) {
	a := &acts{}
	d := auditedDoor(t, a, nil)
	for range 200 {
		call(d.Desk(), request("POST", "/login", form(url.Values{"token": {token(16)}})))
	}
	if n := len(a.got); n == 0 || n > failuresRecorded+1 {
		t.Errorf("200 guesses make %d rows, want some and at most %d", n, failuresRecorded)
	}
}

// With the store down nobody could repair it if log-ins waited for it.
func TestAStoreThatIsDownKeepsNobodyOut(t *testing.T) {
	d := auditedDoor(t, &acts{}, nil)
	d.opts.Record = func(context.Context, headstart.Command) error { return errors.New("store is down") }
	if res := call(d.Desk(), request("POST", "/login", form(url.Values{"token": {d.admin}}))); res.StatusCode != http.StatusSeeOther {
		t.Errorf("log-in with the store down: %d", res.StatusCode)
	}
}
