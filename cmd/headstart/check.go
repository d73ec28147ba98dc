package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"headstart"
	"headstart/configs"
	"headstart/probes"
)

// checkReport is `check --output json` (CONTRACT section 6).
type checkReport struct {
	CheckedAt time.Time                 `json:"checked_at"`
	Results   []headstart.CheckResult   `json:"results"`
	Summary   map[headstart.Verdict]int `json:"summary"`
}

// verdicts from worst to best, as people should read them, with the exit code
// Nagios gives each.
var verdicts = []struct {
	headstart.Verdict
	code int
}{{headstart.Down, 2}, {headstart.Unknown, 3}, {headstart.Warn, 1}, {headstart.OK, 0}}

// checkQuestion is what `check` was asked for.
type checkQuestion struct {
	names   []string
	only    string
	forWhom string
	here    bool // by this process, whatever service runs
	verbose bool
	output  string
	service clientFlags
}

func (p *program) checkCommand() *cobra.Command {
	var q checkQuestion
	cmd := &cobra.Command{
		Use:   "check [NAME…]",
		Short: "run every probe once, now",
		Long: `Runs the probes of the configuration once and prints what does not work first, by
service and location. A service that runs with this configuration is asked to do it:
it sees what it sees every minute, and knows what was pushed to it. Where none runs,
or with --here, this process does; then nothing is recorded. Exit code as Nagios has
it, the worst seen: 0 ok, 1 warn, 2 down, 3 unknown; a wrong configuration is 3 as
well.`,
		Example: `  headstart check
  headstart check --only kind=icmp,location=noord
  headstart check --for department=fin --output json
  headstart check --for service=print -v`,
		RunE: func(cmd *cobra.Command, args []string) error {
			q.names = args
			code, err := p.check(cmd, &q)
			if err != nil {
				return &exit{3, err.Error()}
			}
			if code != 0 {
				return &exit{code: code}
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&q.only, "only", "", "KEY=VALUE,… of kind, name, asset, service, location or a label of the probe")
	flags.StringVar(&q.forWhom, "for", "", "department=ID, service=ID or location=ID: only what people there need")
	flags.StringVar(&q.output, "output", "text", "text or json")
	flags.BoolVarP(&q.verbose, "verbose", "v", false, "name what works too, with its latest runs where a service remembers them")
	flags.BoolVar(&q.here, "here", false, "probe from this process, even if a service runs")
	q.service.add(cmd)
	return cmd
}

// check answers q and returns the exit code.
func (p *program) check(cmd *cobra.Command, q *checkQuestion) (code int, err error) {
	if q.output != "text" && q.output != "json" {
		return 0, fmt.Errorf("--output is %q; write text or json", q.output)
	}
	filter, err := probes.ParseFilter(q.names, q.only, q.forWhom)
	if err != nil {
		return 0, err
	}
	cfg, err := p.config(cmd)
	if err != nil {
		return 0, err
	}
	progress, done := progressBar(p.stderr)
	results, asked, err := p.askService(cmd.Context(), cfg, q, progress)
	if err == nil && !asked {
		results, err = p.probeHere(cmd.Context(), cfg, filter, progress)
	}
	done()
	if err != nil {
		return 0, err
	}
	if len(results) == 0 {
		return 0, fmt.Errorf("no probe matches; name others, or configure probes")
	}
	report := newCheckReport(results)
	if q.output == "json" {
		enc := json.NewEncoder(p.stdout)
		enc.SetIndent("", "  ")
		return worst(report), enc.Encode(report)
	}
	return worst(report), printChecks(p.stdout, report, cfg.Catalog, cfg.Language, q.verbose)
}

// probeHere runs the probes in this process.
func (p *program) probeHere(ctx context.Context, cfg *configs.Config, filter probes.Filter, progress func(done, total int)) ([]headstart.CheckResult, error) {
	logger, err := p.quietLogger()
	if err != nil {
		return nil, err
	}
	fleet, err := probes.New(probes.Options{Config: cfg.Probes, Catalog: cfg.Catalog, Zone: zoneOf(cfg), PushFile: pushFile(cfg), Logger: logger})
	if err != nil {
		return nil, err
	}
	defer func() { _ = fleet.Close() }()
	if err := fleet.Accepts(filter); err != nil {
		return nil, err
	}
	return fleet.CheckNow(ctx, filter, progress), nil
}

func newCheckReport(results []headstart.CheckResult) *checkReport {
	report := &checkReport{CheckedAt: time.Now().UTC().Truncate(time.Millisecond), Results: results, Summary: map[headstart.Verdict]int{}}
	for _, v := range verdicts {
		report.Summary[v.Verdict] = 0
	}
	for i := range results {
		results[i].At = time.Time{} // checked_at says it for all
		if results[i].Conditions == nil {
			results[i].Conditions = []headstart.Condition{}
		}
		report.Summary[results[i].Verdict]++
	}
	return report
}

// progressBar shows how far the probes are, if somebody is watching.
func progressBar(w io.Writer) (progress func(done, total int), finish func()) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(int, int) {}, func() {}
	}
	bars := mpb.New(mpb.WithOutput(w), mpb.WithWidth(60))
	bar := bars.AddBar(0, mpb.BarRemoveOnComplete(), mpb.PrependDecorators(decor.CountersNoUnit("%d / %d")))
	progress = func(done, total int) {
		bar.SetTotal(int64(total), false)
		bar.SetCurrent(int64(done))
	}
	return progress, func() {
		bar.SetTotal(-1, true)
		bars.Wait()
	}
}

// worst is the exit code: down outranks unknown, since it is known.
func worst(report *checkReport) int {
	for _, v := range verdicts {
		if report.Summary[v.Verdict] > 0 {
			return v.code
		}
	}
	return 0
}
