package announce

import (
	"slices"

	"headstart"
)

// Fields are the variables a person may write that a message of phase prints, in the
// order of headstart.Typable; none of a phase that is unknown.
func (w *Words) Fields(phase headstart.Phase) []string {
	ph, known := w.book.Phases[phase]
	if !known {
		return nil
	}
	used := map[string]bool{}
	for _, pt := range []phaseText{ph.NL, ph.EN} {
		texts := []text{pt.Title, pt.Short}
		for _, l := range pt.Body {
			texts = append(texts, l.Text)
		}
		for _, t := range texts {
			names, err := t.names()
			if err != nil {
				continue // ours are held by the tests, an organisation's were checked
			}
			for _, name := range names {
				used[name] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(headstart.Typable), func(name string) bool { return !used[name] })
}
