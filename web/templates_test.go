package web

import (
	"log/slog"
	"testing"

	"headstart"
)

// TestTemplatesParse: each is parsed when it is first shown, which is too late to learn
// that it cannot be.
func TestTemplatesParse(t *testing.T) {
	n := 0
	for _, pages := range New(Options{View: headstart.NewView(), Config: DefaultConfig(), Logger: slog.New(slog.DiscardHandler)}).pages {
		for name, parsed := range pages {
			if parsed().Lookup("layout.html") == nil && name != "wall" {
				t.Errorf("%s has no layout", name)
			}
			n++
		}
	}
	if n < 2*len(deskPages) {
		t.Errorf("%d templates, want each of %d pages in both languages", n, len(deskPages))
	}
}
