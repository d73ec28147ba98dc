package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// The desk sends again what was given up: one message, or all of a channel. What the
// service refuses is named, and the rest still goes.
func TestDeadLetterCommands(t *testing.T) {
	var did []string
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprint(w, `{"dead_letters":[{"message":"c/noord/1/mail","place":"mail","plane":"users","why":"550 no such list","incident":"HS-3","title":{"nl":"Wifi werkt niet","en":"Wifi is down"}},
				{"message":"c/noord/0/mail","place":"mail","plane":"users","incident":"HS-3"},{"message":"d/zuid/0/mail","place":"mail","plane":"users","incident":"HS-4"},{"message":"e/operators/1/net","place":"net","plane":"operators"}]}`)
			return
		}
		var body struct {
			Message string `json:"message"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		did = append(did, strings.TrimPrefix(r.URL.Path, "/api/v1/dead-letters/")+" "+body.Message)
		switch body.Message {
		case "c/noord/0/mail": // went with the newer one
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"title":"no message"}`)
		case "d/zuid/0/mail":
			w.WriteHeader(http.StatusConflict)
			fmt.Fprint(w, `{"title":"it is over, and nobody there was told that it broke"}`)
		default:
			fmt.Fprint(w, `{"incident":"HS-3"}`)
		}
	}))
	defer service.Close()
	for _, tc := range []struct {
		args string
		code int
		says []string
		did  []string
	}{
		{"dead", 0, []string{"mail · aan gebruikers · HS-3 Wifi werkt niet", "550 no such list", "headstart channels resend c/noord/1/mail"}, nil},
		{"resend c/noord/1/mail", 0, []string{"HS-3"}, []string{"resend c/noord/1/mail"}},
		{"resend --channel mail", 2, []string{"c/noord/1/mail", "d/zuid/0/mail: it is over"}, []string{"resend c/noord/1/mail", "resend c/noord/0/mail", "resend d/zuid/0/mail"}},
		{"resend --channel net", 0, []string{"e/operators/1/net"}, []string{"resend e/operators/1/net"}},
		{"resend --channel fax", 1, []string{`nothing of "fax" was given up`}, nil},
		{"resend", 1, []string{"name one message, or --channel"}, nil},
		{"dismiss e/operators/1/net", 0, nil, []string{"dismiss e/operators/1/net"}},
	} {
		did = nil
		code, stdout, stderr := command(t, append([]string{"--config", configured(t, map[string]string{"headstart.yml": "data_dir: DIR\n"}), "channels"}, append(strings.Fields(tc.args), "--url", service.URL)...)...)
		if code != tc.code || !slices.Equal(did, tc.did) {
			t.Errorf("channels %s: exit %d, did %q; want %d, %q\n%s%s", tc.args, code, did, tc.code, tc.did, stdout, stderr)
		}
		for _, want := range tc.says {
			if !strings.Contains(stdout+stderr, want) {
				t.Errorf("channels %s says %q%q, want %q", tc.args, stdout, stderr, want)
			}
		}
	}
}
