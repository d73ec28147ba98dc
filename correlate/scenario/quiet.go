package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"headstart"
)

func parseSilence(at time.Time, f []string) (*headstart.Silence, error) {
	m := &headstart.Silence{ID: f[0], StartsAt: at, CreatedBy: "joris"}
	for _, w := range f[1:] {
		k, v, _ := strings.Cut(w, "=")
		var err error
		switch k {
		case "deleted":
			m.Deleted = true
		case "from":
			m.StartsAt, err = clockOf(v)
		case "until":
			m.EndsAt, err = clockOf(v)
		case "by":
			m.CreatedBy = v
		case "comment":
			m.Comment = strings.ReplaceAll(v, "_", " ")
		case "source":
			m.Source = v
		case "every":
		default:
			value, regex := strings.CutPrefix(v, "~")
			m.Matchers = append(m.Matchers, headstart.Matcher{Name: k, Value: value, IsEqual: true, IsRegex: regex})
		}
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

// parseInhibited reads an alert, and until when its source inhibits it.
func parseInhibited(at time.Time, f []string) (*headstart.Silence, error) {
	until := f[len(f)-1]
	a, err := parseAlert(at, f[:len(f)-1])
	if err != nil {
		return nil, err
	}
	return parseSilence(at, []string{headstart.InhibitionID(a.Fingerprint()), until})
}

func parseMaintenance(at time.Time, f []string) (*headstart.MaintenanceWindow, error) {
	m := &headstart.MaintenanceWindow{ID: f[0]}
	if !slices.Contains(f, "cancelled") {
		m.StartsAt = at
	}
	for _, w := range f[1:] {
		var err error
		k, v, _ := strings.Cut(w, "=")
		switch k {
		case "on":
			m.Assets = append(m.Assets, strings.Split(v, ",")...)
		case "services":
			m.Services = append(m.Services, strings.Split(v, ",")...)
		case "locations":
			m.Locations = append(m.Locations, strings.Split(v, ",")...)
		case "from":
			m.StartsAt, err = clockOf(v)
		case "until":
			m.EndsAt, err = clockOf(v)
		case "owner":
			m.Owner = v
		case "cancelled":
			m.Cancelled = true
		case "proposed":
			m.Proposed = true
		case "every":
		default:
			err = fmt.Errorf("unknown word %q of maintenance; write on=, services=, locations=, from=, until=, owner=, cancelled or proposed", w)
		}
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}
