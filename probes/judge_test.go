package probes

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// Runs are letters: o ok, w warn, x down, u unknown. In want a letter says that
// this run confirmed that verdict, a dot that it confirmed nothing.
func TestJudge(t *testing.T) {
	verdicts := map[rune]headstart.Verdict{'o': headstart.OK, 'w': headstart.Warn, 'x': headstart.Down, 'u': headstart.Unknown}
	for name, tc := range map[string]struct{ runs, want string }{
		"a first success is believed":           {"oo", "o."},
		"a first warning too":                   {"ww", "w."},
		"a first failure is not":                {"xxxx", "..x."},
		"failures must stand in a row":          {"oxxoxxoxxx", "o........x"},
		"so must successes":                     {"xxxoxoxoo", "..x.....o"},
		"ok and warn are both successes":        {"xxxow", "..x.w"},
		"a warning is no passing thing":         {"owoww", "o...w"},
		"unknown adds nothing":                  {"oxux", "o..."},
		"unknown breaks nothing":                {"oxuxux", "o....x"},
		"unknown three times is told":           {"ouuuu", "o..u."},
		"unknown must stand in a row":           {"ouuouu", "o....."},
		"from unknown to down":                  {"uuuxxx", "..u..x"},
		"from unknown back":                     {"uuuoo", "..u.o"},
		"one failure between is not the second": {"oxoxoxx", "o......"},
	} {
		t.Run(name, func(t *testing.T) {
			var j judge
			var got strings.Builder
			for _, r := range tc.runs {
				if j.take(verdicts[r], time.Now(), 3, 2) {
					if j.confirmed != verdicts[r] {
						t.Fatalf("confirmed %s by a run that found %s", j.confirmed, verdicts[r])
					}
					got.WriteRune(r)
				} else {
					got.WriteByte('.')
				}
			}
			if got.String() != tc.want {
				t.Errorf("runs %s\ngot  %s\nwant %s", tc.runs, got.String(), tc.want)
			}
		})
	}
}
