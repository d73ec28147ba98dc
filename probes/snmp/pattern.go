package snmp

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Pattern is a link that is watched: its ifName, ifDescr or ifAlias, where * stands
// for anything.
type Pattern struct {
	text string
	fits *regexp.Regexp
}

// NewPattern reads a pattern. Case does not matter.
func NewPattern(text string) (Pattern, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Pattern{}, errors.New("an interface is empty; write its name as the device shows it, such as Gi1/0/48, or a pattern such as Te*")
	}
	parts := strings.Split(text, "*")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	fits, err := regexp.Compile("(?is)^" + strings.Join(parts, ".*") + "$")
	if err != nil {
		return Pattern{}, fmt.Errorf("interface %q: %w", text, err) // no text that YAML can hold leads here
	}
	return Pattern{text, fits}, nil
}

// fitsAny reports whether p means the interface of that ifType with these names. A
// pattern with a * means no loopback.
func (p Pattern) fitsAny(names []string, kind int64) bool {
	return (kind != loopback || p.exact()) &&
		slices.ContainsFunc(names, func(s string) bool { return s != "" && p.fits.MatchString(s) })
}

// exact reports whether p means one link.
func (p Pattern) exact() bool { return !strings.Contains(p.text, "*") }
