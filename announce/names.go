package announce

import (
	"fmt"
	"slices"
	"time"

	"headstart"
)

// CheckNames says, for `config check`, which public names of cat stand in the way of
// messages by themselves: those the language gate stops, and those so long that a text
// message with them does not fit into 160 characters.
func (w *Words) CheckNames(cat *headstart.Catalog) []string {
	var out []string
	each(cat, func(what, id string, kind headstart.ServiceKind, names headstart.Names) {
		for _, lang := range []string{"nl", "en"} {
			name := names.In(lang)
			for _, h := range w.Gate(lang, name) {
				out = append(out, fmt.Sprintf("catalog: %s %s is called %q: %q is %s; choose the name users know, or messages about it wait for approval", what, id, name, h.Word, h.Why))
			}
			if kind != "" && w.overflows(kind, lang, name) {
				out = append(out, fmt.Sprintf("catalog: %s %s is called %q: with it a text message has over 160 characters; choose a shorter name, or messages about it wait for approval", what, id, name))
			}
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// each calls f for everything of cat that messages name; kind is that of a message
// about it, empty for places and people.
func each(cat *headstart.Catalog, f func(what, id string, kind headstart.ServiceKind, names headstart.Names)) {
	for _, l := range cat.Locations {
		f("location", l.ID, "", l.Name)
	}
	for _, d := range cat.Departments {
		f("department", d.ID, "", d.Name)
	}
	for i := range cat.Services {
		s := &cat.Services[i]
		kind := s.Kind
		if kind == "" {
			kind = headstart.KindOther
		}
		f("service", s.ID, kind, s.Name)
	}
	for i := range cat.Devices {
		if d := &cat.Devices[i]; d.Kind == "printer" {
			f("printer", d.ID, headstart.KindPrinter, d.Name)
		}
	}
}

// shortestWorry is a length of names up to which no text message of ours is too long;
// shorter ones are not tried. Lines of an organisation's own are held to a limit of
// their own with names of usual length.
const shortestWorry = 16

// overflows reports whether a text message about name is too long even without a place.
func (w *Words) overflows(kind headstart.ServiceKind, lang, name string) bool {
	return len(name) > shortestWorry && w.overlong(kind, lang, name)
}

// overlong is overflows for a name of any length.
func (w *Words) overlong(kind headstart.ServiceKind, lang, name string) bool {
	// A day far off, when times are written longest.
	now := time.Date(2026, 9, 23, 10, 10, 0, 0, time.UTC)
	for _, phase := range headstart.Tellable {
		for _, effect := range effects {
			c := w.Compose(headstart.Wording{
				Phase: phase, Kind: kind, Effect: effect, Lang: lang, Vars: map[string]string{"Name": name, "Ref": "HS-100000"},
				Now: now, Since: now.Add(-time.Hour), NextUpdate: now.AddDate(0, 0, 1), Expected: now.AddDate(0, 0, 1), ExpectedOld: now, Ended: now, LookFrom: now.AddDate(0, 0, 1),
			})
			if c.TooLong {
				return true
			}
		}
	}
	return false
}
