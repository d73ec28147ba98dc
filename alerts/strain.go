package alerts

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"headstart"
)

// A Strain is why this process takes in less than it is sent for now. The zero value is
// none.
type Strain string

// The strains, as headstart_ingest_rejected_total names them.
const (
	StrainMemory Strain = "memory" // what it remembers comes near to what it may take
	StrainLag    Strain = "lag"    // decisions are minutes behind what was accepted
)

// strained says that news were left out. The sender still has them and is told so.
type strained struct {
	strain Strain
	alerts int
}

func (s *strained) Error() string {
	why := "decisions are behind what was accepted"
	if s.strain == StrainMemory {
		why = "memory is short"
	}
	return fmt.Sprintf("%s: %d new or changed alerts left out", why, s.alerts)
}

// withoutNews leaves out of what is to be written what would open or change something, and
// says so in its error. What goes first under strain is what makes it smaller or costs
// nothing: the end of an alert that fires, the word that one still does, signs of life. An
// alert that fires and changed is kept alive, and its change comes with what is sent again.
func (a *API) withoutNews(strain Strain, news []*arrival, verdicts []verdict, now time.Time) ([]*arrival, []verdict, error) {
	var left []*arrival
	var of []verdict
	held := 0
	for i, arr := range news {
		v := verdicts[i]
		switch {
		case v == refresh || arr.watchdog:
		case !a.filter.fires(arr, now):
			held++
			continue
		case arr.firing:
			held++
			v = lives
		}
		left, of = append(left, arr), append(of, v)
	}
	if held == 0 {
		return news, verdicts, nil
	}
	return left, of, &strained{strain, held}
}

// withoutNewDeliveries is withoutNews of a webhook's, whose alerts stay alive until they
// are said to have ended.
func (a *API) withoutNewDeliveries(strain Strain, news []*arrival, now time.Time) ([]*arrival, error) {
	var left []*arrival
	for _, arr := range news {
		if arr.watchdog || !arr.firing && a.filter.fires(arr, now) {
			left = append(left, arr)
		}
	}
	if len(left) == len(news) {
		return news, nil
	}
	return left, &strained{strain, len(news) - len(left)}
}

// fires reports whether the log holds a of its origin as firing, as far as this process
// knows. One that fires on and that was decided to be over is news.
func (f *filter) fires(a *arrival, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, believed := f.find(a), !now.Before(f.doubt)
	v, known := f.view.Alert(a.name())
	if s != nil {
		return s.firing && !(a.firing && believed && known && !v.Firing)
	}
	_, promised := v.Origins[a.origin]
	return believed && known && v.Firing && promised
}

// notStored answers what the log did not take. Nothing of it may be answered
// 2xx, whatever the error: only the sender still has the alerts.
func (a *API) notStored(w http.ResponseWriter, from string, n int, err error) {
	reason, of := "store", &strained{}
	switch {
	case errors.As(err, &of):
		reason, n = string(of.strain), of.alerts
	case errors.Is(err, headstart.ErrFull):
		reason = "full"
	}
	a.metrics.rejected.WithLabelValues(reason).Add(float64(n))
	a.complaints.Do(func() { // a flood must not fill the log of this program, too
		a.logger.Error("alerts not stored; the sender was told to send them again", "source", from, "alerts", n, "err", err)
	})
	w.Header().Set("Retry-After", "5")
	writeJSON(w, http.StatusServiceUnavailable, "alerts not stored; send them again")
}
