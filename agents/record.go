package agents

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"headstart"
	"headstart/agents/spool"
)

// Record keeps the checks of a record in a spool, as the log of a service would
// keep them: whatever probes at a site appends here. A verdict that is the one kept
// last of its probe says nothing new and is left out: after a restart every probe
// confirms what it finds anew.
func Record(_ context.Context, to *spool.Spool, a headstart.Append) (headstart.Offset, error) {
	rec, err := headstart.DecodeRecord(a.Data)
	if err != nil {
		return headstart.Offset{}, err
	}
	items := make([]spool.Item, 0, len(rec.Lines))
	for _, l := range rec.Lines {
		if l.Check == nil {
			return headstart.Offset{}, fmt.Errorf("a site agent keeps checks, not %s", l.Kind())
		}
		it, err := itemOf(l.Check)
		if err != nil {
			return headstart.Offset{}, err
		}
		items = append(items, it)
	}
	if _, err := to.Append(items); err != nil {
		return headstart.Offset{}, err
	}
	return headstart.Offset{}, nil
}

// itemOf is how the spool keeps a check. The answer to an ask is raw: it serves
// whoever asked, and nobody later.
func itemOf(c *headstart.Check) (spool.Item, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return spool.Item{}, err
	}
	if c.Asked {
		return spool.Item{Data: data, Raw: true}, nil
	}
	return spool.Item{Data: data, Key: stateKey(c.Probe, c.Asset, c.Service), Mark: mark(c)}, nil
}

// stateKey names the probe whose state a check is.
func stateKey(probe, asset, service string) string {
	return probe + "\x00" + asset + "\x00" + service
}

// mark is what of a check makes it another state: not its reason, which says how long
// an answer took.
func mark(c *headstart.Check) string {
	var b strings.Builder
	b.WriteString(string(c.Verdict))
	for _, x := range c.Conditions {
		b.WriteString("\x00" + x.Name + "\x00" + string(x.Effect))
	}
	return b.String()
}

// Forget drops from the spool what is known of probes that results does not name: the
// configuration has none of them any more.
func Forget(in *spool.Spool, results []headstart.CheckResult) error {
	known := map[string]bool{stateKey(headstart.ProberIsolated, "", ""): true}
	for i := range results {
		r := &results[i]
		known[stateKey(r.Probe, r.Asset, r.Service)] = true
		known[stateKey(r.Probe, r.Asset, "")] = true // of an asset that serves, but is not checked end to end
	}
	return in.Forget(known)
}
