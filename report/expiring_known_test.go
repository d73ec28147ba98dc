package report

import (
	"slices"
	"strings"
	"testing"

	"headstart"
)

// Known errors of the desk are listed as those of the catalog are: each once when its
// review is due, a supplier works on it or its article is gone; never one that is
// confidential, retired, or of places that the reader has no right to.
func TestKnownErrorsOfTheDesk(t *testing.T) {
	s := newState(t)
	s.catalog(nil)
	record := func(id string, change func(*headstart.KnownRecord)) {
		k := headstart.KnownRecord{V: 1, Own: true, KnownError: headstart.KnownError{ID: id, ReviewBy: "2026-11-20", SupplierCase: "C-" + id, KB: "https://kb.example/" + id}}
		change(&k)
		s.put(headstart.TableKnown, id, k)
		s.put(headstart.TableDeadLinks, k.KB, headstart.DeadLink{V: 1, URL: k.KB, Since: s.at("2026-11-21 04:00"), Why: "404"})
	}
	record("KE-1", func(*headstart.KnownRecord) {})
	record("KE-2", func(k *headstart.KnownRecord) { k.Confidential = true })
	record("KE-3", func(k *headstart.KnownRecord) { k.RetiredAt = s.ptr("2026-11-01 09:00") })
	record("KE-4", func(k *headstart.KnownRecord) { k.Locations = []string{"noord"} })
	record("KE-5", func(k *headstart.KnownRecord) { k.Services = []string{"hr"} })
	for name, c := range map[string]struct {
		may  func(string) bool
		want string
	}{
		"who may read all": {nil, "KE-1 KE-1 KE-1 KE-4 KE-4 KE-4"},
		"who has no Noord": {func(id string) bool { return id != "noord" }, "KE-1 KE-1 KE-1"},
	} {
		m := s.report("2026-11-23 08:00", "nl", func(in *Input) { in.Reader.Location = c.may })
		var got []string
		for _, x := range m.Expiring {
			if strings.HasPrefix(x.What, "KE-") {
				got = append(got, x.What)
			}
		}
		if sorted := strings.Join(slices.Sorted(slices.Values(got)), " "); sorted != c.want {
			t.Errorf("%s: %s; want %s", name, sorted, c.want)
		}
	}
}
