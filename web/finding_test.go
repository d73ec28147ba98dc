package web

import (
	"testing"

	"headstart/lang"
)

// TestFindingsInTheReadersLanguage: what doctor found is said in the reader's language; where
// one half of it is somebody else's words, both stay as they are and are marked as English.
func TestFindingsInTheReadersLanguage(t *testing.T) {
	f := HealthFinding{"channels: none", "users only see the status page; add a channel of type email"}
	want := HealthNote{Level: "amber", Text: "kanalen: geen", Remedy: "gebruikers zien alleen de statuspagina; voeg een kanaal van type email toe", Lang: "nl"}
	if got := f.note(lang.New("nl", nil)); got != want {
		t.Errorf("in Dutch it is %+v, want %+v", got, want)
	}
	if got := f.note(lang.New("en", nil)); got.Text != f.What || got.Remedy != f.Remedy || got.Lang != "en" {
		t.Errorf("in English it is %+v", got)
	}
	f.Remedy = "ask the vendor"
	if got := f.note(lang.New("nl", nil)); got.Text != f.What || got.Remedy != f.Remedy || got.Lang != "en" {
		t.Errorf("half of it cannot be said in Dutch, and it is %+v", got)
	}
}
