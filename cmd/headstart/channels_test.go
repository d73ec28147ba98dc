package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The whole way of a test message: from the command to the service, and what is
// said when the service is not there or the name is wrong.
func TestChannelsCommand(t *testing.T) {
	var got string
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = string(body)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer hook.Close()
	file := configured(t, map[string]string{"headstart.yml": fmt.Sprintf(`data_dir: DIR
channels:
  - {name: teams, type: teams, url: "%s/s3cret", audiences: [noord]}
  - {name: gone, type: mattermost, url: "http://127.0.0.1:1/s3cret"}
audiences: [{id: noord}]
`, hook.URL)})
	for _, tc := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"channels", "list"}, 0, "teams                teams          posts                  noord"},
		{[]string{"channels", "test", "teams"}, 0, "took the test message"},
		{[]string{"channels", "test", "gone"}, 1, "channel gone: mattermost: "},
		{[]string{"channels", "test", "teasm"}, 2, "no channel is named"},
		{[]string{"config", "show"}, 0, "name: teams"},
	} {
		code, stdout, stderr := command(t, append([]string{"--config", file}, tc.args...)...)
		if code != tc.code || !strings.Contains(stdout+stderr, tc.says) || strings.Contains(stdout+stderr, "s3cret") {
			t.Errorf("%v: %d\n%s%s\nwant %d and %q, and no secret", tc.args, code, stdout, stderr, tc.code, tc.says)
		}
	}
	if !strings.Contains(got, "TEST: dit is geen storing") || !strings.Contains(got, "AdaptiveCard") {
		t.Errorf("the service got %s", got)
	}
}
