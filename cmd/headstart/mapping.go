package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/configs"
	"headstart/correlate"
)

// maxAlerts bounds what test-mapping reads.
const maxAlerts = 64 << 20

func (p *program) configTestMapping() *cobra.Command {
	return &cobra.Command{
		Use:   "test-mapping < alerts.json",
		Short: "where each alert would be placed in the catalog, and why",
		Long: `Reads alerts as JSON from standard input: what Alertmanager's API v2 answers, a
webhook body, or a list of label sets. Exit code 1 if any alert has no place; then
lines for the catalog follow that would give it one.`,
		Example: `  amtool alert query --output=json | headstart config test-mapping
  curl -s http://prometheus:9090/api/v1/alerts | headstart config test-mapping`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.config(cmd)
			if err != nil {
				return err
			}
			placer, err := correlate.NewPlacer(cfg.Alerts.Placing, cfg.Catalog)
			if err != nil {
				return err
			}
			sets, err := readLabels(p.in)
			if err != nil {
				return err
			}
			unplaced, err := printMapping(p.stdout, placer, sets)
			if err != nil {
				return err
			}
			printProposals(p.stdout, placer, cfg, sets)
			if unplaced > 0 {
				return &exit{1, fmt.Sprintf("%d of %d alerts have no place; add the asset or an alias to the catalog, or a rule to alerts.map", unplaced, len(sets))}
			}
			return nil
		},
	}
}

// readLabels finds the label sets in whatever holds alerts.
func readLabels(r io.Reader) ([]map[string]string, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxAlerts))
	if err != nil {
		return nil, err
	}
	var list []json.RawMessage
	var body struct {
		Alerts []json.RawMessage `json:"alerts"` // a webhook
		Data   struct {
			Alerts []json.RawMessage `json:"alerts"` // Prometheus' /api/v1/alerts
		} `json:"data"`
	}
	if json.Unmarshal(data, &list) != nil {
		if err := json.Unmarshal(data, &body); err != nil {
			return nil, fmt.Errorf("standard input: %w; give a JSON list of alerts", err)
		}
		list = append(body.Alerts, body.Data.Alerts...)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("standard input holds no alert; pipe the answer of /api/v2/alerts into it")
	}
	sets := make([]map[string]string, len(list))
	for i, raw := range list {
		var alert struct {
			Labels map[string]string `json:"labels"`
		}
		switch {
		case json.Unmarshal(raw, &alert) == nil && alert.Labels != nil:
			sets[i] = alert.Labels
		default:
			if err := json.Unmarshal(raw, &sets[i]); err != nil {
				return nil, fmt.Errorf("alert %d: %w; give objects with labels", i, err)
			}
		}
	}
	return sets, nil
}

func printMapping(out io.Writer, placer *correlate.Placer, sets []map[string]string) (unplaced int, err error) {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ALERT\tASSET\tSERVICE\tLOCATION\tCLASS\tBY")
	for _, labels := range sets {
		at := placer.Place(labels)
		switch {
		case placer.SignOfLife(labels):
			at = correlate.Placement{Rule: "sign of life (alerts.watchdog); needs no place"}
		case !at.Placed:
			unplaced++
			at.Rule = "no place: " + shortLabels(labels)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", dash(labels["alertname"]), dash(at.Asset), dash(at.Service), dash(at.Location), dash(string(at.Class)), at.Rule)
	}
	return unplaced, w.Flush()
}

// printProposals prints what the catalog lacks, each device once.
func printProposals(out io.Writer, placer *correlate.Placer, cfg *configs.Config, sets []map[string]string) {
	var lines []string
	for _, labels := range sets {
		if placer.Place(labels).Placed || placer.SignOfLife(labels) {
			continue
		}
		line := headstart.ProposeDevice(labels, cfg.Alerts.AssetLabels, cfg.Catalog)
		if line == "" {
			line = "# " + strconv.Quote(labels["alertname"]) + " names no device; write a rule of alerts.map for it"
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return
	}
	fmt.Fprintln(out, "\n# proposed for the catalog, to be read before use\ndevices:")
	for _, line := range lines {
		fmt.Fprintln(out, "  "+line)
	}
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// shortLabels are the labels a rule could use.
func shortLabels(labels map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		if k != "alertname" && len(parts) < 4 {
			parts = append(parts, k+"="+labels[k])
		}
	}
	return strings.Join(parts, " ")
}
