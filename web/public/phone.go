package public

import (
	"strings"

	"headstart"
)

// mostSpoken is how many words a caller listens to (ruling 31).
const mostSpoken = 45

// phone is what a telephone menu says before anybody answers; nothing while
// nothing runs. One message says its own spoken form, more are counted and named.
func (e *edition) phone(s *State) ([]byte, error) {
	live := s.Live()
	switch len(live) {
	case 0:
		return nil, nil
	case 1:
		text, _ := live[0].Last().In(e.words.Lang)
		if spoken := strings.Fields(text.Phone); len(spoken) > 0 && len(spoken) <= mostSpoken {
			return []byte(text.Phone + "\n"), nil
		}
	}
	return []byte(e.spoken(live) + "\n"), nil
}

// spoken counts messages and names as many as fit, the worst first.
func (e *edition) spoken(live []Message) string {
	out := []string{e.words.Say("pub.phone", "n", len(live))}
	words := len(strings.Fields(out[0])) + len(strings.Fields(e.words.Say("pub.phone.more", "n", len(live))))
	for n, m := range live {
		text, _ := m.Last().In(e.words.Lang)
		title := strings.TrimRight(strings.Join(strings.Fields(withoutNumber(&text, m.Incident)), " "), ".") + "."
		if words += len(strings.Fields(title)); words > mostSpoken {
			out = append(out, e.words.Say("pub.phone.more", "n", len(live)-n))
			break
		}
		out = append(out, title)
	}
	return strings.Join(out, " ")
}

// withoutNumber is a title without the number people write down, which nobody can
// listen to, and without brackets.
func withoutNumber(t *headstart.Text, number headstart.IncidentID) string {
	return strings.NewReplacer(string(number), "", "(", "", ")", "", "[", "", "]", "").Replace(t.Title)
}
