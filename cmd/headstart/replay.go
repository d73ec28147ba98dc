package main

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/announce"
	"headstart/configs"
	"headstart/correlate"
	"headstart/correlate/scenario"
	"headstart/incidents"
	"headstart/notify"
	"headstart/tickets/evidence"
)

// replayCommand folds a log kept as a file, without any side effect.
func (p *program) replayCommand() *cobra.Command {
	var until, output string
	cmd := &cobra.Command{
		Use:   "replay LOG",
		Short: "run a log file through the engine, without any side effect",
		Long: `Run a log file through the engine and print what it decides: incidents, links
between tickets and incidents, messages, and a hash over all decisions. The same
file gives the same bytes on every machine. Without a "config" line first, the
configuration of --config decides. LOG may be - for standard input.`,
		Example: "  headstart store export --raw > night.jsonl\n  headstart replay night.jsonl --output json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if output != "text" && output != "json" {
				return &exit{2, fmt.Sprintf("--output is %q; write text or json", output)}
			}
			var end time.Time
			if until != "" {
				var err error
				if end, err = time.Parse(time.RFC3339, until); err != nil {
					return &exit{2, fmt.Sprintf("--until is %q; write a time as 2026-11-23T08:00:00+01:00", until)}
				}
			}
			return p.replay(cmd, args[0], end, output)
		},
	}
	cmd.Flags().StringVar(&until, "until", "", "stop at this `time`, firing what is due by then")
	cmd.Flags().StringVar(&output, "output", "text", "text or json")
	return cmd
}

func (p *program) replay(cmd *cobra.Command, file string, until time.Time, output string) error {
	in := p.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	lines, err := readStory(in, file)
	if err != nil {
		return err
	}
	if len(lines) == 0 || lines[0].Config == nil {
		cfg, err := p.config(cmd)
		if err != nil {
			return err
		}
		lines = append([]headstart.FileLine{configLine(cfg, lines)}, lines...)
	}
	fillEvidence(lines)
	result, err := incidents.Replay(lines, until, correlate.NewState(), makers(), lines[0].Config.Language)
	if err != nil {
		return err
	}
	if output == "json" {
		enc := json.NewEncoder(p.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(result)
	}
	printReplay(p.stdout, result, lines[0].Config)
	return nil
}

// configLine stands in for the config line a hand-written log leaves out. It
// claims no ticks: the log was written by hand.
func configLine(cfg *configs.Config, lines []headstart.FileLine) headstart.FileLine {
	c := cfg.LogConfig("replay")
	c.Ticks = false
	at := time.Unix(0, 0).UTC()
	if len(lines) > 0 {
		at = lines[0].At
	}
	return headstart.FileLine{At: at, Line: headstart.Line{Config: &c}}
}

// makers turn configuration of the log into words and routes.
func makers() incidents.Makers {
	return incidents.Makers{
		Composer: func(c *headstart.Catalog) incidents.Composer { return announce.New(c) },
		Router: func(route string) (incidents.Router, error) {
			r, err := notify.NewRouter(route)
			if err != nil { // a nil *Router in a Router would not be nil
				return nil, err
			}
			return r, nil
		},
	}
}

// readStory reads a log, or a scenario a person wrote.
func readStory(r io.Reader, name string) ([]headstart.FileLine, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if first, err := in.Peek(1); err != nil || first[0] == '{' {
		return readLog(in, name)
	}
	b, err := io.ReadAll(io.LimitReader(in, longestScenario+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(b) > longestScenario || !scenario.Is(b) {
		return readLog(bytes.NewReader(b), name) // says which line is no event
	}
	s, err := scenario.Parse(name, b)
	if err != nil {
		return nil, err
	}
	return s.Lines(), nil
}

// longestScenario bounds a scenario: a person wrote it.
const longestScenario = 4 << 20

// longestLine bounds one line of a log file: a request of 8 MiB and its frame.
const longestLine = 16 << 20

// readLog reads a log file; a mistake names its line.
func readLog(r io.Reader, name string) ([]headstart.FileLine, error) {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), longestLine)
	var lines []headstart.FileLine
	for n := 1; s.Scan(); n++ {
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		l, err := headstart.DecodeFileLine(s.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if len(lines) > 0 && l.At.Before(lines[len(lines)-1].At) {
			return nil, fmt.Errorf("%s:%d: at %s lies before the line above; order the log by at", name, n, l.At.Format(time.RFC3339Nano))
		}
		lines = append(lines, l)
	}
	if err := s.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return nil, fmt.Errorf("%s: a line is longer than %d MiB; split it", name, longestLine>>20)
		}
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return lines, nil
}

// fillEvidence turns the texts of a hand-written log into evidence, as the
// service does on arrival (ruling 7), with the catalog in force at each line.
func fillEvidence(lines []headstart.FileLine) {
	installation := "replay"
	reader := evidence.New(&headstart.Catalog{}, evidenceKey(installation))
	for n := range lines {
		if c := lines[n].Config; c != nil {
			if c.Installation != "" {
				installation = c.Installation
			}
			catalog := c.Catalog
			if catalog == nil {
				catalog = &headstart.Catalog{}
			}
			reader = evidence.New(catalog, evidenceKey(installation))
		}
		if t := lines[n].Ticket; t != nil && t.Evidence == nil {
			reader.Fill(t)
		}
	}
}

// evidenceKey is the key stems and requesters are hashed with in a replay: the
// service's own secret is not in the log, and one word must meet itself only.
func evidenceKey(installation string) []byte {
	key, err := hkdf.Key(sha256.New, []byte(installation), nil, "headstart evidence", 32)
	if err != nil {
		panic("headstart: derive key: " + err.Error()) // 32 bytes of SHA-256: never fails
	}
	return key
}

// printReplay tells times and titles as the log's configuration says.
func printReplay(w io.Writer, r incidents.Result, c *headstart.LogConfig) {
	zone, err := time.LoadLocation(cmp.Or(c.Timezone, "Europe/Amsterdam"))
	if err != nil {
		zone = time.UTC
	}
	for _, i := range r.Incidents {
		fmt.Fprintf(w, "%-8s %-4s %-10s %s\n", i.ID, i.Priority, i.State, i.Title.In(cmp.Or(c.Language, "nl")))
		fmt.Fprintf(w, "         cause %s (%s), %d of %d members failing, %d people\n", cmp.Or(i.Cause.Asset, "none"), i.Cause.Kind, i.Alerts.Firing, i.Alerts.Total, i.People)
		for _, t := range i.Timeline {
			fmt.Fprintf(w, "         %s %-5s %s\n", t.At.In(zone).Format("15:04:05"), t.Rule, t.Text)
		}
	}
	for _, l := range r.Links {
		fmt.Fprintf(w, "ticket   %s/%s %s %.2f %s\n", l.Source, l.Ticket, l.Incident, l.Score, l.Band)
	}
	users, operators := 0, 0
	for _, m := range r.Messages {
		switch {
		case m.Plane == headstart.PlaneUsers && m.How != headstart.HowDraft:
			users++
		case m.Plane == headstart.PlaneOperators:
			operators++
		}
	}
	fmt.Fprintf(w, "%d incidents, %d messages to users, %d pages, %d decisions, %s\n", len(r.Incidents), users, operators, r.Decisions, r.DecisionHash)
}
