package notify

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"headstart"
)

// ntfyFake is a server with one topic (docs.ntfy.sh/publish, as JSON). It shows
// one message for each sequence id, unless it is older than 2.16.
type ntfyFake struct {
	*strict
	old   bool
	shown []ntfyMessage
	rang  int // messages that came with more than the lowest priority
}

func startNtfy(t *testing.T) (*ntfyFake, Channel) {
	f := &ntfyFake{}
	sequence := regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)
	f.strict = serve(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		var m ntfyMessage
		switch {
		case r.Header.Get("Authorization") != "Bearer tk_s3cret":
			w.WriteHeader(http.StatusForbidden)
			return
		case r.URL.Path != "/" || r.Method != http.MethodPost || !takes(t, r, body, &m):
			w.WriteHeader(http.StatusBadRequest)
			return
		case m.Topic != "storingen" || m.Message == "" || len(m.Message) > 4096 || !sequence.MatchString(m.Sequence) || m.Priority < 1 || m.Priority > 5:
			t.Errorf("the server does not take %+v", m)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		f.put(m)
		seq := fmt.Sprintf(`,"sequence_id":%q`, m.Sequence)
		if f.old {
			seq = ""
		}
		fmt.Fprintf(w, `{"id":"sPs71M8A2T%d","time":1763880000,"event":"message","topic":"storingen"%s}`, len(f.calls), seq)
	})
	return f, built(t, ChannelConfig{Type: "ntfy", URL: f.url + "/storingen", TokenFile: secretFile(t, "tk_s3cret")})
}

func (f *ntfyFake) put(m ntfyMessage) {
	if m.Priority > 1 {
		f.rang++
	}
	for i := range f.shown {
		if !f.old && f.shown[i].Sequence == m.Sequence {
			f.shown[i] = m
			return
		}
	}
	f.shown = append(f.shown, m)
}

// All of an announcement is one message on the phone; silent updates make no sound.
func TestNtfyReplaces(t *testing.T) {
	f, c := startNtfy(t)
	other := notice(1, headstart.Investigating)
	other.UID = "77aa"
	talk(t, c, notice(1, headstart.Investigating), silently(notice(2, headstart.Identified)), notice(3, headstart.Solved))
	talk(t, c, other)
	if len(f.shown) != 2 || f.rang != 3 {
		t.Errorf("%d messages shown and %d rang, want one for each of two announcements and three sounds", len(f.shown), f.rang)
	}
	if m := f.shown[0]; m.Title != "Kopiëren lukt niet" || m.Click != "https://storing.example.org/HS-12" || !strings.Contains(m.Message, "Copying does not work") || m.Tags[0] != "white_check_mark" {
		t.Errorf("%+v; want the last words in both languages and the way to the status page", m)
	}
}

// A server before 2.16 would show every update as a new message: it gets the loud
// ones only.
func TestNtfyOldServer(t *testing.T) {
	f, c := startNtfy(t)
	f.old = true
	talk(t, c, notice(1, headstart.Investigating), silently(notice(2, headstart.Identified)), notice(3, headstart.Solved))
	if len(f.shown) != 2 {
		t.Errorf("%d messages shown, want two: the silent one is not sent", len(f.shown))
	}
}

// An attempt whose answer was lost is repeated and shown once.
func TestNtfyLostAnswer(t *testing.T) {
	f, c := startNtfy(t)
	f.next(trouble{lost: true})
	if _, err := c.Post(t.Context(), notice(1, headstart.Investigating)); sortOf(err) != "again" {
		t.Fatalf("%v, want to try again", err)
	}
	talk(t, c, again(notice(1, headstart.Investigating)))
	if len(f.shown) != 1 {
		t.Errorf("%d messages shown, want one", len(f.shown))
	}
	wantHTTPManners(t, f.strict, c)
}

func TestNtfyText(t *testing.T) {
	f, c := startNtfy(t)
	talk(t, c, huge())
	if m := f.shown[0]; !strings.Contains(m.Message, "…") || len(m.Message) > 4096 {
		t.Errorf("%d bytes, want fewer than a server makes a file of, and a mark of the cut", len(m.Message))
	}
	f.next(trouble{answer: func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>log in</html>")) }})
	if _, err := c.Post(t.Context(), notice(1, headstart.Investigating)); err == nil || !strings.Contains(err.Error(), "is url that of a topic") {
		t.Errorf("%v, want an answer that is no server's refused", err)
	}
}

func TestNtfyTopic(t *testing.T) {
	for address, want := range map[string]string{
		"https://ntfy.example.org/storingen":      "https://ntfy.example.org storingen",
		"https://example.org/push/storingen":      "https://example.org/push storingen",
		"https://ntfy.example.org":                "",
		"https://ntfy.example.org/":               "",
		"https://ntfy.example.org/met spatie":     "",
		"https://ntfy.example.org/topic?auth=abc": "",
	} {
		server, topic, err := ntfyTopic(address)
		if got := strings.TrimSpace(server + " " + topic); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v; want %q", address, got, err, want)
		}
	}
}

func FuzzNtfyAnswer(f *testing.F) {
	f.Add([]byte(`{"id":"a","sequence_id":"b"}`))
	f.Add([]byte(`{"code":42901,"http":429,"error":"limit reached"}`))
	f.Fuzz(func(t *testing.T, reply []byte) {
		if seq, err := readNtfy(reply); err != nil && seq != "" {
			t.Errorf("%q: %q and %v; want one of the two", reply, seq, err)
		}
	})
}

func FuzzHandle(f *testing.F) {
	f.Add([]byte(`{"channel":"C1","ts":"1"}`))
	f.Fuzz(func(t *testing.T, h []byte) {
		if at, err := readSlackHandle(json.RawMessage(h)); err == nil && (at.Channel == "" || at.TS == "") {
			t.Errorf("%q is taken for a handle and finds no message", h)
		}
	})
}
