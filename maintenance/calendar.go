package maintenance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/maintenance/ical"
)

// Bounds of ruling 44, and how far ahead calendars are read.
const (
	fetchTimeout  = 10 * time.Second // of fetching and of reading
	maxRedirects  = 3
	longestEvent  = 24 * time.Hour
	maxEvents     = 200 // windows of one calendar
	calendarAhead = 31 * 24 * time.Hour
	summaryLength = 200 // characters
)

// feed is one configured calendar.
type feed struct {
	Calendar
	source string // Source of its windows
	url    *url.URL
}

// newFeed reads the address of a calendar.
func newFeed(c Calendar) (feed, error) {
	text := c.URL
	if c.URLFile != "" {
		b, err := os.ReadFile(c.URLFile)
		if err != nil {
			return feed{}, fmt.Errorf("read the calendar's address: %w", err)
		}
		text = strings.TrimSpace(string(b))
	}
	u, err := address(text)
	if err != nil {
		return feed{}, fmt.Errorf("the address of a calendar: %w", err)
	}
	return feed{Calendar: c, source: "ical/" + shortHash(u.String()), url: u}, nil
}

// fetch reads the calendar's file. No error names its address.
func (f *feed) fetch(ctx context.Context, client *http.Client) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url.String(), nil)
	if err != nil {
		return nil, errors.New("its address cannot be asked for")
	}
	req.Header.Set("Accept", "text/calendar")
	req.Header.Set("User-Agent", "headstart")
	resp, err := client.Do(req)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok { // names the address
			err = u.Err
		}
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answered %s", resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, ical.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read it: %w", err)
	}
	return data, nil
}

// httpClient follows a few redirects; each is dialled, and so judged, anew
// (ruling 40).
func httpClient(d *headstart.Dialer) *http.Client {
	return &http.Client{
		Transport: d.Transport(), Timeout: fetchTimeout,
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			switch {
			case len(via) > maxRedirects:
				return errors.New("it redirects too often")
			case via[0].URL.Scheme == "https" && req.URL.Scheme != "https":
				return errors.New("it redirects away from https")
			}
			return nil
		},
	}
}

// windows are the windows a calendar plans from from on, and the events left out.
func (f *feed) windows(ctx context.Context, data []byte, x *index, zone *time.Location, from time.Time) ([]headstart.MaintenanceWindow, []ical.Left, error) {
	events, err := ical.Decode(data, zone)
	if err != nil {
		return nil, nil, err
	}
	found, left, err := ical.Occurrences(ctx, events, from, from.Add(calendarAhead))
	if err != nil {
		return nil, nil, fmt.Errorf("its rules take too long: %w", err)
	}
	var out []headstart.MaintenanceWindow
	for _, o := range found {
		if o.Event.Days == 1 && o.End.Sub(o.Start) > longestEvent {
			o.End = o.Start.Add(longestEvent) // the day of 25 hours
		}
		switch {
		case o.End.Sub(o.Start) > longestEvent:
			left = append(left, ical.Left{UID: o.Event.UID, Why: "longer than 24 hours"})
		case len(out) == maxEvents:
			left = append(left, ical.Left{UID: o.Event.UID, Why: "beyond the first 200"})
		default:
			out = append(out, f.window(o, x, zone))
		}
	}
	return out, left, nil
}

// window is one occurrence. Only what names a device or a service counts by
// itself: a meeting has a place too, and who meets in a building does not mean to
// silence it. A place beside them says where they are, and is left out, since a
// window covers all it names. One that names nothing is listed and can never count.
func (f *feed) window(o ical.Occurrence, x *index, zone *time.Location) headstart.MaintenanceWindow {
	e := o.Event
	id := "CAL-" + shortHash(f.source+"\n"+e.UID)
	if !o.Original.IsZero() {
		id += "@" + o.Original.In(zone).Format("2006-01-02T1504")
	}
	covers := x.find(e.Summary, e.Location, e.Description, e.Categories)
	known := len(covers.assets)+len(covers.services) > 0
	if known {
		covers.locations = nil
	}
	trusted := slices.ContainsFunc(f.Trusted, func(who string) bool { return strings.EqualFold(who, e.Organizer) })
	summary := firstLine(e.Summary)
	w := headstart.MaintenanceWindow{
		ID: id, Assets: covers.assets, Services: covers.services, Locations: covers.locations,
		StartsAt: o.Start.UTC(), EndsAt: o.End.UTC(), Owner: e.Organizer, Source: f.source,
		Proposed: !trusted || !known,
	}
	if summary != "" {
		w.Summary = headstart.Names{"": summary}
	}
	return stamped(w)
}

// firstLine is what an event is called, as long as a page has room for.
func firstLine(summary string) string {
	line, _, _ := strings.Cut(summary, "\n")
	if r := []rune(line); len(r) > summaryLength {
		line = string(r[:summaryLength-1]) + "…"
	}
	return line
}
