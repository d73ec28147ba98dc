package tickets

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"headstart/tickets/systems"
)

// place is where the walk through a ticket system is written down, so that a
// restart goes on there. Without the file, or with one of another system, the
// first read begins anew: what is not done yet, and nothing is stored twice.
type place struct {
	file string // empty: kept nowhere
	of   string // the system and its queues
}

// placeFile is what the file holds.
type placeFile struct {
	V      int            `json:"v"`
	Of     string         `json:"of"`
	Cursor systems.Cursor `json:"cursor"`
}

func placeOf(dir string, s *source) place {
	of := s.Type + "\x00" + s.URL + "\x00" + strings.Join(s.Queues, "\x00")
	if s.Mailbox != "" {
		of += "\x00\x00" + s.Mailbox
	}
	sum := sha256.Sum256([]byte(of))
	p := place{of: hex.EncodeToString(sum[:8])}
	if dir != "" {
		p.file = filepath.Join(dir, s.Name+".json")
	}
	return p
}

// load returns the place, or the start.
func (p place) load() systems.Cursor {
	if p.file == "" {
		return systems.Cursor{}
	}
	b, err := os.ReadFile(p.file)
	var f placeFile
	if err != nil || json.Unmarshal(b, &f) != nil || f.V != 1 || f.Of != p.of {
		return systems.Cursor{}
	}
	if f.Cursor.Token != "" { // places that a server keeps do not outlive us
		return systems.Cursor{Since: f.Cursor.Since}
	}
	return f.Cursor
}

// save replaces the file whole.
func (p place) save(c systems.Cursor) error {
	if p.file == "" {
		return nil
	}
	b, err := json.Marshal(placeFile{V: 1, Of: p.of, Cursor: c})
	if err != nil {
		return fmt.Errorf("write down where reading stopped: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(p.file), 0o700); err != nil {
		return fmt.Errorf("write down where reading stopped: %w", err)
	}
	next := p.file + ".next"
	if err := os.WriteFile(next, b, 0o600); err != nil {
		return fmt.Errorf("write down where reading stopped: %w", err)
	}
	if err := os.Rename(next, p.file); err != nil {
		return fmt.Errorf("write down where reading stopped: %w", err)
	}
	return nil
}

// memory knows what was stored of each ticket, for as long as the view may not
// show it yet and walks overlap.
type memory map[string]kept

type kept struct {
	sum [sha256.Size]byte
	at  time.Time
}

// keptFor is how long memory keeps a ticket.
const keptFor = 24 * time.Hour

func (m memory) forget(now time.Time) {
	for id, k := range m {
		if now.Sub(k.at) > keptFor {
			delete(m, id)
		}
	}
}
