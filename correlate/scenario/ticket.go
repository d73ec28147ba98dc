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
			name, strength, _ := strings.Cut(v, ":")
			n, err := strconv.ParseFloat(strength, 64)
			if err != nil || !(n >= 0 && n <= 1) {
				return nil, fmt.Errorf("%s has no strength; write a number from 0 to 1, such as names=print:1", w)
			}
			t.Evidence.Assets = append(t.Evidence.Assets, headstart.Mention{ID: name, Strength: n, Word: name})
		case "at":
			t.Evidence.Locations = []headstart.Mention{{ID: v, Strength: 1, Word: v}}
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
			return nil, fmt.Errorf("unknown word %q of a ticket; write names=, at=, from=, department=, by=, shared, channel= or cues=", w)
		}
	}
	return t, nil
}
