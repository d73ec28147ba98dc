package headstart

import (
	"encoding/json"
	"strings"
)

// words are texts that many rows say: names of labels and checks, places, severities.
// A row is read from JSON, which makes a text of its own of each; of thousands of
// alerts that is a good part of what a View holds.
type words map[string]string

// Bounds on what is shared: in bytes of a text, and in texts.
const (
	longWord  = 512
	mostWords = 20_000
)

// share makes *s the one text that all rows have that say the same.
func (w words) share(s *string) {
	if *s == "" || len(*s) > longWord {
		return
	}
	if one, known := w[*s]; known {
		*s = one
		return
	}
	if len(w) >= mostWords {
		clear(w) // rows keep what they have; what is said often is soon here again
	}
	w[*s] = *s
}

// shareKeys shares the keys of a map.
func shareKeys[T any](w words, m map[string]T) {
	for k, v := range m {
		w.share(&k)
		m[k] = v // the same key, in another text
	}
}

// shareWord is share for a text of a type of its own.
func shareWord[T ~string](w words, s *T) {
	x := string(*s)
	w.share(&x)
	*s = T(x)
}

// sharing is row for what shares its words.
func sharing[K comparable, T any](m map[K]*T, key K, val json.RawMessage, share func(*T)) error {
	if err := row(m, key, val); err != nil || val == nil {
		return err
	}
	share(m[key])
	return nil
}

func (v *View) shareProblem(p *Problem) {
	w := v.words
	w.share(&p.Service)
	w.share(&p.Location)
	shareWord(w, &p.Class)
	shareWord(w, &p.State)
	w.share(&p.Severity)
	p.Alerts = fitted(p.Alerts)
	if asset, check, cut := strings.Cut(string(p.Key), "/"); cut && asset == p.Asset && check == p.Check {
		p.Asset, p.Check = asset, check // in the text of the key
		return
	}
	w.share(&p.Asset)
	w.share(&p.Check)
}

func (v *View) shareMember(m *Member) {
	v.words.share(&m.Rule)
	if p := v.problems[m.Problem]; p != nil && p.Asset == m.Asset {
		m.Problem, m.Asset = p.Key, p.Asset
	}
}

func (v *View) shareAlert(a *AlertState) {
	w := v.words
	for k, value := range a.Labels {
		w.share(&k)
		w.share(&value)
		a.Labels[k] = value
	}
	shareKeys(w, a.Annotations) // their values are sentences, each about one thing
	shareKeys(w, a.Origins)
	w.share(&a.Generator)
	if p := v.problems[a.Problem]; p != nil {
		a.Problem = p.Key
	}
}

func (v *View) shareTicket(t *TicketState) {
	v.said.Share(&t.Ticket)
	t.Links, t.Reviews = fitted(t.Links), fitted(t.Reviews)
	for n := range t.Links {
		l := &t.Links[n]
		v.words.share(&l.Source)
		if l.Ticket == t.ID {
			l.Ticket = t.ID // the same words, in one text
		}
		shareWord(v.words, &l.Band)
		shareAll(v.words, l.For)
		shareAll(v.words, l.Against)
	}
}

func (v *View) shareDecision(d *Decision) {
	w := v.words
	w.share(&d.Rule)
	w.share(&d.Outcome)
	shareWord(w, &d.Incident)
	if p := v.problems[ProblemKey(d.Subject)]; p != nil {
		d.Subject = string(p.Key)
	}
	d.Facts = fitted(d.Facts)
	for n := range d.Facts {
		f := &d.Facts[n]
		if w.share(&f.Name); f.Name == "cause" {
			w.share(&f.Value)
		}
	}
}

// fitted is a list without the room for more that JSON leaves.
func fitted[T any](list []T) []T {
	if len(list) == cap(list) {
		return list
	}
	out := make([]T, len(list))
	copy(out, list)
	return out
}
