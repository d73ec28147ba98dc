package scenario

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"headstart"
)

func parseTicket(at time.Time, f []string) (*headstart.Ticket, error) {
	source, id, _ := strings.Cut(f[0], "/")
	t := &headstart.Ticket{Source: source, ID: id, CreatedAt: at, UpdatedAt: at, Evidence: &headstart.Evidence{Version: 1, Cues: map[string]int{}}}
	for _, w := range f[1:] {
		k, v, _ := strings.Cut(w, "=")
		switch k {
		case "names":
			m, err := mentionOf(w, v)
			if err != nil {
				return nil, err
			}
			t.Evidence.Assets = append(t.Evidence.Assets, m)
		case "at":
			t.Evidence.Locations = []headstart.Mention{{ID: v, Strength: 1, Word: v}}
		case "floor", "stems", "reported", "words":
			if err := furtherWord(t, k, v); err != nil {
				return nil, err
			}
		case "from":
			t.Requester.Location = v
		case "department":
			t.Requester.Department = v
		case "by":
			t.Requester.ID = v
			if v == "each" {
				t.Requester.ID = "u-" + t.ID
			}
		case "every":
		case "shared":
			t.Requester.Shared = true
		case "channel":
			t.Channel = v
		case "cues":
			for cue := range strings.SplitSeq(v, ",") {
				t.Evidence.Cues[cue]++
			}
		default:
			return nil, fmt.Errorf("unknown word %q of a ticket; write names=, at=, floor=, from=, department=, by=, shared, channel=, reported=, stems=, words= or cues=", w)
		}
	}
	return t, nil
}

// parseConfirm reads an "Ik heb dit ook": the device it came from, then where and
// about what.
func parseConfirm(f []string) (*headstart.Confirm, error) {
	c := &headstart.Confirm{Device: f[0]}
	for _, w := range f[1:] {
		k, v, _ := strings.Cut(w, "=")
		switch {
		case strings.HasPrefix(w, "#"):
			c.Incident = "HS-" + w[1:]
		case k == "service":
			c.Service = v
		case k == "at":
			c.Location = v
		case w == "inside":
			c.Inside = true
		case k == "every":
		default:
			return nil, fmt.Errorf("unknown word %q of a confirmation; write #NUMBER, service=, at= or inside", w)
		}
	}
	return c, nil
}

// mentionOf reads what a text names, and how strongly: print:1.
func mentionOf(w, v string) (headstart.Mention, error) {
	name, strength, _ := strings.Cut(v, ":")
	n, err := strconv.ParseFloat(strength, 64)
	if err != nil || !(n >= 0 && n <= 1.6) {
		return headstart.Mention{}, fmt.Errorf("%s has no strength; write a number from 0 to 1.6, such as names=print:1", w)
	}
	return headstart.Mention{ID: name, Strength: n, Word: name}, nil
}

// furtherWord reads floor=, stems=, reported= and words=.
func furtherWord(t *headstart.Ticket, k, v string) (err error) {
	switch k {
	case "stems":
		t.Evidence.Stems = strings.Split(v, ",")
	case "reported":
		t.ReportedAt, err = clockOf(v)
	case "words":
		if t.Evidence.Length, err = strconv.Atoi(v); err != nil {
			return fmt.Errorf("words=%s is no length of a text; write a number, such as words=12", v)
		}
	default:
		n, err := strconv.Atoi(v)
		if err != nil {
			return fmt.Errorf("floor=%s is no floor; write a number, such as floor=3", v)
		}
		t.Evidence.Floors = append(t.Evidence.Floors, n)
	}
	return err
}

// parseModel reads a refit of the matcher: its version, and its weights by name.
func parseModel(f []string) (*headstart.Model, error) {
	version, err := strconv.Atoi(f[0])
	if err != nil {
		return nil, fmt.Errorf("%q is no version; write a number, such as model 4 several=2.5", f[0])
	}
	m := &headstart.Model{Version: version, Shipped: headstart.ShippedWeights, Weights: map[string]float64{}}
	for _, w := range f[1:] {
		name, v, _ := strings.Cut(w, "=")
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || n-n != 0 {
			return nil, fmt.Errorf("%s is no weight; write such as several=2.5", w)
		}
		m.Weights[name] = n
	}
	return m, nil
}
