package notify

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"headstart"
)

// An incoming webhook of Mattermost posts each loud update, as Markdown in which
// nothing of outside is read as such (ruling 45).
func TestMattermost(t *testing.T) {
	var got []string
	f := serve(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		var m mattermostMessage
		if r.URL.Path != "/hooks/s3cret" || !takes(t, r, body, &m) || m.Text == "" || utf8.RuneCountInString(m.Text) > 16383 {
			t.Errorf("%s %.200s is not taken", r.URL.Path, body)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		got = append(got, m.Text)
		_, _ = w.Write([]byte("ok"))
	})
	c := built(t, ChannelConfig{Type: "mattermost", URL: f.url + "/hooks/s3cret"})
	talk(t, c, notice(1, headstart.Investigating), silently(notice(2, headstart.Progress)), notice(3, headstart.Solved), wild(), huge())
	if len(got) != 4 {
		t.Fatalf("%d posts, want four: the silent one is not sent", len(got))
	}
	if !strings.HasPrefix(got[0], "#### Kopiëren lukt niet\n") || !strings.Contains(got[0], "\n---\n") || !strings.Contains(got[0], "[Read more on the status page](https://storing.example.org/HS-12)") {
		t.Errorf("%s\nwant both languages, Dutch first, and the link", got[0])
	}
	for _, bad := range []string{"@channel", "@all", "@jan", "[x](", " *b*", " _i_", " `c`"} {
		if strings.Contains(got[2], bad) {
			t.Errorf("%q is read as markup or a mention in\n%s", bad, got[2])
		}
	}
	if !strings.Contains(got[3], "…") || strings.Count(got[3], "https://storing.example.org/HS-12") != 2 {
		t.Error("the long post has no mark of the cut or lost its links")
	}
	wantHTTPManners(t, f, c)
}

func TestUnmarked(t *testing.T) {
	for in, want := range map[string]string{
		"e-mail is traag, ook thuis (wifi)": "e-mail is traag, ook thuis (wifi)",
		"- een\n+ twee\n3. drie":            "\\- een\n\\+ twee\n3\\. drie",
		"# kop ~kanaal":                     `\# kop \~kanaal`,
		"08:30 [x](http://evil.example)":    `08:30 \[x\](http://evil.example)`,
		"mail a@b.nl, niet @jan":            "mail a@b.nl, niet @\u200bjan",
	} {
		if got := unmarked(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
