package store

import (
	"bytes"
	"encoding/json"
	"strings"

	"headstart"
)

// Erasure names what leaves the log and the archive on a person's request: all that
// was said of tickets, by key or by the keyed hash of who reported them.
type Erasure struct {
	Tickets    map[string]bool // by Ticket.Key
	Requesters map[string]bool // keyed hashes
	Words      []string        // addresses: cut out of any text, whatever their case
}

// Erased is what an Erase did.
type Erased struct {
	Lines int `json:"lines"` // of the archive, that said something of it
	Files int `json:"files"` // of the archive, written anew
}

// gone is what stands where an erased word stood.
const gone = "…"

// learn takes down the tickets of the erased requesters.
func (e *Erasure) learn(l *headstart.FileLine) {
	if t := l.Ticket; t != nil && e.Requesters[t.Requester.ID] {
		e.Tickets[t.Key()] = true
	}
}

// clean returns line without what is to be erased, and whether that changed it. What
// was said of a ticket becomes a tick: when something happened stays.
func (e *Erasure) clean(line []byte) ([]byte, bool, error) {
	if !e.mentions(line) {
		return line, false, nil
	}
	l, err := headstart.DecodeFileLine(line)
	if err != nil {
		return nil, false, err
	}
	changed := e.cleanLine(&l)
	out, err := json.Marshal(l)
	if err != nil {
		return nil, false, err
	}
	for _, w := range e.Words {
		if cut := cutOut(out, w); cut != nil {
			out, changed = cut, true
		}
	}
	if !changed {
		return line, false, nil
	}
	return out, true, nil
}

// mentions is a quick look whether a line can be concerned at all.
func (e *Erasure) mentions(line []byte) bool {
	if bytes.Contains(line, []byte(`"ticket"`)) || bytes.Contains(line, []byte(`"forget"`)) || bytes.Contains(line, []byte("/tickets/")) {
		return true
	}
	for _, w := range e.Words {
		if cutOut(line, w) != nil {
			return true
		}
	}
	return false
}

// cleanLine reports whether it changed l.
func (e *Erasure) cleanLine(l *headstart.FileLine) (changed bool) {
	switch {
	case l.Ticket != nil && (e.Tickets[l.Ticket.Key()] || e.Requesters[l.Ticket.Requester.ID]):
		l.Line, changed = headstart.Line{}, true
	case l.Command != nil:
		c := l.Command
		if f := c.Forget; f != nil && len(f.Tickets)+len(f.Requesters) > 0 { // also those of earlier requests
			c.Forget, changed = &headstart.Forget{Marks: f.Marks}, true
		}
		if c.Ticket != "" && e.ofTicket(c.Source, c.Ticket) {
			c.Ticket, changed = gone, true
		}
	case l.Delivery != nil:
		for key := range e.Tickets {
			if name := "/tickets/" + key + "/"; strings.Contains(l.Delivery.Key, name) {
				l.Delivery.Key = strings.Replace(l.Delivery.Key, name, "/tickets/"+gone+"/", 1)
				l.Delivery.Handle, l.Delivery.Err = nil, ""
				changed = true
			}
		}
	}
	return changed
}

// ofTicket reports whether a command speaks of an erased ticket; it may leave the
// source out.
func (e *Erasure) ofTicket(source, id string) bool {
	if source != "" {
		return e.Tickets[source+"/"+id]
	}
	for key := range e.Tickets {
		if _, of, _ := strings.Cut(key, "/"); of == id {
			return true
		}
	}
	return false
}

// cutOut returns line without word, as JSON writes it and whatever its case; nil: it
// is not in there. Only ASCII letters have a case here: addresses have no others.
func cutOut(line []byte, word string) []byte {
	quoted, err := json.Marshal(word)
	if err != nil || word == "" {
		return nil
	}
	needle := lower(quoted[1 : len(quoted)-1])
	var out []byte
	for rest, low := line, lower(line); ; {
		at := bytes.Index(low, needle)
		if at < 0 {
			if out == nil {
				return nil
			}
			return append(out, rest...)
		}
		out = append(append(out, rest[:at]...), gone...)
		rest, low = rest[at+len(needle):], low[at+len(needle):]
	}
}

// lower is b with ASCII letters in lower case: as many bytes as b.
func lower(b []byte) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return out
}
