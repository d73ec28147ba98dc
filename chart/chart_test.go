package chart

import (
	"encoding/xml"
	"errors"
	"flag"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/*.svg")

const evil = `"><script>alert(1)</script>` + "\u202e"

var pictures = map[string]template.HTML{
	"strip": Strip([]Bar{{Fine, "21 nov"}, {Partly, "22 nov"}, {Broken, "23 nov: 38 minuten"}, {Planned, "24 nov"}, {Unseen, "25 nov: niet gemeten"}, {Unsure, evil}}, "Wifi: 38 minuten storing"),
	"empty": Strip(nil, "niets"),
	"day":   Day([]Stretch{{12.25, 12.75, Planned}, {18, 20, Planned}, {23.99, 30, Planned}}, Stretch{From: 8, To: 17.5}, 8.4, "nu", "Vandaag gepland"),
	"small": (&Topology{
		Small: true, Label: "NRD-SW-02 antwoordt niet " + evil,
		Things: []Thing{
			{ID: "up", Text: "Kern", Level: Fine},
			{ID: "beside", Text: "Gebouw Zuid", Level: Fine},
			{ID: "cause", Text: "NRD-SW-02", Level: Broken, Cause: true},
			{ID: "a", Text: "14 wifi-punten", Level: Broken},
			{ID: "b", Text: "een naam die veel te lang is voor zo'n vakje", Level: Planned},
			{ID: "c", Text: evil, Level: Unsure},
		},
		Lines: []Arrow{{"up", "beside", false}, {"up", "cause", true}, {"cause", "a", true}, {"cause", "b", false}, {"cause", "nowhere", true}},
	}).Draw(),
	"key":      Key(Partly),
	"pairs":    Pairs([]Pair{{Name: "P1", Now: 40, Before: 80, Text: "40 min, was 1 u 20 min"}, {Name: "een naam die veel te lang is om er zo te staan", Now: .01, Text: "0 min", NoneBefore: true}, {Name: evil, Before: 20, Text: evil, None: true}, {Name: "P4", Now: -3}}, "Oplostijd "+evil),
	"none":     Pairs([]Pair{{Name: "P1"}}, "niets gemeten"),
	"topology": campus().Draw(), "circle": circle().Draw(),
	"spark": Spark([]Run{{Fine, 0}, {Fine, .25}, {Partly, 1}, {Broken, .1}, {Unseen, .9}, {Fine, 7}, {Fine, -1}}, "de laatste 7 keer "+evil),
}

func TestPictures(t *testing.T) {
	for name, svg := range pictures {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name+".svg")
			got := strings.ReplaceAll(string(svg), "><", ">\n<") + "\n"
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path) //nolint:gosec // our own golden file
			if err != nil {
				t.Fatalf("%v; write it with go test ./chart -update", err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("differs (-want +got); if it is right, run go test ./chart -update:\n%s", diff)
			}
			dec := xml.NewDecoder(strings.NewReader("<p>" + string(svg) + "</p>")) // some are two
			for {
				_, err := dec.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatalf("no valid SVG: %v", err)
				}
			}
			for _, bad := range []string{"style=", "<script", "onload"} {
				if strings.Contains(string(svg), bad) {
					t.Errorf("holds %s", bad)
				}
			}
			if !strings.Contains(string(svg), `role="img"`) && !strings.Contains(string(svg), `aria-hidden`) {
				t.Error("is neither an image with a name nor hidden")
			}
		})
	}
}

func TestPairsOfNothingAreNothing(t *testing.T) {
	if got := Pairs(nil, "leeg"); got != "" {
		t.Errorf("drew %s", got)
	}
}
