package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"headstart"
)

// A request to forget names exactly one thing, and comes from an administrator; whom it
// was about is not said back.
func TestAPIForget(t *testing.T) {
	admin := headstart.Identity{Name: "petra", Role: "admin", Scopes: []headstart.Scope{headstart.ScopeAdmin}}
	var got []ForgetRequest
	var fail error
	call := testAPI(t, &apiDesk{}, func(o *APIOptions) {
		o.Forget = func(_ context.Context, f ForgetRequest) (Forgotten, error) {
			got = append(got, f)
			return Forgotten{Tickets: 2, Remains: []Remains{{Where: "backups"}}}, fail
		}
	})
	for want, bodies := range map[int][]string{
		200: {`{"ticket":"rt/101"}`, `{"requester":"jansen"}`, `{"email":"j.jansen@example.org"}`},
		400: {`[]`},
		422: {
			`{}`, `{"ticket":"101"}`, `{"ticket":"rt/"}`, `{"email":"jansen"}`, `{"email":"@"}`, `{"name":"Jansen"}`,
			`{"ticket":"rt/101","requester":"jansen"}`, `{"requester":"` + strings.Repeat("x", 300) + `"}`,
		},
	} {
		for _, body := range bodies {
			if res := call(admin, "POST", "/api/v1/forget", body); res.StatusCode != want {
				t.Errorf("%.60s: %d, want %d", body, res.StatusCode, want)
			}
		}
	}
	if len(got) != 3 || got[0].By != "petra" || got[0].ID == "" || got[0].ID == got[1].ID {
		t.Errorf("asked to forget %+v; want three requests of petra, each with an id", got)
	}
	for err, want := range map[error]int{ErrForgetElsewhere: 409, errors.New("the disk is full"): 503} {
		fail = err
		res := call(admin, "POST", "/api/v1/forget", `{"email":"j.jansen@example.org"}`)
		b, _ := io.ReadAll(res.Body)
		if res.StatusCode != want || strings.Contains(string(b), "jansen") {
			t.Errorf("%v: %d %s, want %d and no name", err, res.StatusCode, b, want)
		}
	}
	for _, rt := range NewAPI(APIOptions{View: headstart.NewView(), Do: (&apiDesk{}).do, Logger: slog.New(slog.DiscardHandler)}).Routes() {
		if (strings.HasSuffix(rt.Pattern, "/forget") || strings.HasSuffix(rt.Pattern, "/audit")) && rt.Scope != headstart.ScopeAdmin {
			t.Errorf("%s has scope %s, want admin", rt.Pattern, rt.Scope)
		}
	}
}
