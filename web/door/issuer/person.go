package issuer

import (
	"cmp"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Person is who the issuer says somebody is.
type Person struct {
	Subject string // the issuer's own name for him; never another's
	Name    string // a log-in name for people; the subject where there is no better

	Groups    []string
	HasGroups bool // the claim was there, whatever it held

	// TooMany: the issuer says that it left the groups out because there are too many
	// (Microsoft Entra, above 200).
	TooMany bool
}

// mostName bounds a name in bytes: it stands in timelines.
const mostName = 128

func (c *Client) person(claims map[string]json.RawMessage) Person {
	p := Person{Subject: text(claims["sub"])}
	for _, name := range []string{cmp.Or(c.o.NameClaim, "preferred_username"), "email", "sub"} {
		if p.Name = text(claims[name]); plainName(p.Name) {
			break
		}
		p.Name = "unnamed"
	}
	p.Groups, p.HasGroups = groups(claims, c.o.GroupsClaim)
	var elsewhere map[string]json.RawMessage
	if json.Unmarshal(claims["_claim_names"], &elsewhere) == nil {
		_, p.TooMany = elsewhere[cmp.Or(c.o.GroupsClaim, "groups")]
		p.TooMany = p.TooMany && !p.HasGroups
	}
	return p
}

// plainName reports whether a name can stand in a line without breaking or turning it.
func plainName(s string) bool {
	return s != "" && len(s) <= mostName && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == ':'
	})
}

// groups reads the claim called name: a list of names, or one. A name with dots is
// looked up whole first, for claims called after a URL, then as a path. told: the claim
// was there.
func groups(claims map[string]json.RawMessage, name string) (list []string, told bool) {
	name = cmp.Or(name, "groups")
	raw, ok := claims[name]
	for rest, found := name, true; !ok && found; {
		var key string
		if key, rest, found = strings.Cut(rest, "."); !found {
			raw, ok = claims[key]
			break
		}
		var inner map[string]json.RawMessage
		if json.Unmarshal(claims[key], &inner) != nil {
			_, ok = claims[key]
			return nil, ok
		}
		claims = inner
	}
	if !ok {
		return nil, false
	}
	if json.Unmarshal(raw, &list) == nil {
		return list, true
	}
	if one := text(raw); one != "" {
		return []string{one}, true
	}
	return nil, true // of a shape that names no group
}

// text is a claim that is a string; "" for anything else.
func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // another type is no text
	return s
}
