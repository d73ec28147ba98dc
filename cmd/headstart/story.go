package main

import (
	"bufio"
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/configs"
	"headstart/correlate/scenario"
	"headstart/tickets/evidence"
)

// story reads a log or a scenario, and completes what a person leaves out: the
// configuration, by --config, and the evidence of tickets.
func (p *program) story(cmd *cobra.Command, file string) ([]headstart.FileLine, error) {
	in := p.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	lines, err := readStory(in, file)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 || lines[0].Config == nil {
		cfg, err := p.config(cmd)
		if err != nil {
			return nil, err
		}
		lines = append([]headstart.FileLine{configLine(cfg, lines)}, lines...)
	}
	if err := p.sayEngine(file, lines); err != nil {
		return nil, err
	}
	return lines, nil
}

// sayEngine warns of a log that other rules decided: what is replayed then is not
// what happened (ruling 8). Rules of a newer program are not known here.
func (p *program) sayEngine(file string, lines []headstart.FileLine) error {
	for _, l := range lines {
		switch {
		case l.Config == nil || l.Config.Engine == 0 || l.Config.Engine == headstart.EngineVersion:
		case l.Config.Engine > headstart.EngineVersion:
			return &exit{2, fmt.Sprintf("%s was decided by rules of version %d, this program has version %d; use a newer headstart", file, l.Config.Engine, headstart.EngineVersion)}
		default:
			fmt.Fprintf(p.stderr, "warning: %s was decided by rules of version %d, this program has version %d: it may decide otherwise than was decided then; for the same decisions use the headstart of that time\n", file, l.Config.Engine, headstart.EngineVersion)
			return nil
		}
	}
	return nil
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
		return readLog(io.MultiReader(bytes.NewReader(b), in), name) // says which line is no event
	}
	s, err := scenario.Parse(name, b)
	if err != nil {
		return nil, err
	}
	return s.Lines(), nil
}

// longestScenario bounds a scenario: a person wrote it.
const longestScenario = 4 << 20

// fillEvidence turns the texts of a hand-written log into evidence, as the
// service does on arrival (ruling 7), with the catalog in force at each line.
func fillEvidence(lines []headstart.FileLine) {
	installation := "replay"
	catalog := &headstart.Catalog{}
	var reader *evidence.Reader // nil: nobody asked by this catalog yet, and a large one costs something
	for n := range lines {
		if c := lines[n].Config; c != nil {
			if c.Installation != "" {
				installation = c.Installation
			}
			if catalog = c.Catalog; catalog == nil {
				catalog = &headstart.Catalog{}
			}
			reader = nil
		}
		if t := lines[n].Ticket; t != nil && t.Evidence == nil {
			if reader == nil {
				reader = evidence.New(catalog, evidenceKey(installation))
			}
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
