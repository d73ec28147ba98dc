package incidents

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
)

// TestEngineTakesOverFromAnotherVersion covers ruling 8 and the lease: what a version of the
// rules decided names it, so the next one says that it is another.
func TestEngineTakesOverFromAnotherVersion(t *testing.T) {
	for name, c := range map[string]struct {
		row  string
		want string
	}{
		"of a version that did not say": {`{"v":1,"decisions":7,"hash":"ab"}`, fmt.Sprintf("1 to %d", headstart.EngineVersion)},
		"of a later one":                {fmt.Sprintf(`{"v":1,"decisions":7,"hash":"ab","engine":%d,"rules":"sha256:cd"}`, headstart.EngineVersion+1), fmt.Sprintf("%d to %d", headstart.EngineVersion+1, headstart.EngineVersion)},
		"of the same":                   {fmt.Sprintf(`{"v":1,"decisions":7,"hash":"ab","engine":%d}`, headstart.EngineVersion), ""},
		"a first start":                 {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShelf()
				if c.row != "" {
					s.rows[[2]string{headstart.TableClock, placeKey}] = []byte(c.row)
				}
				var said bytes.Buffer
				e := engineOn(s, prometheus.NewPedanticRegistry(), func() Correlator { return &script{} })
				e.logger = slog.New(slog.NewTextHandler(&said, nil))
				stop := run(t, e)
				time.Sleep(time.Second)
				stop()
				if got := strings.Contains(said.String(), "another version of the rules takes over"); got != (c.want != "") || !strings.Contains(said.String(), c.want) {
					t.Errorf("logged %q; want %q", said.String(), c.want)
				}
			})
		})
	}
	now, err := ReadStanding(headstart.Row{Key: placeKey, Val: []byte(`{"v":1,"decisions":7,"hash":"ab","engine":2,"rules":"sha256:cd"}`)})
	if err != nil || now != (Standing{Decisions: 7, Hash: "sha256:ab", Engine: 2, Rules: "sha256:cd"}) {
		t.Errorf("standing is %+v, %v", now, err)
	}
	if now, err := ReadStanding(headstart.Row{Key: placeKey, Val: []byte(`{"v":1}`)}); err != nil || now.Engine != 1 {
		t.Errorf("of a row that does not say the version is %d, %v; want 1", now.Engine, err)
	}
}
