package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/announce"
	"headstart/correlate"
	"headstart/correlate/scenario"
	"headstart/incidents"
	"headstart/notify"
)

// replayCommand folds a log kept as a file, without any side effect.
func (p *program) replayCommand() *cobra.Command {
	var o replayOptions
	cmd := &cobra.Command{
		Use:   "replay LOG",
		Short: "run a log file through the engine, without any side effect",
		Long: `Run a log file through the engine and print what it decides: incidents, links
between tickets and incidents, messages, and a hash over all decisions. The same
file gives the same bytes on every machine. Without a "config" line first, the
configuration of --config decides. LOG may be - for standard input, or a scenario
(docs/scenarios.md).

--check compares what comes out with what a scenario expects, --diff with what
another configuration and its catalog would have made of the same log. Both end
with exit code 4 when there is a difference.`,
		Example: `  headstart store export --raw > night.jsonl
  headstart replay night.jsonl --output json
  headstart replay night.jsonl --check night.txtar
  headstart replay night.jsonl --diff tomorrow/headstart.yml`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.replay(cmd, args[0], o) },
	}
	cmd.Flags().StringVar(&o.until, "until", "", "stop at this `time`, firing what is due by then")
	cmd.Flags().StringVar(&o.output, "output", "text", "text or json")
	cmd.Flags().StringVar(&o.check, "check", "", "compare with what this `scenario` expects")
	cmd.Flags().StringVar(&o.diff, "diff", "", "compare with what this `configuration` would decide")
	return cmd
}

// growReplay is growBusy of a replay.
const growReplay = 300

type replayOptions struct{ until, output, check, diff string }

func (o replayOptions) validate() (until time.Time, err error) {
	if o.output != "text" && o.output != "json" {
		return until, &exit{2, fmt.Sprintf("--output is %q; write text or json", o.output)}
	}
	if o.check != "" && o.diff != "" {
		return until, &exit{2, "--check and --diff answer different questions; give one of them"}
	}
	return untilOf(o.until)
}

// untilOf reads --until; empty is the zero time.
func untilOf(until string) (at time.Time, err error) {
	if until == "" {
		return at, nil
	}
	if at, err = time.Parse(time.RFC3339, until); err != nil {
		return at, &exit{2, fmt.Sprintf("--until is %q; write a time as 2026-11-23T08:00:00+01:00", until)}
	}
	return at, nil
}

func (p *program) replay(cmd *cobra.Command, file string, o replayOptions) error {
	until, err := o.validate()
	if err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" { // it ends as soon as it can: less collecting is worth the memory
		defer debug.SetGCPercent(debug.SetGCPercent(growReplay))
	}
	if o.check != "" {
		return p.replayCheck(cmd, file, until, o)
	}
	lines, err := p.story(cmd, file)
	if err != nil {
		return err
	}
	if o.diff != "" {
		return p.replayDiff(lines, until, o)
	}
	if o.output == "json" {
		r, err := fold(lines, until)
		if err != nil {
			return err
		}
		return p.printJSON(r.Result)
	}
	fillEvidence(lines)
	result, err := incidents.ReplayBriefly(lines, until, correlate.NewState(), makers(), lines[0].Config.Language)
	if err != nil {
		return err
	}
	return printReplay(p.stdout, &playback{Result: result, config: lines[0].Config})
}

func (p *program) printJSON(v any) error {
	enc := json.NewEncoder(p.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// playback is what a log was made into, and by which decisions.
type playback struct {
	incidents.Result
	state  *recorder
	config *headstart.LogConfig // the first
	first  time.Time            // midnight of the first day, UTC
	last   time.Time            // up to when it was replayed
}

// fold replays lines whose configuration comes first.
func fold(lines []headstart.FileLine, until time.Time) (playback, error) {
	fillEvidence(lines)
	c := &recorder{State: correlate.NewState()}
	result, err := incidents.Replay(lines, until, c, makers(), lines[0].Config.Language)
	if err != nil {
		return playback{}, err
	}
	last := until
	if last.IsZero() {
		last = lines[len(lines)-1].At
	}
	first := lines[0].At.UTC().Truncate(24 * time.Hour)
	return playback{Result: result, state: c, config: lines[0].Config, first: first, last: last}, nil
}

// decided is what was decided, as a scenario wants it.
func (r *playback) decided() string { return scenario.Render(r.state.changes, r.state, r.first) }

// recorder keeps what correlation decides, in order.
type recorder struct {
	*correlate.State
	changes []headstart.Change
}

func (r *recorder) Apply(ev headstart.Event) []headstart.Change { return r.keep(r.State.Apply(ev)) }
func (r *recorder) Fire() []headstart.Change                    { return r.keep(r.State.Fire()) }

func (r *recorder) Suspect(ev headstart.Event, x headstart.Suspicion) []headstart.Change {
	return r.keep(r.State.Suspect(ev, x))
}

func (r *recorder) Do(ev headstart.Event, group, into headstart.GroupID) ([]headstart.Change, error) {
	changes, err := r.State.Do(ev, group, into)
	if err != nil {
		r.changes = append(r.changes, scenario.Refused(ev, err))
	}
	return r.keep(changes), err
}

func (r *recorder) keep(changes []headstart.Change) []headstart.Change {
	r.changes = append(r.changes, changes...)
	return changes
}

// makers turn configuration of the log into words and routes.
func makers() incidents.Makers {
	return incidents.Makers{
		Composer: func(c *headstart.Catalog, address string, own map[string]string) incidents.Composer {
			return announce.New(c, address, own)
		},
		Router: func(route string) (incidents.Router, error) {
			r, err := notify.NewRouter(route)
			if err != nil { // a nil *Router in a Router would not be nil
				return nil, err
			}
			return r, nil
		},
	}
}

// printReplay tells times and titles as the log's configuration says.
func printReplay(to io.Writer, r *playback) error {
	w := bufio.NewWriterSize(to, 64<<10)
	c, zone := r.config, r.zone()
	for n := range r.Incidents {
		i := &r.Incidents[n]
		fmt.Fprintf(w, "%-8s %-4s %-10s %s\n", i.ID, i.Priority, i.State, i.Title.In(cmp.Or(c.Language, "nl")))
		fmt.Fprintf(w, "         cause %s (%s), %d of %d members failing, %d people\n", cmp.Or(i.Cause.Asset, "none"), i.Cause.Kind, i.Alerts.Firing, i.Alerts.Total, i.People)
		for k := range i.Timeline {
			t := &i.Timeline[k]
			fmt.Fprintf(w, "         %s %-5s %s\n", t.At.In(zone).Format("15:04:05"), t.Rule, t.Text)
		}
	}
	for _, l := range r.Links {
		fmt.Fprintf(w, "ticket   %s/%s %s %.2f %s\n", l.Source, l.Ticket, l.Incident, l.Score, l.Band)
	}
	t := r.count("")
	fmt.Fprintf(w, "%d incidents, %d messages to users, %d pages, %d decisions, %s\n", len(r.Incidents), t.Messages, t.Pages, r.Decisions, r.DecisionHash)
	return w.Flush()
}

// zone is the one that the log's configuration tells times in.
func (r *playback) zone() *time.Location {
	zone, err := time.LoadLocation(cmp.Or(r.config.Timezone, "Europe/Amsterdam"))
	if err != nil {
		return time.UTC
	}
	return zone
}
