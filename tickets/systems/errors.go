package systems

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What calls fail with.
var (
	ErrAuth        = errors.New("the ticket system refuses our credentials")
	ErrForbidden   = errors.New("our user may not do this")
	ErrNotFound    = errors.New("no such ticket")
	ErrMalformed   = errors.New("the answer is not what the ticket system documents")
	ErrRefused     = errors.New("the ticket system refuses the request")
	ErrUnsupported = errors.New("this ticket system cannot do that")
	ErrUnverified  = errors.New("the ticket system accepted it, but does not show it")
	ErrHook        = errors.New("the hook does not prove who sent it")
)

// RateLimited says that the system wants to be left alone.
type RateLimited struct{ After time.Duration }

func (e *RateLimited) Error() string {
	return fmt.Sprintf("the ticket system asks to wait %s", e.After)
}

// Permanent reports whether trying again cannot help.
func Permanent(err error) bool {
	for _, target := range []error{ErrForbidden, ErrNotFound, ErrRefused, ErrUnsupported, ErrUnverified} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// The wait asked for is kept between these; without a header it is the default.
const (
	longestWait = time.Hour
	defaultWait = time.Minute
)

// retryAfter reads the header of RFC 9110 section 10.2.3: seconds or a date. A
// date is compared with the answer's own, so that a clock that is off cancels out.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	wait := defaultWait
	if s, err := strconv.ParseFloat(v, 64); err == nil && s == s {
		wait = time.Duration(min(max(s, 0), longestWait.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(v); err == nil {
		if server, err := http.ParseTime(h.Get("Date")); err == nil {
			now = server
		}
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestWait)
}
