package web

import (
	"slices"
	"strings"

	"headstart"
	"headstart/lang"
)

// seesRecord reports whether v may read a known error: one that is confidential, or was
// learned from what is, as little as that; one of other places or of a device elsewhere
// as little as these.
func (v viewer) seesRecord(k *headstart.KnownRecord) bool {
	if k.Confidential && !v.confidential || !v.at(k.Locations...) {
		return false
	}
	return len(k.Assets) == 0 || slices.ContainsFunc(k.Assets, v.seesAsset)
}

// seesCase reports whether v may read that a known error was the answer to an incident.
func (v viewer) seesCase(c *headstart.KnownCase) bool {
	return (v.confidential || !c.Confidential) && v.at(c.Locations...) && v.seesID(c.Incident)
}

// barsRecord says why v may not change a known error, or make one as it is written;
// empty: he may.
func (v viewer) barsRecord(c *headstart.Command) string {
	if c.KnownError != "" {
		if k, ok := v.view.Known(c.KnownError); ok && !v.seesRecord(&k) {
			return k.ID + " is confidential, or of places outside those of your account"
		}
	}
	if r := c.Record; r != nil && !v.seesRecord(&headstart.KnownRecord{KnownError: headstart.KnownError{Locations: r.Locations, Assets: r.Assets}}) {
		return "it is about places outside those of your account"
	}
	return ""
}

// records leaves the known errors that v may read, with the cases of each that he may.
func (v viewer) records(all []headstart.KnownRecord) []headstart.KnownRecord {
	out := kept(all, v.seesRecord)
	for n := range out {
		out[n].Cases = kept(out[n].Cases, v.seesCase)
	}
	return out
}

// entries leaves the known errors of the catalog that v may read.
func (v viewer) entries(all []headstart.KnownError) []headstart.KnownError {
	if len(all) == 0 || v.confidential && v.everywhere() {
		return all
	}
	sees := map[string]bool{}
	for _, k := range v.records(v.view.KnownErrors()) {
		sees[k.ID] = true
	}
	return kept(all, func(k *headstart.KnownError) bool { return sees[k.ID] })
}

// record finds one of them.
func (v viewer) record(id string) (headstart.KnownRecord, bool) {
	k, ok := v.view.Known(id)
	if !ok || !v.seesRecord(&k) {
		return headstart.KnownRecord{}, false
	}
	k.Cases = kept(k.Cases, v.seesCase)
	return k, true
}

// offers are what each of list looks like, in words for the desk and as far as v may
// read it.
func offers(find *headstart.KnownFinder, list []*headstart.Incident, say *lang.Words, v viewer) map[headstart.IncidentID][]headstart.KnownOffer {
	var seen []headstart.Incident
	for _, i := range list {
		if v.sees(i) {
			seen = append(seen, *i)
		}
	}
	out := map[headstart.IncidentID][]headstart.KnownOffer{}
	for id, fits := range find.ForAll(seen) {
		out[id] = worded(fits, say, v)
	}
	return out
}

// offersFor is the same for a ticket.
func offersFor(find *headstart.KnownFinder, t *headstart.TicketState, say *lang.Words, v viewer) []headstart.KnownOffer {
	return worded(find.ForTicket(t), say, v)
}

func worded(fits []headstart.KnownFit, say *lang.Words, v viewer) (out []headstart.KnownOffer) {
	for n := range fits {
		f := &fits[n]
		if f.Record == nil && !v.seesID(f.Earlier) || f.Record != nil && !v.seesRecord(f.Record) {
			continue
		}
		o := headstart.KnownOffer{Incident: f.Earlier, Score: f.Score, Why: []string{}, Text: previously(f, say)}
		if k := f.Record; k != nil {
			o.KnownError, o.Name, o.KB = k.ID, k.Name(say.Lang), k.KB
			o.Workaround, o.Used, o.Helped, o.Failed = k.Workaround.In(say.Lang), k.Used, k.Helped, k.Failed
		}
		for _, w := range f.Why {
			if v.seesID(w.Incident) {
				o.Why = append(o.Why, knownWhy(&w, say, v.view.Catalog()))
			}
		}
		out = append(out, o)
	}
	return out
}

// previously says what helped before, and no more than people said of it.
func previously(f *headstart.KnownFit, say *lang.Words) string {
	k := f.Record
	if k == nil {
		return say.Say("known.earlier", "id", f.Earlier, "what", short(f.Solution))
	}
	what := short(k.Remedy(say.Lang))
	switch {
	case what == "":
		return say.Say("known.noremedy", "id", k.ID, "name", k.Name(say.Lang))
	case k.Doubted():
		return say.Say("known.doubted", "id", k.ID, "what", what)
	case k.Proved():
		return say.Say("known.helped", "id", k.ID, "what", what)
	default:
		return say.Say("known.maybe", "id", k.ID, "what", what)
	}
}

// short is the first line of a text, cut where a card would be filled.
func short(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return cutText(strings.TrimSpace(line), 160)
}

