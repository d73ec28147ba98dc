package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"headstart"
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

func (p *program) checkCommand() *cobra.Command {
	var only, forWhom, output string
	cmd := &cobra.Command{
		Use:   "check [NAME…]",
		Short: "run every probe once, now",
		Long: `Runs the probes of the configuration once and prints what does not work first.
No service needs to run; nothing is recorded. Exit code as Nagios has it, the worst
seen: 0 ok, 1 warn, 2 down, 3 unknown; a wrong configuration is 3 as well.`,
		Example: `  headstart check
  headstart check --only kind=icmp,location=noord
  headstart check --for department=fin --output json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := p.check(cmd, args, only, forWhom)
			if err != nil {
				return &exit{3, err.Error()}
			}
			switch output {
			case "json":
				enc := json.NewEncoder(p.stdout)
				enc.SetIndent("", "  ")
				err = enc.Encode(report)
			case "text":
				err = printChecks(p.stdout, report)
			default:
				err = fmt.Errorf("--output is %q; write text or json", output)
			}
			if err != nil {
				return &exit{3, err.Error()}
			}
			if code := worst(report); code != 0 {
				return &exit{code: code}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&only, "only", "", "KEY=VALUE,… of kind, name, asset, service, location or a label of the probe")
	cmd.Flags().StringVar(&forWhom, "for", "", "department=ID: only what its people need")
	cmd.Flags().StringVar(&output, "output", "text", "text or json")
	return cmd
}

func (p *program) check(cmd *cobra.Command, names []string, only, forWhom string) (*checkReport, error) {
	filter, err := probes.ParseFilter(names, only, forWhom)
	if err != nil {
		return nil, err
	}
	cfg, err := p.config(cmd)
	if err != nil {
		return nil, err
	}
	logger, err := p.quietLogger()
	if err != nil {
		return nil, err
	}
	fleet, err := probes.New(probes.Options{Config: cfg.Probes, Catalog: cfg.Catalog, Zone: zoneOf(cfg), PushFile: pushFile(cfg), Logger: logger})
	if err != nil {
		return nil, err
	}
	progress, done := progressBar(p.stderr)
	results := fleet.CheckNow(cmd.Context(), filter, progress)
	done()
	if len(results) == 0 {
		return nil, fmt.Errorf("no probe matches; name others, or configure probes")
	}
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
	return report, nil
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

// printChecks prints what fails first, then what works.
func printChecks(out io.Writer, report *checkReport) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, v := range verdicts {
		group := slices.DeleteFunc(slices.Clone(report.Results), func(r headstart.CheckResult) bool { return r.Verdict != v.Verdict })
		if len(group) == 0 {
			continue
		}
		slices.SortStableFunc(group, func(a, b headstart.CheckResult) int {
			return cmp.Or(cmp.Compare(a.Location, b.Location), cmp.Compare(a.Probe, b.Probe), cmp.Compare(a.Asset, b.Asset))
		})
		fmt.Fprintf(w, "%s (%d)\n", v.Verdict, len(group))
		for _, r := range group {
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", cmp.Or(r.Asset, r.Probe), r.Kind, r.Location, r.Target, said(r))
		}
	}
	return w.Flush()
}

// said is the reason of a result with what it found, on one line.
func said(r headstart.CheckResult) string {
	parts := []string{}
	if r.Reason != "" {
		parts = append(parts, r.Reason)
	}
	for _, c := range r.Conditions {
		if c.Effect != headstart.EffectNone {
			parts = append(parts, strings.TrimSpace(c.Name+" "+c.Detail))
		}
	}
	return strings.Join(parts, "; ")
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
