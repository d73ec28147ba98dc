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
		if !holdsWord(out, w) {
			continue
		}
		if out, err = cutOut(out, w); err != nil {
			return nil, false, err
		}
		changed = true
	}
	if !changed {
		return line, false, nil
	}
	return out, true, nil
}

// mentions is a quick look whether a line can be concerned at all.
func (e *Erasure) mentions(line []byte) bool {
	if bytes.Contains(line, []byte(`"ticket"`)) || bytes.Contains(line, []byte("/tickets/")) {
		return true
	}
	for _, w := range e.Words {
		if holdsWord(line, w) {
			return true
		}
	}
	return false
}

// holdsWord reports whether a line of JSON holds a word, as it is or as JSON writes it:
// the & of r&d@example.org is one of a few that it escapes.
func holdsWord(line []byte, word string) bool {
	if word == "" {
		return false
	}
	quoted, err := json.Marshal(word)
	low := lower(string(line))
	return strings.Contains(low, lower(word)) || err == nil && strings.Contains(low, lower(string(quoted[1:len(quoted)-1])))
}

// cleanLine reports whether it changed l.
func (e *Erasure) cleanLine(l *headstart.FileLine) (changed bool) {
	switch {
	case l.Ticket != nil && (e.Tickets[l.Ticket.Key()] || e.Requesters[l.Ticket.Requester.ID]):
		l.Line = headstart.Line{}
		return true
	case l.Command != nil:
		return e.cleanCommand(l.Command)
	case l.Delivery != nil:
		return e.cleanDelivery(l.Delivery)
	}
	return false
}

func (e *Erasure) cleanCommand(c *headstart.Command) (changed bool) {
	if c.Ticket != "" && e.ofTicket(c.Source, c.Ticket) {
		c.Ticket, changed = gone, true
	}
	if c.Exported == nil {
		return changed
	}
	for n := range c.Exported.Items {
		if x := &c.Exported.Items[n]; x.Ticket != "" && e.Tickets[x.Ticket] {
			x.Ticket, changed = gone, true
		}
	}
	return changed
}

// cleanDelivery takes the ticket out of the key, and with it what its system answered.
func (e *Erasure) cleanDelivery(d *headstart.Delivery) (changed bool) {
	for key := range e.Tickets {
		if name := "/tickets/" + key + "/"; strings.Contains(d.Key, name) {
			d.Key = strings.Replace(d.Key, name, "/tickets/"+gone+"/", 1)
			d.Handle, d.Err = nil, ""
			changed = true
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

// cutOut replaces word in every string of a value of JSON, whatever its case.
func cutOut(line []byte, word string) ([]byte, error) {
	var v any
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber() // as they were written
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(cutIn(v, word))
}

func cutIn(v any, word string) any {
	switch v := v.(type) {
	case string:
		return cutText(v, word)
	case []any:
		for n := range v {
			v[n] = cutIn(v[n], word)
		}
	case map[string]any:
		for k := range v {
			v[k] = cutIn(v[k], word)
		}
	}
	return v
}

func cutText(s, word string) string {
	low, word := lower(s), lower(word)
	var b strings.Builder
	for {
		at := strings.Index(low, word)
		if at < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:at] + gone)
		s, low = s[at+len(word):], low[at+len(word):]
	}
}

// lower is s with ASCII letters in lower case, as many bytes as s: addresses have no
// others.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