// knownWhy words one reason of a fit.
func knownWhy(w *headstart.KnownReason, say *lang.Words, cat *headstart.Catalog) string {
	switch w.Kind {
	case "again":
		return say.Say("known.why.again", "id", w.Incident, "day", say.Day(w.At))
	case "asset_before":
		return say.Say("known.why.before", "id", w.Incident, "day", say.Day(w.At), "asset", assetName(cat, w.Subject, say.Lang))
	case "asset":
		return say.Say("known.why.asset", "asset", assetName(cat, w.Subject, say.Lang))
	case "place":
		return say.Say("known.why.place", "service", serviceName(cat, w.Subject, say.Lang), "place", locationName(cat, w.Place, say.Lang))
	case "service":
		return say.Say("known.why.service", "service", serviceName(cat, w.Subject, say.Lang))
	case "check":
		return say.Say("known.why.check", "check", w.Subject)
	case "says":
		return say.Say("known.why.says", "n", w.N, "text", w.Subject)
	default:
		return say.Say("known.why.kind")
	}
}

// knownChoices are the known errors that an incident may be resolved with: those it
// looks like, then those of its services.
func (s *Site) knownChoices(i *headstart.Incident, fits []headstart.KnownOffer, say *lang.Words, v viewer) (out []choice) {
	for _, f := range fits {
		if f.KnownError != "" {
			out = append(out, choice{f.KnownError, f.Name})
		}
	}
	if i.KnownError != "" && !slices.ContainsFunc(out, func(c choice) bool { return c.ID == i.KnownError }) {
		out = append(out, choice{i.KnownError, ""})
	}
	for _, k := range v.records(s.o.View.KnownErrors()) {
		about := slices.ContainsFunc(k.Services, func(id string) bool { return slices.Contains(i.Services, id) })
		if !k.InUse() || !about || len(out) >= listMost || slices.ContainsFunc(out, func(c choice) bool { return c.ID == k.ID }) {
			continue
		}
		out = append(out, choice{k.ID, k.Name(say.Lang)})
	}
	return out
}

// recordFilter is what a list of known errors is asked for.
type recordFilter struct {
	words   []string // lower case; all must be found
	service string
	state   string // empty: in use; due retired all
}

// recordStates are the words of recordFilter.state.
var recordStates = []string{"due", "retired", "all"}

// filter leaves what f asks for; due says which somebody should look at again.
func (f *recordFilter) filter(all []headstart.KnownRecord, due func(*headstart.KnownRecord) bool) []headstart.KnownRecord {
	return kept(all, func(k *headstart.KnownRecord) bool {
		switch f.state {
		case "":
			if !k.InUse() {
				return false
			}
		case "due":
			if !due(k) {
				return false
			}
		case "retired":
			if k.InUse() {
				return false
			}
		}
		if f.service != "" && !slices.Contains(k.Services, f.service) {
			return false
		}
		return len(f.words) == 0 || says(f.words, recordText(k)...)
	})
}

// recordText is all that people read of k.
func recordText(k *headstart.KnownRecord) []string {
	text := []string{k.ID, k.Cause, k.Fix, k.Prevention, k.SupplierCase, k.Problem, k.Article}
	for _, n := range []headstart.Names{k.Title, k.Workaround} {
		text = append(text, n[""], n["nl"], n["en"])
	}
	return slices.Concat(text, k.Symptoms["nl"], k.Symptoms["en"], k.Services, k.Assets, k.Locations, k.Checks)
}

// searchWords are the words of a query, at most ten.
func searchWords(q string) []string {
	words := strings.Fields(strings.ToLower(cutText(q, longestQuery)))
	return words[:min(len(words), 10)]
}

// says reports whether each word, in lower case, occurs somewhere in texts.
func says(words []string, texts ...string) bool {
	all := strings.ToLower(strings.Join(texts, "\n"))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(all, w) })
}

// articleDraft is an article as it could stand in the knowledge base: the one that
// somebody wrote, else one made of what the record says, in Markdown.
func articleDraft(k *headstart.KnownRecord, say *lang.Words, cat *headstart.Catalog) string {
	if k.Article != "" {
		return k.Article
	}
	var b strings.Builder
	b.WriteString("# " + k.Name(say.Lang) + "\n")
	part := func(key, text string) {
		if text = strings.TrimSpace(text); text != "" {
			b.WriteString("\n## " + say.Say("known.field."+key) + "\n\n" + text + "\n")
		}
	}
	part("symptoms", bullets(k.Symptoms[say.Lang]))
	part("services", joined(k.Services, func(id string) string { return serviceName(cat, id, say.Lang) }))
	part("locations", joined(k.Locations, func(id string) string { return locationName(cat, id, say.Lang) }))
	part("workaround", k.Workaround.In(say.Lang))
	part("cause", k.Cause)
	part("fix", k.Fix)
	part("prevention", k.Prevention)
	part("supplier_case", k.SupplierCase)
	return b.String()
}

func bullets(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "- " + strings.Join(list, "\n- ")
}
