package headstart

import "encoding/json"

// words are texts that many tickets say: names of queues and places, states, stems. A row
// is read from JSON, which makes a text of its own of each; of thousands of tickets that is
// a good part of what a View holds.
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

// fitted is a list without the room for more that JSON leaves.
func fitted[T any](list []T) []T {
	if len(list) == cap(list) {
		return list
	}
	out := make([]T, len(list))
	copy(out, list)
	return out
}
