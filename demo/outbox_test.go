package demo

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func deliver(o *Outbox, body string) int {
	rec := httptest.NewRecorder()
	o.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
	return rec.Code
}

// TestOutbox: a message that comes twice is one, and the oldest give way to the newest.
func TestOutbox(t *testing.T) {
	var o Outbox
	for n := range mostMessages + 5 {
		for range 2 {
			if code := deliver(&o, fmt.Sprintf(`{"version":1,"id":"m%d","audience":"noord","text":{"nl":{"title":"Printen lukt niet"}}}`, n)); code != http.StatusOK {
				t.Fatalf("message %d: %d", n, code)
			}
		}
	}
	list := o.Messages()
	if len(list) != mostMessages || list[0].ID != "m5" || list[0].Text["nl"].Title != "Printen lukt niet" {
		t.Errorf("%d messages, the first is %q", len(list), list[0].ID)
	}
}

// FuzzOutbox: whatever is posted is a message or a refusal.
func FuzzOutbox(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"id":"x"}`, `{"id":"x","text":{"nl":null}}`, `[1]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var o Outbox
		code := deliver(&o, body)
		if kept := len(o.Messages()); code == http.StatusOK && kept != 1 || code != http.StatusOK && (kept != 0 || code != http.StatusBadRequest) {
			t.Errorf("%d, %d kept", code, kept)
		}
	})
}
