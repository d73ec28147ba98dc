package agents

import (
	"encoding/json"
	"time"

	"headstart"
)

// decodeRow reads the engine's row of an agent; none is an agent it never heard of.
func decodeRow(data []byte) (row headstart.Agent, exists bool, err error) {
	if data == nil {
		return headstart.Agent{V: 1}, false, nil
	}
	err = json.Unmarshal(data, &row)
	return row, true, err
}

// follow does to row what the engine will do when it reads a record, and reports
// whether the record is about the agent name. A record that cannot be read is the
// engine's to complain of.
func follow(row *headstart.Agent, name string, data []byte) (about bool) {
	rec, err := headstart.DecodeRecord(data)
	if err != nil {
		return false
	}
	for _, l := range rec.Lines {
		c := l.Check
		if c == nil || c.Agent != name {
			continue
		}
		about = true
		if c.Spool != "" {
			row.Accept(c.Spool, c.Seq)
		}
		if c.Kind == headstart.KindAgent {
			row.Asset, row.Silent = c.Asset, c.Verdict == headstart.Down
			row.Since = time.Time{}
			if row.Silent {
				row.Since = c.ObservedAt
			}
		}
	}
	return about
}
