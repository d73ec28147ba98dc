package web

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// withGuide makes the pages of a world those of a demonstration, in which somebody
// writes markup.
func withGuide(w *world) func(*Options) {
	return func(o *Options) {
		o.Guide = &Guide{
			Speed: 60,
			Story: func(language string) []GuideLine {
				return []GuideLine{{w.now, "said in " + language + " <b>loud</b>"}}
			},
			Outbox: func(language string) []GuideMessage {
				return []GuideMessage{{w.now.Add(time.Minute), "noord", "Printen lukt niet <i>", "Wat merkt u?\nU kunt niet printen."}}
			},
		}
	}
}

// TestGuide: every page of a demonstration says that it is one, /demo leads through it
// in both languages, and the real thing has neither.
func TestGuide(t *testing.T) {
	w := badMonday(t)
	shown, plain := serve(w.site(withGuide(w)), desk), serve(w.site(), desk)
	for path, words := range map[string][]string{
		"/":             {"Demonstratie: een verzonnen organisatie.", "De klok loopt 60 keer zo snel.", `href="/demo"`},
		"/demo":         {"Kijk eerst hier", `href="/morning"`, "said in nl &lt;b&gt;loud", "Printen lukt niet &lt;i&gt;", "U kunt niet printen."},
		"/demo?lang=en": {"Look here first", "said in en", "Messages sent"},
	} {
		body := get(t, shown, path, http.StatusOK)
		for _, word := range words {
			if !strings.Contains(body, word) {
				t.Errorf("%s lacks %q", path, word)
			}
		}
	}
	if strings.Contains(get(t, plain, "/", http.StatusOK), "Demonstratie") {
		t.Error("the board of the real thing says that it is a demonstration")
	}
	get(t, plain, "/demo", http.StatusNotFound)
}
